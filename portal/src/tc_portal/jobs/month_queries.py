"""A month of jobs in figures. Every query here says what bounds its cost as data grows."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from tc_portal.core.month_report import JobMonth, recoveries_of

from .models import Incident, Job
from .run_counts import run_counts

# More than a run each minute is counted no further.
MANY_RUNS = 50_000
# How many of a job's last runs, changes and incidents of the month are looked at.
RUNS_TIMED = 5_000
CHANGES_LOOKED_AT = 5_000
MANY_INCIDENTS = 20_000


def jobs_to_report(tool_id: UUID | None) -> QuerySet[Job]:
    """Jobs by tool and title, those without a tool last: one pass over the job table, or over one tool's on ``job_tool``; to be
    sliced by the caller."""
    found = Job.objects.select_related("tool").order_by(F("tool__name").asc(nulls_last=True), "tool_id", "title", "id")
    return found.filter(tool_id=tool_id) if tool_id else found


# Stretches of the indexes ``run_latest`` and ``transition_of_job``.
_LONGEST_AND_MISSED = """
SELECT job.id,
  (SELECT {longest} FROM (SELECT started_at, finished_at FROM run
    WHERE job_id = job.id AND finished_at >= {start} AND finished_at < {end}
    ORDER BY finished_at DESC, id DESC LIMIT {timed}) AS timed WHERE started_at <= finished_at),
  (SELECT count(*) FROM (SELECT verdict FROM transition WHERE job_id = job.id AND at >= {start} AND at < {end}
    ORDER BY at DESC, id DESC LIMIT {changes}) AS changes WHERE verdict = 'missed')
FROM job WHERE job.id IN ({jobs})
"""
_LONGEST = {
    "postgresql": "EXTRACT(EPOCH FROM max(finished_at - started_at))",
    "sqlite": "max(julianday(finished_at) - julianday(started_at)) * 86400",
}


def months_of(job_ids: Collection[int], start: datetime, end: datetime) -> dict[int, JobMonth]:
    """By job, what became of it from ``start`` to ``end``.

    For each job it reads ``MANY_RUNS`` entries of each of the indexes ``run_latest`` and ``run_error`` at most, ``RUNS_TIMED`` runs
    and ``CHANGES_LOOKED_AT`` transitions, and together ``MANY_INCIDENTS`` incidents on ``incident_of_job``.
    """
    if not job_ids:
        return {}
    counts = run_counts(job_ids, [start, end], MANY_RUNS)
    told = _longest_and_missed(job_ids, start, end)
    incidents: dict[int, list[tuple[datetime, datetime | None]]] = {}
    opened = Incident.objects.filter(job_id__in=list(job_ids), opened_at__gte=start, opened_at__lt=end)
    for job_id, began, resolved, closed in opened.values_list("job_id", "opened_at", "resolved_at", "closed_at")[
        :MANY_INCIDENTS
    ]:
        ended = min((each for each in (resolved, closed) if each is not None), default=None)
        incidents.setdefault(job_id, []).append((began, ended))
    months = {}
    for job_id in job_ids:
        ((runs, errors),) = counts[job_id]
        longest, missed = told.get(job_id, (None, 0))
        recoveries, unrecovered = recoveries_of(incidents.get(job_id, []))
        is_cut = runs >= MANY_RUNS
        months[job_id] = JobMonth(runs, errors, missed, longest, recoveries, unrecovered, is_cut)
    return months


def _longest_and_missed(
    job_ids: Collection[int], start: datetime, end: datetime
) -> dict[int, tuple[timedelta | None, int]]:
    moment = "CAST(%({})s AS timestamptz)" if connection.vendor == "postgresql" else "%({})s"
    statement = _LONGEST_AND_MISSED.format(
        longest=_LONGEST[connection.vendor],
        start=moment.format("start"),
        end=moment.format("end"),
        timed=RUNS_TIMED,
        changes=CHANGES_LOOKED_AT,
        jobs=", ".join(str(int(each)) for each in job_ids),
    )
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(statement, {"start": adapt(start), "end": adapt(end)})
        return {
            job_id: (None if seconds is None else timedelta(seconds=round(float(seconds), 1)), missed)
            for job_id, seconds, missed in cursor.fetchall()
        }
