"""Dates and times as people say them: 「5月1日(金) 09:00」 or "Fri 1 May, 09:00"."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from .spoken import language

_WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_in_words(day: date, *, with_year: bool = False) -> str:
    """「2026年5月1日(金)」 or "Fri 1 May 2026"."""
    weekday = _WEEKDAYS[language()][day.weekday()]
    if language() == "ja":
        return f"{f'{day.year}年' if with_year else ''}{day.month}月{day.day}日({weekday})"
    return f"{weekday} {day.day} {_MONTHS[day.month - 1]}{f' {day.year}' if with_year else ''}"


def short_day(day: date) -> str:
    """「5/3」 or "3 May"."""
    return f"{day.month}/{day.day}" if language() == "ja" else f"{day.day} {_MONTHS[day.month - 1]}"


def month_in_words(year: int, month: int) -> str:
    """「2026年5月」 or "May 2026"."""
    return f"{year}年{month}月" if language() == "ja" else f"{_MONTHS[month - 1]} {year}"


def instant_in_words(instant: datetime, zone: ZoneInfo, *, with_year: bool = False) -> str:
    """The day and the time by the clock in ``zone``, with seconds only where there are some."""
    local = instant.astimezone(zone)
    time = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    gap = " " if language() == "ja" else ", "
    return f"{day_in_words(local.date(), with_year=with_year)}{gap}{time}"


def weekday_names() -> list[tuple[int, str]]:
    """The days of the week in the order of a wall calendar: from Sunday in Japanese, from Monday in English."""
    order = [6, 0, 1, 2, 3, 4, 5] if language() == "ja" else list(range(7))
    return [(weekday, _WEEKDAYS[language()][weekday]) for weekday in order]
