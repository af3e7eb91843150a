"""What the Task Scheduler of a PC says of its tasks, as ``tc-report tasks`` tells it."""

from datetime import datetime
from typing import Literal

import msgspec

from ..report import Sender
from ..task_scheduler.task import Task

# Whether the Task Scheduler's own log was read, is switched off on that PC, or was not read.
EventLog = Literal["read", "off", "unread"]


class TaskEvent(msgspec.Struct, frozen=True, gc=False):
    """An event of that log by its ``number``, with the result that it tells, from 0 to 2³²-1."""

    number: int
    at: datetime
    code: int | None = None


class SeenTask(msgspec.Struct, frozen=True):
    """A task as the PC has it. Instants are by that PC's clock, in UTC; ``events`` begin with the latest.

    ``task`` is its definition, None where that was not told or could not be read. ``last_run_at`` is None where it has never
    run, or nobody knows.
    """

    path: str
    task: Task | None = None
    last_run_at: datetime | None = None
    next_run_at: datetime | None = None
    last_result: int | None = None
    events: tuple[TaskEvent, ...] = ()


class HostTasks(msgspec.Struct, frozen=True, tag=True):
    """All that one reading says: it stands in the place of the reading before. ``left_out`` tasks were too many to be told."""

    host: str
    received_at: datetime
    read_at: datetime
    tasks: tuple[SeenTask, ...] = ()
    event_log: EventLog = "unread"
    left_out: int = 0
    sender: Sender | None = None
