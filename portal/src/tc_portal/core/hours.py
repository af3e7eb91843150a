"""Hours of the week or of business days, in which a route tells, or keeps quiet."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from .business_days.calendar import Calendar
from .business_days.local_time import instant_at, local_day, minutes_of
from .schedule.unschedulable import Unschedulable

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
A_DAY = 24 * 60
# Beyond so many days nothing is looked for: no calendar has a longer run of days off that anybody means.
FARTHEST = 120


class Hours(msgspec.Struct, frozen=True, omit_defaults=True):
    """From ``begin`` until, not with, ``end`` by the clock, on ``weekdays`` (Monday is 0); past midnight where the end is not
    after the beginning. With a ``calendar``, by its id, on its business days only. ``is_outside`` turns all that round: whenever
    it is not so. Raises ``Unschedulable`` where a value makes no sense.
    """

    begin: str = "09:00"
    end: str = "18:00"
    weekdays: tuple[int, ...] = EVERY_DAY
    calendar: int | None = None
    is_outside: bool = False

    def __post_init__(self) -> None:
        if minutes_of(self.begin) >= A_DAY or minutes_of(self.end) > A_DAY:
            raise Unschedulable(
                ja="時刻は 00:00 から 24:00 までで指定してください。", en="Give times of the day from 00:00 to 24:00."
            )
        if not self.weekdays or not all(weekday in EVERY_DAY for weekday in self.weekdays):
            raise Unschedulable(ja="曜日を 1 つ以上選んでください。", en="Tick a day of the week at least.")


class Clock(msgspec.Struct, frozen=True):
    """Now, where the clock on the wall hangs, and the calendars by id."""

    now: datetime
    zone: ZoneInfo
    calendars: Mapping[int, Calendar]


def are_on(hours: Hours, clock: Clock, instant: datetime | None = None) -> bool:
    """Whether ``instant``, or else now, is within the hours. With a calendar that is gone it always is: rather tell too
    much than nothing."""
    if hours.calendar is not None and hours.calendar not in clock.calendars:
        return True
    at = clock.now if instant is None else instant
    today = local_day(at, clock.zone)
    is_within = any(
        begin <= at < end for day in (-1, 0) if (each := _stretch(hours, clock, today, day)) for begin, end in [each]
    )
    return is_within != hours.is_outside


def next_change(hours: Hours, clock: Clock) -> datetime | None:
    """When, after now, the hours begin if they are not on, or end if they are; None where that never comes."""
    is_on = are_on(hours, clock)
    if hours.calendar is not None and hours.calendar not in clock.calendars:
        return None
    today = local_day(clock.now, clock.zone)
    for day in range(-1, FARTHEST):
        stretch = _stretch(hours, clock, today, day)
        for edge in stretch or ():
            if edge > clock.now and are_on(hours, clock, edge) != is_on:
                return edge
    return None


def _stretch(hours: Hours, clock: Clock, today: date, distance: int) -> tuple[datetime, datetime] | None:
    day = today + timedelta(days=distance)
    if day.weekday() not in hours.weekdays:
        return None
    if hours.calendar is not None and not clock.calendars[hours.calendar].is_business_day(day):
        return None
    begin, end = minutes_of(hours.begin), minutes_of(hours.end)
    return instant_at(day, begin, clock.zone), instant_at(day, end if end > begin else end + A_DAY, clock.zone)
