"""How a batch of what scripts tell becomes rows: one flow for every database.

``record``, as the other transactions of this room, is a generator that does no I/O. It yields the statements of one
transaction, and is sent what a reading statement finds.
"""

from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec

from tc_portal.core.instant import LATEST
from tc_portal.core.report import (
    Heartbeat,
    OnTheWay,
    Outcome,
    Report,
    Start,
    Telling,
    counts_at,
    outcome_of,
    supersedes,
)

from .course import Course
from .details import detail_writes
from .hosts_told import HostsTold
from .settling import judged_rows, settled
from .start_rows import with_extension, with_heartbeat, with_start
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
    WriteHosts,
    WriteStarts,
    WriteStatuses,
)
from .surroundings import Calendars, surroundings

# What makes an extension useless, as far as is known.
RunIs = Literal["unknown", "ended"]


class Recorded(msgspec.Struct, frozen=True, gc=False, tag=True, array_like=True):
    """What the script is told: the id of its job's ``job_status`` row, if it has one, and what it named that is not known."""

    status_id: UUID | None
    is_tool_unknown: bool = False
    run_is: RunIs | None = None


# What is sent back is None before the first statement and what it found after each.
Recording = Generator[Statement, Any, list[Recorded]]


def record(calendars: Calendars, tellings: Sequence[Telling], hosts: HostsTold) -> Recording:
    """The transaction that records ``tellings``; returns what to answer to each, in their order."""
    jobs = yield from _locked_jobs(tellings)
    around = yield from surroundings(calendars, list(jobs.values()))
    named_tools = {telling.tool_id for telling in tellings if not isinstance(telling, OnTheWay) and telling.tool_id}
    tools = set((yield FindTools(sorted(named_tools)))) if named_tools else set()
    starts = [telling for telling in tellings if not isinstance(telling, Report)]
    starting = (yield from _starting(starts, jobs)) if starts else Starting()

    by_job: dict[str, list[Telling]] = {}
    for telling in tellings:
        if telling.job_key in jobs:
            by_job.setdefault(telling.job_key, []).append(telling)
    courses = {key: around.course_of(jobs[key]) for key in by_job}
    by_id = {course.job.id: course for course in courses.values()}
    for job_id, instant in starting.rewritten:
        by_id[job_id].doubt_from(instant)
    runs = _run_rows(tellings, courses)
    statuses: list[StatusRow] = []
    for key, told in by_job.items():
        course = courses[key]
        course.tell(told, starting.out_of_turn_of(course.job))
        _note_status(course.job, told, _stated_tool(course.job, told, tools), statuses)

    for run in runs:
        if (began := by_id[run.job_id].began) and run.started_at is None:
            run.started_at = began.get(run.run_id)

    writes: list[Any] = [AddRuns(runs)] if runs else []
    writes += [WriteStarts(starting.rows)] if starting.rows else []
    writes += [WriteStatuses(statuses)] if statuses else []
    writes += detail_writes(tellings, jobs)
    news = hosts.rows(tellings)
    writes += [WriteHosts(news)] if news else []
    yield from _write(courses, calendars, runs, writes)
    return [
        Recorded(
            jobs[telling.job_key].status_id if telling.job_key in jobs else None,
            not isinstance(telling, OnTheWay) and telling.tool_id is not None and telling.tool_id not in tools,
            starting.useless.get((telling.job_key, telling.run_id)) if isinstance(telling, OnTheWay) else None,
        )
        for telling in tellings
    ]


def _locked_jobs(tellings: Sequence[Telling]) -> Generator[Statement, Any, dict[str, LockedJob]]:
    titles: dict[str, Report | Start] = {}
    for telling in tellings:
        if not isinstance(telling, OnTheWay):
            first = titles.setdefault(telling.job_key, telling)
            if telling.received_at < first.received_at:
                titles[telling.job_key] = telling
    keys = {telling.job_key for telling in tellings}
    jobs: dict[str, LockedJob] = {job.job_key: job for job in (yield LockJobs(sorted(keys)))}
    missing = sorted(titles.keys() - jobs.keys())
    if missing:
        yield CreateJobs([NewJob(key, titles[key].title, titles[key].received_at) for key in missing])
        jobs.update((job.job_key, job) for job in (yield LockJobs(missing)))
    return jobs


class Starting(msgspec.Struct):
    """The starts to write, the runs among them of which more is known already, which extensions are of no use, and the jobs
    whose rows no longer say what was known of a run when it was told first, each with when that was."""

    rows: list[StartRow] = []
    out_of_turn: set[RunName] = set()
    useless: dict[tuple[str, str], RunIs] = {}
    rewritten: list[tuple[int, datetime]] = []

    def out_of_turn_of(self, job: LockedJob) -> set[str]:
        return {name.run_id for name in self.out_of_turn if name.job_id == job.id} if self.out_of_turn else set()


def _starting(told: Sequence[Start | OnTheWay], jobs: dict[str, LockedJob]) -> Generator[Statement, Any, Starting]:
    names = [RunName(jobs[each.job_key].id, each.run_id) for each in told if each.job_key in jobs]
    ended = {RunName(run.job_id, run.run_id): run for run in (yield FindRuns(names))}
    rows = {RunName(row.job_id, row.run_id): row for row in (yield FindStarts(names))}
    starting = Starting(out_of_turn=set(ended))
    written: dict[RunName, StartRow] = {}
    began_earlier: dict[RunName, RunRow] = {}
    for each in sorted(told, key=lambda each: each.received_at):
        job = jobs.get(each.job_key)
        if job is None:
            # It has no title to make a job of.
            starting.useless[each.job_key, each.run_id] = "unknown"
            continue
        name = RunName(job.id, each.run_id)
        row = rows.get(name)
        if isinstance(each, Start):
            if row is not None and row.started_at is None:
                starting.out_of_turn.add(name)
            elif row is not None and (row.received_at, row.started_at, row.heartbeat_seconds) != (
                each.received_at,
                each.started_at,
                each.heartbeat_seconds,
            ):
                starting.rewritten.append((job.id, min(row.received_at, each.received_at)))
            row = with_start(row, job, each)
            if name in ended and ended[name].started_at != (
                began := _earliest(ended[name].started_at, each.started_at)
            ):
                ended[name] = began_earlier[name] = msgspec.structs.replace(ended[name], started_at=began)
                starting.rewritten.append((job.id, ended[name].received_at))
        else:
            if name in ended:
                starting.useless[each.job_key, each.run_id] = "ended"
            elif row is None or row.started_at is None:
                starting.useless[each.job_key, each.run_id] = "unknown"
            row = with_heartbeat(row, job, each) if isinstance(each, Heartbeat) else with_extension(row, job, each)
        rows[name] = written[name] = row
    if began_earlier:
        yield RewriteRuns(list(began_earlier.values()))
    starting.rows = list(written.values())
    return starting


def _earliest(*instants: datetime | None) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)


def _write(
    courses: dict[str, Course],
    calendars: Calendars,
    runs: list[RunRow],
    writes: list[Any],
) -> Generator[Statement, Any, None]:
    by_id = {course.job.id: course for course in courses.values()}
    sure = [course for course in courses.values() if course.doubt is None]
    writes += judged_rows(sure)
    touched = (yield Together(writes)) if writes else []
    for course in sure:
        course.is_written = True
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
        stands = _standing(run, old)
        course = by_id[run.job_id]
        if stands == old:
            course.doubt_from(run.received_at)
        else:
            course.doubt_from(min(run.received_at, old.received_at))
            rewritten.append(stands)
    if rewritten:
        yield RewriteRuns(rewritten)


def _standing(one: RunRow, other: RunRow) -> RunRow:
    """What stands of a run that was told twice: the later word, and the earliest beginning."""
    later = max(one, other, key=_in_order_of_words)
    return msgspec.structs.replace(later, started_at=_earliest(one.started_at, other.started_at))


def _in_order_of_words(run: RunRow) -> tuple[bool, datetime, bool, str, timedelta, int, str, str, str]:
    """A time by a right clock comes after one that cannot be right; of two, the later end; of the same, what arrived first."""
    is_right = counts_at(run.finished_at, run.received_at) == run.finished_at
    first_come = LATEST - run.received_at
    exit_code = -(2**63) - 1 if run.exit_code is None else run.exit_code
    words = run.message or "", first_come, exit_code, run.host or "", run.source, run.exit_meaning or ""
    return is_right, run.finished_at, run.result == "error", *words


def _name(run: RunRow) -> RunName:
    return RunName(run.job_id, run.run_id)


def _run_rows(tellings: Sequence[Telling], courses: dict[str, Course]) -> list[RunRow]:
    """One row a run, as PostgreSQL refuses to touch a row twice in one statement. Of a run told twice, the later word."""
    began = {
        (key, run.run_id): run.by_own_clock or run.started_at
        for key, course in courses.items()
        for run in course.known.open_runs
    }
    started: dict[tuple[str, str], datetime] = {}
    for each in tellings:
        if isinstance(each, Start):
            name = each.job_key, each.run_id
            began[name] = min(each.started_at, began.get(name, each.started_at))
            started[name] = max(each.received_at, started.get(name, each.received_at))
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
            _earliest(report.started_at, began.get(name)) if began else report.started_at,
            report.finished_at,
            report.received_at,
            report.exit_code,
            report.message,
            report.host,
            report.source,
            report.exit_meaning,
        )
        other = rows.get(name)
        if other is not None:
            course.doubt_from(min(row.received_at, other.received_at))
        if started and started.get(name, report.received_at) > report.received_at:
            # What began it arrives later than its end, and stands in its row all the same.
            course.doubt_from(report.received_at)
        rows[name] = row if other is None else _standing(row, other)
    return list(rows.values())


def _stated_tool(job: LockedJob, told: list[Telling], tools: set[UUID]) -> tuple[UUID | None, datetime | None]:
    """The job's tool and when it was stated: the latest statement stands, a report without one states nothing."""
    tool_id, stated_at = job.tool_id, job.tool_stated_at
    if not tools:
        return tool_id, stated_at
    for telling in told:
        if isinstance(telling, OnTheWay) or telling.tool_id is None or telling.tool_id not in tools:
            continue
        said_at = _said_at(telling)
        if stated_at is None or (said_at, str(telling.tool_id)) > (stated_at, str(tool_id)):
            tool_id, stated_at = telling.tool_id, said_at
    return tool_id, stated_at


def _said_at(telling: Report | Start) -> datetime:
    if isinstance(telling, Start):
        return min(telling.started_at, telling.received_at)
    return counts_at(telling.finished_at, telling.received_at)


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
        job.title = job.last_title = outcome.title
        job.last_status, job.last_finished_at, job.last_message = outcome.status, outcome.finished_at, outcome.message
        job.updated_at = outcome.received_at
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
