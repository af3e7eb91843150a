"""Runs of a task of the Windows Task Scheduler."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import merge
from operator import attrgetter
from zoneinfo import ZoneInfo

import msgspec

from ..business_days.in_order import in_order
from ..business_days.local_time import time_zone_of
from ..schedule.slot import Slot
from ..schedule.unschedulable import Unschedulable
from .repetition import starts
from .task import AnyTrigger, Daily, Unpredictable, Weekly
from .trigger_days import Predictable

# A run that the PC was not there for is started this long after it is back.
DELAY_WHEN_AVAILABLE = timedelta(minutes=10)
SHORTEST_INTERVAL = timedelta(minutes=1)
_ONE_DAY = timedelta(days=1)

# Instants outside these are not looked at: there must be room to count from each of them.
_FIRST, _LAST = datetime(3, 1, 1, tzinfo=UTC), datetime(9990, 1, 1, tzinfo=UTC)


class WindowsSchedule(msgspec.Struct, frozen=True, tag="windows_task"):
    """Due whenever one of the enabled ``triggers`` starts the task; what an Unpredictable one does is left out.

    A boundary without offset goes by the PC's clock, in ``time_zone`` (IANA), one with an offset by a clock at that
    offset, and on the same clock days, weeks and months are counted. A time that the clock skips runs when the clock has
    been put forward; one that comes twice runs the first time. Weeks begin on Sunday.

    A Repetition goes by elapsed time from each time that its trigger fires, and ends at the latest when the trigger fires
    again. Its last start, when its duration is just over, is optional: Windows may leave it out.

    ``path`` is the task's place in the Task Scheduler of the PC ``host``, as far as that was told. Nothing is due while the task
    itself is disabled. ``stopped_after`` is how long Windows lets a run take, where that was said and is of use. Raises ``Unschedulable`` where a value makes no sense.
    """

    triggers: tuple[AnyTrigger, ...]
    time_zone: str
    starts_when_available: bool = False
    path: str = ""
    host: str = ""
    is_task_enabled: bool = True
    stopped_after: timedelta | None = None

    def __post_init__(self) -> None:
        time_zone_of(self.time_zone)
        for trigger in self.triggers:
            _refuse_senseless(trigger)

    def slots(self, after: datetime, until: datetime) -> Iterator[Slot]:
        """The slots with after < due <= until, ascending and distinct. The range may be years after a StartBoundary."""
        after, until, zone = max(after, _FIRST), min(until, _LAST), time_zone_of(self.time_zone)
        predictable = (
            trigger
            for trigger in self.triggers
            if self.is_task_enabled and trigger.is_enabled and not isinstance(trigger, Unpredictable)
        )
        by_trigger = (self._slots_of(trigger, zone, after, until) for trigger in predictable)
        return in_order((slot.due, [slot]) for slot in merge(*by_trigger, key=attrgetter("due")))

    def _slots_of(self, trigger: Predictable, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[Slot]:
        late = trigger.random_delay + (DELAY_WHEN_AVAILABLE if self.starts_when_available else timedelta())
        for start in starts(trigger, zone, after, until):
            yield Slot(start.due, may_start_late_by=late, is_optional=start.is_optional)


def unpredictable(schedule: WindowsSchedule) -> tuple[Unpredictable, ...]:
    """The enabled triggers of which nobody can tell when they fire."""
    return tuple(trigger for trigger in schedule.triggers if trigger.is_enabled and isinstance(trigger, Unpredictable))


def _refuse_senseless(trigger: AnyTrigger) -> None:
    """Raise for what could not be counted by, or not in reasonable time."""
    for boundary in (trigger.start, trigger.end):
        if boundary is not None and abs(boundary.offset or timedelta()) >= _ONE_DAY:
            raise Unschedulable(
                ja="開始日時と終了日時の UTC からの差は 24 時間未満で指定してください。",
                en="The boundaries of a trigger are less than 24 hours from UTC.",
            )
    if trigger.repetition is not None and trigger.repetition.interval < SHORTEST_INTERVAL:
        raise Unschedulable(
            ja="繰り返しの間隔は 1 分以上で指定してください。", en="The interval of a repetition is 1 minute or more."
        )
    match trigger:
        case Daily(every_days=every) | Weekly(every_weeks=every) if every < 1:
            raise Unschedulable(
                ja="何日ごと、何週間ごとには 1 以上を指定してください。",
                en="A trigger fires every day or week, or every so many of them: give 1 or more.",
            )
