"""The files that ``tc-portal import-tasks`` is given, and what its options say of the tasks in them."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from tc_portal.core.business_days.narrowed import OnDayOff
from tc_portal.core.schedule.job_schedule import Narrowing
from tc_portal.core.task_scheduler.encoding import LARGE
from tc_portal.core.task_scheduler.plan import Decision
from tc_portal.core.task_scheduler.task import Task
from tc_portal.terminal import Explained


def contents(files: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Each file's name and content; a pattern stands for the files that it fits, as no shell of Windows sees to that."""
    for named in files:
        if named == "-":
            yield "stdin", sys.stdin.buffer.read(LARGE + 1)
            continue
        fitting = [named]
        if any(letter in named for letter in "*?[") and not Path(named).exists():
            fitting = sorted(str(path) for path in Path(named).parent.glob(Path(named).name))
            if not fitting:
                raise Explained(ja=f"{named} に当てはまるファイルがありません。", en=f"No file fits {named}.")
        for path in fitting:
            yield path, _content(path)


def _content(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(LARGE + 1)
    except FileNotFoundError:
        raise Explained(
            ja=f"ファイル {path} がありません。場所と名前を確かめてください。",
            en=f"There is no file {path}. Check where it is and how it is written.",
        ) from None
    except IsADirectoryError:
        raise Explained(
            ja=rf"{path} はフォルダーです。{path}/*.xml のようにファイルを指定してください。",
            en=rf"{path} is a folder. Name files, such as {path}/*.xml.",
        ) from None
    except (OSError, ValueError) as error:
        raise Explained(ja=f"{path} を読めません（{error}）。", en=f"{path} cannot be read ({error}).") from None


def chosen_tasks(tasks: Sequence[Task], patterns: Sequence[str]) -> list[Task]:
    """The tasks whose path fits one of the patterns; all where there is none."""
    if not patterns:
        return list(tasks)
    wanted = [_rooted(pattern).casefold() for pattern in patterns]
    found = [task for task in tasks if any(fnmatchcase(task.path.casefold(), pattern) for pattern in wanted)]
    if tasks and not found:
        raise Explained(
            ja=f"--only {' '.join(patterns)} に当てはまるタスクがありません。",
            en=f"No task fits --only {' '.join(patterns)}.",
        )
    return found


def decisions(
    tasks: Sequence[Task],
    mapped: Sequence[str],
    calendars: Sequence[str],
    on_day_off: OnDayOff,
    time_zone: str,
    revisions: Mapping[str, str],
) -> tuple[dict[str, Decision], Narrowing | None, dict[str, Narrowing]]:
    """What --map and --calendar say: the decisions, the calendar of all tasks, and those of single ones, by path."""
    decided: dict[str, Decision] = {}
    for text in mapped:
        path, job_key = _of_task(tasks, text, "--map")
        decided[path] = Decision(job_key.strip() or None)
    of_all: Narrowing | None = None
    of_one: dict[str, Narrowing] = {}
    for text in calendars:
        if text in revisions:
            of_all = Narrowing(revisions[text], on_day_off, time_zone)
            continue
        if "=" not in text:
            raise _no_calendar(text, revisions)
        path, name = _of_task(tasks, text, "--calendar")
        if name not in revisions:
            raise _no_calendar(name, revisions)
        of_one[path] = Narrowing(revisions[name], on_day_off, time_zone)
    return decided, of_all, of_one


def _of_task(tasks: Sequence[Task], text: str, option: str) -> tuple[str, str]:
    """The path of the task that the text begins with, and what stands after the = behind it."""
    paths = {task.path.casefold(): task.path for task in tasks}
    for place in (place for place, letter in enumerate(text) if letter == "="):
        path = paths.get(_rooted(text[:place].strip()).casefold())
        if path is not None:
            return path, text[place + 1 :]
    raise Explained(
        ja=rf"{option} {text} に当たるタスクがありません。{option} "
        rf'"\フォルダー\タスク={"ジョブのキー" if option == "--map" else "カレンダー"}" のように指定してください。',
        en=rf"No task fits {option} {text}. Write it as {option} "
        rf'"\Folder\Task={"job-key" if option == "--map" else "calendar"}".',
    )


def _rooted(path: str) -> str:
    return path if path.startswith(("\\", "*")) else f"\\{path}"


def _no_calendar(name: str, revisions: Mapping[str, str]) -> Explained:
    there = "、".join(revisions)
    return Explained(
        ja=f"カレンダー「{name}」はありません。" + (f"あるもの: {there}" if there else "画面で先に作ってください。"),
        en=f"There is no calendar {name!r}. "
        + (f"There are: {', '.join(revisions)}" if revisions else "Create it in the portal's pages first."),
    )
