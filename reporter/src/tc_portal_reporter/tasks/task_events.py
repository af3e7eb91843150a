"""What the Task Scheduler's log says of each task: ``wevtutil qe … /f:xml``, one event after another, or all in one root."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, NamedTuple, Optional

from .listed_tasks import result_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

EVENT_XML = r"<Event(?=[\s>]).*?</Event\s*>"
MOST_EVENTS_A_TASK = 10
# Not told: what says only that something was to begin, or was changed, and which process it became.
STARTED_OR_NOT = (100, 101, 103, 104, 105, 110, 112, 114, 126, 130, 131, 133, 135, 142, 153)
ENDED = (102, 111, 201, 202, 203, 204)
HELD_UP_OR_STOPPED = (322, 323, 324, 326, 327, 328, 329, 330, 331, 332, 333)
EVENTS_TOLD = frozenset((*STARTED_OR_NOT, *ENDED, *HELD_UP_OR_STOPPED))


class TaskEvent(NamedTuple):
    """An event by its number in the log; ``at`` is ISO 8601 in UTC, ``code`` the result that it tells, if any."""

    number: int
    at: str
    code: Optional[int]

    @property
    def members(self) -> Dict[str, object]:
        told: Dict[str, object] = {"id": self.number, "at": self.at}
        if self.code is not None:
            told["code"] = self.code
        return told


def task_events(text: str) -> Dict[str, List[TaskEvent]]:
    """The last events of each task, the latest first, by the task's path in small letters."""
    import re

    found: Dict[str, List[TaskEvent]] = {}
    for piece in re.finditer(EVENT_XML, text, re.DOTALL):
        read = _event_in(piece.group())
        if read is not None:
            path, event = read
            found.setdefault(path.lower(), []).append(event)
    return {path: sorted(events, key=_latest_last)[::-1][:MOST_EVENTS_A_TASK] for path, events in found.items()}


def _latest_last(event: TaskEvent) -> "tuple[str, int]":
    return event.at, event.number


def _event_in(text: str) -> "Optional[tuple[str, TaskEvent]]":
    from xml.etree.ElementTree import ParseError, fromstring

    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    try:
        event = fromstring(text)
    except (ParseError, ValueError, RecursionError):
        return None
    number, at, data = 0, "", {}
    for element in event.iter():
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name == "EventID":
            number = result_of(element.text or "") or 0
        elif name == "TimeCreated":
            at = _log_time(element.get("SystemTime", ""))
        elif name == "Data":
            data[element.get("Name", "")] = _data_in(element)
    path = data.get("TaskName", "")
    if number not in EVENTS_TOLD or not at or not path:
        return None
    return path, TaskEvent(number, at, result_of(data.get("ResultCode", "")))


def _data_in(element: Element) -> str:
    return (element.text or "").strip()


def _log_time(text: str) -> str:
    """``text``, which the log writes in UTC to a tenth of a microsecond, as every Python reads it; empty where it is no time."""
    import re

    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?Z", text.strip())
    return "" if found is None else f"{found.group(1)}.{(found.group(2) or '0').ljust(6, '0')}+00:00"
