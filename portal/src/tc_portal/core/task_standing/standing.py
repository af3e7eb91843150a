"""A verdict a task: what its PC says of it, joined with what its script reports."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

import msgspec

from ..report import Result
from ..task_scheduler.expecting import schedule_of
from .event_meanings import KILLED, START_FAILED, decisive_event
from .result_codes import DISABLED, NEVER_RUN, RUNNING, START_REFUSED, STATES, TERMINATED
from .seen_task import SeenTask

TaskVerdict = Literal[
    "could_not_start",
    "killed",
    "never_triggered",
    "not_triggered",
    "report_missing",
    "code_hides_error",
    "code_hides_success",
    "failed",
    "disabled",
    "unmonitored",
    "waiting",
    "unknown",
    "running",
    "ok",
]
ALWAYS_BAD: frozenset[TaskVerdict] = frozenset(
    [
        "could_not_start",
        "killed",
        "not_triggered",
        "report_missing",
        "code_hides_error",
        "code_hides_success",
        "failed",
    ]
)

# A start that is due is not missed before this: conditions, a busy PC and the task's own catching up may delay it.
STARTS_WITHIN = timedelta(hours=1)
# How far the PC's own word on the next run may be from the schedule as it is read here.
AGREES_WITHIN = timedelta(minutes=2)
LOOK_BACK = timedelta(days=400)
# A task that may start each minute, and each time hours late, is not looked at over weeks.
STARTS_LOOKED_AT = 1_000
# The list of tasks tells seconds.
ROUNDING = timedelta(seconds=1)


class HeardRun(msgspec.Struct, frozen=True):
    """A run that its script reported, by the script's clock."""

    result: Result
    ended_at: datetime
    started_at: datetime | None = None
    exit_code: int | None = None


class HeardJob(msgspec.Struct, frozen=True):
    """What is heard of a task's job, which is there ``since`` then. ``run`` is the first that ended when the task was last
    started, or later."""

    job_key: str
    since: datetime
    is_paused: bool = False
    runs_now: bool = False
    run: HeardRun | None = None


class Reading(msgspec.Struct, frozen=True):
    """When the PC's tasks were read, by its clock; ``time_zone`` (IANA) is the one its clock goes by; ``held_back`` reports
    were kept on it when it reported last."""

    read_at: datetime
    time_zone: str
    held_back: int = 0


class TaskStanding(msgspec.Struct, frozen=True):
    """How a task stands, with what the verdict goes by: the task's result ``code``, the ``event`` of its PC's log, when it
    ran last (``at``) or is ``due``, and the report that was ``heard``. ``is_bad``: somebody should look."""

    verdict: TaskVerdict
    is_bad: bool = False
    code: int | None = None
    event: int | None = None
    at: datetime | None = None
    due: datetime | None = None
    limit: timedelta | None = None
    heard: HeardRun | None = None
    held_back: int = 0


def standing_of(seen: SeenTask, reading: Reading, job: HeardJob | None, first_seen_at: datetime) -> TaskStanding:
    """How the task stands. ``job`` is the job that monitors it, None where none does; ``first_seen_at`` is when the portal
    first heard of the task: nothing is said of what should have been before."""
    standing = _by_its_pc(seen, reading, first_seen_at) or _by_its_reports(seen, reading, job)
    is_bad = standing.verdict in ALWAYS_BAD or (standing.verdict == "never_triggered" and _is_past(standing, reading))
    if standing.verdict == "disabled":
        is_bad = job is not None and not job.is_paused
    return msgspec.structs.replace(standing, is_bad=is_bad, at=standing.at or seen.last_run_at)


def _by_its_pc(seen: SeenTask, reading: Reading, first_seen_at: datetime) -> TaskStanding | None:
    """What the PC alone can say: that the task did not run, or was stopped. None where it ran to its end."""
    code = seen.last_result
    if (seen.task is not None and not seen.task.is_enabled) or code == DISABLED:
        return TaskStanding("disabled", code=None if code in STATES else code)
    if code == RUNNING:
        return TaskStanding("running")
    event = decisive_event(seen.events, seen.last_run_at)
    if event is not None:
        verdict: TaskVerdict = "killed" if event.number in KILLED else "could_not_start"
        told = event.code if event.code is not None else code
        has_code = event.number in START_FAILED and told is not None and told not in STATES and told != 0
        return TaskStanding(
            verdict, code=told if has_code else None, event=event.number, at=event.at, limit=_limit(seen)
        )
    if code in START_REFUSED:
        return TaskStanding("could_not_start", code=code)
    if code == TERMINATED:
        return TaskStanding("killed", code=code, limit=_limit(seen))
    due = _missed_start(seen, reading, first_seen_at)
    if code == NEVER_RUN or (seen.last_run_at is None and code is not None and code in STATES):
        return TaskStanding("never_triggered", due=due or seen.next_run_at)
    # A PC whose dates could not be read tells of no last run, too.
    if due is None or seen.last_run_at is None:
        return None
    return TaskStanding("not_triggered", code=code, due=due)


def _by_its_reports(seen: SeenTask, reading: Reading, job: HeardJob | None) -> TaskStanding:
    """The task ran to its end; what its script says of that, if anybody listens to it."""
    code = None if seen.last_result in STATES else seen.last_result
    if job is None:
        return TaskStanding("unmonitored", code=code)
    if seen.last_run_at is None:
        return TaskStanding("unknown", code=code)
    run = job.run if job.run is not None and _is_of_last_start(job.run, seen) else None
    if run is None:
        if job.runs_now:
            return TaskStanding("running")
        if seen.last_run_at < job.since:
            return TaskStanding("waiting", due=seen.next_run_at)
        return TaskStanding("report_missing", code=code, held_back=reading.held_back)
    # The wrapper may have been told that this exit code is a success, or an error.
    is_agreed = code is None or run.exit_code == code or (code == 0) == (run.result == "success")
    if is_agreed:
        return TaskStanding("ok" if run.result == "success" else "failed", code=code, heard=run)
    return TaskStanding("code_hides_error" if code == 0 else "code_hides_success", code=code, heard=run)


def _is_of_last_start(run: HeardRun, seen: SeenTask) -> bool:
    """Whether the run came of the task's last start, and not of a later one of which the PC has not told yet."""
    assert seen.last_run_at is not None
    if run.ended_at < seen.last_run_at - ROUNDING:
        return False
    return seen.next_run_at is None or (run.started_at or run.ended_at) < seen.next_run_at - ROUNDING


def _missed_start(seen: SeenTask, reading: Reading, first_seen_at: datetime) -> datetime | None:
    """When the task should have been started and was not; None where it was, or where that cannot be told.

    It can be told only where the schedule, as it is read here, has the next run when the PC itself has it: another time zone,
    or a delay at random, would accuse the wrong one.
    """
    if seen.task is None or seen.next_run_at is None:
        return None
    schedule = schedule_of(seen.task, reading.time_zone, "")
    near = schedule.slots(seen.next_run_at - AGREES_WITHIN, seen.next_run_at + AGREES_WITHIN)
    if next(near, None) is None:
        return None
    since = max(seen.last_run_at or first_seen_at, first_seen_at, reading.read_at - LOOK_BACK)
    for slot in islice(schedule.slots(since + AGREES_WITHIN, reading.read_at - STARTS_WITHIN), STARTS_LOOKED_AT):
        if not slot.is_optional and slot.due + slot.may_start_late_by <= reading.read_at - STARTS_WITHIN:
            return slot.due
    return None


def _limit(seen: SeenTask) -> timedelta | None:
    return None if seen.task is None else seen.task.execution_time_limit


def _is_past(standing: TaskStanding, reading: Reading) -> bool:
    return standing.due is not None and standing.due < reading.read_at
