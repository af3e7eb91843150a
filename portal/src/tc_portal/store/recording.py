"""How a batch of reports becomes rows: one flow for every database.

``record`` is a generator that does no I/O. It yields the statements of one transaction, each a Struct
below, and is sent the rows that a reading statement finds. ``store.sqlite`` and ``store.postgresql`` hold
the SQL of each statement and run it.
"""

from collections.abc import Generator, Iterable, Sequence
from datetime import datetime
from functools import reduce
from typing import Any
from uuid import UUID, uuid4

import msgspec

from tc_portal.core.report import Outcome, Report, Result, outcome_of, supersedes
from tc_portal.core.standing import Standing, Verdict, after


class LockedJob(msgspec.Struct, gc=False):
    """A job with its last result (``status_id`` is None where it has none), locked until the commit."""

    id: int
    job_key: str
    title: str
    tool_id: UUID | None
    tool_stated_at: datetime | None
    verdict: Verdict
    since: datetime | None
    status_id: UUID | None
    last_status: Result | None
    last_finished_at: datetime | None
    last_message: str | None
    last_title: str | None
    updated_at: datetime | None


class LockJobs(msgspec.Struct):
    """Read: the ``LockedJob`` of each key that has one. Keys are sorted, so that two writers never deadlock."""

    keys: list[str]


class FindTools(msgspec.Struct):
    """Read: which of these tools exist, as UUIDs."""

    ids: list[UUID]


class StreakQuery(msgspec.Struct, gc=False):
    job_id: int
    result: Result
    until: datetime


class FindStreakStarts(msgspec.Struct):
    """Read: ``(job_id, finished_at of the first run of the streak of that result that lasts until then)``."""

    queries: list[StreakQuery]


class NewJob(msgspec.Struct, gc=False):
    job_key: str
    title: str
    created_at: datetime


class RunName(msgspec.Struct, gc=False, frozen=True):
    job_id: int
    run_id: str


class RunRow(msgspec.Struct, gc=False):
    job_id: int
    run_id: str
    result: Result
    started_at: datetime | None
    finished_at: datetime
    received_at: datetime
    exit_code: int | None
    message: str | None
    host: str | None
    source: str


class StatusRow(msgspec.Struct, gc=False):
    id: UUID
    job_key: str
    title: str
    tool_id: UUID | None
    last_status: Result
    last_finished_at: datetime
    last_message: str | None
    updated_at: datetime


class JobChange(msgspec.Struct, gc=False):
    id: int
    title: str
    tool_id: UUID | None
    tool_stated_at: datetime | None
    verdict: Verdict
    since: datetime | None


class CreateJobs(msgspec.Struct):
    """Write: jobs that were not there yet; one that another writer has just made is left as it is."""

    rows: list[NewJob]


class AddRuns(msgspec.Struct):
    """Write: runs that were not there yet. Read: how many those were."""

    rows: list[RunRow]


class FindRuns(msgspec.Struct):
    """Read: the ``RunRow`` that is there of each ``RunName``."""

    names: list[RunName]


class RewriteRuns(msgspec.Struct):
    """Write: runs that are there, as they have been told anew."""

    rows: list[RunRow]


class WriteStatuses(msgspec.Struct):
    """Write: the last result of jobs; ``id`` and ``created_at`` of one that is there stay."""

    rows: list[StatusRow]


class WriteJobs(msgspec.Struct):
    """Write: what changed of jobs."""

    rows: list[JobChange]


class Together(msgspec.Struct):
    """Writes that need not wait for one another. Read: a list of what each of them reads."""

    writes: list[AddRuns | WriteStatuses | WriteJobs]


Statement = LockJobs | FindTools | FindRuns | FindStreakStarts | CreateJobs | RewriteRuns | WriteJobs | Together


class Recorded(msgspec.Struct, frozen=True, gc=False, tag=True, array_like=True):
    """What the script is told: the id of its job's ``job_status`` row, and whether the tool it named is unknown."""

    status_id: UUID
    is_tool_unknown: bool


# What is sent back is None before the first statement and the rows found after each.
Recording = Generator[Statement, Any, list[Recorded]]


def record(reports: Sequence[Report]) -> Recording:
    """The transaction that records ``reports``; returns what to answer to each, in their order."""
    jobs = yield from _locked_jobs(reports)
    named_tools = {report.tool_id for report in reports if report.tool_id is not None}
    tools = set((yield FindTools(sorted(named_tools)))) if named_tools else set()

    by_job: dict[str, list[Report]] = {}
    for report in reports:
        by_job.setdefault(report.job_key, []).append(report)
    standings: dict[str, Standing] = {}
    statuses: list[StatusRow] = []
    changes: list[JobChange] = []
    for key, told in by_job.items():
        job = jobs[key]
        before = Standing(_outcome(job), job.verdict, job.since)
        standing = standings[key] = reduce(after, told, before)
        stated = _stated_tool(job, told, tools) if named_tools else (job.tool_id, job.tool_stated_at)
        _note_changes(job, before, standing, stated, statuses, changes)

    runs, retold = _run_rows(reports, jobs)
    ((added,), *_) = yield Together([AddRuns(runs), *_rows(WriteStatuses, statuses), *_rows(WriteJobs, changes)])
    if added < len(runs):
        retold |= yield from _retell(runs)
    yield from _settle_streaks(jobs, standings, retold)
    return [
        Recorded(_status_id(jobs[report.job_key]), report.tool_id is not None and report.tool_id not in tools)
        for report in reports
    ]


def _rows(write: type[WriteStatuses] | type[WriteJobs], rows: list[Any]) -> list[Any]:
    return [write(rows)] if rows else []


def _locked_jobs(reports: Sequence[Report]) -> Generator[Statement, list[Any], dict[str, LockedJob]]:
    titles = {report.job_key: report for report in reports}
    jobs: dict[str, LockedJob] = {job.job_key: job for job in (yield LockJobs(sorted(titles)))}
    missing = sorted(titles.keys() - jobs.keys())
    if missing:
        yield CreateJobs([NewJob(key, titles[key].title, titles[key].received_at) for key in missing])
        jobs.update((job.job_key, job) for job in (yield LockJobs(missing)))
    return jobs


def _run_rows(reports: Sequence[Report], jobs: dict[str, LockedJob]) -> tuple[list[RunRow], set[int]]:
    """One row a run, as PostgreSQL refuses to touch a row twice in one statement; and the jobs with a run told twice."""
    last_of_run: dict[tuple[str, str], Report] = {}
    retold: set[int] = set()
    for report in reports:
        name = (report.job_key, report.run_id)
        other = last_of_run.get(name)
        if other is not None:
            retold.add(jobs[report.job_key].id)
        if other is None or supersedes(outcome_of(report), outcome_of(other)):
            last_of_run[name] = report
    rows = [
        RunRow(
            jobs[report.job_key].id,
            report.run_id,
            report.status,
            report.started_at,
            report.finished_at,
            report.received_at,
            report.exit_code,
            report.message,
            report.host,
            report.source,
        )
        for report in last_of_run.values()
    ]
    return rows, retold


def _retell(runs: list[RunRow]) -> Generator[Statement, Any, set[int]]:
    """Rewrite those of the runs that were there with an end which the new one supersedes; the jobs of those told anew."""
    there = {RunName(run.job_id, run.run_id): run for run in (yield FindRuns(_names(runs)))}
    rewritten, retold = [], set()
    for run in runs:
        old = there.get(RunName(run.job_id, run.run_id))
        if old is None or _told(run) == _told(old):
            continue
        retold.add(run.job_id)
        if supersedes(_told(run), _told(old)):
            rewritten.append(msgspec.structs.replace(run, started_at=run.started_at or old.started_at))
    if rewritten:
        yield RewriteRuns(rewritten)
    return retold


def _names(runs: list[RunRow]) -> list[RunName]:
    return [RunName(run.job_id, run.run_id) for run in runs]


def _told(run: RunRow) -> Outcome:
    return Outcome(run.result, run.finished_at, run.received_at, run.message, title="")


def _outcome(job: LockedJob) -> Outcome | None:
    if job.last_status is None or job.last_finished_at is None or job.updated_at is None:
        return None
    return Outcome(job.last_status, job.last_finished_at, job.updated_at, job.last_message, job.last_title or "")


def _settle_streaks(
    jobs: dict[str, LockedJob], standings: dict[str, Standing], retold: set[int]
) -> Generator[Statement, Any, None]:
    """Read from the runs since when, for jobs that a late report leaves it open for, or a run told with another end."""
    unsure = {
        jobs[key].id: (key, standing.outcome)
        for key, standing in standings.items()
        if standing.outcome is not None and (standing.is_streak_unsure or jobs[key].id in retold)
    }
    if not unsure:
        return
    queries = [StreakQuery(job_id, outcome.status, outcome.finished_at) for job_id, (_, outcome) in unsure.items()]
    changes = []
    for job_id, start in (yield FindStreakStarts(queries)):
        key, outcome = unsure[job_id]
        # No start is found where a run of the other result ended at the very same instant: the streak is that instant.
        since = start or outcome.finished_at
        job = jobs[key]
        if since != job.since:
            changes.append(JobChange(job.id, job.title, job.tool_id, job.tool_stated_at, job.verdict, since))
    if changes:
        yield WriteJobs(changes)


def _stated_tool(job: LockedJob, reports: Iterable[Report], tools: set[UUID]) -> tuple[UUID | None, datetime | None]:
    """The job's tool and when it was stated: the latest statement stands, a report without one states nothing."""
    tool_id, stated_at = job.tool_id, job.tool_stated_at
    for report in reports:
        if report.tool_id is None or report.tool_id not in tools:
            continue
        said_at = report.received_at if outcome_of(report).is_ahead else report.finished_at
        if stated_at is None or (said_at, str(report.tool_id)) > (stated_at, str(tool_id)):
            tool_id, stated_at = report.tool_id, said_at
    return tool_id, stated_at


def _note_changes(
    job: LockedJob,
    before: Standing,
    standing: Standing,
    stated: tuple[UUID | None, datetime | None],
    statuses: list[StatusRow],
    changes: list[JobChange],
) -> None:
    outcome = standing.outcome
    assert outcome is not None
    tool_id, stated_at = stated
    if outcome != before.outcome or tool_id != job.tool_id:
        job.status_id = _status_id(job)
        statuses.append(
            StatusRow(
                job.status_id,
                job.job_key,
                outcome.title,
                tool_id,
                outcome.status,
                outcome.finished_at,
                outcome.message,
                outcome.received_at,
            )
        )
    now = (outcome.title, tool_id, stated_at, standing.verdict, standing.since)
    if now != (job.title, job.tool_id, job.tool_stated_at, job.verdict, job.since):
        changes.append(JobChange(job.id, *now))
        job.title, job.tool_id, job.tool_stated_at, job.verdict, job.since = now


def _status_id(job: LockedJob) -> UUID:
    return job.status_id or uuid4()
