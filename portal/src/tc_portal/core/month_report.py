"""A month in figures, of a job and of many together: how often it ran, how much of that ended well, how long it was bad."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

import msgspec


class JobMonth(msgspec.Struct, frozen=True):
    """``missed`` is how often the job went missed. ``recoveries`` are how long each incident that began in the month lasted,
    ``unrecovered`` how many still do. ``is_cut`` where there were more runs than are counted."""

    runs: int
    errors: int
    missed: int
    longest: timedelta | None
    recoveries: tuple[timedelta, ...]
    unrecovered: int = 0
    is_cut: bool = False

    @property
    def success_rate(self) -> float | None:
        """The share of runs that succeeded, 0 to 1; None without runs, or where not all were counted."""
        return None if self.is_cut or not self.runs else (self.runs - self.errors) / self.runs

    @property
    def incidents(self) -> int:
        return len(self.recoveries) + self.unrecovered

    @property
    def time_to_recover(self) -> timedelta | None:
        """The median of the recoveries, to the second; None where nothing recovered."""
        if not self.recoveries:
            return None
        return timedelta(seconds=round(median(each.total_seconds() for each in self.recoveries)))


def together(months: Iterable[JobMonth]) -> JobMonth:
    """The figures of all of these together."""
    every = list(months)
    return JobMonth(
        runs=sum(each.runs for each in every),
        errors=sum(each.errors for each in every),
        missed=sum(each.missed for each in every),
        longest=max((each.longest for each in every if each.longest is not None), default=None),
        recoveries=tuple(recovery for each in every for recovery in each.recoveries),
        unrecovered=sum(each.unrecovered for each in every),
        is_cut=any(each.is_cut for each in every),
    )


def recoveries_of(incidents: Sequence[tuple[datetime, datetime | None]]) -> tuple[tuple[timedelta, ...], int]:
    """How long each incident, from when to when, lasted, and how many are not over."""
    over = tuple(ended - began for began, ended in incidents if ended is not None)
    return over, len(incidents) - len(over)


def percent(share: float) -> str:
    """With one decimal, and never 100 where something failed: "99.9 %" of 9,999 in 10,000."""
    tenths = int(share * 1_000 + 0.5)
    if tenths == 1_000 and share < 1:
        tenths = 999
    if tenths == 0 and share > 0:
        tenths = 1
    return f"{tenths // 10}.{tenths % 10}%"
