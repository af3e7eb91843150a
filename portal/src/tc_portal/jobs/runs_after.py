"""The first run of each of some jobs that ended at an instant or later: one query for all of them.

Each is found on the index ``run_latest`` (job_id, finished_at), however many runs a job has.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from .models import Run

_FIND_ON_SQLITE = """
SELECT asked.value ->> 0, (
  SELECT id FROM run WHERE job_id = asked.value ->> 1 AND finished_at >= asked.value ->> 2 ORDER BY finished_at, id LIMIT 1)
FROM json_each(%s) AS asked
"""
_FIND_ON_POSTGRESQL = """
SELECT (asked.value ->> 0)::int, (
  SELECT id FROM run WHERE job_id = (asked.value ->> 1)::bigint AND finished_at >= (asked.value ->> 2)::timestamptz
  ORDER BY finished_at, id LIMIT 1)
FROM json_array_elements(%s::json) AS asked(value)
"""


def first_runs_after(asked: Mapping[int, tuple[int, datetime]]) -> dict[int, Run]:
    """By the same names as ``asked`` has, the first run of the job (its id) that ended at the instant or later, if any did."""
    if not asked:
        return {}
    is_sqlite = connection.vendor == "sqlite"
    rows: list[list[Any]] = [[name, job_id, _as_kept(since, is_sqlite)] for name, (job_id, since) in asked.items()]
    with connection.cursor() as cursor:
        cursor.execute(_FIND_ON_SQLITE if is_sqlite else _FIND_ON_POSTGRESQL, [msgspec.json.encode(rows).decode()])
        found = {name: run_id for name, run_id in cursor.fetchall() if run_id is not None}
    runs = Run.objects.in_bulk(set(found.values()))
    return {name: runs[run_id] for name, run_id in found.items() if run_id in runs}


def _as_kept(instant: datetime, is_sqlite: bool) -> str:
    """As the database compares it: SQLite keeps instants as text, in UTC."""
    return instant.isoformat(" ").removesuffix("+00:00") if is_sqlite else instant.isoformat()
