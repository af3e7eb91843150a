"""Which of a job's slots matter now: those that no run has filled, the one last filled, and the next to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from .schedule.slot import Slot

if TYPE_CHECKING:
    from .judge import Expectation

# How far to look back and ahead at most: a yearly job is looked for over two years. It begins near, and goes this
# many times as far each time, so that a job that runs each minute is not looked at over days.
FARTHER = 8
LAST_REACH = timedelta(days=800)
# More misses in a row than this are not counted one by one.
MANY = 100


class SlotsAround(msgspec.Struct, frozen=True):
    """``unfilled`` are past their deadline without a run, oldest first, all since the last run; ``filled`` is the slot that the
    last run counts for. ``next_deadline`` is that of the first slot to come that has no run yet, ``awaited`` when that slot is
    due, ``next_due`` the first slot."""

    unfilled: tuple[Slot, ...]
    filled: Slot | None
    next_deadline: datetime | None
    next_due: datetime | None
    awaited: datetime | None = None


NO_SLOTS = SlotsAround((), None, None, None)


def slots_around(
    expected: Expectation,
    reached: datetime | None,
    slots: Callable[[datetime, datetime], Iterable[Slot]] | None,
    now: datetime,
) -> SlotsAround:
    """Sort the slots near ``now``. ``reached`` is the latest instant at which a run began, or else ended."""
    if slots is None:
        return NO_SLOTS
    reach = _first_reach(expected)
    past = _past(expected, reached, slots, now, reach)
    unfilled: list[Slot] = []
    filled: Slot | None = None
    for before, slot in zip([None, *past], past, strict=False):
        if reached is not None and reached >= opens_at(slot, before, expected):
            filled, unfilled = slot, []
        elif slot.due + slot.may_start_late_by + expected.grace <= now and not slot.is_optional:
            unfilled.append(slot)
    closing, due = _coming(expected, reached, slots, past, now, reach)
    deadline, awaited = closing or (None, None)
    return SlotsAround(tuple(unfilled[-MANY:]), filled, deadline, due, awaited)


def opens_at(slot: Slot, before: Slot | None, expected: Expectation) -> datetime:
    """From when on a run counts for the slot: somewhat before it is due, but nearer to it than to the slot before."""
    early = expected.early if before is None else min(expected.early, (slot.due - before.due) / 2)
    return slot.due - early


def _past(
    expected: Expectation,
    reached: datetime | None,
    slots: Callable[[datetime, datetime], Iterable[Slot]],
    now: datetime,
    reach: timedelta,
) -> list[Slot]:
    """The slots up to now, back to the one before that which the last run filled, or to what matters of them."""
    while True:
        start = max(expected.in_force_from, now - reach)
        found = list(slots(start, now + expected.early))
        is_all = start == expected.in_force_from or reach >= LAST_REACH
        goes_back_far_enough = len(found) > 1 and (
            (reached is not None and found[1].due <= reached) or len(found) > MANY + expected.tolerance
        )
        if is_all or goes_back_far_enough:
            return found
        reach *= FARTHER


def _coming(
    expected: Expectation,
    reached: datetime | None,
    slots: Callable[[datetime, datetime], Iterable[Slot]],
    past: list[Slot],
    now: datetime,
    reach: timedelta,
) -> tuple[tuple[datetime, datetime] | None, datetime | None]:
    """The first slot without a run that is not past its deadline, as that deadline and when it is due; and the first slot after
    now."""
    closing: tuple[datetime, datetime] | None = None
    for before, slot in zip([None, *past], past, strict=False):
        closes = slot.due + slot.may_start_late_by + expected.grace
        is_open = reached is None or reached < opens_at(slot, before, expected)
        if is_open and closes > now and not slot.is_optional:
            closing = min(closing or (closes, slot.due), (closes, slot.due))
    latest = past[-1] if past else None
    due: datetime | None = next((slot.due for slot in past if slot.due > now), None)
    start = max(expected.in_force_from, now + expected.early)
    while reach <= LAST_REACH:
        for slot in slots(start, now + reach):
            due = due or slot.due
            is_open = reached is None or reached < opens_at(slot, latest, expected)
            if is_open and not slot.is_optional:
                closes = slot.due + slot.may_start_late_by + expected.grace
                return min(closing or (closes, slot.due), (closes, slot.due)), due
            latest = slot
        if closing is not None and due is not None:
            break
        start, reach = max(start, now + reach), reach * FARTHER
    return closing, due


def _first_reach(expected: Expectation) -> timedelta:
    return max(2 * (expected.grace + expected.early), timedelta(hours=1))
