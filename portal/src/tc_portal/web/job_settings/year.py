"""A year's calendar, as a page draws it: twelve months with the days off and, for a schedule, the days on which it is due."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.schedule.due_days import DueDay

from .dates import month_in_words, short_day, weekday_names
from .spoken import language

MONTHS = 12


@dataclass
class Day:
    day: date
    off: str = ""
    is_weekly_off: bool = False
    is_due: bool = False
    is_moved_here: bool = False
    is_moved_away: bool = False
    is_uncertain: bool = False
    is_today: bool = False

    @property
    def classes(self) -> str:
        marks = {
            "off": bool(self.off),
            "due": self.is_due,
            "moved-here": self.is_moved_here,
            "moved-away": self.is_moved_away and not self.is_due,
            "uncertain": self.is_uncertain,
            "today": self.is_today,
        }
        return " ".join(name for name, is_so in marks.items() if is_so)


@dataclass
class Month:
    title: str
    weeks: list[list[Day | None]]
    moves: list[str] = field(default_factory=list)

    @property
    def days(self) -> list[Day]:
        return [day for week in self.weeks for day in week if day is not None]

    @property
    def named_days_off(self) -> list[tuple[int, str]]:
        """Holidays and the company's own days off by name."""
        return [(day.day.day, day.off) for day in self.days if day.off and not day.is_weekly_off]

    @property
    def due_in_words(self) -> str:
        return _ranges([day.day.day for day in self.days if day.is_due]) or "–"

    @property
    def due_count(self) -> int:
        return sum(day.is_due for day in self.days)

    @property
    def is_uncertain(self) -> bool:
        return any(day.is_uncertain for day in self.days)


def year_of(
    first: date, today: date, calendar: Calendar | None, due: Iterable[DueDay] = (), zone: ZoneInfo | None = None
) -> list[Month]:
    """The twelve months from that of ``first``."""
    by_day = {each.day: each for each in due}
    moved = _moves(by_day.values(), zone)
    months = []
    year, month = first.year, first.month
    for _number in range(MONTHS):
        days = [date(year, month, number) for number in range(1, monthrange(year, month)[1] + 1)]
        shown = [_day(day, today, calendar, by_day, moved) for day in days]
        month_moves = [
            _move_in_words(calendar, away, here) for away, here in sorted(moved.items()) if _is_in(here, year, month)
        ]
        months.append(Month(month_in_words(year, month), _weeks(shown), month_moves))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months


def last_day_of(first: date) -> date:
    """The last of the twelve months' days."""
    year, month = first.year + (first.month + MONTHS - 2) // 12, (first.month + MONTHS - 2) % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def move_in_words(name: str, away: date, here: date) -> str:
    """「憲法記念日のため前倒し: 5/3 → 5/2」."""
    days = {"name": name or _("Day off"), "from": short_day(away), "to": short_day(here)}
    if here < away:
        return _("%(name)s, so earlier: %(from)s → %(to)s") % days
    return _("%(name)s, so later: %(from)s → %(to)s") % days


def day_off_name(calendars: Iterable[Calendar], day: date) -> str:
    """Why the day is off, by the first calendar that says so; a mere weekday is called a day off."""
    for calendar in calendars:
        name = calendar.day_off_name(day, language())
        if name is not None:
            return _("Day off") if _is_weekly(calendar, day) else name
    return ""


def landing_day(calendars: Iterable[Calendar], here: date) -> date:
    """The business day that a slot due ``here`` was moved to: the day before, where 25:30 of it is due on a day off."""
    eve = here - timedelta(days=1)
    is_past_midnight = any(not each.is_business_day(here) and each.is_business_day(eve) for each in calendars)
    return eve if is_past_midnight else here


def _move_in_words(calendar: Calendar | None, away: date, here: date) -> str:
    calendars = [calendar] if calendar else []
    return move_in_words(day_off_name(calendars, away), away, landing_day(calendars, here))


def _moves(due: Iterable[DueDay], zone: ZoneInfo | None) -> Mapping[date, date]:
    if zone is None:
        return {}
    return {
        slot.moved_from: slot.due.astimezone(zone).date()
        for each in due
        for slot in each.slots
        if slot.moved_from is not None
    }


def _day(
    day: date, today: date, calendar: Calendar | None, due: Mapping[date, DueDay], moved: Mapping[date, date]
) -> Day:
    name = calendar.day_off_name(day, language()) if calendar else None
    here = due.get(day)
    return Day(
        day,
        name or "",
        is_weekly_off=bool(calendar and name and _is_weekly(calendar, day)),
        is_due=here is not None,
        is_moved_here=here is not None and any(slot.moved_from for slot in here.slots),
        is_moved_away=day in moved,
        is_uncertain=here is not None and not all(slot.is_certain for slot in here.slots),
        is_today=day == today,
    )


def _is_weekly(calendar: Calendar, day: date) -> bool:
    """Whether the day is off for being that day of the week, and for nothing else."""
    weekday = calendar.day_off_name(day, "en")
    return weekday in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _weeks(days: Sequence[Day]) -> list[list[Day | None]]:
    order = [weekday for weekday, _name in weekday_names()]
    lead = order.index(days[0].day.weekday())
    cells: list[Day | None] = [None] * lead + list(days)
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _is_in(day: date, year: int, month: int) -> bool:
    return (day.year, day.month) == (year, month)


def _ranges(numbers: Sequence[int]) -> str:
    """1–5, 8, 10–12."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts)
