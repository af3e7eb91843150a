"""What kind of day a day is to a company: work differs between them, and so do its jobs."""

from datetime import date
from typing import Literal

from .calendar import Calendar
from .month import month_containing

KindOfDay = Literal["business_day", "month_end", "day_off"]


def kind_of_day(day: date, calendar: Calendar) -> KindOfDay:
    """A day off, the month's last business day (月末), or another business day."""
    if not calendar.is_business_day(day):
        return "day_off"
    return "month_end" if calendar.nth_business_day_of(month_containing(day), -1) == day else "business_day"
