"""通知ルール: which incidents it is about, when it tells, whom, how often again, and who is next if nobody cares."""

from collections.abc import Sequence
from datetime import timedelta
from fnmatch import fnmatchcase
from uuid import UUID

import msgspec

from .hours import Clock, Hours, are_on
from .schedule.unschedulable import Unschedulable
from .verdict import Verdict

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=31)
# How grave a verdict is: a failure is certain, a run that takes too long holds something up, one that was missed may yet come.
GRAVITY: dict[Verdict, int] = {"missed": 1, "overdue": 2, "error": 3}


class JobFacts(msgspec.Struct, frozen=True):
    """What a route goes by."""

    job_key: str
    tags: frozenset[str] = frozenset()
    tool_id: UUID | None = None
    host: str | None = None


class Match(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which incidents: those that are in each of the lists that are not empty; everything by default. ``jobs`` are keys, in which
    ``*`` and ``?`` stand for any text and any letter."""

    jobs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    tools: tuple[UUID, ...] = ()
    hosts: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


class Reminders(msgspec.Struct, frozen=True):
    """Told again after ``first``, then after twice as long each time, up to ``longest``."""

    first: timedelta
    longest: timedelta = timedelta(days=1)

    def __post_init__(self) -> None:
        if not SHORTEST <= self.first <= self.longest <= LONGEST:
            raise Unschedulable(
                ja=f"再通知は 1 分以上、最長の間隔は最初の間隔以上 {LONGEST.days} 日以下にしてください。",
                en=f"Remind after a minute at least; the longest interval is not below the first, and {LONGEST.days} days at most.",
            )

    def after(self, reminders: int) -> timedelta:
        """How long after the last telling the next comes, of which there have been ``reminders`` already."""
        return min(timedelta(seconds=self.first.total_seconds() * (1 << min(reminders, 20))), self.longest)


class Escalation(msgspec.Struct, frozen=True):
    """To the route of the id ``to`` when nobody has acknowledged ``after`` it was told."""

    after: timedelta
    to: int

    def __post_init__(self) -> None:
        if not SHORTEST <= self.after <= LONGEST:
            raise Unschedulable(
                ja=f"エスカレーションまでの時間は 1 分から {LONGEST.days} 日までで指定してください。",
                en=f"Escalate after 1 minute to {LONGEST.days} days.",
            )


class Route(msgspec.Struct, frozen=True, omit_defaults=True):
    """``hours`` None tells always. ``roster`` is the id of one whose person on duty is told, besides ``channels``. In ``quiet``
    hours it holds back what is none of ``breaks_through``, and sums up when they end. ``goes_on`` has the routes after it looked
    at too. One that ``is_for_escalation`` tells only what another route escalates to it."""

    match: Match = Match()
    hours: Hours | None = None
    channels: tuple[int, ...] = ()
    roster: int | None = None
    reminders: Reminders | None = None
    escalation: Escalation | None = None
    quiet: Hours | None = None
    breaks_through: tuple[Verdict, ...] = ()
    tells_recoveries: bool = True
    goes_on: bool = False
    is_for_escalation: bool = False


class KeptRoute(msgspec.Struct, frozen=True):
    """A route with its id and name."""

    id: int
    name: str
    route: Route


# What tells while there is no route at all: every channel that there is, so that a new portal does alert.
DEFAULT_ROUTE = 0
_DEFAULT_REMINDERS = Reminders(timedelta(hours=1))


def default_route(channels: Sequence[int]) -> KeptRoute:
    """The route that there is while nobody has made one."""
    return KeptRoute(DEFAULT_ROUTE, "", Route(channels=tuple(channels), reminders=_DEFAULT_REMINDERS))


def matches(match: Match, job: JobFacts, verdict: Verdict) -> bool:
    """Whether an incident of the job with this verdict is meant."""
    return (
        (not match.jobs or any(_is_like(job.job_key, pattern) for pattern in match.jobs))
        and (not match.tags or not job.tags.isdisjoint(match.tags))
        and (not match.tools or job.tool_id in match.tools)
        and (not match.hosts or job.host in match.hosts)
        and (not match.verdicts or verdict in match.verdicts)
    )


def _is_like(job_key: str, pattern: str) -> bool:
    # Brackets are letters of a key here.
    return fnmatchcase(job_key, pattern.replace("[", "[[]"))


def routes_on(routes: Sequence[KeptRoute], clock: Clock) -> list[KeptRoute]:
    """Those of the routes whose hours are on now."""
    return [kept for kept in routes if kept.route.hours is None or are_on(kept.route.hours, clock)]


def routes_for(job: JobFacts, verdict: Verdict, on: Sequence[KeptRoute]) -> list[KeptRoute]:
    """Those that tell of such an incident, of the routes that are on, in their order: the first that is about it, and the ones
    behind it as long as they go on."""
    found = []
    for kept in on:
        if kept.route.is_for_escalation or not matches(kept.route.match, job, verdict):
            continue
        found.append(kept)
        if not kept.route.goes_on:
            break
    return found


_read = msgspec.json.Decoder(Route).decode
_encode = msgspec.json.encode


def read_route(definition: str) -> Route:
    """The route in the JSON that ``route_as_json`` wrote."""
    return _read(definition)


def route_as_json(route: Route) -> str:
    """The route as it is kept."""
    return _encode(route).decode()
