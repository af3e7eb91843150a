"""Business days reckoned a second time, the long way: by lists of days, and by looking at the clock minute by minute.

Nothing here uses what it is there to test: no month, no shift and no local time of ``business_days``.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.day_choice import BusinessDaysBefore, DayOfMonth, EveryBusinessDay, NthBusinessDay
from tc_portal.core.business_days.rule import BusinessDayRule

FIRST, LAST = date(2013, 1, 1), date(2037, 12, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
MINUTE = timedelta(minutes=1)
# A run is moved over no more days than this.
SEASON = 93

Due = dict[datetime, date | None]


@cache
def national(country: str) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=range(FIRST.year, LAST.year + 1)))


def business_days(calendar: Calendar) -> list[date]:
    off = {day for day, _ in calendar.days_off} | (national(calendar.country) if calendar.country else frozenset())
    return [
        day
        for day in DAYS
        if day in calendar.days_on or (day.weekday() not in calendar.weekly_days_off and day not in off)
    ]


def nearest(days: list[date], day: date, policy: str) -> date | None:
    """The last of ``days`` before or on ``day``, or the first after or on it."""
    place = bisect_right(days, day) - 1 if policy == "before" else bisect_left(days, day)
    if not 0 <= place < len(days) or abs((days[place] - day).days) > SEASON:
        return None
    return days[place]


def chosen_days(rule: BusinessDayRule, calendar: Calendar) -> list[tuple[date, date | None]]:
    """Each day to run on, with the day off that it was moved from."""
    worked = business_days(calendar)
    match rule.day:
        case EveryBusinessDay():
            return [(day, None) for day in worked]
        case NthBusinessDay(n=n):
            months: dict[tuple[int, int], list[date]] = {}
            for day in worked:
                months.setdefault(accounting_month(day, rule.closing_day or 31), []).append(day)
            place = n - 1 if n > 0 else n
            return [(days[place], None) for days in months.values() if len(days) >= abs(n)]
        case DayOfMonth(day=number, on_day_off=policy):
            days = named_days(number, rule.closing_day)
            if policy == "anyway":
                return [(day, None) for day in days]
            kept = [(day, None) for day in days if day in set(worked)]
            moved = (
                []
                if policy == "skip"
                else [(nearest(worked, day, policy), day) for day in days if day not in set(worked)]
            )
            return kept + [(day, named) for day, named in moved if day is not None]
        case BusinessDaysBefore(n=n, day=number):
            places = [bisect_left(worked, day) - n for day in named_days(number, rule.closing_day)]
            return [(worked[place], None) for place in places if place >= 0]


def accounting_month(day: date, closing_day: int) -> tuple[int, int]:
    if day.day <= min(closing_day, monthrange(day.year, day.month)[1]):
        return day.year, day.month
    return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)


def named_days(number: int | str, closing_day: int | None) -> list[date]:
    wanted = (closing_day or 31) if number == "last" else int(number)
    months = [(year, month) for year in range(FIRST.year, LAST.year + 1) for month in range(1, 13)]
    return [date(year, month, min(wanted, monthrange(year, month)[1])) for year, month in months]


def clock(zone_name: str) -> Callable[[datetime], datetime]:
    """A function from a time on the clock to the first instant that shows it, or else to the first that shows a later one."""
    zone = ZoneInfo(zone_name)
    seen = {datetime(year, month, 15, tzinfo=zone).utcoffset() for year in range(2013, 2038) for month in range(1, 13)}
    offsets = sorted(offset for offset in seen if offset is not None)

    def shown(instant: datetime) -> datetime:
        return instant.astimezone(zone).replace(tzinfo=None, fold=0)

    def instant_of(local: datetime) -> datetime:
        tried = sorted((local - offset).replace(tzinfo=UTC) for offset in offsets)
        showing = [instant for instant in tried if shown(instant) == local]
        if showing:
            return showing[0]
        instant = tried[0]
        while shown(instant) < local:
            instant += MINUTE
        return instant

    return instant_of


def due(rule: BusinessDayRule, calendar: Calendar) -> Due:
    """All that is due between ``FIRST`` and ``LAST``, give or take a season at either end."""
    instant_of = clock(rule.time_zone)
    found: Due = {}
    for day, moved_from in chosen_days(rule, calendar):
        for time in rule.at:
            hours, minutes = map(int, time.split(":"))
            instant = instant_of(datetime(day.year, day.month, day.day) + timedelta(hours=hours, minutes=minutes))
            found[instant] = None if found.get(instant, moved_from) is None else moved_from
    return dict(sorted(found.items()))
