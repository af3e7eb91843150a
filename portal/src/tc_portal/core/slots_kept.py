"""Which of a job's past slots a run began for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from .schedule.slot import Slot

SlotState = Literal["coming", "kept", "unfilled"]


class SlotSeen(msgspec.Struct, frozen=True):
    """``coming`` while a run may still begin in time, ``kept`` where one began for it, ``unfilled`` where none did."""

    slot: Slot
    state: SlotState


def slots_seen(
    slots: Sequence[Slot], begins: Sequence[datetime], early: timedelta, grace: timedelta, now: datetime
) -> list[SlotSeen]:
    """What became of the slots, given in their order. ``begins`` are when runs began, or ended where no more is known.

    A run counts for a slot from ``early`` before it is due, but not from before half-way to the slot before it, until the next
    slot's begin to.
    """
    opens = [_opens_at(slot, before, early) for before, slot in zip([None, *slots], slots, strict=False)]
    found = []
    for number, slot in enumerate(slots):
        closes = opens[number + 1] if number + 1 < len(slots) else datetime.max.replace(tzinfo=slot.due.tzinfo)
        state: SlotState = "kept" if any(opens[number] <= each < closes for each in begins) else "unfilled"
        if state == "unfilled" and slot.due + slot.may_start_late_by + grace > now:
            state = "coming"
        found.append(SlotSeen(slot, state))
    return found


def _opens_at(slot: Slot, before: Slot | None, early: timedelta) -> datetime:
    return slot.due - (early if before is None else min(early, (slot.due - before.due) / 2))
