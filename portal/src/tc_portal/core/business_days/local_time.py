"""Times on a clock on the wall, as a rule states them, and the instants at which they come."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from ..schedule.unschedulable import Unschedulable

# Days outside these are not looked at: there must be room to count from each of them.
FIRST_DAY = date(2, 1, 1)
LAST_DAY = date(9990, 12, 31)

_TIME = re.compile(r"([0-3]?[0-9]|4[0-7]):([0-5][0-9])", re.ASCII)


def minutes_of(time: str) -> int:
    """The minutes from a day's midnight to a time such as ``07:30``, or ``25:30``: 01:30 of the day after."""
    written = _TIME.fullmatch(time)
    if written is None:
        raise Unschedulable(
            ja=f"時刻「{time[:20]}」を読めません。07:30 のように、00:00 から 47:59 までで指定してください。",
            en=f"{time[:20]!r} is not a time. Write it as 07:30, from 00:00 to 47:59.",
        )
    return int(written[1]) * 60 + int(written[2])


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def time_zone_of(name: str) -> ZoneInfo:
    """The time zone of this name in the IANA database."""
    zone = _zone(name) if len(name) <= 100 else None
    if zone is None:
        raise Unschedulable(
            ja=f"タイムゾーン「{name[:60]}」はありません。Asia/Tokyo のように指定してください。",
            en=f"There is no time zone {name[:60]!r}. Write it as Asia/Tokyo.",
        )
    return zone


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The date in ``zone`` at ``instant``, or the nearest that is looked at."""
    day = min(max(instant.date(), FIRST_DAY), LAST_DAY)
    return instant.astimezone(zone).date() if day == instant.date() else day


def instant_at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, of the time ``minutes`` after midnight by the clock of ``day``."""
    return instant_of(datetime(day.year, day.month, day.day) + timedelta(minutes=minutes), zone)


def instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the clock in ``zone`` shows ``local``: the first of two, where it is put back; the
    first instant after the gap, where it is put forward past it."""
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) == local:
        return instant
    return _end_of_gap(local.replace(tzinfo=zone, fold=1).astimezone(UTC), instant, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first whole second, between an instant before the clock was put forward and one after it, of the new offset."""
    low, high = 0, int((after - before).total_seconds())
    offset = after.astimezone(zone).utcoffset()
    while low < high:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle + 1
    return before + timedelta(seconds=high)
