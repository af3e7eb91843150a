"""The forms that most people need, 毎日・毎週・毎月: made into cron lines, and found again in them."""

import re
from typing import NamedTuple

from django.utils.translation import gettext as _

from tc_portal.core.business_days.local_time import minutes_of
from tc_portal.core.schedule.cron import Cron, five_fields

from .durations import plain

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
LAST_DAY_WORDS = {"l", "last", "末日", "月末", "末"}
MIDNIGHT = 24 * 60

_LIST = re.compile(r"[,、，;\s]+")
_DAY = re.compile(r"([0-9]{1,2})日?")


class WrittenWrong(Exception):
    """What was written in ``field`` makes no sense; the text says what to write."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field
        self.text = text


class SimpleForm(NamedTuple):
    """``kind`` is "daily", "weekly" or "monthly"; the others are as people write them."""

    kind: str
    times: str
    weekdays: list[str]
    days: str


def read_times(text: str, *, past_midnight: bool) -> tuple[str, ...]:
    """The times of the day in a list such as 「07:30, 12:00」. Raises ``WrittenWrong``, and ``Unschedulable``."""
    times = tuple(filter(None, _LIST.split(plain(text))))
    if not times:
        raise WrittenWrong("times", _("Write a time, such as 07:30."))
    for time in times:
        if minutes_of(time) >= MIDNIGHT and not past_midnight:
            raise WrittenWrong("times", _("Only business days have times past midnight, such as 25:30. Write 01:30."))
    return times


def cron_of(form: SimpleForm, time_zone: str) -> Cron:
    """The cron lines of the form, one a time. Raises ``WrittenWrong``, and ``Unschedulable``."""
    days, weekdays = "*", "*"
    if form.kind == "weekly":
        chosen = [name for name in WEEKDAYS if name in form.weekdays]
        if not chosen:
            raise WrittenWrong("weekdays", _("Choose at least one day of the week."))
        weekdays = ",".join(chosen)
    if form.kind == "monthly":
        days = ",".join(_read_days(form.days))
    times = [divmod(minutes_of(time), 60) for time in read_times(form.times, past_midnight=False)]
    return Cron(tuple(f"{minute} {hour} {days} * {weekdays}" for hour, minute in times), time_zone)


def _read_days(text: str) -> list[str]:
    days = []
    for word in filter(None, _LIST.split(plain(text))):
        number = _DAY.fullmatch(word)
        if word.lower() in LAST_DAY_WORDS:
            days.append("L")
        elif number is not None and 1 <= int(number[1]) <= 31:
            days.append(str(int(number[1])))
        else:
            raise WrittenWrong(
                "days", _("“%(text)s” is not a day of the month. Write 1 to 31, or last.") % {"text": word[:20]}
            )
    if not days:
        raise WrittenWrong("days", _("Write a day of the month, such as 25, or last."))
    return list(dict.fromkeys(days))


def simple_form_of(schedule: Cron) -> SimpleForm | None:
    """The simple form that makes the same cron lines, to the letter; None where none does."""
    form = _simple_form_of(schedule)
    return form if form is not None and cron_of(form, schedule.time_zone) == schedule else None


def _simple_form_of(schedule: Cron) -> SimpleForm | None:
    lines = [five_fields(line).upper().split() for line in schedule.lines]
    (days, months, weekdays) = lines[0][2:]
    if any(line[2:] != [days, months, weekdays] for line in lines) or months != "*":
        return None
    if not all(minute.isdecimal() and hour.isdecimal() for minute, hour, *_ in lines):
        return None
    times = ", ".join(f"{int(hour):02}:{int(minute):02}" for minute, hour, *_ in lines)
    if (days, weekdays) == ("*", "*"):
        return SimpleForm("daily", times, [], "")
    named = _weekdays_of(weekdays)
    if days == "*" and named:
        return SimpleForm("weekly", times, named, "")
    numbers = days.split(",")
    if weekdays == "*" and all(number == "L" or number.isdecimal() for number in numbers):
        written = ", ".join(_("last") if number == "L" else str(int(number)) for number in numbers)
        return SimpleForm("monthly", times, [], written)
    return None


def _weekdays_of(field: str) -> list[str]:
    """The days of the week that a cron field lists by name; none where it is otherwise."""
    names = field.split(",")
    return names if all(name in WEEKDAYS for name in names) else []
