"""Slots brought into order, with those that fall together made one."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from ..schedule.slot import Slot


def in_order(batches: Iterable[tuple[datetime, Iterable[Slot]]]) -> Iterator[Slot]:
    """The batches' slots, ascending and distinct. With each batch comes an instant that none of its slots, nor any of a
    later batch, is due before: what is due earlier can be handed out already."""
    waiting: list[tuple[datetime, int, Slot]] = []
    order = count()
    for earliest, slots in batches:
        while waiting and waiting[0][0] < earliest:
            yield _first_of(waiting)
        for slot in slots:
            heappush(waiting, (slot.due, next(order), slot))
    while waiting:
        yield _first_of(waiting)


def _first_of(waiting: list[tuple[datetime, int, Slot]]) -> Slot:
    due, _, slot = heappop(waiting)
    while waiting and waiting[0][0] == due:
        slot = _merged(slot, heappop(waiting)[2])
    return slot


def _merged(one: Slot, other: Slot) -> Slot:
    """One slot for two that are due at once: as firm as the firmer, and moved only if both are."""
    is_moved = one.moved_from is not None and other.moved_from is not None
    return Slot(
        one.due,
        max(one.may_start_late_by, other.may_start_late_by),
        min(filter(None, (one.moved_from, other.moved_from))) if is_moved else None,
        one.is_optional and other.is_optional,
        one.is_certain or other.is_certain,
    )
