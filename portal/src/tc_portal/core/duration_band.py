"""How long a job's runs usually take, from the runs before each, and which runs fall far out of that.

Robust throughout: a median and quantiles, so that one run of ten hours does not move what is normal for those after it.
"""

from collections.abc import Sequence
from math import expm1, log1p
from statistics import quantiles

import msgspec

# Fewer runs than this say nothing; more than this are another season's.
ENOUGH = 8
LOOKED_BACK = 40
# Tukey's "far out": so many times the middle half's width beyond its edges. Durations differ by ratios, those near a second by
# seconds: the width is that of log(1 + seconds).
FAR_OUT = 3.0
# Durations that hardly vary would make an outlier of each hiccup: a tenth more or less is no width at all.
LEAST_WIDTH = log1p(0.1)


class Lasted(msgspec.Struct, frozen=True):
    """A run that took ``seconds``. ``kind`` is of the day it ran on: runs are like each other where it is the same."""

    seconds: float
    is_success: bool
    kind: str = ""


class Band(msgspec.Struct, frozen=True):
    """In seconds: eight of ten runs took from ``low`` to ``high``. What lies beyond ``least`` or ``most`` is an outlier.

    It rests on ``count`` runs; ``is_like`` says that those were on the same kind of day.
    """

    low: float
    median: float
    high: float
    least: float
    most: float
    count: int
    is_like: bool

    def is_outlier(self, seconds: float) -> bool:
        return not self.least <= seconds <= self.most


def bands_before(runs: Sequence[Lasted]) -> list[Band | None]:
    """For each of the runs, given oldest first, the band that the successful ones before it make; None where too few do.

    It is made of the last ``LOOKED_BACK`` on the same kind of day, or on whichever where fewer than ``ENOUGH`` are like it.
    """
    bands: list[Band | None] = []
    every: list[float] = []
    by_kind: dict[str, list[float]] = {}
    for run in runs:
        like = by_kind.setdefault(run.kind, [])
        bands.append(_band(like, is_like=True) or _band(every, is_like=False))
        if run.is_success:
            every.append(run.seconds)
            like.append(run.seconds)
    return bands


def _band(seconds: Sequence[float], *, is_like: bool) -> Band | None:
    recent = seconds[-LOOKED_BACK:]
    if len(recent) < ENOUGH:
        return None
    twentieths = quantiles(recent, n=20, method="inclusive")
    low, quarter, median, three_quarters, high = (twentieths[number - 1] for number in (2, 5, 10, 15, 18))
    lower, upper = log1p(quarter), log1p(three_quarters)
    beyond = FAR_OUT * max(upper - lower, LEAST_WIDTH)
    least, most = max(expm1(lower - beyond), 0.0), expm1(upper + beyond)
    return Band(low, median, high, min(least, low), max(most, high), len(recent), is_like)
