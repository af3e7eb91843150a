"""A schedule in words, as an operator would say it."""

from datetime import datetime, timedelta

import msgspec
from cronsim import CronSim

from ..english_ordinal import ordinal
from .cron import Cron, five_fields
from .interval import Interval
from .on_calendar import OnCalendar

# No more times than this are listed where they can be told as an interval.
FEW_TIMES = 3
# What would list more than this is told as the expression instead.
MANY_TIMES = 12
MANY_DAYS = 5

_SINGULAR = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_UNITS = (
    (timedelta(days=1), "日", "day"),
    (timedelta(hours=1), "時間", "hour"),
    (timedelta(minutes=1), "分", "minute"),
    (timedelta(seconds=1), "秒", "second"),
    (timedelta(microseconds=1), "マイクロ秒", "microsecond"),
)
_WEEKDAYS_JA = "日月火水木金土"
_WEEKDAYS_EN = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS_EN = (
    *("", "January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_LAST_DAY = CronSim.LAST
# From here on there are months too short to have the day.
_FIRST_DAY_SOME_MONTHS_LACK = 29


class _Said(msgspec.Struct, frozen=True):
    ja: str
    en: str


def in_words(schedule: Interval | Cron | OnCalendar, language: str) -> str:
    """「平日（月〜金）07:30」 or "weekdays (Mon–Fri) at 07:30": Japanese where ``language`` begins with "ja", else
    English.

    Cron expressions out of the ordinary, and OnCalendar expressions, are given as they are written. The time zone is
    not told, unless an OnCalendar expression carries its own.
    """
    is_ja = language.startswith("ja")
    match schedule:
        case Interval(every=every):
            said = [_interval(every)]
        case Cron(lines=lines):
            said = [_cron(line) for line in lines]
        case OnCalendar(expressions=expressions):
            said = [_Said(f"OnCalendar: {expression}", f"OnCalendar: {expression}") for expression in expressions]
    distinct = dict.fromkeys(each.ja if is_ja else each.en for each in said)
    return ("／" if is_ja else "; ").join(distinct)


def _interval(every: timedelta) -> _Said:
    counts = []
    rest = every
    for unit, ja, en in _UNITS:
        count, rest = divmod(rest, unit)
        if count:
            counts.append((f"{count} {ja}", f"{count} {en}" if count == 1 else f"{count} {en}s"))
    en = " ".join(en for _, en in counts)
    return _Said(
        " ".join(ja for ja, _ in counts) + "ごと", f"every {en.removeprefix('1 ') if every in _SINGULAR else en}"
    )


def _cron(line: str) -> _Said:
    fields = CronSim(five_fields(line), datetime(2020, 1, 1))
    day, time = _day(fields), _time(fields)
    if day is None or time is None:
        return _Said(f"cron: {line}", f"cron: {line}")
    if not _is_daily(fields):
        gap = "" if day.ja.endswith("）") else " "
        en = f"{day.en} {time.en}" if time.en.startswith("at ") else f"{time.en}, {day.en}"
        return _Said(f"{day.ja}{gap}{time.ja}", en)
    if time.en.startswith("at "):
        return _Said(f"毎日 {time.ja}", f"every day {time.en}")
    return time


def _is_daily(fields: CronSim) -> bool:
    has_all_days, has_all_weekdays = fields.days == set(range(1, 32)), _weekdays(fields) == list(range(7))
    is_on_all = has_all_days and has_all_weekdays if fields.day_and else has_all_days or has_all_weekdays
    return is_on_all and len(fields.months) == 12


def _weekdays(fields: CronSim) -> list[int] | None:
    """From 0, Sunday, to 6; None where only some weeks' are meant."""
    numbers = {weekday % 7 for weekday in fields.weekdays if isinstance(weekday, int)}
    return sorted(numbers) if all(isinstance(weekday, int) for weekday in fields.weekdays) else None


def _day(fields: CronSim) -> _Said | None:
    """The days, where they go by the week or by the month, and not by both."""
    if _is_daily(fields):
        return _Said("毎日", "every day")
    weekdays = _weekdays(fields)
    if weekdays is None:
        return None
    if fields.days == set(range(1, 32)) and fields.day_and and len(fields.months) == 12:
        return _days_of_the_week(weekdays)
    if weekdays == list(range(7)) and fields.day_and:
        return _days_of_the_month(sorted(fields.days), sorted(fields.months))
    return None


def _days_of_the_week(weekdays: list[int]) -> _Said:
    if weekdays == [1, 2, 3, 4, 5]:
        return _Said("平日（月〜金）", "weekdays (Mon–Fri)")
    from_monday = sorted(weekdays, key=lambda weekday: (weekday - 1) % 7)
    ja = "・".join(f"{_WEEKDAYS_JA[weekday]}曜" for weekday in from_monday)
    return _Said(f"毎週{ja}", f"every {_and([_WEEKDAYS_EN[weekday] for weekday in from_monday])}")


def _days_of_the_month(days: list[int], months: list[int]) -> _Said | None:
    is_monthly = len(months) == 12
    if len(days) > MANY_DAYS or (len(months) > MANY_DAYS and not is_monthly) or days[0] < _LAST_DAY:
        return None
    days = sorted(days, key=lambda day: (day == _LAST_DAY, day))
    days_ja = "・".join("末日" if day == _LAST_DAY else f"{day} 日" for day in days)
    days_en = _and(["last day" if day == _LAST_DAY else ordinal(day) for day in days])
    months_en = "every month" if is_monthly else _and([_MONTHS_EN[month] for month in months])
    is_short = is_monthly and max(days) >= _FIRST_DAY_SOME_MONTHS_LACK
    short_ja, short_en = ("（ない月は飛ばす）", " (skipped where there is none)") if is_short else ("", "")
    named_ja = "・".join(f"{month} 月" for month in months) + ("の" if len(months) > 1 else "")
    months_ja = "毎月" if is_monthly else f"毎年 {named_ja}"
    gap = "" if days_ja.startswith("末日") else " "
    return _Said(f"{months_ja}{gap}{days_ja}{short_ja}", f"on the {days_en} of {months_en}{short_en}")


def _time(fields: CronSim) -> _Said | None:
    minutes, hours = sorted(fields.minutes), sorted(fields.hours)
    step = 60 // len(minutes)
    is_steady = len(minutes) > 1 and minutes == list(range(0, 60, step))
    if len(hours) == 24:
        if is_steady:
            return _interval(timedelta(minutes=step))
        if len(minutes) > MANY_TIMES:
            return None
        return _Said(
            "毎時 " + "、".join(f"{minute} 分" for minute in minutes),
            "every hour at " + ", ".join(f":{minute:02}" for minute in minutes),
        )
    times = [f"{hour:02}:{minute:02}" for hour in hours for minute in minutes]
    if len(times) > FEW_TIMES:
        is_unbroken = hours == list(range(hours[0], hours[-1] + 1))
        if is_unbroken and (is_steady or len(minutes) == 1):
            interval = _interval(timedelta(minutes=step))
            return _Said(f"{times[0]}〜{times[-1]} に {interval.ja}", f"{interval.en} from {times[0]} to {times[-1]}")
        every = 24 // len(hours)
        if len(minutes) == 1 and hours[0] < every and hours == list(range(hours[0], 24, every)):
            interval = _interval(timedelta(hours=every))
            return _Said(f"{interval.ja}（{times[0]} から）", f"{interval.en} from {times[0]}")
    return _Said("、".join(times), f"at {', '.join(times)}") if len(times) <= MANY_TIMES else None


def _and(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
