"""What an import of tasks will do, before it is done: pure, so that a page and a command show and do the same."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from ..job_settings import JobSettings
from ..schedule.job_schedule import Narrowing
from ..schedule.unschedulable import Unschedulable
from ..text import JOB_KEY_LIMIT, TITLE_LIMIT, storable
from .expecting import expected_by, grace_learned, narrowing_of, schedule_of
from .matching import Jobs, Match, match
from .naming import job_key_of, title_of
from .notes import Said, is_over, notes_of, said_by
from .run_times import fit_of
from .task import Task
from .windows_schedule import WindowsSchedule

# "new" makes a job, "changed" changes one, "same" changes nothing; "unclear" waits for a person, "left_out" was left out.
Outcome = Literal["new", "changed", "same", "unclear", "left_out"]

# Jobs of other names are looked at by their runs up to so many pairs of task and job: some seconds.
MANY_PAIRS = 10_000


class Terms(msgspec.Struct, frozen=True):
    """What is said of all tasks together. ``grace`` None: what the job has, or its runs teach, or 30 minutes.

    ``narrowed`` narrows all tasks, ``narrowed_by_path`` single ones; otherwise what was imported before stays narrowed as it is.
    """

    time_zone: str
    host: str = ""
    key_prefix: str = ""
    grace: timedelta | None = None
    narrowed: Narrowing | None = None
    narrowed_by_path: Mapping[str, Narrowing] = {}


class Decision(msgspec.Struct, frozen=True):
    """What a person decided for one task: the job's key, or to leave it out where that is None.

    ``is_new`` says that no job of that key is thought to be there; None where that was not said. ``narrowed`` counts where
    ``decides_narrowing``, whatever the terms say.
    """

    job_key: str | None
    title: str = ""
    is_new: bool | None = None
    narrowed: Narrowing | None = None
    decides_narrowing: bool = False


class PlannedTask(msgspec.Struct):
    """A task and what becomes of it. ``settings`` are its job's, where the task alone is added to what was before."""

    task: Task
    schedule: WindowsSchedule
    match: Match
    job_key: str
    title: str
    outcome: Outcome = "unclear"
    why: Said | None = None
    narrowed: Narrowing | None = None
    settings: JobSettings | None = None
    notes: tuple[Said, ...] = ()


class Expected(msgspec.Struct, frozen=True):
    """What is expected of a job from now on."""

    job_key: str
    title: str
    settings: JobSettings


class Plan(msgspec.Struct, frozen=True):
    """All tasks, in the order of the files, and the settings that change."""

    tasks: tuple[PlannedTask, ...]
    changes: tuple[Expected, ...]


def plan_of(
    tasks: Sequence[Task], known: Jobs, terms: Terms, decisions: Mapping[str, Decision], now: datetime
) -> Plan:
    """What becomes of each task. ``decisions`` are by the task's path; without one, a task without doubt is imported.

    Raises ``Unschedulable`` where the time zone does not exist.
    """
    is_quick = len(tasks) * len(known.free) <= MANY_PAIRS
    planned = [_planned(task, known, terms, decisions.get(task.path), now, is_quick) for task in tasks]
    _refuse_twins(planned, decisions)
    expected: dict[str, Expected] = {}
    for one in planned:
        if one.outcome == "unclear" and one.why is None:
            _expect(one, known, terms, decisions.get(one.task.path), expected)
    changes = [
        each
        for key, each in expected.items()
        if key not in known.by_key or known.by_key[key].settings != each.settings
    ]
    return Plan(tuple(planned), tuple(changes))


def _planned(
    task: Task, known: Jobs, terms: Terms, decision: Decision | None, now: datetime, is_quick: bool
) -> PlannedTask:
    schedule = schedule_of(task, terms.time_zone, terms.host)
    matched = match(task, schedule, known, by_times_alone=is_quick)
    one = PlannedTask(task, schedule, matched, job_key_of(task, terms.key_prefix), title_of(task))
    one.notes = tuple(notes_of(task, schedule, now))
    if decision is not None:
        if decision.job_key is None:
            one.outcome = "left_out"
            return one
        one.job_key, one.title = storable(decision.job_key).strip(), storable(decision.title).strip() or one.title
        one.why = _refusal_of(one, decision, known)
    elif matched.certain is not None:
        one.job_key = matched.certain.job.job_key
    elif matched.candidates:
        one.why = Said(
            "似たジョブがあります。どのジョブか選んでください。", "There are jobs like it. Choose which one it is."
        )
    elif is_over(schedule, now):
        one.outcome = "left_out"
    elif one.job_key in known.by_key or not one.job_key:
        one.why = Said(
            "このキーのジョブがあります。同じものか決めてください。",
            "There is a job of this key. Say whether it is the same.",
        )
    if one.job_key in known.by_key:
        one.title = known.by_key[one.job_key].title
    return one


def _refusal_of(one: PlannedTask, decision: Decision, known: Jobs) -> Said | None:
    if not one.job_key:
        return Said("ジョブを選ぶか、キーを入力してください。", "Choose a job, or enter a key.")
    if len(one.job_key) > JOB_KEY_LIMIT or len(one.title) > TITLE_LIMIT:
        return Said(
            f"キーは {JOB_KEY_LIMIT} 文字、表示名は {TITLE_LIMIT} 文字までです。",
            f"A key has {JOB_KEY_LIMIT} characters at most, a title {TITLE_LIMIT}.",
        )
    if decision.is_new is True and one.job_key in known.by_key:
        return Said(
            f"キー「{one.job_key}」のジョブはもうあります。そのジョブを選ぶか、別のキーにしてください。",
            f"There is a job {one.job_key!r} already. Choose that job, or another key.",
        )
    if decision.is_new is False and one.job_key not in known.by_key:
        return Said(f"キー「{one.job_key}」のジョブはありません。", f"There is no job {one.job_key!r}.")
    return None


def _refuse_twins(planned: Sequence[PlannedTask], decisions: Mapping[str, Decision]) -> None:
    """Two tasks become one job only where a person said so, or where they were it before."""
    going_on = [one for one in planned if one.outcome == "unclear" and one.why is None]
    by_key, by_path = Counter(one.job_key for one in going_on), Counter(one.task.path.casefold() for one in planned)
    for one in going_on:
        if by_path[one.task.path.casefold()] > 1:
            one.why = Said(
                f"「{one.task.path}」が 2 通りあります。1 台の PC のものだけを読み込み、--host で分けてください。",
                f"There are two different tasks at {one.task.path}. Import one PC's at a time, told apart by --host.",
            )
        elif by_key[one.job_key] > 1:
            decided = decisions.get(one.task.path)
            certain = one.match.certain
            was_before = certain is not None and any(reason.by == "imported" for reason in certain.reasons)
            if not was_before and (decided is None or decided.is_new is True):
                one.why = Said(
                    f"別のタスクも同じジョブ「{one.job_key}」になります。別のキーにするか、同じジョブだと指定してください。",
                    f"Another task becomes the same job, {one.job_key!r}. Choose another key, or say that it is the same job.",
                )


def _expect(
    one: PlannedTask, known: Jobs, terms: Terms, decision: Decision | None, expected: dict[str, Expected]
) -> None:
    job = known.by_key.get(one.job_key)
    so_far = expected.get(one.job_key)
    before = so_far.settings if so_far is not None else job.settings if job is not None else None
    one.narrowed = terms.narrowed_by_path.get(one.task.path) or terms.narrowed or narrowing_of(one.schedule, before)
    if decision is not None and decision.decides_narrowing:
        one.narrowed = decision.narrowed
    grace = terms.grace
    if grace is None and before is None and job is not None:
        grace = grace_learned(fit_of(one.schedule, job.runs))
    try:
        one.settings = expected_by(one.schedule, before, one.narrowed, grace)
    except Unschedulable as refusal:
        one.why = said_by(refusal)
        return
    one.notes += tuple(_notes_on_job(one.schedule, before, one.settings))
    one.outcome = "new" if job is None else "same" if one.settings == before else "changed"
    expected[one.job_key] = Expected(one.job_key, one.title, one.settings)


def _notes_on_job(schedule: WindowsSchedule, before: JobSettings | None, after: JobSettings) -> Iterator[Said]:
    if before is None:
        return
    others = len(after.schedules) - 1
    if others:
        yield Said(
            f"このジョブのほかのスケジュール {others} 個は、そのまま残ります。",
            f"The job's other schedules, {others}, stay." if others > 1 else "The job's other schedule stays.",
        )
    if after.is_paused and schedule.is_task_enabled and any(trigger.is_enabled for trigger in schedule.triggers):
        yield Said(
            "タスクは有効ですが、ジョブは一時停止のままです。再開はジョブの画面で行います。",
            "The task is enabled, but the job stays paused; resume it on its page.",
        )
