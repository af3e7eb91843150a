"""Dates as the Task Scheduler's list has them: in the user's own format, on the PC's own clock."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Iterable, Match, Optional

AFTERNOON = ("PM", "午後")
HALVES = r"(AM|PM|午前|午後)"
DATE_AND_TIME = (
    r"(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})日?(?:\s*\([^)]*\))?[\s,]+"
    rf"(?:{HALVES}\s*)?(\d{{1,2}})[:.](\d{{2}})(?:[:.](\d{{2}}))?(?:\s*{HALVES})?"
)
# The last run of a task that has never run is shown as the 30th of November 1999.
FIRST_YEAR = 2000


def order_of(texts: Iterable[str], when_unclear: str = "") -> str:
    """In which order these dates are written: ``"ymd"``, ``"mdy"`` or ``"dmy"``.

    Told from all of them together: a number above 12 is no month. ``when_unclear`` where none tells.
    """
    found = [match for match in map(_date_in, texts) if match is not None]
    if any(len(match.group(1)) == 4 for match in found):
        return "ymd"
    days_first = any(int(match.group(1)) > 12 for match in found)
    months_first = any(int(match.group(2)) > 12 for match in found)
    if days_first == months_first:
        return "" if days_first else when_unclear
    return "dmy" if days_first else "mdy"


def instant_of(text: str, order: str) -> Optional[datetime]:
    """The instant in UTC that ``text`` says on this PC's clock; None where it says none, never, or cannot be read."""
    match = _date_in(text)
    if match is None or not order:
        return None
    numbers = dict(zip(order, (int(match.group(place)) for place in (1, 2, 3))))
    year, month, day = numbers["y"], numbers["m"], numbers["d"]
    hour, minute, second = (int(match.group(place) or 0) for place in (5, 6, 7))
    half = (match.group(4) or match.group(8) or "").upper()
    if half:
        hour = hour % 12 + (12 if half in AFTERNOON else 0)
    if year < FIRST_YEAR:
        return None
    try:
        return datetime(year, month, day, hour, minute, second).astimezone(timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def is_date(text: str) -> bool:
    """Whether ``text`` has digits at all: ``N/A`` says nothing, and is no date that could not be read."""
    return any(map(str.isdigit, text))


def is_never(text: str, order: str) -> bool:
    """Whether ``text`` is the date that stands for none."""
    match = _date_in(text)
    if match is None or not order:
        return False
    numbers = dict(zip(order, (int(match.group(place)) for place in (1, 2, 3))))
    return numbers["y"] < FIRST_YEAR


def _date_in(text: str) -> Optional[Match[str]]:
    import re
    import unicodedata

    plain_text = unicodedata.normalize("NFKC", text).replace("\u200e", "").replace("\u200f", "").strip()
    return re.fullmatch(DATE_AND_TIME, plain_text, re.IGNORECASE)
