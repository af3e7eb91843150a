"""How much time to allow: numbers that a person would choose, above what was seen."""

from collections.abc import Sequence
from datetime import timedelta
from statistics import median

MINUTE = timedelta(minutes=1)
_CHOSEN = [
    *(timedelta(minutes=minutes) for minutes in (5, 10, 15, 20, 30, 45, 60, 90)),
    *(timedelta(hours=hours) for hours in (2, 3, 4, 6, 8, 12, 18, 24, 36, 48)),
]
SHORTEST_GRACE = timedelta(minutes=10)
SHORTEST_RUNTIME = timedelta(minutes=10)
LONGEST_RUNTIME = timedelta(days=4)
RUNTIMES_NEEDED = 5


def percentile(values: Sequence[timedelta], share: float) -> timedelta:
    """The smallest of the values that at least ``share`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def grace_above(latenesses: Sequence[timedelta], gap: timedelta) -> timedelta:
    """A grace well above how late runs were; less than the ``gap`` to the next slot where that is short."""
    wanted = chosen_above(max(SHORTEST_GRACE, 2 * percentile(latenesses, 0.95) + 5 * MINUTE))
    return wanted if wanted <= gap else max(MINUTE, gap // MINUTE * MINUTE)


def max_runtime_above(runtimes: Sequence[timedelta]) -> timedelta | None:
    """A maximum runtime well above what runs took; None where too few said."""
    if len(runtimes) < RUNTIMES_NEEDED:
        return None
    usual = timedelta(seconds=median(each.total_seconds() for each in runtimes))
    wanted = chosen_above(max(SHORTEST_RUNTIME, 2 * percentile(runtimes, 0.95), 3 * usual))
    return wanted if wanted <= LONGEST_RUNTIME else None


def chosen_above(least: timedelta) -> timedelta:
    """The first round duration that is not below ``least``."""
    return next((each for each in _CHOSEN if each >= least), -(-least // timedelta(days=1)) * timedelta(days=1))
