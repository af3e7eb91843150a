"""What settings mean: in words, the next due times, a year's calendar, and what they would have raised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.job_settings import JobSettings, calendars_of
from tc_portal.core.schedule.due_days import due_days, next_slots
from tc_portal.core.schedule.job_schedule import JobSchedule, slots_of
from tc_portal.core.schedule.schedule_words import schedule_in_words
from tc_portal.core.schedule.slot import Slot
from tc_portal.core.task_scheduler.task import Unpredictable
from tc_portal.core.task_scheduler.windows_schedule import WindowsSchedule, unpredictable
from tc_portal.core.task_scheduler.words import trigger_in_words

from .dates import day_in_words, instant_in_words
from .spoken import language
from .year import Month, day_off_name, landing_day, last_day_of, move_in_words, year_of

NEXT = 10
FARTHEST = timedelta(days=800)


@dataclass
class Due:
    """One of the next due times, as it is said."""

    instant: datetime
    words: str
    moved: str
    is_certain: bool


@dataclass
class SaidSchedule:
    words: str
    time_zone: str
    path: str
    unpredictable: list[str]


@dataclass
class Preview:
    said: list[SaidSchedule]
    coming: list[Due]
    months: list[Month]
    calendar_name: str
    certain_until: str
    has_schedules: bool


def preview_of(settings: JobSettings, calendars: Mapping[str, Calendar], now: datetime, portal_zone: str) -> Preview:
    """What the settings mean from ``now`` on. ``calendars`` hold those that the settings name."""
    zone = ZoneInfo(portal_zone)
    named = [calendars[name] for name in sorted(calendars_of(settings)) if name in calendars]
    said = [said_schedule(one, calendars, portal_zone) for one in settings.schedules]
    if not settings.schedules:
        return Preview(said, [], [], "", "", has_schedules=False)
    slots = slots_of(settings.schedules, calendars)
    today = now.astimezone(zone).date()
    first = today.replace(day=1)
    coming = coming_of(settings, calendars, now, portal_zone, NEXT)
    due = due_days(slots, zone, first, last_day_of(first))
    calendar = named[0] if named else None
    return Preview(
        said,
        coming,
        year_of(first, today, calendar, due, zone),
        calendar.name if calendar else "",
        _certain_until(named, last_day_of(first)),
        has_schedules=True,
    )


def coming_of(
    settings: JobSettings, calendars: Mapping[str, Calendar], now: datetime, portal_zone: str, many: int
) -> list[Due]:
    """The next due times, by the portal's clock."""
    zone = ZoneInfo(portal_zone)
    named = [calendars[name] for name in sorted(calendars_of(settings)) if name in calendars]
    slots = slots_of(settings.schedules, calendars)
    today = now.astimezone(zone).date()
    return [_due(slot, named, zone, today) for slot in next_slots(slots, now, now + FARTHEST, many)]


def said_schedule(one: JobSchedule, calendars: Mapping[str, Calendar], portal_zone: str) -> SaidSchedule:
    """The schedule in words, with its time zone where that is not the portal's."""
    zone = getattr(one.schedule, "time_zone", portal_zone)
    is_windows = isinstance(one.schedule, WindowsSchedule)
    untold: tuple[Unpredictable, ...] = (
        unpredictable(one.schedule) if isinstance(one.schedule, WindowsSchedule) else ()
    )
    return SaidSchedule(
        schedule_in_words(one, calendars, language()),
        "" if zone == portal_zone else zone,
        one.schedule.path if is_windows and isinstance(one.schedule, WindowsSchedule) else "",
        [trigger_in_words(trigger, language()) for trigger in untold],
    )


def _due(slot: Slot, named: list[Calendar], zone: ZoneInfo, today: date) -> Due:
    here = slot.due.astimezone(zone).date()
    moved = ""
    if slot.moved_from is not None:
        moved = move_in_words(day_off_name(named, slot.moved_from), slot.moved_from, landing_day(named, here))
    words = instant_in_words(slot.due, zone, with_year=here.year != today.year)
    return Due(slot.due, words, moved, slot.is_certain)


def _certain_until(named: list[Calendar], last: date) -> str:
    """Until when all holidays are announced, where that is within what is shown."""
    until = min((each.certain_until for each in named if each.certain_until is not None), default=None)
    return "" if until is None or until >= last else day_in_words(until, with_year=True)
