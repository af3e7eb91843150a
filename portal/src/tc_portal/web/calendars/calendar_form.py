"""A calendar as a form: nothing that was written is lost, and each error is at its field."""

import csv
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.company_days import CompanyDays, UnreadLine, read_company_days, read_csv
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.web.job_settings.dates import day_in_words
from tc_portal.web.job_settings.spoken import spoken

LONGEST_NAME = 100
LONGEST_TEXT = 1_000_000


@dataclass
class CalendarForm:
    """``based_on`` is the id of the revision that the form was filled from. ``own_days`` is one day a line, as in a CSV
    file."""

    name: str = ""
    country: str = "JP"
    weekdays: list[str] = field(default_factory=lambda: ["5", "6"])
    own_days: str = ""
    based_on: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


class DayChange(NamedTuple):
    """What becomes of a day; ``kind`` is "added", "removed" or "changed"."""

    kind: str
    day: str
    what: str


def written_form(calendar: Calendar, based_on: str) -> CalendarForm:
    """The form that shows the calendar."""
    return CalendarForm(
        calendar.name,
        calendar.country or "",
        [str(weekday) for weekday in calendar.weekly_days_off],
        days_as_lines(CompanyDays(calendar.days_off, calendar.days_on)),
        based_on,
    )


def sent_form(sent: QueryDict) -> CalendarForm:
    """The form as it was sent."""
    return CalendarForm(
        sent.get("name", "").strip()[: LONGEST_NAME + 1],
        sent.get("country", "")[:2],
        sent.getlist("weekdays")[:7],
        sent.get("own_days", "")[: LONGEST_TEXT + 1],
        sent.get("based_on", "")[:20],
    )


def read_form(form: CalendarForm) -> Calendar | None:
    """The calendar; None where something makes no sense, which the form says then."""
    if not form.name:
        form.errors["name"] = _("Give the calendar a name.")
    elif len(form.name) > LONGEST_NAME or "\0" in form.name:
        form.errors["name"] = _("The name is too long; %(n)s characters at most.") % {"n": LONGEST_NAME}
    own = read_csv(form.own_days)
    if own.unread:
        form.errors["own_days"] = _("Some lines could not be read.")
        form.unread = [_line(each) for each in own.unread]
    if form.errors:
        return None
    weekly = tuple(sorted({int(weekday) for weekday in form.weekdays if weekday in tuple("0123456")}))
    try:
        return Calendar(form.name, form.country or None, weekly, own.days_off, own.days_on)
    except Unschedulable as reason:
        form.errors["country" if form.country else "own_days"] = spoken(reason)
        return None


def take_file(form: CalendarForm, content: bytes, *, replaces: bool) -> None:
    """Put a file's days into the form, beside those that are there or in their place. What cannot be read is said, and then
    nothing is taken."""
    said = read_company_days(content)
    if said.unread:
        form.errors["file"] = _("Some lines of the file could not be read. Nothing was taken from it.")
        form.unread = [_line(each) for each in said.unread]
        return
    if not said.days_off and not said.days_on:
        form.errors["file"] = _("There are no days in the file.")
        return
    there = CompanyDays() if replaces else read_csv(form.own_days)
    if there.unread:
        form.errors["own_days"] = _("Some lines could not be read.")
        form.unread = [_line(each) for each in there.unread]
        return
    new = {day for day, _name in said.days_off} | set(said.days_on)
    off = [(day, name) for day, name in there.days_off if day not in new] + list(said.days_off)
    on = [day for day in there.days_on if day not in new] + list(said.days_on)
    form.own_days = days_as_lines(CompanyDays(tuple(sorted(off)), tuple(sorted(on))))


def days_as_lines(days: CompanyDays) -> str:
    """One day a line, ascending: the date, its name, and 出勤 or "on" for a day on."""
    written = StringIO()
    rows: list[tuple[date, list[str]]] = [(day, [day.isoformat(), name]) for day, name in days.days_off]
    rows += [(day, [day.isoformat(), "", _("on")]) for day in days.days_on]
    csv.writer(written, lineterminator="\n").writerows(row for _day, row in sorted(rows, key=lambda each: each[0]))
    return written.getvalue()


def changes_between(before: Calendar | None, after: Calendar) -> list[DayChange]:
    """What becomes of the company's own days, ascending."""
    old, new = _own_days(before) if before else {}, _own_days(after)
    changes = []
    for day in sorted(old.keys() | new.keys()):
        if day not in old:
            changes.append(DayChange("added", day_in_words(day, with_year=True), new[day]))
        elif day not in new:
            changes.append(DayChange("removed", day_in_words(day, with_year=True), old[day]))
        elif old[day] != new[day]:
            changes.append(DayChange("changed", day_in_words(day, with_year=True), f"{old[day]} → {new[day]}"))
    return changes


def _own_days(calendar: Calendar) -> dict[date, str]:
    off = {day: name or _("day off") for day, name in calendar.days_off}
    return off | {day: _("day on") for day in calendar.days_on}


def _line(unread: UnreadLine) -> str:
    return _("Line %(n)s: %(text)s") % {"n": unread.line, "text": spoken(unread)}
