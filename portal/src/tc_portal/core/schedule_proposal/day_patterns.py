"""The days on which a job runs, as a person would say them."""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from typing import Literal

import msgspec

from ..business_days.calendar import Calendar
from ..business_days.day_choice import DayChoice, DayOfMonth, EveryBusinessDay, NthBusinessDay

_CRON_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_ONE_DAY = timedelta(days=1)

Kind = Literal["daily", "weekly", "monthly"]
# How many of its days a pattern must have been seen on, so that it is not chance.
SEEN: dict[Kind, int] = {"daily": 7, "weekly": 4, "monthly": 4}
# The least share of a pattern's days that had a run, and of the runs' days that are the pattern's.
KEPT: dict[Kind, float] = {"daily": 0.85, "weekly": 0.85, "monthly": 0.8}


class DayPattern(msgspec.Struct, frozen=True):
    """Days either as the last three fields of a cron expression, or as a choice by a calendar of business days."""

    kind: Kind
    is_on: Callable[[date], bool]
    cron: str | None = None
    choice: DayChoice | None = None


def fitting_pattern(days: Collection[date], calendar: Calendar | None) -> DayPattern | None:
    """The pattern that the days keep to best, the simplest of equals; None where they keep to none well."""
    first, last = min(days), max(days)
    best: tuple[float, DayPattern] | None = None
    for pattern in _patterns(days, calendar):
        expected = {day for day in _days(first, last) if pattern.is_on(day)}
        hits = len(expected & set(days))
        if hits < SEEN[pattern.kind]:
            continue
        came, explained = hits / len(expected), hits / len(days)
        if min(came, explained) < KEPT[pattern.kind]:
            continue
        fit = 2 * came * explained / (came + explained)
        if best is None or fit > best[0] + 1e-9:
            best = fit, pattern
    return None if best is None else best[1]


def _patterns(days: Collection[date], calendar: Calendar | None) -> Iterator[DayPattern]:
    """From the simple to the odd: of patterns that fit equally the first is taken. Business days come before Monday to
    Friday, as it is no false alarm where a run comes unasked on a holiday."""
    yield DayPattern("daily", lambda _: True, cron="* * *")
    if calendar is not None:
        yield DayPattern("daily", calendar.is_business_day, choice=EveryBusinessDay())
    weekdays = _usual_weekdays(days)
    if 1 < len(weekdays) < 7:
        yield _weekly("daily" if len(weekdays) > 3 else "weekly", weekdays)
    if len(weekdays) == 1:
        yield _weekly("weekly", weekdays)
        yield from _nth_weekdays(days, weekdays[0])
    if len(days) * 20 <= (max(days) - min(days)).days:
        yield from _monthly(days, calendar)


def _weekly(kind: Kind, weekdays: tuple[int, ...]) -> DayPattern:
    named = ",".join(_CRON_WEEKDAYS[weekday] for weekday in weekdays)
    return DayPattern(kind, lambda day: day.weekday() in weekdays, cron=f"* * {named}")


def _usual_weekdays(days: Collection[date]) -> tuple[int, ...]:
    counts = Counter(day.weekday() for day in days)
    most = max(counts.values())
    return tuple(sorted(weekday for weekday, count in counts.items() if count >= 0.5 * most))


def _nth_weekdays(days: Collection[date], weekday: int) -> Iterator[DayPattern]:
    numbers = Counter((day.day - 1) // 7 + 1 for day in days)
    ((n, _),) = numbers.most_common(1)
    name = _CRON_WEEKDAYS[weekday]
    if n <= 4:
        yield DayPattern(
            "monthly", lambda day: day.weekday() == weekday and (day.day - 1) // 7 + 1 == n, cron=f"* * {name}#{n}"
        )
    yield DayPattern(
        "monthly",
        lambda day: day.weekday() == weekday and day.month != (day + 7 * _ONE_DAY).month,
        cron=f"* * {(weekday + 1) % 7}L",
    )


def _monthly(days: Collection[date], calendar: Calendar | None) -> Iterator[DayPattern]:
    numbers = [number for number, _ in Counter(day.day for day in days).most_common(4)]
    for number in numbers:
        yield DayPattern("monthly", lambda day, n=number: day.day == n, cron=f"{number} * *")  # type: ignore[misc]
    yield DayPattern("monthly", lambda day: day.day == monthrange(day.year, day.month)[1], cron="L * *")
    if calendar is None:
        return
    choices: list[DayChoice] = [NthBusinessDay(n) for n in (1, -1, *range(2, 11), *range(-2, -6, -1))]
    near = {day + distance * _ONE_DAY for day in days for distance in range(-3, 4)}
    usual = [number for number, _ in Counter(day.day for day in near).most_common(9)]
    choices += [DayOfMonth(number, policy) for number in sorted(usual) for policy in ("before", "after")]
    for choice in choices:
        chosen = _chosen(choice, calendar, min(days), max(days))
        yield DayPattern("monthly", chosen.__contains__, choice=choice)


def _chosen(choice: DayChoice, calendar: Calendar, first: date, last: date) -> frozenset[date]:
    return frozenset(chosen.day for chosen in choice.days(calendar, None, first, last))


def _days(first: date, last: date) -> Iterator[date]:
    for distance in range((last - first).days + 1):
        yield first + distance * _ONE_DAY
