"""When a trigger starts its task: when it fires, and again and again after that."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ..business_days.local_time import FIRST_DAY, LAST_DAY, instant_of
from .task import Boundary, Repetition
from .trigger_days import Predictable, fires_on, last_day

_FIRST = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day)
_LAST = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day)
_ONE_DAY = timedelta(days=1)
# The clock of a boundary is less than a day from UTC, and when put forward it skips a day at most.
_DAYS_AROUND = 3 * _ONE_DAY


class Start(NamedTuple):
    """A start of the task. ``due`` is an aware UTC datetime; ``is_optional`` where Windows may leave it out."""

    due: datetime
    is_optional: bool = False


def starts(trigger: Predictable, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[Start]:
    """The starts with after < due <= until, ascending and distinct; none of a trigger without StartBoundary.

    ``zone`` is the PC's. The range is to keep some days away from the first and last of all datetimes.
    """
    if trigger.start is None:
        return
    instant = _clock(trigger.start, zone)
    if trigger.end is not None:
        until = min(until, _clock(trigger.end, zone)(trigger.end.local))
    if after >= until:
        return
    firings = (
        instant(datetime.combine(day, trigger.start.local.time()))
        for day in _days(trigger, trigger.start.local.date(), after, until)
    )
    for firing, following in pairwise(chain(firings, [None])):
        if firing is None or firing > until:
            return
        for start in _repeated(firing, trigger.repetition, following, after, until):
            if start.due > after:
                yield start


def _clock(boundary: Boundary, zone: ZoneInfo) -> Callable[[datetime], datetime]:
    """What tells the instant, in UTC, at which the clock that the boundary goes by shows a time. Times thousands of years
    away are drawn nearer, so that there is always an instant."""
    offset = boundary.offset

    def instant(local: datetime) -> datetime:
        local = min(max(local, _FIRST), _LAST)
        return instant_of(local, zone) if offset is None else (local - offset).replace(tzinfo=UTC)

    return instant


def _days(trigger: Predictable, start: date, after: datetime, until: datetime) -> Iterator[date]:
    """The days, ascending, on which the trigger fires within the range, some around it, and the last one before."""
    day, end = after.date() - _DAYS_AROUND, until.date() + _DAYS_AROUND
    if trigger.repetition is not None and (last := last_day(trigger, start, day - _ONE_DAY)) is not None:
        yield last
    day = max(day, start)
    while day <= end:
        if fires_on(trigger, start, day):
            yield day
        day += _ONE_DAY


def _repeated(
    firing: datetime, repetition: Repetition | None, following: datetime | None, after: datetime, until: datetime
) -> Iterator[Start]:
    """The starts from one firing to the one that follows it, from the last one up to ``after`` to the last one up to
    ``until``."""
    if repetition is None:
        if firing != following:
            yield Start(firing)
        return
    interval, duration = repetition.interval, repetition.duration
    room = until - firing if duration is None else min(duration, until - firing)
    # Time is elapsed time here, and compared as such: an instant after the range may lie beyond the last datetime.
    elapsed = max((after - firing) // interval, 0) * interval
    while elapsed <= room and (following is None or firing + elapsed < following):
        yield Start(firing + elapsed, is_optional=elapsed == duration)
        elapsed += interval
