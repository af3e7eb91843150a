"""The days of a time to come, each with what is due on it: what a year's calendar shows."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import msgspec

from ..business_days.local_time import instant_at
from .job_schedule import Slots
from .slot import Slot

# So many slots are taken one after another; of the days behind them only the first few of each are asked for.
MANY_SLOTS = 3_000
FEW_A_DAY = 4


class DueDay(msgspec.Struct, frozen=True):
    """A day on which something is due, by the clock of a time zone: its first slots, and whether there are more."""

    day: date
    slots: tuple[Slot, ...]
    has_more: bool


def due_days(slots: Slots, zone: ZoneInfo, first: date, last: date) -> list[DueDay]:
    """The days from ``first`` to ``last`` on which anything is due, ascending.

    The cost is bounded whatever the schedule: a run each minute is not counted through a year.
    """
    days: dict[date, list[Slot]] = {}
    begin, end = _just_before(first, zone), _just_before(last + timedelta(days=1), zone)
    reached = first
    for number, slot in enumerate(slots(begin, end), 1):
        reached = slot.due.astimezone(zone).date()
        days.setdefault(reached, []).append(slot)
        if number == MANY_SLOTS:
            break
    else:
        reached = last
    for day in _days(reached, last):
        found = list(islice(_slots_on(slots, day, zone), FEW_A_DAY + 1))
        if found:
            days[day] = found
    return [DueDay(day, tuple(found[:FEW_A_DAY]), len(found) > FEW_A_DAY) for day, found in sorted(days.items())]


def next_slots(slots: Slots, now: datetime, until: datetime, many: int) -> list[Slot]:
    """The first ``many`` slots after ``now``, as far as they come by ``until``."""
    return list(islice(slots(now, until), many))


def _slots_on(slots: Slots, day: date, zone: ZoneInfo) -> Iterable[Slot]:
    return slots(_just_before(day, zone), _just_before(day + timedelta(days=1), zone))


def _just_before(day: date, zone: ZoneInfo) -> datetime:
    return instant_at(day, 0, zone) - datetime.resolution


def _days(after: date, last: date) -> Iterator[date]:
    for distance in range(1, (last - after).days + 1):
        yield after + timedelta(days=distance)
