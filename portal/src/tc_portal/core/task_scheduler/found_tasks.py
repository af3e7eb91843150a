"""The tasks of all files that are imported together, each under one path."""

from collections.abc import Iterable, Sequence

import msgspec

from .naming import is_windows_own
from .reading import UnreadTask, read_tasks
from .task import Task


class UnreadInFile(msgspec.Struct, frozen=True):
    """What of a file was not read, and why."""

    file: str
    unread: UnreadTask


class FoundTasks(msgspec.Struct, frozen=True):
    """``windows_own`` are how many tasks of Windows itself were left out."""

    tasks: tuple[Task, ...] = ()
    unread: tuple[UnreadInFile, ...] = ()
    windows_own: int = 0


def tasks_in(files: Iterable[tuple[str, bytes]], *, with_windows_own: bool = False) -> FoundTasks:
    """The tasks of the files, by their names and contents; a task that is in them twice is taken once.

    A task whose file does not say its path is named after the file.
    """
    tasks: dict[Task, None] = {}
    unread: list[UnreadInFile] = []
    for name, content in files:
        read = read_tasks(content)
        tasks |= dict.fromkeys(_named(read.tasks, name))
        unread += [UnreadInFile(name, each) for each in read.unread]
    wanted = tuple(task for task in tasks if with_windows_own or not is_windows_own(task))
    return FoundTasks(wanted, tuple(unread), len(tasks) - len(wanted))


def _named(tasks: Sequence[Task], file: str) -> Iterable[Task]:
    stem = file.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or "task"
    nameless = [task for task in tasks if not task.path.strip("\\ ")]
    for task in tasks:
        if task.path.strip("\\ "):
            yield task
        else:
            number = nameless.index(task) + 1
            path = f"\\{stem}" if len(nameless) == 1 else f"\\{stem}-{number}"
            yield msgspec.structs.replace(task, path=path)
