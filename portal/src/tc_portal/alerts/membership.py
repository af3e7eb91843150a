"""Which incident is a member of which alert: kept up to date with how incidents stand, and decided for those that are new."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from tc_portal.core.grouping import Cause, Member, Surroundings, group
from tc_portal.core.incident_now import IncidentNow
from tc_portal.jobs.models import Host, Incident, Job, JobDependency, Tool

from .models import Alert, AlertMember

# What begins within so much of the first is told with it.
GATHERING = timedelta(seconds=2)
# So far a job's being bad is followed to those that run after it.
DEEPEST = 20
ROWS_A_STATEMENT = 200

Key = tuple[int, datetime]
_STANDING = (
    "incident_id",
    "verdict",
    "news_at",
    "over_at",
    "silent_until",
    "acknowledged_by",
    "tool_id",
    "host",
    "fingerprint",
    "gist",
)


def take_in(incidents: Sequence[IncidentNow], now: datetime) -> tuple[set[int], set[int]]:
    """Bring the members up to date with the incidents, and find an alert for those that have none. The ids of the alerts that
    somebody may have to be told something of, and of the members that are new in them."""
    incidents = _with_hosts(incidents)
    members = _current_members(incidents)
    touched: set[int] = set()
    stale, newcomers = [], []
    for incident in incidents:
        member = members.get((incident.job_id, incident.opened_at))
        if member is not None and (member.alert.closed_at is None or incident.over_at is not None):
            _stand(member, incident)
            stale.append(member)
            touched.add(member.alert_id)
        elif incident.over_at is None:
            newcomers.append(incident)
    AlertMember.objects.bulk_update(stale, _STANDING, batch_size=ROWS_A_STATEMENT)
    joined = _join(newcomers, [m for m in members.values() if m.alert.closed_at is not None], now) if newcomers else []
    return touched | {member.alert_id for member in joined}, {member.id for member in joined}


def drop_vanished(alert_ids: Iterable[int], now: datetime) -> None:
    """Members whose incident is not open any more, as its job was judged anew or deleted, are over."""
    open_ones = AlertMember.objects.filter(alert_id__in=list(alert_ids), over_at=None)
    keys = list(open_ones.values_list("id", "job_id", "incident_opened_at"))
    there = _still_open([(job_id, opened_at) for _, job_id, opened_at in keys])
    gone = [number for number, job_id, opened_at in keys if (job_id, opened_at) not in there]
    for start in range(0, len(gone), ROWS_A_STATEMENT):
        AlertMember.objects.filter(id__in=gone[start : start + ROWS_A_STATEMENT]).update(over_at=now)


def upstreams_of(job_ids: Iterable[int]) -> dict[int, list[int]]:
    """The jobs that each runs after, the nearest first, and those that these run after. A query a level, on the key."""
    after: dict[int, list[int]] = {}
    level = set(job_ids)
    for _ in range(DEEPEST):
        found: set[int] = set()
        for job_id, above in _dependencies(sorted(level)):
            after.setdefault(job_id, []).append(above)
            found.add(above)
        level = found - after.keys()
        if not level:
            break
    return {job_id: _above(job_id, after) for job_id in job_ids if job_id in after}


def _above(job_id: int, after: dict[int, list[int]]) -> list[int]:
    found: dict[int, None] = {}
    level = [job_id]
    for _ in range(DEEPEST):
        level = [above for each in level for above in after.get(each, ()) if above not in found and above != job_id]
        found.update(dict.fromkeys(level))
        if not level:
            break
    return list(found)


def _dependencies(job_ids: list[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start in range(0, len(job_ids), ROWS_A_STATEMENT):
        rows = JobDependency.objects.filter(job_id__in=job_ids[start : start + ROWS_A_STATEMENT])
        found += rows.order_by("job_id", "after_job_id").values_list("job_id", "after_job_id")
    return found


def _with_hosts(incidents: Sequence[IncidentNow]) -> list[IncidentNow]:
    """Where no run failed, the host is that of the job's last result."""
    unknown = [incident.job_id for incident in incidents if incident.host is None]
    hosts = dict(Job.objects.filter(id__in=unknown).values_list("id", "host")) if unknown else {}
    return [msgspec.structs.replace(each, host=each.host or hosts.get(each.job_id)) for each in incidents]


def _current_members(incidents: Sequence[IncidentNow]) -> dict[Key, AlertMember]:
    """The members that these incidents are, on ``alert_member_current``."""
    jobs, instants = {each.job_id for each in incidents}, {each.opened_at for each in incidents}
    found = AlertMember.objects.select_related("alert").filter(is_current=True)
    found = found.filter(job_id__in=jobs, incident_opened_at__in=instants)
    return {(member.job_id, member.incident_opened_at): member for member in found}


def _still_open(keys: Sequence[Key]) -> set[Key]:
    found: set[Key] = set()
    for start in range(0, len(keys), ROWS_A_STATEMENT):
        some = keys[start : start + ROWS_A_STATEMENT]
        rows = Incident.objects.filter(
            job_id__in={job_id for job_id, _ in some}, opened_at__in={at for _, at in some}, resolved_at=None
        )
        found |= set(rows.values_list("job_id", "opened_at"))
    return found


def _stand(member: AlertMember, incident: IncidentNow) -> None:
    for name in _STANDING:
        setattr(member, name, getattr(incident, name))


def _join(newcomers: Sequence[IncidentNow], closed: Sequence[AlertMember], now: datetime) -> list[AlertMember]:
    """Make the newcomers members of alerts, new ones where need be."""
    jobs = {incident.job_id for incident in newcomers}
    there = {member.id: member for member in _open_members()}
    surroundings = _surroundings(newcomers, jobs | {m.job_id for m in there.values() if _is_untold(m)})
    by_key = {(member.job_id, member.incident_opened_at): member for member in there.values()}
    decisions = group(newcomers, [_grouped(member) for member in there.values()], surroundings)
    alerts = _alerts(sorted({each.alert_id for each in decisions}), now)
    names = _Names([each.cause for each in decisions])
    known = {(incident.job_id, incident.opened_at): incident for incident in newcomers}
    titles = dict(Job.objects.filter(id__in=jobs).values_list("id", "title"))
    again = {(member.job_id, member.incident_opened_at) for member in closed} & known.keys()
    AlertMember.objects.filter(id__in=[m.id for m in closed if (m.job_id, m.incident_opened_at) in again]).update(
        is_current=False
    )
    made, left = [], set()
    for each in decisions:
        alert, key = alerts[each.alert_id], (each.job_id, each.opened_at)
        cause = names.of(each.cause, known.get(key))
        if each.cause.rule != "alone" and alert.rule == "alone":
            alert.rule, alert.cause = each.cause.rule, cause
        if key in known:
            member = AlertMember(
                alert=alert, job_id=each.job_id, incident_opened_at=each.opened_at, joined_at=now, title=titles.get(each.job_id, "")
            )  # fmt: skip
            _stand(member, known[key])
            made.append(member)
        else:
            member = by_key[key]
            left.add(member.alert_id)
            member.alert = alert
        member.rule, member.cause = each.cause.rule, cause
    moved = [by_key[(d.job_id, d.opened_at)] for d in decisions if (d.job_id, d.opened_at) not in known]
    AlertMember.objects.bulk_create(made, batch_size=ROWS_A_STATEMENT)
    AlertMember.objects.bulk_update(moved, ["alert", "rule", "cause"])
    Alert.objects.bulk_update(alerts.values(), ["rule", "cause"])
    # An alert of which nothing was told, and whose members have all moved, never was one.
    Alert.objects.filter(id__in=left, members=None).delete()
    return made


def _open_members() -> list[AlertMember]:
    """All members of the open alerts: as many as there are incidents that are open, on the index ``alert_next_look``."""
    found = AlertMember.objects.select_related("alert").filter(alert__next_look_at__isnull=False)
    return list(found.defer("alert__told", "gist", "cause", "title"))


def _is_untold(member: AlertMember) -> bool:
    return member.told == "{}" and member.rule == "alone"


def _grouped(member: AlertMember) -> Member:
    return Member(
        alert_id=member.alert_id,
        job_id=member.job_id,
        opened_at=member.incident_opened_at,
        verdict=member.verdict,
        is_over=member.over_at is not None,
        is_untold=_is_untold(member),
        fingerprint=member.fingerprint,
        host=member.host,
        tool_id=member.tool_id,
    )


def _surroundings(newcomers: Sequence[IncidentNow], job_ids: set[int]) -> Surroundings:
    hosts = {incident.host for incident in newcomers if incident.host is not None}
    heard = Host.objects.filter(name__in=hosts).values_list("name", "last_reported_at") if hosts else ()
    return Surroundings(upstreams_of(sorted(job_ids)), dict(heard))


def _alerts(numbers: list[int], now: datetime) -> dict[int, Alert]:
    """The alerts of these ids, and a new one for each that is negative."""
    alerts = Alert.objects.in_bulk([number for number in numbers if number > 0])
    for number in sorted((number for number in numbers if number < 0), reverse=True):
        until = now + GATHERING
        alerts[number] = Alert.objects.create(began_at=now, gather_until=until, next_look_at=until)
    return alerts


class _Names:
    """What causes are called: one query each for jobs and tools."""

    def __init__(self, causes: Sequence[Cause]) -> None:
        jobs = [cause.job_id for cause in causes if cause.job_id is not None]
        tools = [cause.tool_id for cause in causes if cause.tool_id is not None]
        self.jobs = dict(Job.objects.filter(id__in=jobs).values_list("id", "title")) if jobs else {}
        self.tools = dict(Tool.objects.filter(id__in=tools).values_list("id", "name")) if tools else {}

    def of(self, cause: Cause, incident: IncidentNow | None) -> str:
        match cause.rule:
            case "dependency":
                return str(self.jobs.get(cause.job_id, ""))
            case "tool":
                return str(self.tools.get(cause.tool_id, ""))
            case "host":
                return cause.host or ""
            case "fingerprint":
                return (incident.gist if incident is not None else None) or ""
            case _:
                return ""
