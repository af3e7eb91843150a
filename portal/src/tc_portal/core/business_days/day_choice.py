"""The days on which a rule lets a job run."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

import msgspec

from ..schedule.unschedulable import Unschedulable
from .calendar import FARTHEST_BACK, LONGEST_RUN_OFF, Calendar
from .month import MONTH_END, month_after, month_containing

_ONE_DAY = timedelta(days=1)
_REACH = timedelta(days=LONGEST_RUN_OFF + 1)


class ChosenDay(NamedTuple):
    """A day to run on. ``rests_on`` is the last day whose being a business day decided it; None if none did."""

    day: date
    moved_from: date | None
    rests_on: date | None


class EveryBusinessDay(msgspec.Struct, frozen=True, tag="every_business_day"):
    """毎営業日."""

    def days(self, calendar: Calendar, closing_day: int | None, first: date, last: date) -> Iterator[ChosenDay]:
        """The days to run on from ``first`` to ``last``, ascending."""
        for distance in range((last - first).days + 1):
            day = first + timedelta(days=distance)
            if calendar.is_business_day(day):
                yield ChosenDay(day, None, day)


class NthBusinessDay(msgspec.Struct, frozen=True, tag="nth_business_day"):
    """第 n 営業日; a negative n counts from the month's last: -1 is 最終営業日. None in a month with fewer."""

    n: int

    def __post_init__(self) -> None:
        if self.n == 0 or abs(self.n) > MONTH_END:
            raise Unschedulable(
                ja="第何営業日かは 1 から 31、または月末から数えて -1（最終営業日）から -31 で指定してください。",
                en="A month's business days are numbered 1 to 31, or from its end -1 (the last) to -31.",
            )

    def days(self, calendar: Calendar, closing_day: int | None, first: date, last: date) -> Iterator[ChosenDay]:
        """The days to run on from ``first`` to ``last``, ascending."""
        month = month_containing(first, closing_day)
        while month.first <= last:
            day = calendar.nth_business_day_of(month, self.n)
            if day is not None and first <= day <= last:
                yield ChosenDay(day, None, day if self.n > 0 else month.last)
            month = month_after(month, closing_day)


class DayOfMonth(msgspec.Struct, frozen=True, tag="day_of_month"):
    """A date of each month: its last day where the month is too short for it.

    On a day off it runs on the business day "before" (前倒し) or "after" (後倒し), is left out ("skip", 中止), or runs "anyway".
    ``last`` is the closing day where the rule has one, and the end of the month where not.
    """

    day: int | Literal["last"]
    on_day_off: Literal["before", "after", "skip", "anyway"]

    def __post_init__(self) -> None:
        _check_day(self.day)

    def days(self, calendar: Calendar, closing_day: int | None, first: date, last: date) -> Iterator[ChosenDay]:
        """The days to run on from ``first`` to ``last``, ascending."""
        begin = first - _REACH if self.on_day_off == "after" else first
        end = last + _REACH if self.on_day_off == "before" else last
        for named in _named_days(self.day, closing_day, begin, end):
            chosen = self._chosen(calendar, named)
            if chosen is not None and first <= chosen.day <= last:
                yield chosen

    def _chosen(self, calendar: Calendar, named: date) -> ChosenDay | None:
        if self.on_day_off == "anyway":
            return ChosenDay(named, None, None)
        if calendar.is_business_day(named):
            return ChosenDay(named, None, named)
        if self.on_day_off == "skip":
            return None
        if self.on_day_off == "before":
            day = calendar.previous_business_day(named)
        else:
            day = calendar.next_business_day(named)
        return None if day is None else ChosenDay(day, named, max(day, named))


class BusinessDaysBefore(msgspec.Struct, frozen=True, tag="business_days_before"):
    """n business days before a date of each month (月末の 2 営業日前). The date itself does not count, nor need it be one."""

    n: int
    day: int | Literal["last"]

    def __post_init__(self) -> None:
        if not 1 <= self.n <= MONTH_END:
            raise Unschedulable(
                ja="何営業日前かは 1 から 31 で指定してください。",
                en="The number of business days before the day is from 1 to 31.",
            )
        _check_day(self.day)

    def days(self, calendar: Calendar, closing_day: int | None, first: date, last: date) -> Iterator[ChosenDay]:
        """The days to run on from ``first`` to ``last``, ascending."""
        for named in _named_days(self.day, closing_day, first, last + timedelta(days=FARTHEST_BACK)):
            day = calendar.business_days_before(named, self.n)
            if day is not None and day > last:
                return
            if day is not None and day >= first:
                yield ChosenDay(day, None, named - _ONE_DAY)


DayChoice = EveryBusinessDay | NthBusinessDay | DayOfMonth | BusinessDaysBefore


def _check_day(day: int | Literal["last"]) -> None:
    if day != "last" and not 1 <= day <= MONTH_END:
        raise Unschedulable(
            ja="日は 1 から 31、または末日で指定してください。", en="The day of the month is 1 to 31, or the last."
        )


def _named_days(day: int | Literal["last"], closing_day: int | None, first: date, last: date) -> Iterator[date]:
    """The months' days of this number from ``first`` to ``last``. A day is the last of the month that closes on it."""
    number = closing_day if day == "last" else day
    month = month_containing(first, number)
    while month.last <= last:
        yield month.last
        month = month_after(month, number)
