"""The parts of what is said of a trigger that are the same in every language: figures."""

from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from .task import Boundary

Unit = Literal["day", "hour", "minute", "second"]


def clock_time(boundary: Boundary) -> str:
    """``08:00``, with seconds where there are any, and with ``UTC+09:00`` where the boundary has an offset."""
    return _of_day(boundary.local) + _offset(boundary)


def date_and_time(boundary: Boundary) -> str:
    """``2026-12-01 10:00``."""
    return f"{boundary.local.date()} {clock_time(boundary)}"


def last_moment(boundary: Boundary) -> str:
    """The date alone where the boundary is the end of that day, else with the time."""
    if (boundary.local.hour, boundary.local.minute) != (23, 59):
        return date_and_time(boundary)
    return f"{boundary.local.date()}{_offset(boundary)}"


def units(length: timedelta) -> list[tuple[int, Unit]]:
    """The length in days, hours, minutes and seconds without those that are zero; fractions of a second make one more."""
    seconds = max(ceil(length.total_seconds()), 1)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    parts: list[tuple[int, Unit]] = [
        (days, "day"),
        (hours % 24, "hour"),
        (minutes % 60, "minute"),
        (seconds % 60, "second"),
    ]
    return [(number, unit) for number, unit in parts if number]


def _of_day(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _offset(boundary: Boundary) -> str:
    if boundary.offset is None:
        return ""
    minutes = boundary.offset // timedelta(minutes=1)
    sign = "-" if minutes < 0 else "+"
    return f" UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else " UTC"
