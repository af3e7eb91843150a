"""What a task makes its job expect."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from ..job_settings import LONGEST_RUNTIME, JobSettings
from ..schedule.job_schedule import JobSchedule, Narrowing
from .known_job import is_of_task, windows_schedules
from .run_times import Fit
from .task import USUAL_LIMIT, Task
from .windows_schedule import WindowsSchedule

GRACE = timedelta(minutes=30)
_ROUNDED_TO = timedelta(minutes=5)


def schedule_of(task: Task, time_zone: str, host: str = "") -> WindowsSchedule:
    """When the task is due. Raises ``Unschedulable`` where the time zone does not exist."""
    return WindowsSchedule(
        task.triggers,
        time_zone,
        task.starts_when_available,
        task.path,
        host,
        task.is_enabled,
        _stopped_after(task),
    )


def expected_by(
    schedule: WindowsSchedule, before: JobSettings | None, narrowed: Narrowing | None, grace: timedelta | None
) -> JobSettings:
    """The settings of a job that is to expect the task, besides what was expected ``before``.

    The schedule that was imported from the same task is replaced, others stay. Maximum runtime and pausing follow the job's
    tasks as long as they are what the tasks made them; what a person chose stays. Without ``grace``, that of ``before`` stays.
    """
    kept = () if before is None else before.schedules
    place = next((place for place, each in enumerate(kept) if _is_of(each, schedule)), len(kept))
    mine = JobSchedule(_with_known_host(schedule, kept[place : place + 1]), narrowed)
    schedules = (*kept[:place], mine, *kept[place + 1 :])
    settings = before or JobSettings(grace=GRACE)
    max_runtime, is_paused = settings.max_runtime, settings.is_paused
    if max_runtime == stopped_after(kept):
        max_runtime = stopped_after(schedules)
        if max_runtime is not None and settings.min_runtime is not None:
            max_runtime = max(max_runtime, settings.min_runtime)
    if is_paused == are_all_disabled(kept):
        is_paused = are_all_disabled(schedules)
    return msgspec.structs.replace(
        settings,
        schedules=schedules,
        max_runtime=max_runtime,
        is_paused=is_paused,
        grace=settings.grace if grace is None else grace,
    )


def narrowing_of(schedule: WindowsSchedule, settings: JobSettings | None) -> Narrowing | None:
    """How the task's schedule is narrowed in the job's settings so far."""
    kept = () if settings is None else settings.schedules
    return next((each.narrowed for each in kept if _is_of(each, schedule)), None)


def grace_learned(fit: Fit | None) -> timedelta:
    """Long enough for the latest of the runs that came upon a due time, half as long again."""
    if fit is None or not fit.is_good:
        return GRACE
    return max(GRACE, -(-(fit.latest * 1.5) // _ROUNDED_TO) * _ROUNDED_TO)


def stopped_after(schedules: Sequence[JobSchedule]) -> timedelta | None:
    """After how long Windows has stopped each run of these tasks; None where some run may go on."""
    limits = [each.schedule.stopped_after for each in schedules if isinstance(each.schedule, WindowsSchedule)]
    known = [limit for limit in limits if limit is not None]
    return max(known) if known and len(known) == len(limits) == len(schedules) else None


def are_all_disabled(schedules: Sequence[JobSchedule]) -> bool:
    """Whether there are tasks, nothing but tasks, and each of them is disabled."""
    tasks = list(windows_schedules(JobSettings(schedules=tuple(schedules))))
    return bool(tasks) and len(tasks) == len(schedules) and not any(_may_run(task) for task in tasks)


def _with_known_host(schedule: WindowsSchedule, before: Sequence[JobSchedule]) -> WindowsSchedule:
    """The schedule with the host's name as it was told when the task was imported before; else as it is told now."""
    known = next((each.schedule.host for each in before if isinstance(each.schedule, WindowsSchedule)), "")
    return msgspec.structs.replace(schedule, host=known or schedule.host)


def _may_run(schedule: WindowsSchedule) -> bool:
    return schedule.is_task_enabled and (
        not schedule.triggers or any(trigger.is_enabled for trigger in schedule.triggers)
    )


def _is_of(each: JobSchedule, schedule: WindowsSchedule) -> bool:
    return isinstance(each.schedule, WindowsSchedule) and is_of_task(each.schedule, schedule.path, schedule.host)


def _stopped_after(task: Task) -> timedelta | None:
    """The longest that a run may take, whichever trigger started it; None where that says nothing of use."""
    limits = [
        trigger.execution_time_limit or task.execution_time_limit for trigger in task.triggers if trigger.is_enabled
    ]
    limits = limits or [task.execution_time_limit]
    known = [limit for limit in limits if limit is not None]
    if len(known) < len(limits) or max(known) == USUAL_LIMIT or max(known) > LONGEST_RUNTIME:
        return None
    return max(known)
