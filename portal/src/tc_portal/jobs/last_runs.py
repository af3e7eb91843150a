"""The last runs of many jobs at once: a stretch of the index ``run_latest`` for each."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from tc_portal.core.instant import parse_instant

# Thirty rows a job at most, whatever runs there are, by the index run_latest(job_id, finished_at DESC, id DESC).
LAST_RUNS_POSTGRESQL = """
SELECT run.job_id, run.id, run.result, run.started_at, run.finished_at
FROM json_array_elements_text(%s::json) AS wanted(job_id)
CROSS JOIN LATERAL (
  SELECT job_id, id, result, started_at, finished_at FROM run
  WHERE run.job_id = wanted.job_id::bigint ORDER BY finished_at DESC, id DESC LIMIT %s) AS run
ORDER BY run.job_id, run.finished_at, run.id
"""
LAST_RUNS_SQLITE = """
SELECT run.job_id, run.id, run.result, run.started_at, run.finished_at
FROM json_each(%s) AS wanted
CROSS JOIN run ON run.id IN (
  SELECT latest.id FROM run AS latest
  WHERE latest.job_id = wanted.value ORDER BY latest.finished_at DESC, latest.id DESC LIMIT %s)
ORDER BY run.job_id, run.finished_at, run.id
"""
_LAST_RUNS = {"postgresql": LAST_RUNS_POSTGRESQL, "sqlite": LAST_RUNS_SQLITE}


@dataclass(frozen=True)
class PastRun:
    """A run that has ended. ``took`` is by the script's clock, None where it did not say when it began."""

    id: int
    is_success: bool
    finished_at: datetime
    took: timedelta | None


def last_runs_of(job_ids: Collection[int], limit: int) -> dict[int, list[PastRun]]:
    """The last runs of each of these jobs that has some, the oldest first, by job id: one query for a page of jobs."""
    found: dict[int, list[PastRun]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LAST_RUNS[connection.vendor], [json.dumps(list(job_ids)), limit])
        for job_id, number, result, started_at, finished_at in cursor.fetchall():
            run = _run(number, result, _instant(started_at), _instant(finished_at))
            found.setdefault(job_id, []).append(run)
    return found


def _run(number: int, result: str, started_at: datetime | None, finished_at: datetime | None) -> PastRun:
    assert finished_at is not None
    is_timed = started_at is not None and started_at <= finished_at
    return PastRun(
        number, result == "success", finished_at, finished_at - started_at if is_timed and started_at else None
    )


def _instant(value: datetime | str | None) -> datetime | None:
    """The instant; SQLite has it as text in UTC."""
    return parse_instant(f"{value}+00:00") if isinstance(value, str) else value
