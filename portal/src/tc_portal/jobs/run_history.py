"""A job's runs over time: pages of them, how long they took, and what each day of a year was like.

Every query here says what bounds its cost as data grows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from .models import Job, Run, RunStart, Transition
from .run_counts import run_counts

# How many runs one page looks at where it looks for those of a result. What lies before them is for the next page.
LOOKED_AT = 5_000
# A day with more runs than this is one with many.
MANY_A_DAY = 100
TRANSITIONS_LOOKED_AT = 5_000


@dataclass(frozen=True)
class RunsFound:
    """A page of runs, newest first. ``next_before`` is where the next one goes on: when a run ended, and its id.

    ``is_whole`` says that the page is full or the past is at its end; else only so many were looked at.
    """

    runs: Sequence[Run]
    next_before: tuple[datetime, int] | None
    is_whole: bool


def runs_before(job: Job, result: str, before: tuple[datetime, int] | None, limit: int) -> RunsFound:
    """The job's runs, those of ``result`` alone if given, before the one named: a stretch of the index ``run_latest``, or of
    ``run_error``. Where successes are looked for among failures, it looks at ``LOOKED_AT`` runs at most."""
    every = _before(Run.objects.filter(job=job).order_by("-finished_at", "-id"), before)
    searched, last = every, None
    if result == "error":
        searched = every.extra(where=["result = 'error'"])
    elif result:
        last = next(iter(every.values_list("finished_at", "id")[LOOKED_AT - 1 : LOOKED_AT]), None)
        searched = (_not_before(every, last) if last else every).filter(result=result)
    found = list(searched[: limit + 1])
    if len(found) > limit:
        return RunsFound(found[:limit], (found[limit - 1].finished_at, found[limit - 1].id), is_whole=True)
    return RunsFound(found, last, is_whole=last is None)


def _before(runs: QuerySet[Run], before: tuple[datetime, int] | None) -> QuerySet[Run]:
    if before is None:
        return runs
    finished_at, number = before
    # The first half leads into the index; the second is exact.
    return runs.filter(Q(finished_at__lte=finished_at) & (Q(finished_at__lt=finished_at) | Q(id__lt=number)))


def _not_before(runs: QuerySet[Run], last: tuple[datetime, int]) -> QuerySet[Run]:
    finished_at, number = last
    return runs.filter(Q(finished_at__gte=finished_at) & (Q(finished_at__gt=finished_at) | Q(id__gte=number)))


@dataclass(frozen=True)
class Timed:
    """A run of which both ends are known."""

    id: int
    started_at: datetime
    finished_at: datetime
    result: str

    @property
    def seconds(self) -> float:
        return (self.finished_at - self.started_at).total_seconds()


def last_timed_runs(job: Job, limit: int) -> list[Timed]:
    """Of the job's last ``limit`` runs those whose duration is known, oldest first: on the indexes ``run_latest`` and
    ``run_start_of_job``."""
    rows = list(
        Run.objects.filter(job=job)
        .order_by("-finished_at", "-id")
        .values_list("id", "run_id", "started_at", "finished_at", "result")[:limit]
    )
    untold = [run_id for _, run_id, started_at, _, _ in rows if started_at is None]
    starts = RunStart.objects.filter(job=job, run_id__in=untold).values_list("run_id", "started_at") if untold else []
    began = dict(starts)
    told = [(number, start or began.get(run_id), end, result) for number, run_id, start, end, result in rows]
    return [
        Timed(number, start, end, result)
        for number, start, end, result in reversed(told)
        if start is not None and start <= end
    ]


@dataclass
class RunDay:
    """What the runs that ended on ``day`` were like. Counts end at ``MANY_A_DAY``. ``missed`` is how often the job went missed or
    overdue."""

    day: date
    runs: int = 0
    errors: int = 0
    missed: int = 0

    @property
    def is_many(self) -> bool:
        return self.runs >= MANY_A_DAY

    @property
    def state(self) -> str:
        """The worst of the day, "" for one without runs."""
        if self.errors:
            return "error"
        if self.missed:
            return "missed"
        return "success" if self.runs else ""


@dataclass(frozen=True)
class RunDays:
    """Days in their order. ``missed_since`` is the first day on which misses were counted, None where on all."""

    days: Sequence[RunDay]
    missed_since: date | None


def run_days(job: Job, first: date, last: date, zone: ZoneInfo) -> RunDays:
    """The days from ``first`` to ``last`` on the clock in ``zone``.

    The cost is that of ``run_counts`` for each day, and of the newest ``TRANSITIONS_LOOKED_AT`` entries of the index
    ``transition_of_job``.
    """
    days = [RunDay(first + timedelta(days=number)) for number in range((last - first).days + 1)]
    edges = [midnight(day.day, zone) for day in days] + [midnight(last + timedelta(days=1), zone)]
    for day, counted in zip(days, run_counts([job.id], edges, MANY_A_DAY)[job.id], strict=True):
        day.runs, day.errors = counted
    return RunDays(days, _count_missed(job, days, edges, zone))


def _count_missed(job: Job, days: Sequence[RunDay], edges: Sequence[datetime], zone: ZoneInfo) -> date | None:
    changes = list(
        Transition.objects.filter(job=job, at__gte=edges[0], at__lt=edges[-1])
        .order_by("-at", "-id")
        .values_list("at", "verdict")[:TRANSITIONS_LOOKED_AT]
    )
    for at, verdict in changes:
        if verdict in ("missed", "overdue"):
            days[(at.astimezone(zone).date() - days[0].day).days].missed += 1
    return changes[-1][0].astimezone(zone).date() if len(changes) == TRANSITIONS_LOOKED_AT else None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins on the clock in ``zone``."""
    return datetime.combine(day, time(), zone)
