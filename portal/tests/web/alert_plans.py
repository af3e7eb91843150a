"""Incidents that the planner is told of, over real tables; what it owes is read from the outbox."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from tc_portal.alerts.models import Channel, Delivery, RouteRow
from tc_portal.alerts.planning import look, plan
from tc_portal.core.alert_message import AlertMessage
from tc_portal.core.incident_now import IncidentNow
from tc_portal.core.route import Route, route_as_json
from tc_portal.jobs.models import Incident, Job, JobTag

# A Monday, 12:00 in Tokyo.
NOON = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
# By then the gathering is over.
A_MOMENT = 0.05


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


def a_channel(name: str = "情シス", **said: Any) -> Channel:
    return Channel.objects.create(name=name, kind="webhook", settings="", **said)


def a_route(
    *channels: Channel, name: str = "ルール", position: int = 1, is_enabled: bool = True, **said: Any
) -> RouteRow:
    said = {"channels": tuple(channel.id for channel in channels), **said}
    return RouteRow.objects.create(
        name=name, position=position, definition=route_as_json(Route(**said)), is_enabled=is_enabled, changed_at=NOON
    )


@dataclass
class Plans:
    """The incidents by the keys of their jobs, as the follower would hand them on."""

    known: dict[str, IncidentNow] = field(default_factory=dict)

    def fail(self, keys: str | Iterable[str], minute: float, *, tags: Iterable[str] = (), **said: Any) -> None:
        """Jobs go bad at once, and the planner is told. Of a job that was never heard of, a row is made first."""
        wanted = [keys] if isinstance(keys, str) else list(keys)
        there = {job.job_key: job for job in Job.objects.filter(job_key__in=wanted)}
        verdict = said.setdefault("verdict", "error")
        new = [
            Job(job_key=key, title=f"{key} の題", verdict=verdict, is_bad=True, since=at(minute), created_at=NOON)
            for key in wanted
            if key not in there
        ]
        Job.objects.bulk_create(new)
        there |= {job.job_key: job for job in Job.objects.filter(job_key__in=[job.job_key for job in new])}
        JobTag.objects.bulk_create([JobTag(job=job, tag=tag) for job in there.values() for tag in tags])
        Incident.objects.bulk_create(
            [Incident(job=job, opened_at=at(minute), verdict=verdict) for job in there.values()]
        )
        numbers = dict(Incident.objects.filter(job__in=there.values(), resolved_at=None).values_list("job_id", "id"))
        for key, job in there.items():
            named = {"incident_id": numbers[job.id], "job_id": job.id, "opened_at": at(minute), "news_at": at(minute)}
            self.known[key] = IncidentNow(**named, **said)
        plan([self.known[key] for key in wanted], at(minute))

    def becomes(self, key: str, minute: float, **said: Any) -> None:
        self.known[key] = msgspec.structs.replace(self.known[key], **said)
        if self.known[key].over_at is not None:
            Incident.objects.filter(id=self.known[key].incident_id).update(resolved_at=self.known[key].over_at)
        plan([self.known[key]], at(minute))

    def recover(self, key: str, minute: float) -> None:
        self.becomes(key, minute, over_at=at(minute))

    def pass_time(self, minute: float) -> None:
        while look(at(minute)):
            pass


def owed(channel: Channel | None = None) -> list[AlertMessage]:
    """What is owed, in its order; to this channel alone, if given."""
    rows = Delivery.objects.order_by("created_at", "thread", "sequence", "channel_id")
    rows = rows.filter(channel=channel) if channel is not None else rows
    return [msgspec.json.decode(row.content, type=AlertMessage) for row in rows]


def told(channel: Channel | None = None) -> list[tuple[str, list[str]]]:
    """The occasions with the keys of the jobs named."""
    return [(each.occasion, [incident.job_key for incident in each.incidents]) for each in owed(channel)]
