"""The next slots of a job, however far they are."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice

from .schedule.slot import Slot
from .slot_search import FARTHER, LAST_REACH

_FIRST_REACH = timedelta(hours=1)


def slots_ahead(slots: Callable[[datetime, datetime], Iterable[Slot]], after: datetime, count: int) -> list[Slot]:
    """The first ``count`` slots after ``after``, as far as ``LAST_REACH``; it looks near before it looks far."""
    reach, start, found = _FIRST_REACH, after, list[Slot]()
    while len(found) < count and start < after + LAST_REACH:
        until = min(after + reach, after + LAST_REACH)
        found += islice(slots(start, until), count - len(found))
        start, reach = until, reach * FARTHER
    return found
