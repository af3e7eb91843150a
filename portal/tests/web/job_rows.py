"""The rows that reports leave behind, written directly: a page test needs many of them, quickly."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tc_portal.jobs.models import Incident, Job, JobStatus, Run, Tool

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
# For tests of queries, searches and counts; the others run on SQLite alone.
on_each_database = pytest.mark.parametrize("tables", ["sqlite", "postgresql"], indirect=True, scope="session")


def a_job(
    job_key: str = "nightly",
    status: str = "success",
    finished_at: datetime = NOW,
    *,
    title: str = "",
    message: str | None = None,
    tool: Tool | None = None,
) -> Job:
    """A job with one run."""
    (job,) = many_jobs([job_key], status, finished_at, title=title, message=message, tool=tool)
    return job


def many_jobs(
    job_keys: list[str],
    status: str = "success",
    finished_at: datetime = NOW,
    *,
    title: str = "",
    message: str | None = None,
    tool: Tool | None = None,
) -> list[Job]:
    """A job with one run for each key, each a minute older than the one before."""
    moments = [finished_at - timedelta(minutes=number) for number in range(len(job_keys))]
    rows: list[tuple[Job, JobStatus]] = []
    for job_key, moment in zip(job_keys, moments, strict=True):
        named: dict[str, Any] = {"job_key": job_key, "title": title or job_key, "tool": tool, "created_at": moment}
        verdict = "error" if status == "error" else "ok"
        last = {"last_status": status, "last_finished_at": moment, "last_message": message, "updated_at": moment}
        standing = {"verdict": verdict, "is_bad": status == "error", "since": moment}
        rows.append((Job(**named, **standing), JobStatus(**named, **last)))
    jobs = Job.objects.bulk_create([job for job, _ in rows])
    bad = [Incident(job=job, opened_at=job.since, verdict="error") for job in jobs if job.is_bad]
    Incident.objects.bulk_create(bad)
    JobStatus.objects.bulk_create([row for _, row in rows])
    Run.objects.bulk_create(
        [
            _run(job, number, status, moment, message)
            for number, (job, moment) in enumerate(zip(jobs, moments, strict=True))
        ]
    )
    return jobs


def more_runs(job: Job, count: int, result: str = "success", message: str | None = None) -> None:
    """Runs before the job's last one, an hour apart."""
    moments = [NOW - timedelta(hours=number) for number in range(1, count + 1)]
    Run.objects.bulk_create([_run(job, number, result, at, message) for number, at in enumerate(moments, 1000)])


def _run(job: Job, number: int, result: str, finished_at: datetime, message: str | None) -> Run:
    return Run(
        job=job,
        run_id=f"run-{number}",
        result=result,
        finished_at=finished_at,
        received_at=finished_at,
        message=message,
        source="job-report",
    )


class CountedQueries:
    """How many queries Django sends inside the block."""

    count = 0

    def __enter__(self) -> "CountedQueries":
        self._wrapper = connection.execute_wrapper(self._count)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._wrapper.__exit__(*error)

    def _count(self, execute: Any, *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)
