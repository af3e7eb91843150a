"""Tasks of the Windows Task Scheduler, read from the XML that it exports (MS-TSCH, section 2.5)."""

from xml.etree.ElementTree import Element

import msgspec

from ..business_days.unread import Unreadable
from ..text import cut
from .actions import read_actions
from .documents import documents
from .encoding import text_of
from .task import USUAL_LIMIT, MultipleInstances, Task
from .triggers import read_triggers
from .values import boolean, limit, one_of, written

PATH_LIMIT = 300
DESCRIPTION_LIMIT = 2_000

_POLICIES: dict[str, MultipleInstances] = {
    "IgnoreNew": "ignore_new",
    "Parallel": "parallel",
    "Queue": "queue",
    "StopExisting": "stop_existing",
}


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
    settings, actions = task.find("Settings"), read_actions(task.find("Actions"))
    return Task(
        path=path,
        triggers=tuple(read_triggers(task.find("Triggers"))),
        is_enabled=boolean(settings, "Enabled", default=True),
        description=cut(written(task.find("RegistrationInfo"), "Description") or "", DESCRIPTION_LIMIT),
        commands=actions.commands,
        scripts=actions.scripts,
        reports_as=actions.reports_as,
        execution_time_limit=limit(settings, "ExecutionTimeLimit", USUAL_LIMIT),
        multiple_instances=one_of(settings, "MultipleInstancesPolicy", _POLICIES, "ignore_new"),
        starts_when_available=boolean(settings, "StartWhenAvailable", default=False),
    )
