"""A company's days off, from iCalendar (RFC 5545).

The reader is our own: of the format's hundred pages, a list of days off uses all-day events, and the library ``icalendar``
would bring its own notion of time zones along to read them.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from .gathering import CompanyDays, Gathering, lines_of
from .ics_repeat import repeated
from .unread import Unreadable
from .written_date import read_date

LONGEST_EVENT = 400

_PROPERTY = re.compile(r'([A-Za-z0-9-]+)(?:;[^:"]*(?:"[^"]*"[^:"]*)*)?:(.*)', re.DOTALL)
_ALL_DAY = re.compile(r"([0-9]{8})(?:T000000)?")
_DURATION = re.compile(r"\+?P([0-9]{1,4})([DW])")
_ESCAPED = re.compile(r"\\([\\;,nN])")

# An event's properties by name: the line each stands on, and its value.
Event = dict[str, tuple[int, str]]


def read_ics(content: bytes | str) -> CompanyDays:
    """The days of a calendar's all-day events, as days off. Cancelled events are passed over.

    An event that repeats is read where it says in a simple way how often (see ``ics_repeat``). Never raises.
    """
    gathering = Gathering()
    try:
        lines = lines_of(content)
    except Unreadable as reason:
        gathering.refuse(1, reason)
        return gathering.result()
    for number, event in _events(lines, gathering):
        if gathering.is_full:
            break
        try:
            _read_event(gathering, number, event)
        except Unreadable as reason:
            gathering.refuse(number, reason)
    return gathering.result()


def _unfolded(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines with those that go on, after a space, on the next put together; each with the number it begins at."""
    begin, parts = 0, list[str]()
    for number, line in enumerate(lines, start=1):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield begin, "".join(parts)
        begin, parts = number, [line]
    if parts:
        yield begin, "".join(parts)


def _events(lines: list[str], gathering: Gathering) -> Iterator[tuple[int, Event]]:
    """The events, each with the number of its first line. What lies within an event, as an alarm does, is passed over."""
    event: Event | None = None
    begin, inside = 0, list[str]()
    for number, line in _unfolded(lines):
        if (written := _PROPERTY.fullmatch(line)) is None:
            if event is not None and line.strip():
                gathering.refuse(
                    number, Unreadable(ja="「名前:値」の形ではありません。", en="It is not of the form NAME:value.")
                )
            continue
        name, value = written[1].upper(), written[2].strip()
        if name == "BEGIN" and event is not None:
            inside.append(value.upper())
        elif name == "BEGIN" and value.upper() == "VEVENT":
            event, begin = {}, number
        elif name == "END" and inside:
            inside.pop()
        elif name == "END" and event is not None and value.upper() == "VEVENT":
            yield begin, event
            event = None
        elif event is not None and not inside:
            event.setdefault(name, (number, value))
    if event is not None:
        gathering.refuse(
            begin, Unreadable(ja="予定が END:VEVENT で終わっていません。", en="The event has no END:VEVENT.")
        )


def _read_event(gathering: Gathering, number: int, event: Event) -> None:
    if event.get("STATUS", (0, ""))[1].upper() == "CANCELLED":
        return
    for name in ("RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"):
        if name in event:
            raise Unreadable(
                ja=f"{name} のある予定は読めません。日ごとの予定にして書き出してください。",
                en=f"An event with {name} cannot be read. Export it as an event for each day.",
            )
    if "DTSTART" not in event:
        raise Unreadable(ja="予定に DTSTART がありません。", en="The event has no DTSTART.")
    start = _day(*event["DTSTART"])
    length = _length(start, event)
    starts = repeated(start, event["RRULE"][1]) if "RRULE" in event else [start]
    name = _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], event.get("SUMMARY", (0, ""))[1])
    for first in starts:
        for distance in range(length):
            gathering.add(number, first + timedelta(days=distance), name)


def _length(start: date, event: Event) -> int:
    """How many days the event takes. ``DTEND`` is the day after its last."""
    length = 1
    if "DTEND" in event:
        end = _day(*event["DTEND"])
        if end < start:
            raise Unreadable(ja="DTEND が DTSTART より前です。", en="DTEND is before DTSTART.")
        length = max(1, (end - start).days)
    elif "DURATION" in event:
        written = _DURATION.fullmatch(event["DURATION"][1].upper())
        if written is None or written[1].strip("0") == "":
            raise Unreadable(
                ja="DURATION は P3D のような日数だけ読めます。",
                en="Only a DURATION of days, such as P3D, can be read.",
            )
        length = int(written[1]) * (7 if written[2] == "W" else 1)
    if length > LONGEST_EVENT:
        raise Unreadable(
            ja=f"{length} 日続く予定です。{LONGEST_EVENT} 日までにしてください。",
            en=f"The event lasts {length} days; {LONGEST_EVENT} at most.",
        )
    return length


def _day(line: int, value: str) -> date:
    written = _ALL_DAY.fullmatch(value)
    if written is None:
        raise Unreadable(
            ja=f"{line} 行目の「{value[:20]}」は終日の日付ではありません。20260813 の形だけ読めます。",
            en=f"{value[:20]!r} on line {line} is not a whole day. Only dates such as 20260813 can be read.",
        )
    return read_date(written[1])
