"""Events that repeat in a simple way: each day, week or year, a number of times or until a day."""

from calendar import isleap
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from .unread import Unreadable
from .written_date import LAST_YEAR, read_date

MANY_TIMES = 1_000
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def repeated(start: date, rule: str) -> list[date]:
    """The days on which an event of this RRULE begins.

    Reads ``FREQ`` of DAILY, WEEKLY or YEARLY with ``COUNT`` or ``UNTIL``, with or without ``INTERVAL``, and parts that only say
    again what the first day says. All else is refused: a day off that is not meant is worse than one to be typed in.
    """
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";") if part)
    frequency = parts.pop("FREQ", "")
    interval, times = _number(parts.pop("INTERVAL", "1")), _number(parts.pop("COUNT", "0"))
    last = _last(parts.pop("UNTIL", ""))
    parts.pop("WKST", None)
    if (
        frequency not in ("DAILY", "WEEKLY", "YEARLY")
        or not interval
        or not _says_nothing_new(frequency, parts, start)
    ):
        raise Unreadable(
            ja="この繰り返し（RRULE）は読めません。毎日・毎週・毎年の単純な繰り返しか、日ごとの予定にしてください。",
            en="This RRULE cannot be read. Repeat simply by day, week or year, or export an event for each day.",
        )
    if bool(times) == (last is not None):
        raise Unreadable(
            ja="終わりのない繰り返しは読めません。RRULE に COUNT か UNTIL のどちらかを付けてください。",
            en="A repetition without an end cannot be read. Give its RRULE a COUNT or an UNTIL, not both.",
        )
    return _taken(_starts(start, frequency, interval), times, last or date.max)


def _taken(starts: Iterator[date], times: int, last: date) -> list[date]:
    found: list[date] = []
    for day in starts:
        if day > last or (times and len(found) == times):
            break
        if len(found) == MANY_TIMES:
            raise Unreadable(
                ja=f"繰り返しが多すぎます。{MANY_TIMES} 回までにしてください。",
                en=f"The event repeats too often; {MANY_TIMES} times at most.",
            )
        found.append(day)
    return found


def _starts(start: date, frequency: str, interval: int) -> Iterator[date]:
    if frequency == "YEARLY":
        for year in range(start.year, LAST_YEAR + 1, interval):
            # 29 February comes in leap years only.
            if (start.month, start.day) != (2, 29) or isleap(year):
                yield start.replace(year=year)
        return
    step = interval * (7 if frequency == "WEEKLY" else 1)
    for turn in count():
        if step * turn > (date(LAST_YEAR, 12, 31) - start).days:
            return
        yield start + timedelta(days=step * turn)


def _says_nothing_new(frequency: str, parts: dict[str, str], start: date) -> bool:
    said = {
        "DAILY": {},
        "WEEKLY": {"BYDAY": _WEEKDAYS[start.weekday()]},
        "YEARLY": {"BYMONTH": str(start.month), "BYMONTHDAY": str(start.day)},
    }
    return parts.items() <= said[frequency].items()


def _number(text: str) -> int:
    """A number as written; 0 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0


def _last(text: str) -> date | None:
    return read_date(text[:8]) if text else None
