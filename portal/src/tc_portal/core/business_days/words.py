"""A rule in words, as an operator would say it."""

from typing import Literal

from ..english_ordinal import ordinal
from .day_choice import BusinessDaysBefore, DayOfMonth, EveryBusinessDay, NthBusinessDay
from .local_time import minutes_of
from .rule import BusinessDayRule

_DAY = 24 * 60
# From here on there are months too short to have the day.
_FIRST_DAY_SOME_MONTHS_LACK = 29
_ON_DAY_OFF_JA = {
    "before": "休日なら前営業日",
    "after": "休日なら翌営業日",
    "skip": "休日なら中止",
    "anyway": "休日でも実行",
}
_ON_DAY_OFF_EN = {
    "before": "if that is a day off, the business day before",
    "after": "if that is a day off, the business day after",
    "skip": "not if that is a day off",
    "anyway": "even if that is a day off",
}


def rule_in_words(rule: BusinessDayRule, calendar_name: str, language: str) -> str:
    """「25 日（休日なら前営業日）10:00」 or "On the 25th (…) at 10:00", with the calendar's name behind it unless that is
    empty. The time zone is not told."""
    if language.startswith("ja"):
        times = "、".join(_time_ja(time) for time in _sorted(rule.at))
        day = _day_ja(rule)
        said = day + times if day.endswith("）") else f"{day} {times}"
        return said + (f"（カレンダー: {calendar_name}）" if calendar_name else "")
    times = ", ".join(_time_en(time) for time in _sorted(rule.at))
    return f"{_day_en(rule)} at {times}" + (f" (calendar: {calendar_name})" if calendar_name else "")


def _sorted(at: tuple[str, ...]) -> list[str]:
    return sorted({f"{minutes // 60:02}:{minutes % 60:02}" for minutes in map(minutes_of, at)})


def _day_ja(rule: BusinessDayRule) -> str:
    match rule.day:
        case EveryBusinessDay():
            return "毎営業日"
        case NthBusinessDay(n=n):
            month = "" if rule.closing_day is None else f"{rule.closing_day} 日締めの月の"
            if n > 0:
                return f"{month}第 {n} 営業日"
            return f"{month}最終営業日" if n == -1 else f"{month or '月の'}最後から {-n} 番目の営業日"
        case DayOfMonth(day=day, on_day_off=on_day_off):
            return f"{_date_ja(day, rule.closing_day)}（{_short_month_ja(day)}{_ON_DAY_OFF_JA[on_day_off]}）"
        case BusinessDaysBefore(n=n, day=day):
            return f"{_date_ja(day, rule.closing_day)}の {n} 営業日前"


def _day_en(rule: BusinessDayRule) -> str:
    match rule.day:
        case EveryBusinessDay():
            return "Every business day"
        case NthBusinessDay(n=n):
            month = "the month" if rule.closing_day is None else f"the month that closes on {_the(rule.closing_day)}"
            return f"On the {_counted(n)} business day of {month}"
        case DayOfMonth(day=day, on_day_off=on_day_off):
            return f"On {_date_en(day, rule.closing_day)} ({_short_month_en(day)}{_ON_DAY_OFF_EN[on_day_off]})"
        case BusinessDaysBefore(n=n, day=day):
            days = "business day" if n == 1 else "business days"
            return f"{n} {days} before {_date_en(day, rule.closing_day)}"


def _date_ja(day: int | Literal["last"], closing_day: int | None) -> str:
    if day != "last":
        return f"{day} 日"
    return "月末" if closing_day is None else f"締め日 {closing_day} 日"


def _date_en(day: int | Literal["last"], closing_day: int | None) -> str:
    if day != "last":
        return f"{_the(day)} of the month"
    return "the last day of the month" if closing_day is None else f"the closing day, {_the(closing_day)}"


def _short_month_ja(day: int | Literal["last"]) -> str:
    return "" if day == "last" or day < _FIRST_DAY_SOME_MONTHS_LACK else "ない月は末日、"


def _short_month_en(day: int | Literal["last"]) -> str:
    return "" if day == "last" or day < _FIRST_DAY_SOME_MONTHS_LACK else "or the last of a shorter month; "


def _counted(n: int) -> str:
    if n == -1:
        return "last"
    return ordinal(n) if n > 0 else f"{ordinal(-n)} to last"


def _the(number: int) -> str:
    return f"the {ordinal(number)}"


def _time_ja(time: str) -> str:
    return f"{time}（翌日 {_on_the_clock(time)}）" if _is_late(time) else time


def _time_en(time: str) -> str:
    return f"{time} ({_on_the_clock(time)} the day after)" if _is_late(time) else time


def _is_late(time: str) -> bool:
    return minutes_of(time) >= _DAY


def _on_the_clock(time: str) -> str:
    minutes = minutes_of(time) - _DAY
    return f"{minutes // 60:02}:{minutes % 60:02}"
