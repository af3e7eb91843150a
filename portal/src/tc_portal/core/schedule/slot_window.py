"""The slots near now, kept, so that a job that is looked at each minute does not read its schedule anew each time."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from .slot import Slot

# Whoever asks for a range asks soon for one a little later.
AHEAD = timedelta(days=2)
ENOUGH = 64
# What time has left behind goes when there are as many as this.
MOST = 2_000


class SlotWindow:
    """Gives what ``source`` gives for a range, from what it gave before as far as that goes."""

    def __init__(self, source: Callable[[datetime, datetime], Iterable[Slot]]) -> None:
        self._source = source
        self._after: datetime | None = None
        self._until: datetime | None = None
        self._slots: list[Slot] = []
        self._dues: list[datetime] = []

    def slots(self, after: datetime, until: datetime) -> Sequence[Slot]:
        """The slots with after < due <= until, ascending and distinct."""
        if after >= until:
            return ()
        if self._after is None or self._until is None or after < self._after or until > self._until:
            self._widen(after, until)
        return self._slots[bisect_right(self._dues, after) : bisect_right(self._dues, until)]

    def _widen(self, after: datetime, until: datetime) -> None:
        if (
            self._after is None
            or self._until is None
            or until < self._after
            or after > self._until
            or len(self._slots) >= MOST
        ):
            self._after = self._until = after
            self._slots = []
        if after < self._after:
            self._slots = [*self._source(after, self._after), *self._slots]
            self._after = after
        if until > self._until:
            more, self._until = self._from(self._until, until)
            self._slots = self._slots + more
        self._dues = [slot.due for slot in self._slots]

    def _from(self, after: datetime, until: datetime) -> tuple[list[Slot], datetime]:
        """The slots after ``after``, at least to ``until``, and to when they are all."""
        end = until + AHEAD
        slots: list[Slot] = []
        for slot in self._source(after, end):
            if len(slots) >= ENOUGH and slot.due > until:
                # All that is due before this one has come.
                return slots, slot.due - datetime.resolution
            slots.append(slot)
        return slots, end
