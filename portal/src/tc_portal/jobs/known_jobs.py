"""The jobs that an import of tasks is compared with."""

from collections.abc import Iterable
from datetime import datetime

from tc_portal.core.job_settings import read_settings
from tc_portal.core.task_scheduler.known_job import KnownJob
from tc_portal.core.task_scheduler.run_times import RUNS_LOOKED_AT

from .models import Job, JobStatus, Run

# Of so many jobs, those that reported last, the runs are looked at: a short query each, on the index run_latest.
JOBS_WITH_RUNS = 300


def known_jobs(*, and_their_runs: bool = True) -> list[KnownJob]:
    """Every job, with its settings: one pass over the job table, and the last runs of some of them unless they are not
    asked for."""
    reported = JobStatus.objects.order_by("-last_finished_at").values_list("job_key", flat=True)
    with_runs = set(reported[:JOBS_WITH_RUNS]) if and_their_runs else set()
    rows = Job.objects.order_by("id").values_list("id", "job_key", "title", "host", "settings_row__definition")
    return [
        KnownJob(
            job_key,
            title,
            host or "",
            read_settings(definition) if definition else None,
            tuple(_last_runs(job_id)) if job_key in with_runs else (),
        )
        for job_id, job_key, title, host, definition in rows.iterator()
    ]


def _last_runs(job_id: int) -> Iterable[datetime]:
    runs = Run.objects.filter(job_id=job_id).order_by("-finished_at", "-id")
    for started_at, finished_at in runs.values_list("started_at", "finished_at")[:RUNS_LOOKED_AT]:
        yield started_at or finished_at
