"""A job's schedules: each of some kind, narrowed by a calendar or not, and the slots of all of them together."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from heapq import merge
from operator import attrgetter

import msgspec

from ..business_days.calendar import Calendar
from ..business_days.in_order import in_order
from ..business_days.narrowed import OnDayOff, on_day_off
from ..business_days.rule import BusinessDayRule
from ..task_scheduler.windows_schedule import WindowsSchedule
from .cron import Cron
from .interval import Interval
from .on_calendar import OnCalendar
from .slot import Slot

AnySchedule = Interval | Cron | OnCalendar | BusinessDayRule | WindowsSchedule
Slots = Callable[[datetime, datetime], Iterable[Slot]]


class Narrowing(msgspec.Struct, frozen=True):
    """What becomes of slots on the days off of the calendar of the name ``calendar``: left out ("skip"), or moved to the
    business day "before" (前倒し) or "after" (後倒し). Days are those on the clock in ``time_zone``."""

    calendar: str
    on_day_off: OnDayOff
    time_zone: str


class JobSchedule(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of a job's schedules. A ``BusinessDayRule`` names its calendar itself, and needs no narrowing."""

    schedule: AnySchedule
    narrowed: Narrowing | None = None


def calendars_named(schedules: Iterable[JobSchedule]) -> frozenset[str]:
    """The names of the calendars that the schedules go by."""
    named = set[str]()
    for each in schedules:
        if each.narrowed is not None:
            named.add(each.narrowed.calendar)
        if isinstance(each.schedule, BusinessDayRule):
            named.add(each.schedule.calendar)
    return frozenset(named)


def slots_of(schedules: Iterable[JobSchedule], calendars: Mapping[str, Calendar]) -> Slots:
    """The slots with after < due <= until of all the schedules, ascending and distinct.

    Raises ``KeyError`` where a calendar that they name is not among ``calendars``.
    """
    each_ones = [_slots(each, calendars) for each in schedules]
    if len(each_ones) == 1:
        return each_ones[0]

    def together(after: datetime, until: datetime) -> Iterator[Slot]:
        return in_order(_merged([iter(slots(after, until)) for slots in each_ones]))

    return together


def _slots(one: JobSchedule, calendars: Mapping[str, Calendar]) -> Slots:
    schedule = one.schedule
    if isinstance(schedule, BusinessDayRule):
        rule, own = schedule, calendars[schedule.calendar]

        def slots(after: datetime, until: datetime) -> Iterable[Slot]:
            return rule.slots(own, after, until)
    else:
        slots = schedule.slots
    if one.narrowed is None:
        return slots
    narrowed, calendar = one.narrowed, calendars[one.narrowed.calendar]
    return lambda after, until: on_day_off(slots, calendar, narrowed.time_zone, narrowed.on_day_off, after, until)


def _merged(sources: list[Iterator[Slot]]) -> Iterator[tuple[datetime, list[Slot]]]:
    for slot in merge(*sources, key=attrgetter("due")):
        yield slot.due, [slot]
