"""朝の一覧: on which day it is due, from when it counts, and when to look next."""

from datetime import date, datetime, timedelta

import msgspec

from .business_days.local_time import instant_at, local_day, minutes_of
from .hours import A_DAY, Clock
from .schedule.unschedulable import Unschedulable

# No digest counts from longer ago, however long there has been none.
LONGEST_COVERED = timedelta(days=31)
FARTHEST = 120


class Digest(msgspec.Struct, frozen=True, omit_defaults=True):
    """Told at ``at`` by the clock, on the business days of the calendar of this id; on every day without one. Raises
    ``Unschedulable`` where the time makes no sense."""

    at: str = "08:30"
    calendar: int | None = None
    channels: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if minutes_of(self.at) >= A_DAY:
            raise Unschedulable(
                ja="時刻は 00:00 から 23:59 までで指定してください。", en="Give a time from 00:00 to 23:59."
            )


def day_due(digest: Digest, clock: Clock, made_at: datetime) -> date | None:
    """The business day whose digest is due now, whether or not it has been told: today, from its time until midnight. Before
    ``made_at``, when somebody set it up, none was."""
    today = local_day(clock.now, clock.zone)
    at = instant_at(today, minutes_of(digest.at), clock.zone)
    return today if made_at <= at <= clock.now and _is_day(digest, clock, today) else None


def next_due(digest: Digest, clock: Clock) -> datetime | None:
    """When after now the next is due; None where no business day comes."""
    today = local_day(clock.now, clock.zone)
    for distance in range(FARTHEST):
        day = today + timedelta(days=distance)
        at = instant_at(day, minutes_of(digest.at), clock.zone)
        if at > clock.now and _is_day(digest, clock, day):
            return at
    return None


def covered_from(digest: Digest, clock: Clock, last_end: datetime | None) -> datetime:
    """From when the digest that is told now counts: where the last one ended; the first, from the time of the business day before.

    A clock that was put back makes no digest end before it begins.
    """
    if last_end is not None:
        return min(max(last_end, clock.now - LONGEST_COVERED), clock.now)
    today = local_day(clock.now, clock.zone)
    days = (today - timedelta(days=distance) for distance in range(1, LONGEST_COVERED.days))
    before = next((day for day in days if _is_day(digest, clock, day)), today - timedelta(days=1))
    return instant_at(before, minutes_of(digest.at), clock.zone)


def _is_day(digest: Digest, clock: Clock, day: date) -> bool:
    calendar = clock.calendars.get(digest.calendar) if digest.calendar is not None else None
    return calendar is None or calendar.is_business_day(day)


_read = msgspec.json.Decoder(Digest).decode
_encode = msgspec.json.encode


def read_digest(definition: str) -> Digest:
    """The digest in the JSON that ``digest_as_json`` wrote."""
    return _read(definition)


def digest_as_json(digest: Digest) -> str:
    """The digest as it is kept."""
    return _encode(digest).decode()
