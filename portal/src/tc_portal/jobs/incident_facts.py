"""What an incident is told from, for many jobs at once: the latest rows of each, in one statement a table.

LATERAL … LIMIT, or what SQLite has for it: a walk down one index a job, whatever the statistics say and however long the past is.
"""

import json
from collections.abc import Collection
from typing import TypeVar

from django.db import connection, models

from .models import Incident, IncidentAction, Run, Transition

# Of each job. What is older of an incident that lasts is known from when it was looked at before.
INCIDENTS_READ = 8
RUNS_READ = 30
TRANSITIONS_READ = 40
ACTIONS_READ = 300

POSTGRESQL = """
SELECT latest.* FROM unnest(%s::bigint[]) AS wanted(job_id)
CROSS JOIN LATERAL (SELECT * FROM {table} WHERE job_id = wanted.job_id ORDER BY {order} LIMIT {limit}) AS latest
"""

SQLITE = """
SELECT {table}.* FROM json_each(%s) AS wanted
JOIN {table} ON {table}.id IN
  (SELECT id FROM {table} AS latest WHERE latest.job_id = wanted.value ORDER BY {order} LIMIT {limit})
"""

Row = TypeVar("Row", bound=models.Model)
RowsByJob = dict[int, list[Row]]


def latest_incidents(job_ids: Collection[int]) -> RowsByJob[Incident]:
    """The last incidents of each of these jobs, on the index ``incident_of_job``."""
    return _latest(Incident, job_ids, "opened_at DESC", INCIDENTS_READ)


def latest_runs(job_ids: Collection[int]) -> RowsByJob[Run]:
    """The last runs of each of these jobs, on the index ``run_latest``."""
    return _latest(Run, job_ids, "finished_at DESC, id DESC", RUNS_READ)


def latest_transitions(job_ids: Collection[int]) -> RowsByJob[Transition]:
    """The last changes of each of these jobs' verdicts, on the index ``transition_of_job``."""
    return _latest(Transition, job_ids, "at DESC, id DESC", TRANSITIONS_READ)


def latest_actions(job_ids: Collection[int]) -> RowsByJob[IncidentAction]:
    """What was done about the last incidents of each of these jobs, on the index ``incident_action_of_incident``."""
    return _latest(IncidentAction, job_ids, "incident_opened_at DESC, id DESC", ACTIONS_READ)


def _latest(rows: type[Row], job_ids: Collection[int], order: str, limit: int) -> RowsByJob[Row]:
    found: RowsByJob[Row] = {job_id: [] for job_id in job_ids}
    is_sqlite = connection.vendor == "sqlite"
    # Nothing here comes from outside.
    statement = (SQLITE if is_sqlite else POSTGRESQL).format(table=rows._meta.db_table, order=order, limit=limit)
    wanted = list(found)
    for row in rows.objects.raw(statement, [json.dumps(wanted) if is_sqlite else wanted]):
        found[row.job_id].append(row)
    return found
