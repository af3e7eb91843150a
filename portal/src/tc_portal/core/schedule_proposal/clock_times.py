"""The times of the day at which a job runs, and the day that each run belongs to."""

import itertools
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from .run_seen import RunSeen

A_DAY = 24 * 60.0
# Runs farther apart than this, in minutes on the clock's face, are of two times of the day.
GAP = 40.0
# A time of the day is not one if its runs are spread wider than this.
WIDEST = 120.0
MANY_TIMES = 12
# A time of the day has at least so much of the runs that the busiest one has.
LEAST_SHARE = 0.5
# Runs this close together started by the clock: their minute is meant as it is. Others are put to five minutes.
EXACT = 2.0
A_CLOCK_MAY_BE_OFF = 20 / 60


class ClockTime(msgspec.Struct, frozen=True):
    """``minutes`` after midnight, and the days on which a run came about then, each with how late it was."""

    minutes: int
    days: dict[date, timedelta]
    runs: int

    @property
    def text(self) -> str:
        return f"{self.minutes // 60:02}:{self.minutes % 60:02}"


def clock_times(runs: Sequence[RunSeen], zone: ZoneInfo) -> list[ClockTime]:
    """The times of the day, by the clock; empty where the runs keep to none. Stray runs belong to no time."""
    local = sorted((each.at.astimezone(zone).replace(tzinfo=None) for each in runs), key=_minute)
    groups = _groups(local)
    most = max((len(group) for group in groups), default=0)
    kept = [group for group in groups if len(group) >= max(2, LEAST_SHARE * most)]
    times = [_clock_time(group) for group in kept]
    if len(times) > MANY_TIMES or None in times:
        return []
    return sorted((time for time in times if time is not None), key=lambda time: time.minutes)


def _minute(local: datetime) -> float:
    return local.hour * 60 + local.minute + local.second / 60


def _groups(local: list[datetime]) -> list[list[datetime]]:
    """The runs by the time of the day, round the clock: midnight does not part them."""
    if not local:
        return []
    groups = [[local[0]]]
    for before, after in itertools.pairwise(local):
        if _minute(after) - _minute(before) > GAP:
            groups.append([])
        groups[-1].append(after)
    if len(groups) > 1 and _minute(local[0]) + A_DAY - _minute(local[-1]) <= GAP:
        groups[0] = groups.pop() + groups[0]
    return groups


def _clock_time(group: list[datetime]) -> ClockTime | None:
    """The time that the runs keep; None where they are spread too wide to keep one."""
    first = _minute(group[0])
    offsets = sorted((_minute(each) - first) % A_DAY for each in group)
    low, high = offsets[len(offsets) // 10], offsets[-1 - len(offsets) // 10]
    if high - low > WIDEST:
        return None
    begin = first + low + A_CLOCK_MAY_BE_OFF
    unit = 1 if high - low <= EXACT else 5
    minutes = int(begin // unit * unit)
    days: dict[date, timedelta] = {}
    for each in group:
        late = (_minute(each) - minutes + A_DAY / 2) % A_DAY - A_DAY / 2
        day = (each - timedelta(minutes=late)).date()
        days[day] = min(days.get(day, timedelta.max), timedelta(minutes=max(0.0, late)))
    return ClockTime(minutes % int(A_DAY), _on_the_day(days, minutes), len(group))


def _on_the_day(days: dict[date, timedelta], minutes: int) -> dict[date, timedelta]:
    # A time that was rounded over midnight belongs to the next day.
    over = timedelta(days=minutes // int(A_DAY))
    return {day + (over if over < timedelta() else timedelta()): late for day, late in days.items()}
