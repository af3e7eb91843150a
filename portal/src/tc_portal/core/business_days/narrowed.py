"""Any schedule narrowed to business days: what falls on a day off is left out, or moved."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Literal

import msgspec

from ..schedule.slot import Slot
from .calendar import LONGEST_RUN_OFF, Calendar
from .in_order import in_order
from .local_time import instant_at, instant_of, local_day, time_zone_of

OnDayOff = Literal["skip", "before", "after"]
SlotsBetween = Callable[[datetime, datetime], Iterable[Slot]]

_ONE_DAY = timedelta(days=1)
_REACH = timedelta(days=LONGEST_RUN_OFF + 1)


def on_day_off(
    slots: SlotsBetween, calendar: Calendar, time_zone: str, policy: OnDayOff, after: datetime, until: datetime
) -> Iterator[Slot]:
    """The slots with after < due <= until that are left when each that falls on a day off is left out ("skip"), or moved to
    the same time of the business day "before" (前倒し) or "after" (後倒し). Those that fall together become one.

    ``slots`` gives the schedule's own, ascending, with after < due <= until for any range: it is asked once, for the range
    wanted and for the days off next to it, from which slots may be moved into it. The day of a slot is that on the clock
    in ``time_zone`` when it is due. A slot more than ``LONGEST_RUN_OFF`` days from a business day is left out.
    """
    move = _Move(calendar, time_zone, policy)
    asked_after, asked_until = move.range_to_ask(after, until)
    if not move.may_reach(after, until):
        return
    for slot in in_order((move.earliest_from(slot), move.of(slot)) for slot in slots(asked_after, asked_until)):
        if slot.due > until:
            return
        if slot.due > after:
            yield slot


class _Move:
    """Where slots go."""

    def __init__(self, calendar: Calendar, time_zone: str, policy: OnDayOff) -> None:
        self.calendar = calendar
        self.zone = time_zone_of(time_zone)
        self.policy = policy
        self.target = cache(self._target)
        self.earliest_on = cache(self._earliest_on)

    def of(self, slot: Slot) -> list[Slot]:
        """The slot where it stays or goes; nothing where it is left out."""
        local = slot.due.astimezone(self.zone)
        day = local.date()
        target = self.target(day)
        if target is None:
            return []
        is_certain = slot.is_certain and self.calendar.is_certain(max(day, target))
        if target == day:
            return [slot if is_certain == slot.is_certain else msgspec.structs.replace(slot, is_certain=is_certain)]
        due = instant_of(datetime.combine(target, local.time()), self.zone)
        moved_from = slot.moved_from or day
        return [msgspec.structs.replace(slot, due=due, moved_from=moved_from, is_certain=is_certain)]

    def earliest_from(self, slot: Slot) -> datetime:
        """An instant before which neither this slot nor a later one can go."""
        if self.policy != "before":
            return slot.due
        # A clock put back at midnight can show the day before once more.
        return self.earliest_on(local_day(slot.due, self.zone) - _ONE_DAY)

    def range_to_ask(self, after: datetime, until: datetime) -> tuple[datetime, datetime]:
        """The range from which slots may come into this one, with a day to spare."""
        if self.policy == "after":
            day = local_day(after, self.zone)
            begin = self.calendar.previous_business_day(day) or day - _REACH
            return min(after, instant_at(begin, 0, self.zone)), until
        if self.policy == "before":
            day = local_day(until, self.zone)
            end = self.calendar.next_business_day(day) or day + _REACH
            return after, max(until, instant_at(end + _ONE_DAY, 0, self.zone))
        return after, until

    def may_reach(self, after: datetime, until: datetime) -> bool:
        """Whether any business day lies in the range, so that anything can be due in it."""
        first, last = local_day(after, self.zone) - _ONE_DAY, local_day(until, self.zone)
        days = (first + timedelta(days=distance) for distance in range((last - first).days + 1))
        return any(self.calendar.is_business_day(day) for day in days)

    def _target(self, day: date) -> date | None:
        if self.calendar.is_business_day(day):
            return day
        if self.policy == "before":
            return self.calendar.previous_business_day(day)
        return self.calendar.next_business_day(day) if self.policy == "after" else None

    def _earliest_on(self, day: date) -> datetime:
        return instant_at(self.target(day) or day - _REACH, 0, self.zone).astimezone(UTC)
