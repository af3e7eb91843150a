"""What the timeline shows: which jobs, and what they did in a time. Every query here says what bounds its cost as data grows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from tc_portal.core.text import storable

from .models import Job, JobTag, Run, RunStart
from .standing import open_runs_of

# A job with more runs than this in the time is drawn by how many there were, not run by run.
MANY_RUNS = 300
# A run that began before the time's end may have ended after others that did not.
LOOKED_AHEAD = 3
# Runs this long before the time may count for its first slots.
LOOKED_BACK = timedelta(hours=1)
MANY_STARTS = 5_000
# What runs all at once is counted over so many jobs and runs.
JOBS_AT_ONCE = 2_000
RUNS_AT_ONCE = 20_000
OPEN_AT_ONCE = 500


@dataclass(frozen=True)
class JobsWanted:
    """Which jobs are looked at: all that fulfil each of what is given."""

    tool_id: UUID | None = None
    tag: str = ""
    host: str = ""


def jobs_wanted(wanted: JobsWanted) -> QuerySet[Job]:
    """These jobs, in no order: on the indexes ``job_tool``, ``job_tag_tag`` and ``job_host``, or all of the job table."""
    found = Job.objects.all()
    if wanted.tool_id:
        found = found.filter(tool_id=wanted.tool_id)
    if wanted.tag:
        found = found.filter(id__in=JobTag.objects.filter(tag=storable(wanted.tag)).values("job_id"))
    if wanted.host:
        found = found.filter(host=storable(wanted.host))
    return found


def jobs_in_order(wanted: JobsWanted, by_host: bool, after: Job | None, limit: int) -> list[Job]:
    """The first of the jobs after the one named, by title, or by host and title those that have one.

    The cost is of one pass over the job table, or over those that a tool, a tag or a host names.
    """
    found = jobs_wanted(wanted).select_related("tool", "settings_row")
    beyond = Q()
    if after is not None:
        beyond = Q(title__gt=after.title) | Q(title=after.title, id__gt=after.id)
    if not by_host:
        return list(found.filter(beyond).order_by("title", "id")[:limit])
    if after is not None and after.host is not None:
        beyond = Q(host__gt=after.host) | (Q(host=after.host) & beyond)
    return list(found.exclude(host=None).filter(beyond).order_by("host", "title", "id")[:limit])


# The runs that ended in the time, and the next ones after it, which may have begun in it: a stretch of ``run_latest`` each.
_RUNS_OF_ONE = """
SELECT * FROM (SELECT id, job_id, run_id, result, started_at, finished_at, host FROM run
  WHERE job_id = {job} AND finished_at >= {start} AND finished_at < {end}
  ORDER BY finished_at DESC, id DESC LIMIT {many}) AS within
UNION ALL
SELECT * FROM (SELECT id, job_id, run_id, result, started_at, finished_at, host FROM run
  WHERE job_id = {job} AND finished_at >= {end} ORDER BY finished_at, id LIMIT {ahead}) AS beyond
"""


def runs_around(job_ids: Collection[int], start: datetime, end: datetime) -> dict[int, list[Run]]:
    """By job, the runs that ended from ``LOOKED_BACK`` before ``start`` to ``end``, ``MANY_RUNS`` + 1 at most, and the next
    few after that, oldest first; of those that were told to start apart, ``started_at`` is what was told then.

    For each job two stretches of the index ``run_latest``, and together ``MANY_STARTS`` entries of ``run_start_latest`` at most.
    """
    found: dict[int, list[Run]] = {job_id: [] for job_id in job_ids}
    if not found:
        return found
    moment = "CAST(%(start)s AS timestamptz)" if connection.vendor == "postgresql" else "%(start)s"
    edges = {"start": moment, "end": moment.replace("start", "end")}
    limits = {"many": MANY_RUNS + 1, "ahead": LOOKED_AHEAD}
    statement = "UNION ALL".join(_RUNS_OF_ONE.format(job=int(job_id), **edges, **limits) for job_id in found)
    adapt = connection.ops.adapt_datetimefield_value
    for run in Run.objects.raw(statement, {"start": adapt(start - LOOKED_BACK), "end": adapt(end)}):
        found[run.job_id].append(run)
    _tell_starts([run for runs in found.values() for run in runs], found, start, end)
    for runs in found.values():
        runs.sort(key=lambda run: (run.finished_at, run.id))
    return found


def _tell_starts(runs: Sequence[Run], job_ids: Collection[int], start: datetime, end: datetime) -> None:
    untold = [run for run in runs if run.started_at is None]
    if not untold:
        return
    told = RunStart.objects.filter(
        job_id__in=list(job_ids), started_at__gte=start - timedelta(days=1), started_at__lt=end
    )
    began = {(job, run): at for job, run, at in told.values_list("job_id", "run_id", "started_at")[:MANY_STARTS]}
    for run in untold:
        run.started_at = began.get((run.job_id, run.run_id))


@dataclass(frozen=True)
class AtOnce:
    """When runs of many jobs began and ended, None where that is not known, or not yet. ``is_part`` says that there were more."""

    spans: Sequence[tuple[datetime | None, datetime | None]]
    is_part: bool


def runs_at_once(wanted: JobsWanted, start: datetime, end: datetime) -> AtOnce:
    """The runs of these jobs that ended in the time, or go on: those of ``JOBS_AT_ONCE`` jobs, ``RUNS_AT_ONCE`` of them at most,
    on the index ``run_latest``, and the open ones of ``OPEN_AT_ONCE`` jobs, on ``job_verdict``."""
    ids = list(jobs_wanted(wanted).order_by("id").values_list("id", flat=True)[: JOBS_AT_ONCE + 1])
    within = Run.objects.filter(job_id__in=ids[:JOBS_AT_ONCE], finished_at__gte=start, finished_at__lt=end)
    spans = list(within.values_list("started_at", "finished_at")[: RUNS_AT_ONCE + 1])
    going_on = jobs_wanted(wanted).filter(verdict__in=("running", "overdue"))[:OPEN_AT_ONCE]
    opened = [(run.started_at, None) for job in going_on for run in open_runs_of(job)]
    is_part = len(ids) > JOBS_AT_ONCE or len(spans) > RUNS_AT_ONCE
    return AtOnce([*spans[:RUNS_AT_ONCE], *opened], is_part)
