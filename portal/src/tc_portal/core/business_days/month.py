"""Months as accounts count them: from the day after one closing day (締め日) to the next."""

import calendar
from datetime import date, timedelta
from typing import NamedTuple

# The closing day that is every month's last day.
MONTH_END = 31
_ONE_DAY = timedelta(days=1)


class Month(NamedTuple):
    """The days from ``first`` to ``last``, both included."""

    first: date
    last: date


def month_containing(day: date, closing_day: int | None = None) -> Month:
    """The month in which ``day`` lies. ``closing_day`` 20: from the 21st to the next 20th; None: from the 1st to the end.

    In a month too short to have the closing day, its last day closes it.
    """
    number = closing_day or MONTH_END
    here = _closing(day.year, day.month, number)
    if day > here:
        return Month(here + _ONE_DAY, _closing(*_next(day.year, day.month), number))
    return Month(_closing(*_previous(day.year, day.month), number) + _ONE_DAY, here)


def month_after(month: Month, closing_day: int | None = None) -> Month:
    """The month that begins the day after ``month`` ends."""
    return month_containing(month.last + _ONE_DAY, closing_day)


def _closing(year: int, month: int, number: int) -> date:
    return date(year, month, min(number, calendar.monthrange(year, month)[1]))


def _next(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


def _previous(year: int, month: int) -> tuple[int, int]:
    return (year - 1, 12) if month == 1 else (year, month - 1)
