"""Incidents as they are kept, folded from their facts: read for many jobs at once, written back where they changed.

Who folds holds the lock on the job, as the store does while it records: what is read is then all that there is.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection

from tc_portal.core.fingerprint.identity import Fingerprint, fingerprint
from tc_portal.core.incident import (
    AnyAction,
    Course,
    Error,
    Failure,
    Standing,
    VerdictChange,
    read_action,
    standing,
)
from tc_portal.core.incident_now import IncidentNow
from tc_portal.core.instant import LATEST
from tc_portal.jobs.incident_facts import (
    ACTIONS_READ,
    RUNS_READ,
    TRANSITIONS_READ,
    latest_actions,
    latest_incidents,
    latest_runs,
    latest_transitions,
)
from tc_portal.jobs.incident_queries import runs_in
from tc_portal.jobs.models import Incident, IncidentAction, Job, Run, Transition
from tc_portal.jobs.standing import settings_of

# Programs that fail often say the same thing.
MESSAGES_REMEMBERED = 500
# Of one batch: where nobody followed for a while.
LONG_PAST_READ = 100

COLUMNS = (
    "fingerprint",
    "gist",
    "error_since",
    "host",
    "acknowledged_at",
    "acknowledged_by",
    "acknowledged_until",
    "acknowledgement_note",
    "assigned_to",
    "muted_until",
    "closed_at",
    "closed_by",
)

KEEP = f"UPDATE incident SET {', '.join(f'{name} = %s' for name in COLUMNS)} WHERE id = %s"


@dataclass(frozen=True)
class Folded:
    """An incident's row with what it was folded from."""

    row: Incident
    job: Job
    course: Course
    actions: tuple[AnyAction, ...]

    def standing(self, now: datetime) -> Standing:
        return standing(self.course, self.actions, now)


def folded_incidents(jobs: Collection[Job]) -> list[Folded]:
    """The last incidents of these jobs, which come with their ``settings_row``. Four statements, however many jobs; and one for
    each incident that nobody has looked at while its runs were among the last."""
    ids = [job.id for job in jobs]
    incidents, runs = latest_incidents(ids), latest_runs(ids)
    transitions, actions = latest_transitions(ids), latest_actions(ids)
    found, long_past = [], 0
    for job in jobs:
        for row in incidents[job.id]:
            of_job = runs[job.id]
            if row.error_since is None and long_past < LONG_PAST_READ and _is_cut(row, of_job, transitions[job.id]):
                of_job, long_past = runs_in(row), long_past + 1
            found.append(fold(row, job, of_job, transitions[job.id], actions[job.id]))
    return found


def folded_incident(row: Incident, job: Job) -> Folded:
    """This incident of the job, however long ago it was."""
    ids = [job.id]
    return fold(row, job, latest_runs(ids)[job.id], latest_transitions(ids)[job.id], _actions_of(row))


def fold(
    row: Incident,
    job: Job,
    runs: Sequence[Run],
    transitions: Sequence[Transition],
    actions: Sequence[IncidentAction],
) -> Folded:
    ends = row.resolved_at or LATEST
    changes = sorted(
        (each for each in transitions if row.opened_at <= each.at < ends), key=lambda each: (each.at, each.id)
    )
    is_cut = _is_cut(row, runs, transitions)
    course = Course(
        row.opened_at,
        _verdict_at(row.opened_at, changes, row),
        tuple(_failures(row, job, runs)),
        tuple(VerdictChange(each.at, each.verdict) for each in changes if each.is_bad),
        row.resolved_at,
        _known_before(row, changes) if is_cut else None,
    )
    # One that was judged anew may open earlier than it did when somebody did something about it.
    done = tuple(read_action(each.definition) for each in actions if row.opened_at <= each.incident_opened_at < ends)
    return Folded(row, job, course, done)


def write_standing(folded: Iterable[tuple[Folded, Standing]]) -> None:
    """Keep how the incidents stand, of those that stand otherwise than is kept."""
    changed = []
    for each, stands in folded:
        wanted = _columns(each, stands)
        if any(getattr(each.row, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(each.row, name, value)
            changed.append(each.row)
    if changed:
        columns = [Incident._meta.get_field(name) for name in COLUMNS]
        rows = [
            [*(each.get_db_prep_save(getattr(row, each.name), connection) for each in columns), row.id]
            for row in changed
        ]
        with connection.cursor() as cursor:
            cursor.executemany(KEEP, rows)


def incident_now(folded: Folded, stands: Standing) -> IncidentNow:
    """What the deciding of who is to be told needs to know of it."""
    row, acknowledged = folded.row, stands.acknowledged
    silences = [] if acknowledged is None else [acknowledged.until or LATEST]
    silences += [] if stands.muted is None else [stands.muted.until]
    return IncidentNow(
        incident_id=row.id,
        job_id=row.job_id,
        opened_at=row.opened_at,
        verdict=stands.error.verdict,
        news_at=stands.news_at,
        over_at=stands.over_at,
        silent_until=max(silences, default=None),
        acknowledged_by=None if acknowledged is None else acknowledged.by,
        tool_id=folded.job.tool_id,
        host=stands.error.host or folded.job.host,
        fingerprint=stands.error.fingerprint,
        gist=stands.error.gist,
    )


def _actions_of(row: Incident) -> list[IncidentAction]:
    """What was done about the incident, on the index ``incident_action_of_incident``."""
    within = {"incident_opened_at__gte": row.opened_at}
    if row.resolved_at is not None:
        within["incident_opened_at__lt"] = row.resolved_at
    found = IncidentAction.objects.filter(job_id=row.job_id, **within).order_by("-incident_opened_at", "-id")
    return list(found[:ACTIONS_READ])


def _columns(folded: Folded, stands: Standing) -> dict[str, Any]:
    acknowledged, closed = stands.acknowledged, stands.closed
    return {
        "fingerprint": stands.error.fingerprint,
        "gist": stands.error.gist,
        "error_since": stands.news_at,
        "host": stands.error.host or folded.row.host or folded.job.host,
        "acknowledged_at": acknowledged and acknowledged.at,
        "acknowledged_by": acknowledged and acknowledged.by,
        "acknowledged_until": acknowledged and acknowledged.until,
        "acknowledgement_note": (acknowledged and acknowledged.note) or None,
        "assigned_to": stands.assigned_to,
        "muted_until": stands.muted and stands.muted.until,
        "closed_at": closed and closed.at,
        "closed_by": closed and closed.by,
    }


def _is_cut(row: Incident, runs: Sequence[Run], transitions: Sequence[Transition]) -> bool:
    """Whether more may have happened in the incident than was read."""
    earliest_run = min((run.received_at for run in runs), default=row.opened_at)
    earliest_change = min((each.at for each in transitions), default=row.opened_at)
    return (len(runs) >= RUNS_READ and earliest_run > row.opened_at) or (
        len(transitions) >= TRANSITIONS_READ and earliest_change > row.opened_at
    )


def _known_before(row: Incident, changes: Sequence[Transition]) -> Error | None:
    if row.error_since is None:
        return None
    verdict = _verdict_at(row.error_since, changes, row)
    return Error(row.error_since, verdict, row.fingerprint, row.gist, row.host)


def _verdict_at(instant: datetime, changes: Sequence[Transition], row: Incident) -> Any:
    """The verdict at ``instant`` by the incident's changes, which are in their order."""
    before = [each.verdict for each in changes if each.at <= instant]
    if before:
        return before[-1]
    return changes[0].verdict_before if changes else row.verdict


def _failures(row: Incident, job: Job, runs: Sequence[Run]) -> Iterable[Failure]:
    settings = settings_of(job)
    minimum = None if settings is None else settings.min_runtime
    before = [run for run in runs if run.received_at <= row.opened_at]
    opening = max(before, key=lambda run: (run.received_at, run.id), default=None)
    ends = row.resolved_at or LATEST
    for run in runs:
        if run is not opening and not row.opened_at < run.received_at < ends:
            continue
        if run.result == "error":
            said = _fingerprint(run.message or "")
            yield Failure(run.received_at, said and said.key, said and said.gist, run.host)
        elif minimum is not None and _is_too_fast(run, minimum):
            yield Failure(run.received_at, host=run.host, kind="too_fast")


def _is_too_fast(run: Run, minimum: timedelta) -> bool:
    return run.started_at is not None and run.finished_at - run.started_at < minimum


@lru_cache(MESSAGES_REMEMBERED)
def _fingerprint(message: str) -> Fingerprint | None:
    return fingerprint(message)
