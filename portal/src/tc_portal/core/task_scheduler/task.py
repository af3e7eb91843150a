"""A scheduled task of Windows, as far as it says when to expect runs (MS-TSCH, section 2.5)."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

Months = tuple[int, ...]
EVERY_MONTH: Months = tuple(range(1, 13))

# How long Windows lets a task run that does not say.
USUAL_LIMIT = timedelta(hours=72)

EventKind = Literal["boot", "logon", "registration", "session", "event", "idle", "unknown"]
MultipleInstances = Literal["ignore_new", "parallel", "queue", "stop_existing"]


class Boundary(msgspec.Struct, frozen=True):
    """An instant as a task writes it: ``local`` (naive) on the clock ``offset`` from UTC, or on the PC's own where that is None."""

    local: datetime
    offset: timedelta | None = None


class Repetition(msgspec.Struct, frozen=True):
    """Again each ``interval`` after the trigger fired, for ``duration``; for ever where that is None."""

    interval: timedelta
    duration: timedelta | None = None
    stops_at_end: bool = False


class Trigger(msgspec.Struct, frozen=True, tag=True, kw_only=True, omit_defaults=True):
    """What all triggers have. Limits of time are None where there is none."""

    is_enabled: bool = True
    start: Boundary | None = None
    end: Boundary | None = None
    repetition: Repetition | None = None
    execution_time_limit: timedelta | None = None
    random_delay: timedelta = timedelta()


class Once(Trigger, frozen=True):
    """TimeTrigger."""


class Daily(Trigger, frozen=True):
    """ScheduleByDay."""

    every_days: int = 1


class Weekly(Trigger, frozen=True):
    """ScheduleByWeek. ``weekdays`` count from Monday, 0; where none is given it is that of ``start``."""

    every_weeks: int = 1
    weekdays: tuple[int, ...] = ()


class Monthly(Trigger, frozen=True):
    """ScheduleByMonth. A month that lacks a day is left out; ``is_last_day`` is each month's last day besides ``days``."""

    days: tuple[int, ...] = ()
    is_last_day: bool = False
    months: Months = EVERY_MONTH


class MonthlyByWeekday(Trigger, frozen=True):
    """ScheduleByMonthDayOfWeek: the ``weeks``-th (1 to 4) and, with ``is_last_week``, the last of the ``weekdays``."""

    weeks: tuple[int, ...] = ()
    is_last_week: bool = False
    weekdays: tuple[int, ...] = ()
    months: Months = EVERY_MONTH


class Unpredictable(Trigger, frozen=True):
    """A trigger that fires when something happens, so that nobody can tell when: ``kind`` says at what, ``detail`` which."""

    kind: EventKind
    detail: str = ""


AnyTrigger = Once | Daily | Weekly | Monthly | MonthlyByWeekday | Unpredictable


class Task(msgspec.Struct, frozen=True, omit_defaults=True):
    """One task. ``path`` is its place in the Task Scheduler (``\\Backup\\Nightly``), empty where the file does not say.

    ``commands`` are what it runs, without their arguments, which may hold passwords. Of those, only the names of script files
    are kept, in ``scripts``, and the job key that they give to the reporter, ``reports_as``. ``execution_time_limit`` is None
    where the task may run for ever; a task that does not say has Windows' own 72 hours.
    """

    path: str
    triggers: tuple[AnyTrigger, ...] = ()
    is_enabled: bool = True
    description: str = ""
    commands: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    reports_as: str = ""
    execution_time_limit: timedelta | None = USUAL_LIMIT
    multiple_instances: MultipleInstances = "ignore_new"
    starts_when_available: bool = False
