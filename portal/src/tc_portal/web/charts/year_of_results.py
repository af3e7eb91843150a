"""結果カレンダー: a year of a job's days, week by week, each in the colour of the worst that its runs came to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.jobs.run_history import MANY_A_DAY, RunDay, RunDays, midnight
from tc_portal.web.job_settings.dates import day_in_words, weekday_names
from tc_portal.web.job_settings.spoken import language
from tc_portal.web.keyset import LARGEST_ID, place_named

from .drawing import across, drawing, element, linked, title
from .run_words import runs_in_words

WEEKS = 53
TOP, PITCH, CELL = 18, 16, 13
HEIGHT = TOP + 7 * PITCH
# The names of the days of the week take as much as this many weeks.
_NAMES = 1.6
_COLUMN = 1 / (WEEKS + _NAMES)


@dataclass(frozen=True)
class YearDay:
    """A day with something to say of it. ``off`` is why it is off, be it a mere weekly day off;
    ``is_holiday`` where it is off for another reason than that."""

    told: RunDay
    words: str
    off: str
    is_holiday: bool
    href: str
    runs: str


@dataclass(frozen=True)
class YearOfResults:
    """``days`` are those with runs, misses or a holiday, newest first; ``missed_since`` is "" where misses are counted throughout."""

    svg: SafeString
    days: Sequence[YearDay]
    with_errors: int
    with_misses: int
    with_runs: int
    missed_since: str


def first_day_shown(today: date) -> date:
    """The first day of the week that lies ``WEEKS`` weeks back, this one among them."""
    order = [weekday for weekday, _name in weekday_names()]
    return today - timedelta(days=order.index(today.weekday()) + 7 * (WEEKS - 1))


def year_of_results(days: RunDays, calendar: Calendar, zone: ZoneInfo) -> YearOfResults:
    """The chart of days that begin with ``first_day_shown``, on the clock in ``zone``."""
    shown = [_day(each, calendar, zone) for each in days.days]
    names = (_("Failed"), _("Missed or overdue"))
    cells = [_cell(number, each, names) for number, each in enumerate(shown)]
    parts = [*_weekdays(), *_months(days.days), *cells]
    told = [each for each in shown if each.told.state or each.is_holiday]
    return YearOfResults(
        drawing(HEIGHT, parts, "chart heat"),
        told[::-1],
        with_errors=sum(each.errors > 0 for each in days.days),
        with_misses=sum(each.missed > 0 for each in days.days),
        with_runs=sum(each.runs > 0 for each in days.days),
        missed_since=day_in_words(days.missed_since, with_year=True) if days.missed_since else "",
    )


def _day(told: RunDay, calendar: Calendar, zone: ZoneInfo) -> YearDay:
    off = calendar.day_off_name(told.day, language()) or ""
    runs = _("%(n)s or more") % {"n": MANY_A_DAY} if told.is_many else str(told.runs)
    is_holiday = bool(off) and told.day.weekday() not in calendar.weekly_days_off
    return YearDay(told, day_in_words(told.day, with_year=True), off, is_holiday, _address(told, zone), runs)


def _address(told: RunDay, zone: ZoneInfo) -> str:
    """Where the table of runs goes on from the end of that day."""
    if not told.runs:
        return ""
    end = midnight(told.day + timedelta(days=1), zone) - datetime.resolution
    return f"?{urlencode({'before': place_named(end, LARGEST_ID)})}#runs"


def _cell(number: int, day: YearDay, names: Sequence[str]) -> str:
    week, weekday = divmod(number, 7)
    x, y = (week + _NAMES) * _COLUMN, TOP + weekday * PITCH
    class_ = f"cell {day.told.state or 'none'}{' off' if day.off else ''}"
    place = {"x": across(x), "y": y, "width": across(_COLUMN * CELL / PITCH), "height": CELL, "rx": 2}
    drawn = element("rect", title(_told(day, names)), **place, class_=class_)
    if day.is_holiday:
        drawn += element("circle", cx=across(x + _COLUMN * CELL / PITCH / 2), cy=y + CELL / 2, r=2, class_="holiday")
    return linked(day.href, drawn) if day.href else drawn


def _told(day: YearDay, names: Sequence[str]) -> str:
    runs = runs_in_words(day.told.runs, MANY_A_DAY) if day.told.runs else ""
    counts = (day.told.errors, day.told.missed)
    said = [day.words, day.off, runs, *(f"{name} {count}" for name, count in zip(names, counts, strict=True) if count)]
    return " · ".join([each for each in said if each])


def _weekdays() -> Iterator[str]:
    for number, (_weekday, name) in enumerate(weekday_names()):
        if number % 2:
            yield element("text", name, x=0, y=TOP + number * PITCH + CELL - 2, class_="tick")


def _months(days: Sequence[RunDay]) -> Iterator[str]:
    for number, each in enumerate(days):
        # In the week in which the month begins; the first week's would run into the next month's.
        if each.day.day == 1 and number >= 7:
            name = f"{each.day.month}月" if language() == "ja" else f"{each.day:%b}"
            yield element("text", name, x=across((number // 7 + _NAMES) * _COLUMN), y=11, class_="tick")
