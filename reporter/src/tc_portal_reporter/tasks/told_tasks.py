"""What is sent of a PC's tasks: list, definitions and events joined by the tasks' paths, and bounded."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Dict, List, NamedTuple, Optional

from ..text import text_of
from ..wrapping.decoding import decode
from ..wrapping.masking import Mask
from .listed_tasks import ListedTask, listed_tasks, result_of
from .local_dates import instant_of, is_date, is_never, order_of
from .recorded import Recorded, Unrecorded
from .task_definitions import TaskDefinition, task_definitions
from .task_events import TaskEvent, task_events

MICROSOFTS_OWN = "\\microsoft\\"
MOST_TASKS = 500
# The portal takes a message of 1 MiB.
MOST_TASKS_BYTES = 900_000
NEVER_RUN = 0x41303


class ToldTasks(NamedTuple):
    """``tasks`` are members as they go over the wire. Of the others, how many: Microsoft's own and those above the bounds;
    and of those that are told, the ones without a definition and those whose dates could not be read."""

    tasks: List[Dict[str, object]]
    host: str
    microsofts_own: int = 0
    left_out: int = 0
    without_definition: int = 0
    without_date: int = 0


def told_tasks(recorded: Recorded, mask: Mask, with_microsofts: bool = False, date_order: str = "") -> ToldTasks:
    """What is told of the recorded tasks. ``date_order`` is how this PC writes dates, for where they do not say.

    Raises ``Unrecorded`` where not one task is in what was recorded.
    """
    listed = {each.path.lower(): each for each in listed_tasks(decode(recorded.csv))}
    defined = {each.path.lower(): each for each in task_definitions(decode(recorded.xml), mask)}
    events = task_events(decode(recorded.events))
    if not listed and not defined:
        raise Unrecorded(
            "タスクが 1 件も見つかりません。schtasks /Query /XML ONE と schtasks /Query /V /FO CSV の出力を渡してください。",
            "There is not one task in it. Give what schtasks /Query /XML ONE and schtasks /Query /V /FO CSV print.",
        )
    paths = sorted({**listed, **defined})
    wanted = [path for path in paths if with_microsofts or not path.startswith(MICROSOFTS_OWN)]
    order = order_of([text for each in listed.values() for text in (each.last_run, each.next_run)], date_order)
    told = [_told_task(listed.get(path), defined.get(path), events.get(path, []), order) for path in wanted]
    kept = _within_bounds(told)
    return ToldTasks(
        kept,
        next((each.host for each in listed.values() if each.host), ""),
        microsofts_own=len(paths) - len(wanted),
        left_out=len(told) - len(kept),
        without_definition=sum("xml" not in task for task in kept),
        without_date=sum(_has_unread_date(listed[path], order) for path in wanted if path in listed),
    )


def _told_task(
    listed: Optional[ListedTask], defined: Optional[TaskDefinition], events: List[TaskEvent], order: str
) -> Dict[str, object]:
    path = listed.path if listed is not None else defined.path if defined is not None else ""
    task: Dict[str, object] = {"path": text_of(path)}
    if listed is not None:
        result = result_of(listed.last_result)
        last_run = _told_instant(instant_of(listed.last_run, order))
        if last_run and result != NEVER_RUN:
            task["last_run_at"] = last_run
        if result is not None:
            task["last_result"] = result
        next_run = _told_instant(instant_of(listed.next_run, order))
        if next_run:
            task["next_run_at"] = next_run
    if defined is not None and defined.xml:
        task["xml"] = text_of(defined.xml)
    if events:
        task["events"] = [event.members for event in events]
    return task


def _told_instant(instant: Optional[datetime]) -> str:
    return "" if instant is None else instant.isoformat()


def _has_unread_date(listed: ListedTask, order: str) -> bool:
    text = listed.last_run
    return is_date(text) and instant_of(text, order) is None and not is_never(text, order)


def _within_bounds(told: List[Dict[str, object]]) -> List[Dict[str, object]]:
    """As many tasks as may be sent: without their definitions, then not at all, where there is no room for them."""
    kept: List[Dict[str, object]] = []
    room = MOST_TASKS_BYTES
    for task in told[:MOST_TASKS]:
        for smaller in (task, {name: value for name, value in task.items() if name != "xml"}):
            size = len(json.dumps(smaller)) + 2
            if size <= room:
                kept.append(smaller)
                room -= size
                break
    return kept
