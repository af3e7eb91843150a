"""Durations as people write them: an amount and a unit."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from unicodedata import normalize

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .spoken import language

UNITS = {
    "seconds": (timedelta(seconds=1), gettext_lazy("seconds")),
    "minutes": (timedelta(minutes=1), gettext_lazy("minutes")),
    "hours": (timedelta(hours=1), gettext_lazy("hours")),
    "days": (timedelta(days=1), gettext_lazy("days")),
}
LONGEST_AMOUNT = 8

_NAMES = (("days", "日", "day"), ("hours", "時間", "hour"), ("minutes", "分", "minute"), ("seconds", "秒", "second"))


class Unreadable(Exception):
    """What was written is no duration; the text says what to write."""


def read_duration(amount: str, unit: str) -> timedelta | None:
    """The duration, in whole seconds; None where nothing was written. Raises ``Unreadable``."""
    written = plain(amount)
    if not written:
        return None
    length = UNITS.get(unit, UNITS["minutes"])[0]
    try:
        number = Decimal(written) if len(written) <= LONGEST_AMOUNT else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number < 10**6:
        raise Unreadable(_("“%(text)s” is not a number. Write one such as 30.") % {"text": amount[:20]})
    return timedelta(seconds=int(number * int(length.total_seconds())))


def written_duration(duration: timedelta | None) -> tuple[str, str]:
    """The amount and the largest unit that it is a whole number of."""
    if duration is None:
        return "", "minutes"
    for unit in ("days", "hours", "minutes"):
        length = UNITS[unit][0]
        if duration >= length and duration % length == timedelta():
            return str(duration // length), unit
    return (str(int(duration.total_seconds())), "seconds") if duration else ("0", "minutes")


def duration_in_words(duration: timedelta) -> str:
    """「1 日 2 時間 30 分」 or "1 day 2 hours 30 minutes"."""
    said = []
    rest = timedelta(seconds=int(duration.total_seconds()))
    for unit, ja, en in _NAMES:
        count, rest = divmod(rest, UNITS[unit][0])
        if count or (unit == "minutes" and not duration):
            said.append(f"{count} {ja}" if language() == "ja" else f"{count} {en}{'' if count == 1 else 's'}")
    return " ".join(said)


def plain(text: str) -> str:
    """The text as a keyboard without an input method would have written it."""
    return normalize("NFKC", text[:200]).strip()
