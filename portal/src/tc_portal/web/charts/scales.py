"""From durations and instants to places in a drawing, and where the lines of its grid go."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import log10
from zoneinfo import ZoneInfo

import msgspec

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_ROUND_SECONDS = (
    *(0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 20 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 5 * _DAY, 10 * _DAY, 20 * _DAY, 50 * _DAY),
    *(100 * _DAY, 200 * _DAY, 500 * _DAY, 1_000 * _DAY, 10_000 * _DAY, 100_000 * _DAY, 1_000_000 * _DAY),
)
# Where the longest takes so many times what is usual, what is usual would be a line at the bottom.
_TOO_FAR_APART = 20
_LEAST_SECONDS = 0.1


class DurationScale(msgspec.Struct, frozen=True):
    """Seconds on an axis from ``bottom`` up to ``top``; ``is_log`` where each line is several times the one below."""

    bottom: float
    top: float
    is_log: bool
    ticks: tuple[float, ...]

    def share(self, seconds: float) -> float:
        """How far up, 0 to 1."""
        if self.is_log:
            place = log10(max(seconds, self.bottom) / self.bottom) / log10(self.top / self.bottom)
        else:
            place = (seconds - self.bottom) / (self.top - self.bottom)
        return min(max(place, 0.0), 1.0)


def duration_scale(seconds: Sequence[float], usual: float) -> DurationScale:
    """An axis for these durations, at least one, of which ``usual`` is a typical one."""
    longest = max(*seconds, _LEAST_SECONDS)
    if longest > _TOO_FAR_APART * max(usual, _LEAST_SECONDS):
        bottom = _round_below(max(min(seconds), _LEAST_SECONDS))
        top = _round_above(longest)
        inside = [each for each in _ROUND_SECONDS if bottom < each < top]
        step = len(inside) // 5 + 1
        return DurationScale(bottom, top, True, (bottom, *inside[step - 1 :: step], top))
    step = next((each for each in _ROUND_SECONDS if longest / each <= 5), _ROUND_SECONDS[-1])
    lines = int(-(-longest * 1.02 // step))
    return DurationScale(0.0, lines * step, False, tuple(number * step for number in range(lines + 1)))


def _round_below(seconds: float) -> float:
    return max((each for each in _ROUND_SECONDS if each <= seconds), default=_ROUND_SECONDS[0])


def _round_above(seconds: float) -> float:
    return next((each for each in _ROUND_SECONDS if each > seconds), _ROUND_SECONDS[-1])


class TimeScale(msgspec.Struct, frozen=True):
    """Instants from ``start`` to ``end``, the later one."""

    start: datetime
    end: datetime

    def share(self, instant: datetime) -> float:
        """How far along, 0 to 1; what lies outside is at the nearer edge."""
        return min(max((instant - self.start) / (self.end - self.start), 0.0), 1.0)


def round_moments(scale: TimeScale, zone: ZoneInfo, step: timedelta) -> list[datetime]:
    """The instants within at which a clock in ``zone`` shows a multiple of ``step``, which divides a day or is whole days."""
    local = scale.start.astimezone(zone)
    moment = local.replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    while moment.timestamp() <= scale.end.timestamp():
        if moment.timestamp() >= scale.start.timestamp():
            found.append(moment)
        moment += step
    return found
