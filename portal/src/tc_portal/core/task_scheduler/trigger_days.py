"""The days on which a trigger fires, by the calendar alone."""

from calendar import monthrange
from datetime import date, timedelta

from .task import EVERY_MONTH, Daily, Monthly, MonthlyByWeekday, Months, Once, Weekly

Predictable = Once | Daily | Weekly | Monthly | MonthlyByWeekday

_ONE_DAY = timedelta(days=1)
# From a 29 February to the next there are eight years where a year such as 2100 lies between, and nothing fires more seldom.
_LONGEST_PAUSE = 8 * 366


def fires_on(trigger: Predictable, start: date, day: date) -> bool:
    """Whether the trigger, whose StartBoundary lies on ``start``, fires on ``day``."""
    if day < start:
        return False
    match trigger:
        case Once():
            return day == start
        case Daily(every_days=every):
            return (day - start).days % every == 0
        case Weekly(every_weeks=every):
            return day.weekday() in weekdays_of(trigger, start) and (_week(day) - _week(start)) % every == 0
        case Monthly():
            if day.month not in months_of(trigger):
                return False
            return day.day in days_of_month(trigger, start) or (trigger.is_last_day and _days_left(day) == 0)
        case MonthlyByWeekday():
            if day.month not in months_of(trigger) or day.weekday() not in weekdays_of(trigger, start):
                return False
            is_last = trigger.is_last_week and _days_left(day) < 7
            return is_last or is_every_week(trigger) or (day.day + 6) // 7 in trigger.weeks


def last_day(trigger: Predictable, start: date, until: date) -> date | None:
    """The last day up to ``until`` on which the trigger fires; None where it fired on none."""
    if isinstance(trigger, Once):
        return start if start <= until else None
    for n in range(min(_LONGEST_PAUSE, (until - start).days) + 1):
        if fires_on(trigger, start, day := until - n * _ONE_DAY):
            return day
    return None


def weekdays_of(trigger: Weekly | MonthlyByWeekday, start: date) -> tuple[int, ...]:
    """The days of the week, Monday being 0."""
    return trigger.weekdays or (start.weekday(),)


def days_of_month(trigger: Monthly, start: date) -> tuple[int, ...]:
    """The days of the month, besides the last one."""
    return trigger.days or (() if trigger.is_last_day else (start.day,))


def months_of(trigger: Monthly | MonthlyByWeekday) -> Months:
    """The months, January being 1."""
    return trigger.months or EVERY_MONTH


def is_every_week(trigger: MonthlyByWeekday) -> bool:
    """Whether no week of the month is left out."""
    return {1, 2, 3, 4} <= set(trigger.weeks) if trigger.is_last_week else not trigger.weeks


def _week(day: date) -> int:
    """A number that is the same from Sunday to Saturday, and one more in the week after."""
    return day.toordinal() // 7


def _days_left(day: date) -> int:
    """How many days of its month are to come."""
    return monthrange(day.year, day.month)[1] - day.day
