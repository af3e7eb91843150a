"""One cause, one alert: which incidents belong together, by which rule.

The rules in their order: the job runs after one that is bad; the same error; the same silent host; the same tool at the same time.
Whatever none of them is about is told alone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from .alert_message import GroupedBy
from .incident_now import IncidentNow
from .verdict import Verdict

SAME_ERROR_WITHIN = timedelta(minutes=30)
SAME_TOOL_WITHIN = timedelta(minutes=5)
# A host counts as silent that has not reported for so long when the incident opened; its last word is written as seldom as
# every half minute.
SILENT_FOR = timedelta(minutes=1)
_SILENCE: tuple[Verdict, ...] = ("missed", "overdue")


class Cause(msgspec.Struct, frozen=True, omit_defaults=True):
    """By which rule, and what it is that they share: the job that it runs after, the error, the host or the tool."""

    rule: GroupedBy = "alone"
    job_id: int | None = None
    fingerprint: str | None = None
    host: str | None = None
    tool_id: UUID | None = None


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that is in an open alert. ``is_untold``: the alert is still being gathered, so that it may yet move."""

    alert_id: int
    job_id: int
    opened_at: datetime
    verdict: Verdict
    is_over: bool = False
    is_untold: bool = False
    fingerprint: str | None = None
    host: str | None = None
    tool_id: UUID | None = None


class Surroundings(msgspec.Struct, frozen=True):
    """``upstreams``: the jobs that a job runs after, the nearest first, also those that these run after. ``last_reported``: when
    a host was last heard of."""

    upstreams: Mapping[int, Sequence[int]] = {}
    last_reported: Mapping[str, datetime] = {}


class Grouped(msgspec.Struct, frozen=True):
    """The incident of the job that opened then belongs to the alert, because of the cause. A negative number is a new alert's."""

    job_id: int
    opened_at: datetime
    alert_id: int
    cause: Cause


def group(news: Sequence[IncidentNow], members: Sequence[Member], surroundings: Surroundings) -> list[Grouped]:
    """Where each of the incidents belongs that are in no open alert yet; and those of the members that move, as what they are
    found to come from has only now become known. Nothing depends on the order of either."""
    grouping = _Grouping(members, surroundings)
    decisions = [grouping.decide(incident) for incident in _upstream_first(news, surroundings)]
    return decisions + grouping.moves({incident.job_id for incident in news})


def _upstream_first(news: Sequence[IncidentNow], surroundings: Surroundings) -> list[IncidentNow]:
    bad = {incident.job_id for incident in news}

    def place(incident: IncidentNow) -> tuple[int, datetime, int]:
        above = bad.intersection(surroundings.upstreams.get(incident.job_id, ()))
        return len(above), incident.opened_at, incident.job_id

    return sorted(news, key=place)


class _Grouping:
    def __init__(self, members: Sequence[Member], surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.next_new = -1
        self.members: list[Member] = []
        self.bad: dict[int, Member] = {}
        self.newest: dict[int, datetime] = {}
        self.by_fingerprint: dict[str, list[Member]] = {}
        self.by_host: dict[str, list[Member]] = {}
        self.by_tool: dict[tuple[UUID, bool], list[Member]] = {}
        for member in sorted(members, key=lambda each: (each.opened_at, each.job_id)):
            self._take(member)

    def _take(self, member: Member) -> None:
        self.members.append(member)
        self.newest[member.alert_id] = max(self.newest.get(member.alert_id, member.opened_at), member.opened_at)
        if member.fingerprint is not None:
            self.by_fingerprint.setdefault(member.fingerprint, []).append(member)
        if member.tool_id is not None:
            self.by_tool.setdefault((member.tool_id, member.verdict in _SILENCE), []).append(member)
        if not member.is_over:
            self.bad[member.job_id] = member
            if member.host is not None and member.verdict in _SILENCE:
                self.by_host.setdefault(member.host, []).append(member)

    def decide(self, incident: IncidentNow) -> Grouped:
        found = self._after(incident.job_id) or self._same_error(incident) or self._silent_host(incident)
        alert_id, cause = found or self._same_tool(incident) or (self._new(), Cause())
        self._take(
            Member(
                alert_id=alert_id,
                job_id=incident.job_id,
                opened_at=incident.opened_at,
                verdict=incident.verdict,
                fingerprint=incident.fingerprint,
                host=incident.host,
                tool_id=incident.tool_id,
            )
        )
        return Grouped(incident.job_id, incident.opened_at, alert_id, cause)

    def moves(self, new_jobs: set[int]) -> list[Grouped]:
        """The members of untold alerts that turn out to come after a job that has only now gone bad."""
        found = []
        for member in self.members:
            above = new_jobs.intersection(self.surroundings.upstreams.get(member.job_id, ()))
            if member.is_untold and not member.is_over and above and (place := self._after(member.job_id)):
                alert_id, cause = place
                if alert_id != member.alert_id:
                    found.append(Grouped(member.job_id, member.opened_at, alert_id, cause))
        return found

    def _after(self, job_id: int) -> tuple[int, Cause] | None:
        for above in self.surroundings.upstreams.get(job_id, ()):
            if above != job_id and above in self.bad:
                return self.bad[above].alert_id, Cause("dependency", job_id=above)
        return None

    def _same_error(self, incident: IncidentNow) -> tuple[int, Cause] | None:
        for member in reversed(self.by_fingerprint.get(incident.fingerprint or "", ())):
            if abs(incident.news_at - self.newest[member.alert_id]) <= SAME_ERROR_WITHIN:
                return member.alert_id, Cause("fingerprint", fingerprint=incident.fingerprint)
        return None

    def _silent_host(self, incident: IncidentNow) -> tuple[int, Cause] | None:
        if incident.host is None or incident.verdict not in _SILENCE:
            return None
        last = self.surroundings.last_reported.get(incident.host)
        for member in self.by_host.get(incident.host, ()):
            if last is None or last <= min(member.opened_at, incident.opened_at) - SILENT_FOR:
                return member.alert_id, Cause("host", host=incident.host)
        return None

    def _same_tool(self, incident: IncidentNow) -> tuple[int, Cause] | None:
        if incident.tool_id is None:
            return None
        for member in self.by_tool.get((incident.tool_id, incident.verdict in _SILENCE), ()):
            if abs(incident.news_at - member.opened_at) <= SAME_TOOL_WITHIN:
                return member.alert_id, Cause("tool", tool_id=incident.tool_id)
        return None

    def _new(self) -> int:
        self.next_new -= 1
        return self.next_new + 1
