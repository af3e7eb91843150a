"""The values in a task's XML. Its readers raise ``Unreadable`` for one that makes no sense, naming its element."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from xml.etree.ElementTree import Element

from ..business_days.unread import Unreadable
from ..text import cut
from .task import Boundary

LONGEST = timedelta(days=100 * 365)
# What XML calls space. A name may well end with the wide one of Japanese.
SPACE = " \t\r\n"

_Value = TypeVar("_Value")

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_NUMBER = re.compile(r"[0-9]{1,4}")
_DURATION = re.compile(
    r"P(?=[0-9T])(?:([0-9]{1,7})Y)?(?:([0-9]{1,7})M)?(?:([0-9]{1,7})W)?(?:([0-9]{1,7})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,7})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,7}(?:\.[0-9]{1,7})?)S)?)?"
)
_BOUNDARY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,12}))?"
    r"(?:(Z)|([+-])(0[0-9]|1[0-4]):([0-5][0-9]))?"
)


def senseless(name: str, value: str, *, ja: str, en: str) -> Unreadable:
    """``value`` of the element ``name`` is not the ``en`` that was expected."""
    shown = cut(" ".join(value.split()), 40)
    return Unreadable(
        ja=f"{name} が「{shown}」です。{ja}にしてください。", en=f"{name} is '{shown}'; {en} was expected."
    )


def written(parent: Element | None, name: str) -> str | None:
    """What the child ``name`` holds, without space around it; None where there is no such child."""
    child = None if parent is None else parent.find(name)
    return None if child is None else (child.text or "").strip(SPACE)


def one_of(parent: Element | None, name: str, values: Mapping[str, _Value], default: _Value) -> _Value:
    """What the child's text stands for."""
    value = written(parent, name)
    if value is None:
        return default
    if value not in values:
        known = ", ".join(values)
        raise senseless(name, value, ja=f"{known} のどれか", en=f"one of {known}")
    return values[value]


def boolean(parent: Element | None, name: str, *, default: bool) -> bool:
    """true or false."""
    value = written(parent, name)
    if value is None:
        return default
    if value.lower() not in _BOOLEANS:
        raise senseless(name, value, ja="true か false ", en="true or false")
    return _BOOLEANS[value.lower()]


def number(name: str, value: str, highest: int, *, or_last: bool = False) -> int:
    """A whole number from 1 to ``highest``. ``or_last`` has the reason say that ``Last`` would do as well."""
    if _NUMBER.fullmatch(value) is None or not 1 <= int(value) <= highest:
        raise senseless(
            name,
            value,
            ja=f"1 から {highest} の整数" + ("か Last " if or_last else ""),
            en=f"a whole number from 1 to {highest}" + (" or Last" if or_last else ""),
        )
    return int(value)


def duration(parent: Element | None, name: str) -> timedelta | None:
    """A length of time such as ``P1DT2H``: a month has 30 days, a year 365. None where there is no such child."""
    value = written(parent, name)
    if value is None:
        return None
    found = _DURATION.fullmatch(value)
    if found is None:
        raise senseless(name, value, ja="PT30M や P1DT2H のような長さ", en="a length of time such as PT30M or P1DT2H")
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in found.groups()[:6])
    try:
        length = timedelta(
            days=365 * years + 30 * months + 7 * weeks + days,
            hours=hours,
            minutes=minutes,
            seconds=float(found[7] or 0),
        )
    except OverflowError:
        length = timedelta.max
    if length > LONGEST:
        raise senseless(name, value, ja="100 年までの長さ", en="a length of time of 100 years at most")
    return length


def limit(parent: Element | None, name: str, default: timedelta | None = None) -> timedelta | None:
    """A length of time, or None for no limit, which is written as no time at all."""
    length = duration(parent, name)
    if length is None:
        return default
    return length or None


def boundary(parent: Element, name: str) -> Boundary | None:
    """An instant such as ``2026-04-01T09:00:00``, with fractions or not, with an offset or not."""
    value = written(parent, name)
    if value is None:
        return None
    found = _BOUNDARY.fullmatch(value)
    try:
        if found is None:
            raise ValueError
        local = datetime.fromisoformat(found[1])
    except ValueError:
        raise senseless(
            name, value, ja="2026-04-01T09:00:00 のような日時", en="an instant such as 2026-04-01T09:00:00"
        ) from None
    local = local.replace(microsecond=int((found[2] or "").ljust(6, "0")[:6]))
    if found[3] is not None:
        return Boundary(local, timedelta())
    if found[4] is None:
        return Boundary(local)
    offset = timedelta(hours=int(found[5]), minutes=int(found[6]))
    return Boundary(local, -offset if found[4] == "-" else offset)
