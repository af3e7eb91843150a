"""A job's settings: what a person expects of it, as it is kept."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from .business_days.calendar import Calendar
from .business_days.rule import BusinessDayRule
from .history import Terms
from .judge import Expectation
from .schedule.job_schedule import JobSchedule, calendars_named, slots_of
from .schedule.slot_window import SlotWindow
from .schedule.unschedulable import Unschedulable

MANY_SCHEDULES = 20
LONGEST_GRACE = timedelta(days=31)
LONGEST_EARLY = timedelta(days=7)
LONGEST_RUNTIME = timedelta(days=31)
MANY_FAILURES = 100


class JobSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is expected of a job; see ``core.judge.Expectation`` for the times. Without ``schedules`` no run is ever missed.

    Raises ``Unschedulable`` where a value makes no sense.
    """

    grace: timedelta = timedelta(minutes=30)
    early: timedelta = timedelta(minutes=15)
    max_runtime: timedelta | None = None
    min_runtime: timedelta | None = None
    tolerance: int = 1
    is_paused: bool = False
    schedules: tuple[JobSchedule, ...] = ()

    def __post_init__(self) -> None:
        if len(self.schedules) > MANY_SCHEDULES:
            raise Unschedulable(
                ja=f"スケジュールは {MANY_SCHEDULES} 個までです。", en=f"A job has {MANY_SCHEDULES} schedules at most."
            )
        nothing = timedelta()
        if not (nothing <= self.grace <= LONGEST_GRACE and nothing <= self.early <= LONGEST_EARLY):
            raise Unschedulable(
                ja=f"猶予は {LONGEST_GRACE.days} 日まで、早く来た報告を数える時間は {LONGEST_EARLY.days} 日までです。",
                en=f"The grace is {LONGEST_GRACE.days} days at most, and a report counts as early {LONGEST_EARLY.days} days at most.",
            )
        runtimes = [runtime for runtime in (self.min_runtime, self.max_runtime) if runtime is not None]
        if not all(nothing < runtime <= LONGEST_RUNTIME for runtime in runtimes) or runtimes != sorted(runtimes):
            raise Unschedulable(
                ja=f"最小・最大実行時間は 0 より長く {LONGEST_RUNTIME.days} 日まで、最小は最大以下にしてください。",
                en=f"Minimum and maximum runtime are longer than 0 and {LONGEST_RUNTIME.days} days at most, the minimum not above the maximum.",
            )
        if not 1 <= self.tolerance <= MANY_FAILURES:
            raise Unschedulable(
                ja=f"障害とするまでの連続失敗は 1 回から {MANY_FAILURES} 回で指定してください。",
                en=f"An incident takes 1 to {MANY_FAILURES} failures in a row.",
            )


_read = msgspec.json.Decoder(JobSettings).decode
_encode = msgspec.json.encode


def read_settings(definition: str) -> JobSettings:
    """The settings in the JSON that ``settings_as_json`` wrote."""
    return _read(definition)


def settings_as_json(settings: JobSettings) -> str:
    """The settings as they are kept."""
    return _encode(settings).decode()


def calendars_of(settings: JobSettings) -> frozenset[str]:
    """The names of the calendars that the settings go by."""
    return calendars_named(settings.schedules)


def with_calendar(settings: JobSettings, older: Collection[str], newest: str) -> JobSettings:
    """The settings with the calendar of the name ``newest`` wherever they name one of ``older``."""
    return replace(settings, schedules=tuple(_with_calendar(each, older, newest) for each in settings.schedules))


def _with_calendar(one: JobSchedule, older: Collection[str], newest: str) -> JobSchedule:
    if isinstance(one.schedule, BusinessDayRule) and one.schedule.calendar in older:
        one = replace(one, schedule=replace(one.schedule, calendar=newest))
    if one.narrowed is not None and one.narrowed.calendar in older:
        one = replace(one, narrowed=replace(one.narrowed, calendar=newest))
    return one


def terms_of(settings: JobSettings, in_force_from: datetime, calendars: Mapping[str, Calendar]) -> Terms:
    """What the judge goes by. ``calendars`` hold at least those that the settings name."""
    expected = Expectation(
        in_force_from,
        settings.grace,
        settings.early,
        settings.max_runtime,
        settings.min_runtime,
        settings.tolerance,
        settings.is_paused,
    )
    if not settings.schedules:
        return Terms(expected, None)
    return Terms(expected, SlotWindow(slots_of(settings.schedules, calendars)).slots)
