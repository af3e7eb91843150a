"""Instants as scripts write them: ISO 8601 text in, aware UTC datetimes out."""

import re
from datetime import UTC, datetime, timedelta

# Pages show instants in local time; a day's margin keeps every zone inside datetime's range.
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)

_EXPANDED_YEAR = re.compile(r"([+-])(\d{6})(-\d{2}-\d{2}.*)", re.DOTALL)
_REDUCED_DATE = re.compile(r"\d{4}(-\d{2})?")
_END_OF_DAY = re.compile(r"(\d{4}-?\d{2}-?\d{2})T24(:?00(:?00([.,]0+)?)?)?(Z|[+-][\d:]+)?")


def parse_instant(text: str) -> datetime | None:
    """The instant that an ISO 8601 text names, in UTC; None where it names none.

    Takes what Python's ``isoformat``, JavaScript's ``toISOString`` (with its six-digit years)
    and .NET's seven-digit fractions look like, ``Z``, any offset, and a date alone. A text
    without a zone is UTC. Digits past the microsecond are dropped. Instants outside
    ``EARLIEST`` to ``LATEST`` become the nearer of the two.
    """
    text = text.strip().upper()
    if (expanded := _EXPANDED_YEAR.fullmatch(text)) is not None:
        sign, year, rest = expanded.groups()
        if sign == "-" or year == "000000":
            return EARLIEST if _parse("2000" + rest) else None
        if not year.startswith("00"):
            return LATEST if _parse("2000" + rest) else None
        text = year[2:] + rest
    return _parse(text)


def _parse(text: str) -> datetime | None:
    if _REDUCED_DATE.fullmatch(text):
        text = f"{text}-01" if "-" in text else f"{text}-01-01"
    end_of_day = _END_OF_DAY.fullmatch(text)
    if end_of_day:
        text = end_of_day[1] + "T00:00" + (end_of_day[5] or "")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    try:
        instant = instant.astimezone(UTC)
        if end_of_day:
            instant += timedelta(days=1)
    except OverflowError:
        return EARLIEST if instant.year == 1 else LATEST
    return min(max(instant, EARLIEST), LATEST)
