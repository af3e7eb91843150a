"""``POST /api/monitor/host-tasks``: what the Task Scheduler of a PC says of its tasks, read into HostTasks."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from tc_portal.core.instant import parse_instant
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.task_scheduler.expecting import schedule_of
from tc_portal.core.task_scheduler.reading import PATH_LIMIT, read_tasks
from tc_portal.core.task_scheduler.task import Task
from tc_portal.core.task_standing.seen_task import EventLog, HostTasks, SeenTask, TaskEvent
from tc_portal.core.text import cut, storable

from .details import count_in, sender_in
from .members import Rejected, host_in, members_reader, required_instant

TASKS_LIMIT = 500
EVENTS_LIMIT = 20
XML_LIMIT = 100_000
RESULTS = range(2**32)
# The PC's clock may be wrong; what lies outside of this is no date at all, and could not be reckoned with.
SENSIBLE = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
EVENT_LOGS: tuple[EventLog, ...] = ("read", "off", "unread")


class GivenHostTasks(msgspec.Struct):
    """The body's members as they came; others are passed over."""

    host: Any = None
    read_at: Any = None
    tasks: Any = None
    event_log: Any = None
    left_out: Any = None
    microsofts_own: Any = None
    sent_at: Any = None
    reporter: Any = None
    held_back: Any = None


_read = members_reader(GivenHostTasks)


def read_host_tasks(body: bytes, content_type: bytes | None, received_at: datetime) -> tuple[HostTasks, list[str]]:
    """The tasks in the body, and what was put right in them. Raises ``Rejected``. Takes up to a second for a full body."""
    given = _read(body, content_type)
    warnings: list[str] = []
    host = host_in(given.host)
    if not host:
        raise Rejected("host is required: the name of the PC, as text")
    read_at = required_instant(given.read_at, "read_at")
    if not SENSIBLE[0] <= read_at < SENSIBLE[1]:
        raise Rejected("read_at must lie between the years 2000 and 2199")
    if not isinstance(given.tasks, list):
        raise Rejected("tasks is required: a list of objects, each with a path")
    if len(given.tasks) > TASKS_LIMIT:
        raise Rejected(f"tasks must be at most {TASKS_LIMIT}")
    if given.event_log not in (None, *EVENT_LOGS):
        warnings.append("event_log is none of read, off, unread: taken as unread")
    told = HostTasks(
        host=host,
        received_at=received_at,
        read_at=read_at,
        tasks=tuple(_tasks(given.tasks, warnings)),
        event_log=given.event_log if given.event_log in EVENT_LOGS else "unread",
        left_out=count_in(given.left_out) or 0,
        sender=sender_in(given.sent_at, given.reporter, given.held_back, warnings),
    )
    return told, warnings


def _tasks(given: list[Any], warnings: list[str]) -> Iterator[SeenTask]:
    paths: set[str] = set()
    for number, each in enumerate(given):
        path = each.get("path") if isinstance(each, dict) else None
        path = cut(" ".join(storable(path).split("\n")), PATH_LIMIT).strip() if isinstance(path, str) else ""
        if not path:
            raise Rejected(
                f"tasks[{number}] has no path: the task's place in the Task Scheduler, such as \\Backup\\Nightly"
            )
        if path.casefold() in paths:
            warnings.append(f"tasks[{number}]: {path} is there twice: recorded once")
            continue
        paths.add(path.casefold())
        yield _task(each, path, f"tasks[{number}]", warnings)


def _task(given: dict[str, Any], path: str, where: str, warnings: list[str]) -> SeenTask:
    return SeenTask(
        path,
        _definition(given.get("xml"), path, where, warnings),
        _instant(given.get("last_run_at"), f"{where}.last_run_at", warnings),
        _instant(given.get("next_run_at"), f"{where}.next_run_at", warnings),
        _result(given.get("last_result"), f"{where}.last_result", warnings),
        tuple(_events(given.get("events"), where, warnings)),
    )


def _definition(xml: Any, path: str, where: str, warnings: list[str]) -> Task | None:
    if xml is None or xml == "":
        return None
    if not isinstance(xml, str) or len(xml) > XML_LIMIT:
        warnings.append(f"{where}.xml is not text of {XML_LIMIT} characters at most: recorded without it")
        return None
    read = read_tasks(storable(xml).encode())
    if len(read.tasks) != 1 or read.unread:
        why = read.unread[0].en if read.unread else f"it holds {len(read.tasks)} tasks"
        warnings.append(f"{where}.xml: {why}: recorded without it")
        return None
    task = msgspec.structs.replace(read.tasks[0], path=path)
    try:
        schedule_of(task, "UTC")
    except Unschedulable as refusal:
        warnings.append(f"{where}.xml: {refusal.en}: recorded without it")
        return None
    return task


def _events(given: Any, where: str, warnings: list[str]) -> Iterator[TaskEvent]:
    if given is None:
        return
    if not isinstance(given, list):
        warnings.append(f"{where}.events is not a list: recorded without it")
        return
    if len(given) > EVENTS_LIMIT:
        warnings.append(f"{where} has more than {EVENTS_LIMIT} events: recorded without the rest")
    for each in given[:EVENTS_LIMIT]:
        event = each if isinstance(each, dict) else {}
        number, at = count_in(event.get("id")), _instant(event.get("at"), f"{where}.events", warnings)
        if number is None or number > 0xFFFF or at is None:
            warnings.append(f"an event of {where} has no id or no time: recorded without it")
            continue
        yield TaskEvent(number, at, _result(event.get("code"), f"{where}.events", warnings))


def _instant(value: Any, name: str, warnings: list[str]) -> datetime | None:
    if value is None or value == "":
        return None
    instant = parse_instant(value) if isinstance(value, str) else None
    if instant is None or not SENSIBLE[0] <= instant < SENSIBLE[1]:
        warnings.append(f"{name} is not valid ISO 8601 of this time: recorded without it")
        return None
    return instant


def _result(value: Any, name: str, warnings: list[str]) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value not in RESULTS:
        warnings.append(f"{name} is not a code from 0 to 4294967295: recorded without it")
        return None
    return value
