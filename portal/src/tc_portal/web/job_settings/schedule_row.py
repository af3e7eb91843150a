"""One schedule as a form has it: texts in, a ``JobSchedule`` or errors at the fields out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from tc_portal.core.business_days.day_choice import (
    BusinessDaysBefore,
    DayChoice,
    DayOfMonth,
    EveryBusinessDay,
    NthBusinessDay,
)
from tc_portal.core.business_days.local_time import time_zone_of
from tc_portal.core.business_days.rule import BusinessDayRule
from tc_portal.core.schedule.cron import Cron, read_cron_lines
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import AnySchedule, JobSchedule, Narrowing
from tc_portal.core.schedule.on_calendar import OnCalendar
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.task_scheduler.windows_schedule import WindowsSchedule

from .calendar_choices import CalendarChoices
from .durations import Unreadable, plain, read_duration, written_duration
from .simple_forms import LAST_DAY_WORDS, SimpleForm, WrittenWrong, cron_of, read_times, simple_form_of
from .spoken import spoken

KINDS = ("daily", "weekly", "monthly", "business", "interval", "cron", "on_calendar")
LONGEST_TEXT = 20_000
_TEXTS = (
    *("kind", "times", "days", "calendar", "choice", "n", "day", "on_day_off", "closing_day"),
    *("every", "unit", "anchor", "lines", "expressions", "time_zone", "narrow_calendar", "narrow_policy", "kept"),
)
_POLICIES = ("before", "after", "skip", "anyway")
# Where an error of core's is shown.
_FIELD_OF_KIND = {
    **{"daily": "times", "weekly": "times", "monthly": "times", "business": "times", "interval": "every"},
    **{"cron": "lines", "on_calendar": "expressions"},
}


@dataclass
class ScheduleRow:
    """The fields are what the form shows. ``kept`` names a schedule that is not edited by hand: an imported Windows task."""

    number: int
    kind: str = "daily"
    times: str = ""
    weekdays: list[str] = field(default_factory=list)
    days: str = ""
    calendar: str = ""
    choice: str = "every"
    n: str = "1"
    day: str = "25"
    on_day_off: str = "before"
    closing_day: str = ""
    every: str = "15"
    unit: str = "minutes"
    anchor: str = ""
    lines: str = ""
    expressions: str = ""
    time_zone: str = ""
    narrow_calendar: str = ""
    narrow_policy: str = "skip"
    kept: str = ""
    words: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        return f"s{self.number}-"


def sent_row(sent: QueryDict, number: int) -> ScheduleRow:
    """The row as it was sent."""
    texts = {name: sent[key][:LONGEST_TEXT] for name in _TEXTS if (key := f"s{number}-{name}") in sent}
    row = ScheduleRow(number, weekdays=sent.getlist(f"s{number}-weekdays")[:7], **texts)
    if row.kind not in (*KINDS, "kept"):
        row.kind = "daily"
    return row


def written_row(number: int, one: JobSchedule, choices: CalendarChoices, time_zone: str, kept: str) -> ScheduleRow:
    """The row that the schedule is edited in. ``kept`` is the name under which it can be sent back as it is."""
    row = ScheduleRow(number, time_zone=time_zone)
    _write_kind(row, one.schedule, choices, time_zone, kept)
    if one.narrowed is not None:
        row.narrow_calendar = choices.value_of(one.narrowed.calendar)
        row.narrow_policy = one.narrowed.on_day_off
    return row


def _write_kind(row: ScheduleRow, schedule: AnySchedule, choices: CalendarChoices, time_zone: str, kept: str) -> None:
    match schedule:
        case Interval(every=every, anchor=anchor):
            row.kind, (row.every, row.unit) = "interval", written_duration(every)
            row.anchor = f"{anchor.astimezone(ZoneInfo(time_zone)):%Y-%m-%dT%H:%M}"
        case Cron(lines=lines):
            row.time_zone = schedule.time_zone
            simple = simple_form_of(schedule)
            if simple is None:
                row.kind, row.lines = "cron", "\n".join(lines)
            else:
                row.kind, row.times, row.weekdays, row.days = simple
        case OnCalendar(expressions=expressions):
            row.kind, row.expressions, row.time_zone = "on_calendar", "\n".join(expressions), schedule.time_zone
        case BusinessDayRule():
            _write_rule(row, schedule, choices)
        case WindowsSchedule():
            row.kind, row.kept, row.time_zone = "kept", kept, schedule.time_zone


def _write_rule(row: ScheduleRow, rule: BusinessDayRule, choices: CalendarChoices) -> None:
    row.kind, row.times, row.time_zone = "business", ", ".join(rule.at), rule.time_zone
    row.calendar = choices.value_of(rule.calendar)
    row.closing_day = "" if rule.closing_day is None else str(rule.closing_day)
    match rule.day:
        case EveryBusinessDay():
            row.choice = "every"
        case NthBusinessDay(n=n):
            row.choice, row.n = ("nth", str(n)) if n > 0 else ("nth_last", str(-n))
        case DayOfMonth(day=day, on_day_off=policy):
            row.choice, row.day, row.on_day_off = "date", _written_day(day), policy
        case BusinessDaysBefore(n=n, day=day):
            row.choice, row.n, row.day = "before", str(n), _written_day(day)


def _written_day(day: int | str) -> str:
    return _("last") if day == "last" else str(day)


def read_row(
    row: ScheduleRow, choices: CalendarChoices, kept: Mapping[str, JobSchedule], portal_zone: str
) -> JobSchedule | None:
    """The schedule; None where something in it makes no sense, which ``row.errors`` says then."""
    time_zone = plain(row.time_zone) or portal_zone
    try:
        time_zone_of(time_zone)
    except Unschedulable as reason:
        row.errors["time_zone"] = spoken(reason)
        return None
    if row.kind == "kept" and row.kept not in kept:
        row.errors["kept"] = _("This schedule is no longer there. Remove it, and import the task again.")
        return None
    try:
        schedule = kept[row.kept].schedule if row.kind == "kept" else _read_kind(row, choices, time_zone)
        return JobSchedule(schedule, _narrowing(row, choices, time_zone))
    except WrittenWrong as wrong:
        row.errors[wrong.field] = wrong.text
    except Unschedulable as reason:
        row.errors[_FIELD_OF_KIND[row.kind]] = spoken(reason)
    return None


def _read_kind(row: ScheduleRow, choices: CalendarChoices, time_zone: str) -> AnySchedule:
    match row.kind:
        case "business":
            return _read_rule(row, choices, time_zone)
        case "interval":
            return _read_interval(row, time_zone)
        case "cron":
            return Cron(read_cron_lines(row.lines), time_zone)
        case "on_calendar":
            return OnCalendar(tuple(filter(None, map(str.strip, row.expressions.splitlines()))), time_zone)
        case _:
            return cron_of(SimpleForm(row.kind, row.times, row.weekdays, row.days), time_zone)


def _read_interval(row: ScheduleRow, time_zone: str) -> Interval:
    try:
        every = read_duration(row.every, row.unit)
    except Unreadable as wrong:
        raise WrittenWrong("every", str(wrong)) from None
    if every is None:
        raise WrittenWrong("every", _("Write a number, such as 15."))
    zone = ZoneInfo(time_zone)
    try:
        anchor = datetime.fromisoformat(plain(row.anchor) or "2020-01-01T00:00").replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrittenWrong("anchor", _("Write a date and time, such as 2026-04-01T09:00.")) from None
    return Interval(every, anchor)


def _read_rule(row: ScheduleRow, choices: CalendarChoices, time_zone: str) -> BusinessDayRule:
    calendar = choices.name_of(row.calendar)
    if calendar is None:
        raise WrittenWrong("calendar", _("Choose a calendar."))
    closing_day = _number("closing_day", row.closing_day) if plain(row.closing_day) else None
    try:
        day = _read_choice(row)
    except Unschedulable as reason:
        raise WrittenWrong("day" if row.choice == "date" else "n", spoken(reason)) from None
    return BusinessDayRule(calendar, time_zone, read_times(row.times, past_midnight=True), day, closing_day)


def _read_choice(row: ScheduleRow) -> DayChoice:
    match row.choice:
        case "nth":
            return NthBusinessDay(_number("n", row.n))
        case "nth_last":
            return NthBusinessDay(-_number("n", row.n))
        case "before":
            return BusinessDaysBefore(_number("n", row.n), _read_day(row.day))
        case "date":
            policy = row.on_day_off if row.on_day_off in _POLICIES else "before"
            return DayOfMonth(_read_day(row.day), policy)  # type: ignore[arg-type]
        case _:
            return EveryBusinessDay()


def _read_day(text: str) -> int | Literal["last"]:
    return "last" if plain(text).lower() in LAST_DAY_WORDS else _number("day", plain(text).removesuffix("日"))


def _number(field_name: str, text: str) -> int:
    written = plain(text)
    if not written.isdecimal() or len(written) > 4:
        raise WrittenWrong(field_name, _("“%(text)s” is not a number. Write one such as 30.") % {"text": text[:20]})
    return int(written)


def _narrowing(row: ScheduleRow, choices: CalendarChoices, time_zone: str) -> Narrowing | None:
    if row.kind == "business" or not row.narrow_calendar:
        return None
    calendar = choices.name_of(row.narrow_calendar)
    if calendar is None:
        raise WrittenWrong("narrow_calendar", _("Choose a calendar."))
    policy = row.narrow_policy if row.narrow_policy in ("skip", "before", "after") else "skip"
    return Narrowing(calendar, policy, time_zone)  # type: ignore[arg-type]
