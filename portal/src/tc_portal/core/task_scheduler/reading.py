"""Tasks of the Windows Task Scheduler, read from the XML that it exports (MS-TSCH, section 2.5)."""

from collections.abc import Iterator
from datetime import timedelta
from xml.etree.ElementTree import Element

import msgspec

from ..business_days.unread import Unreadable
from ..text import cut
from .documents import documents
from .encoding import text_of
from .task import MultipleInstances, Task
from .triggers import read_triggers
from .values import boolean, limit, one_of, written

MANY_ACTIONS = 32
PATH_LIMIT = 300
DESCRIPTION_LIMIT = 2_000
COMMAND_LIMIT = 500

_POLICIES: dict[str, MultipleInstances] = {
    "IgnoreNew": "ignore_new",
    "Parallel": "parallel",
    "Queue": "queue",
    "StopExisting": "stop_existing",
}
# What is shown in place of a command.
_OTHER_ACTIONS = {"ComHandler": "COM", "SendEmail": "SendEmail", "ShowMessage": "ShowMessage"}


class UnreadTask(msgspec.Struct, frozen=True):
    """Why a task was not read, and ``where`` it stands: its line and, where known, its path (``L12 \\Backup\\Nightly``).

    ``where`` is empty for a file of which nothing was read.
    """

    where: str
    ja: str
    en: str


class TasksRead(msgspec.Struct, frozen=True):
    """What a file says."""

    tasks: tuple[Task, ...] = ()
    unread: tuple[UnreadTask, ...] = ()


def read_tasks(content: bytes) -> TasksRead:
    """The tasks of a file, one exported or many, in whatever encoding. Never raises."""
    tasks, unread = list[Task](), list[UnreadTask]()
    try:
        for document in documents(text_of(content)):
            path = _path(document.element, document.name)
            try:
                if document.reason is not None:
                    raise document.reason
                assert document.element is not None
                tasks.append(_task(document.element, path))
            except Unreadable as reason:
                unread.append(UnreadTask(f"L{document.line} {path}".rstrip(), reason.ja, reason.en))
    except Unreadable as reason:
        return TasksRead((), (UnreadTask("", reason.ja, reason.en),))
    return TasksRead(tuple(tasks), tuple(unread))


def _path(task: Element | None, name: str) -> str:
    registration = None if task is None else task.find("RegistrationInfo")
    return cut(" ".join((written(registration, "URI") or name).splitlines()), PATH_LIMIT)


def _task(task: Element, path: str) -> Task:
    settings = task.find("Settings")
    return Task(
        path=path,
        triggers=tuple(read_triggers(task.find("Triggers"))),
        is_enabled=boolean(settings, "Enabled", default=True),
        description=cut(written(task.find("RegistrationInfo"), "Description") or "", DESCRIPTION_LIMIT),
        commands=tuple(_commands(task.find("Actions"))),
        execution_time_limit=limit(settings, "ExecutionTimeLimit", timedelta(hours=72)),
        multiple_instances=one_of(settings, "MultipleInstancesPolicy", _POLICIES, "ignore_new"),
        starts_when_available=boolean(settings, "StartWhenAvailable", default=False),
    )


def _commands(actions: Element | None) -> Iterator[str]:
    elements = [] if actions is None else list(actions)
    if len(elements) > MANY_ACTIONS:
        raise Unreadable(
            ja=f"Actions に操作が {len(elements)} 個あります。{MANY_ACTIONS} 個までです。",
            en=f"Actions holds {len(elements)} actions; {MANY_ACTIONS} at most.",
        )
    for action in elements:
        if action.tag in _OTHER_ACTIONS:
            yield _OTHER_ACTIONS[action.tag]
        elif action.tag == "Exec" and (command := written(action, "Command")):
            yield cut(command, COMMAND_LIMIT)
