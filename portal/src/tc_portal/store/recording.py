"""How a batch of what scripts tell becomes rows: one flow for every database.

``record``, as the other transactions of this room, is a generator that does no I/O. It yields the statements of one
transaction, and is sent what a reading statement finds.
"""

from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from tc_portal.core.report import Extension, Outcome, Report, Start, Telling, outcome_of, supersedes

from .course import Course
from .settling import judged_rows, settled
from .statements import (
    AddRuns,
    CreateJobs,
    FindRuns,
    FindStarts,
    FindTools,
    LockedJob,
    LockJobs,
    NewJob,
    RewriteRuns,
    RunName,
    RunRow,
    StartRow,
    Statement,
    StatusRow,
    Together,
    WriteStarts,
    WriteStatuses,
)
from .surroundings import Calendars, surroundings


class Recorded(msgspec.Struct, frozen=True, gc=False, tag=True, array_like=True):
    """What the script is told: the id of its job's ``job_status`` row, if it has one, and what it named that is not known."""

    status_id: UUID | None
    is_tool_unknown: bool = False
    is_run_unknown: bool = False


# What is sent back is None before the first statement and what it found after each.
Recording = Generator[Statement, Any, list[Recorded]]


def record(calendars: Calendars, tellings: Sequence[Telling]) -> Recording:
    """The transaction that records ``tellings``; returns what to answer to each, in their order."""
    jobs = yield from _locked_jobs(tellings)
    around = yield from surroundings(calendars, list(jobs.values()))
    named_tools = {telling.tool_id for telling in tellings if not isinstance(telling, Extension) and telling.tool_id}
    tools = set((yield FindTools(sorted(named_tools)))) if named_tools else set()
    starts = [telling for telling in tellings if not isinstance(telling, Report)]
    ended, started, unknown = (yield from _starts(starts, jobs)) if starts else (set(), [], set())

    by_job: dict[str, list[Telling]] = {}
    for telling in tellings:
        if not (isinstance(telling, Extension) and (telling.job_key, telling.run_id) in unknown):
            by_job.setdefault(telling.job_key, []).append(telling)
    courses = {key: around.course_of(jobs[key]) for key in by_job}
    runs = _run_rows(tellings, courses)
    statuses: list[StatusRow] = []
    for key, told in by_job.items():
        course = courses[key]
        course.tell(told, {name.run_id for name in ended if name.job_id == course.job.id} if ended else set())
        _note_status(course.job, told, _stated_tool(course.job, told, tools), statuses)

    yield from _write(courses, calendars, runs, started, statuses)
    return [
        Recorded(
            jobs[telling.job_key].status_id if telling.job_key in jobs else None,
            not isinstance(telling, Extension) and telling.tool_id is not None and telling.tool_id not in tools,
            isinstance(telling, Extension) and (telling.job_key, telling.run_id) in unknown,
        )
        for telling in tellings
    ]


def _locked_jobs(tellings: Sequence[Telling]) -> Generator[Statement, Any, dict[str, LockedJob]]:
    titles = {telling.job_key: telling for telling in tellings if not isinstance(telling, Extension)}
    keys = {telling.job_key for telling in tellings}
    jobs: dict[str, LockedJob] = {job.job_key: job for job in (yield LockJobs(sorted(keys)))}
    missing = sorted(titles.keys() - jobs.keys())
    if missing:
        yield CreateJobs([NewJob(key, titles[key].title, titles[key].received_at) for key in missing])
        jobs.update((job.job_key, job) for job in (yield LockJobs(missing)))
    return jobs


def _starts(
    told: Sequence[Start | Extension], jobs: dict[str, LockedJob]
) -> Generator[Statement, Any, tuple[set[RunName], list[StartRow], set[tuple[str, str]]]]:
    """The runs among them that have ended already, the starts to write, and the extensions of runs that nobody knows."""
    names = [RunName(jobs[each.job_key].id, each.run_id) for each in told if each.job_key in jobs]
    ended = {RunName(run.job_id, run.run_id): run for run in (yield FindRuns(names))}
    rows = {RunName(row.job_id, row.run_id): row for row in (yield FindStarts(names))}
    written: dict[RunName, StartRow] = {}
    unstarted = []
    unknown: set[tuple[str, str]] = set()
    for each in sorted(told, key=lambda each: each.received_at):
        job = jobs.get(each.job_key)
        name = RunName(job.id if job else 0, each.run_id)
        row = rows.get(name)
        if isinstance(each, Start):
            assert job is not None
            row = _earlier(
                StartRow(job.id, each.run_id, each.started_at, each.received_at, None, None, each.host), row
            )
            if name in ended and ended[name].started_at is None:
                unstarted.append(msgspec.structs.replace(ended[name], started_at=each.started_at))
        elif row is None or name in ended:
            unknown.add((each.job_key, each.run_id))
            continue
        else:
            row = msgspec.structs.replace(row, extended_until=each.until, extended_at=each.received_at)
        rows[name] = written[name] = row
    if unstarted:
        yield RewriteRuns(unstarted)
    return set(ended), list(written.values()), unknown


def _earlier(new: StartRow, old: StartRow | None) -> StartRow:
    """A start that is told twice is as it arrived first."""
    return new if old is None or new.received_at < old.received_at else old


def _write(
    courses: dict[str, Course],
    calendars: Calendars,
    runs: list[RunRow],
    starts: list[StartRow],
    statuses: list[StatusRow],
) -> Generator[Statement, Any, None]:
    by_id = {course.job.id: course for course in courses.values()}
    writes: list[Any] = []
    writes += [AddRuns(runs)] if runs else []
    writes += [WriteStarts(starts)] if starts else []
    writes += [WriteStatuses(statuses)] if statuses else []
    sure = [course for course in courses.values() if course.doubt is None]
    writes += judged_rows(sure)
    touched = (yield Together(writes)) if writes else []
    if runs and touched[0] < len(runs):
        yield from _retell(runs, by_id)
    yield from settled(list(courses.values()), calendars)


def _retell(runs: list[RunRow], by_id: dict[int, Course]) -> Generator[Statement, Any, None]:
    """Rewrite those of the runs that were there with an end which the new one supersedes, or that arrived later."""
    there = {RunName(run.job_id, run.run_id): run for run in (yield FindRuns([_name(run) for run in runs]))}
    rewritten = []
    for run in runs:
        old = there.get(_name(run))
        if old is None or old == run:
            continue
        by_id[run.job_id].doubt_from(min(run.received_at, old.received_at))
        if _is_later_word(run, old):
            rewritten.append(msgspec.structs.replace(run, started_at=run.started_at or old.started_at))
        elif run.started_at is not None and old.started_at is None:
            rewritten.append(msgspec.structs.replace(old, started_at=run.started_at))
    if rewritten:
        yield RewriteRuns(rewritten)


def _is_later_word(new: RunRow, old: RunRow) -> bool:
    """Whether ``new`` is what stands of a run: the end that supersedes; of the same end, what arrived first."""
    if _told(new) == _told(old):
        return new.received_at < old.received_at
    return supersedes(_told(new), _told(old))


def _told(run: RunRow) -> Outcome:
    return Outcome(run.result, run.finished_at, run.received_at, run.message, title="")


def _name(run: RunRow) -> RunName:
    return RunName(run.job_id, run.run_id)


def _run_rows(tellings: Sequence[Telling], courses: dict[str, Course]) -> list[RunRow]:
    """One row a run, as PostgreSQL refuses to touch a row twice in one statement. Of a run told twice, the later word."""
    began = {(key, run.run_id): run.started_at for key, course in courses.items() for run in course.known.open_runs}
    began |= {(each.job_key, each.run_id): each.started_at for each in tellings if isinstance(each, Start)}
    rows: dict[tuple[str, str], RunRow] = {}
    for report in tellings:
        if not isinstance(report, Report):
            continue
        name = (report.job_key, report.run_id)
        course = courses[report.job_key]
        row = RunRow(
            course.job.id,
            report.run_id,
            report.status,
            report.started_at or (began.get(name) if began else None),
            report.finished_at,
            report.received_at,
            report.exit_code,
            report.message,
            report.host,
            report.source,
        )
        other = rows.get(name)
        if other is not None:
            course.doubt_from(min(row.received_at, other.received_at))
        if other is None or _is_later_word(row, other):
            rows[name] = row
    return list(rows.values())


def _stated_tool(job: LockedJob, told: list[Telling], tools: set[UUID]) -> tuple[UUID | None, datetime | None]:
    """The job's tool and when it was stated: the latest statement stands, a report without one states nothing."""
    tool_id, stated_at = job.tool_id, job.tool_stated_at
    if not tools:
        return tool_id, stated_at
    for telling in told:
        if isinstance(telling, Extension) or telling.tool_id is None or telling.tool_id not in tools:
            continue
        said_at = _said_at(telling)
        if stated_at is None or (said_at, str(telling.tool_id)) > (stated_at, str(tool_id)):
            tool_id, stated_at = telling.tool_id, said_at
    return tool_id, stated_at


def _said_at(telling: Report | Start) -> datetime:
    if isinstance(telling, Start):
        return min(telling.started_at, telling.received_at)
    return telling.received_at if outcome_of(telling).is_ahead else telling.finished_at


def _note_status(
    job: LockedJob, told: list[Telling], stated: tuple[UUID | None, datetime | None], statuses: list[StatusRow]
) -> None:
    """Put the job's title, tool and host right, and its last result where that has changed."""
    before = outcome = _outcome(job)
    for telling in told:
        if isinstance(telling, Report):
            new = outcome_of(telling)
            if outcome is None or supersedes(new, outcome):
                outcome, job.host = new, telling.host
            elif new == outcome:
                # Neither is newer: whichever arrives first, the same one stands.
                job.host = max(filter(None, (job.host, telling.host)), default=None)
    tool_id, job.tool_stated_at = stated
    if outcome is not None and (outcome != before or tool_id != job.tool_id):
        job.status_id = job.status_id or uuid4()
        job.title = outcome.title
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
    job.tool_id = tool_id


def _outcome(job: LockedJob) -> Outcome | None:
    if job.last_status is None or job.last_finished_at is None or job.updated_at is None:
        return None
    return Outcome(job.last_status, job.last_finished_at, job.updated_at, job.last_message, job.last_title or "")
