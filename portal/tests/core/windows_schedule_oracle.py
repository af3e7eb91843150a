"""Tasks of Windows reckoned a second time, the long way: by walking over all days, and by asking of each minute whether it is due.

Nothing here uses what it is there to test. Boundaries are whole minutes, and lie where the walk goes.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from itertools import groupby

from business_days_oracle import clock
from tc_portal.core.schedule.slot import Slot
from tc_portal.core.task_scheduler.task import (
    Boundary,
    Daily,
    Monthly,
    MonthlyByWeekday,
    Once,
    Trigger,
    Unpredictable,
    Weekly,
)
from tc_portal.core.task_scheduler.windows_schedule import WindowsSchedule

FIRST, LAST = date(2015, 12, 1), date(2037, 1, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
MONTHS = [list(days) for _, days in groupby(DAYS, key=lambda day: (day.year, day.month))]
MINUTE = timedelta(minutes=1)
SUNDAY = 6

clock_in = cache(clock)


def slots(schedule: WindowsSchedule, after: datetime, until: datetime) -> list[Slot]:
    """All that is due with after < due <= until."""
    found: dict[datetime, Slot] = {}
    for trigger in schedule.triggers:
        if not trigger.is_enabled or isinstance(trigger, Unpredictable):
            continue
        late = trigger.random_delay + (10 * MINUTE if schedule.starts_when_available else 0 * MINUTE)
        for due, is_optional in starts(trigger, schedule.time_zone, after, until):
            other = found.get(due, Slot(due, late, is_optional=is_optional))
            found[due] = Slot(due, max(late, other.may_start_late_by), is_optional=is_optional and other.is_optional)
    return [found[due] for due in sorted(found)]


def starts(trigger: Trigger, zone: str, after: datetime, until: datetime) -> Iterator[tuple[datetime, bool]]:
    assert trigger.start is not None
    instant = clock_of(trigger.start, zone)
    time = trigger.start.local.time()
    end = None if trigger.end is None else clock_of(trigger.end, zone)(trigger.end.local)
    days = firing_days(trigger, trigger.start.local.date())
    firings = [instant(datetime.combine(day, time)) for day in near(days, after.date(), until.date())]
    for minute in firings if trigger.repetition is None else minutes(after, until):
        if not after < minute <= until or (end is not None and minute > end):
            continue
        place = bisect_right(firings, minute)
        if place == 0:
            continue
        elapsed = minute - firings[place - 1]
        if not elapsed:
            yield minute, False
        elif trigger.repetition is not None and elapsed % trigger.repetition.interval == timedelta():
            duration = trigger.repetition.duration
            if duration is None or elapsed <= duration:
                yield minute, elapsed == duration


def minutes(after: datetime, until: datetime) -> Iterator[datetime]:
    minute = after.replace(second=0, microsecond=0)
    while minute <= until:
        yield minute
        minute += MINUTE


def near(days: list[date], first: date, last: date) -> list[date]:
    """Those around the range, and at least one before it where there is one."""
    before = [day for day in days if day < first - timedelta(days=5)]
    around = [day for day in days if first - timedelta(days=5) <= day <= last + timedelta(days=5)]
    return before[-1:] + around


def clock_of(boundary: Boundary, zone: str) -> Callable[[datetime], datetime]:
    if boundary.offset is None:
        return clock_in(zone)
    offset = timezone(boundary.offset)
    return lambda local: local.replace(tzinfo=offset).astimezone(UTC)


def firing_days(trigger: Trigger, start: date) -> list[date]:
    days = [day for day in DAYS if day >= start]
    match trigger:
        case Once():
            return days[:1]
        case Daily(every_days=every):
            return days[::every]
        case Weekly(every_weeks=every, weekdays=weekdays):
            week, chosen = 0, []
            for day in days:
                if day.weekday() == SUNDAY and day != start:
                    week += 1
                if week % every == 0 and day.weekday() in (weekdays or {start.weekday()}):
                    chosen.append(day)
            return chosen
        case Monthly():
            return sorted(day for month in chosen_months(trigger) for day in of_month(trigger, month) if day >= start)
        case MonthlyByWeekday():
            return sorted(
                day for month in chosen_months(trigger) for day in by_weekday(trigger, month) if day >= start
            )
    raise AssertionError(trigger)


def chosen_months(trigger: Monthly | MonthlyByWeekday) -> list[list[date]]:
    return [days for days in MONTHS if days[0].month in trigger.months]


def of_month(trigger: Monthly, month: list[date]) -> set[date]:
    assert trigger.start is not None
    numbers = set(trigger.days)
    if not numbers and not trigger.is_last_day:
        numbers = {trigger.start.local.day}
    return {month[number - 1] for number in numbers if number <= len(month)} | set(month[-1:] * trigger.is_last_day)


def by_weekday(trigger: MonthlyByWeekday, month: list[date]) -> set[date]:
    chosen: set[date] = set()
    for weekday in trigger.weekdays:
        these = [day for day in month if day.weekday() == weekday]
        if not trigger.weeks and not trigger.is_last_week:
            chosen.update(these)
        chosen.update(these[week - 1] for week in trigger.weeks)
        chosen.update(these[-1:] * trigger.is_last_week)
    return chosen
