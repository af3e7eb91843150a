"""The transaction that records what a PC says of its scheduled tasks."""

from collections.abc import Generator
from typing import Any

import msgspec

from tc_portal.core.report import Sender
from tc_portal.core.task_standing.seen_task import HostTasks, SeenTask

from .hosts_told import host_row
from .statements import HostTaskRow, ReadingRow, ReplaceTasks, Statement, Together, WriteHosts

_encode = msgspec.json.encode


def take_tasks(told: HostTasks) -> Generator[Statement, Any, None]:
    """Put the tasks in the place of those that the PC told before. What it tells is a sign of the PC, as a report is."""
    yield Together([WriteHosts([host_row(told.host, told.received_at, told.sender or Sender())])])
    reading = ReadingRow(told.read_at, told.received_at, told.event_log, told.left_out, told.host)
    yield ReplaceTasks(reading, [_row(task, told) for task in told.tasks])


def _row(seen: SeenTask, told: HostTasks) -> HostTaskRow:
    return HostTaskRow(
        seen.path,
        told.read_at,
        seen.last_run_at,
        seen.next_run_at,
        seen.last_result,
        None if seen.task is None else _encode(seen.task).decode(),
        _encode(seen.events).decode(),
    )
