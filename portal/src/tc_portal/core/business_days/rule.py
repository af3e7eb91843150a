"""Runs by business days: 毎営業日, 第 3 営業日, 25 日（休日なら前営業日）, 月末の 2 営業日前."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from ..schedule.slot import Slot
from ..schedule.unschedulable import Unschedulable
from .calendar import Calendar
from .day_choice import DayChoice
from .in_order import in_order
from .local_time import instant_at, local_day, minutes_of, time_zone_of
from .month import MONTH_END

MANY_TIMES = 100


class BusinessDayRule(msgspec.Struct, frozen=True, tag="business_days"):
    """Runs at the times ``at`` of the days that ``day`` chooses by the calendar of the name ``calendar``.

    A time up to ``47:59`` counts from the chosen day's midnight: ``25:30`` is 01:30 of the day after it. The month of an
    NthBusinessDay, and the last day of a month, go by ``closing_day`` (締め日): 20 has the month begin on the 21st; None
    closes it at the end of the month. Dates with a number are those of the ordinary month.

    A time that the clock skips runs when the clock has been put forward; one that comes twice runs the first time.
    Raises ``Unschedulable`` where a value makes no sense.
    """

    calendar: str
    time_zone: str
    at: tuple[str, ...]
    day: DayChoice
    closing_day: int | None = None

    def __post_init__(self) -> None:
        time_zone_of(self.time_zone)
        for time in self.at:
            minutes_of(time)
        if not 1 <= len(self.at) <= MANY_TIMES:
            raise Unschedulable(
                ja=f"時刻を 1 個から {MANY_TIMES} 個まで指定してください。",
                en=f"Give between 1 and {MANY_TIMES} times of the day.",
            )
        if self.closing_day is not None and not 1 <= self.closing_day <= MONTH_END:
            raise Unschedulable(
                ja="締め日は 1 から 31 で指定してください。月末締めなら空にします。",
                en="The closing day is from 1 to 31; leave it out to close at the end of the month.",
            )

    def slots(self, calendar: Calendar, after: datetime, until: datetime) -> Iterator[Slot]:
        """The slots with after < due <= until, ascending and distinct.

        One that rests on holidays not announced yet is not ``is_certain``.
        """
        zone = time_zone_of(self.time_zone)
        times = sorted({minutes_of(time) for time in self.at})
        # A chosen day's times reach into the day after it, and a clock put forward may carry one past that day's end.
        first, last = local_day(after, zone) - timedelta(days=2), local_day(until, zone) + timedelta(days=1)
        batches = (
            (
                instant_at(chosen.day, 0, zone),
                [
                    Slot(
                        instant_at(chosen.day, minutes, zone),
                        moved_from=chosen.moved_from,
                        is_certain=chosen.rests_on is None or calendar.is_certain(chosen.rests_on),
                    )
                    for minutes in times
                ],
            )
            for chosen in self.day.days(calendar, self.closing_day, first, last)
        )
        for slot in in_order(batches):
            if slot.due > until:
                return
            if slot.due > after:
                yield slot
