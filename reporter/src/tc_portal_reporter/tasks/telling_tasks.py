"""``tc-report tasks``: read the Task Scheduler, and send what it says."""

from __future__ import annotations

import json
import os
from typing import Dict, List, NamedTuple, Optional

from ..console import say
from ..settings import Settings, read_settings
from ..telling import say_config_problems, say_skipped
from ..text import text_of, without_secrets
from ..wire import now_text
from .recorded import LOG_OFF, LOG_UNREAD, Recorded, Unrecorded, recorded_in_files
from .told_tasks import ToldTasks, told_tasks

TASKS_NAME = "host-tasks"

TASKS_WORDS: Dict[str, Dict[str, str]] = {
    "ja": {
        "sent": "タスク {count} 件の状態を送りました（{host}）。",
        "microsofts_own": "Microsoft のタスク {count} 件は省きました（送るなら --with-microsoft）。",
        "left_out": "多すぎるため {count} 件は送っていません。",
        "without_definition": "{count} 件は、定義（XML）を読めないか大きすぎるため、実行の結果だけを送ります。",
        "without_date": "{count} 件は、前回の実行時刻の書き方がわからないため、時刻なしで送ります。",
        "off": "タスク スケジューラの履歴（イベント ログ）は無効なので、起動できなかった理由まではわかりません。"
        "有効にするには、管理者として: wevtutil sl Microsoft-Windows-TaskScheduler/Operational /e:true",
        "unread": "タスク スケジューラの履歴（イベント ログ）は読んでいません。起動できなかった理由まではわかりません。",
        "older_portal": "送信先のポータルは、まだタスクの状態を受け取れません。ポータルを更新してください（{why}）。",
        "undelivered": "送れませんでした: {why}\n保管はしていません。次に tc-report tasks を実行すると、そのときの状態を送ります。",
    },
    "en": {
        "sent": "Told of {count} tasks ({host}).",
        "microsofts_own": "Microsoft's own {count} tasks are left out (--with-microsoft sends them).",
        "left_out": "{count} are not sent: there are too many.",
        "without_definition": "Of {count} only the results are sent: their definitions (XML) cannot be read or are too large.",
        "without_date": "{count} are sent without the time of their last run: it is written in an unknown way.",
        "off": "The Task Scheduler's history (event log) is off, so that it is not known why a task could not start. "
        "To turn it on, as administrator: wevtutil sl Microsoft-Windows-TaskScheduler/Operational /e:true",
        "unread": "The Task Scheduler's history (event log) was not read: it is not known why a task could not start.",
        "older_portal": "The portal does not take tasks yet; bring it up to date ({why}).",
        "undelivered": "Not delivered: {why}\nNothing is kept. The next tc-report tasks sends how things are then.",
    },
}


class TasksOptions(NamedTuple):
    """The files are what was recorded elsewhere; where none is given, this PC's own Task Scheduler is read."""

    xml: Optional[str] = None
    csv: Optional[str] = None
    events: Optional[str] = None
    host: Optional[str] = None
    with_microsofts: bool = False
    is_dry_run: bool = False

    @property
    def reads_files(self) -> bool:
        return bool(self.xml or self.csv or self.events)


def tell_tasks(options: TasksOptions, language: str) -> int:
    """Read the tasks and send them; 0 when the portal has them, or they were only to be shown."""
    settings = read_settings()
    if not (settings.is_complete or options.is_dry_run):
        say_skipped(settings)
        return 1
    try:
        recorded, told = _read_tasks(settings, options)
    except Unrecorded as trouble:
        say("[TC Portal] " + without_secrets(trouble.ja if language == "ja" else trouble.en, settings.secret))
        return 1
    members = _members(told, recorded, options)
    if options.is_dry_run:
        say(json.dumps({**members, "sent_at": now_text()}, ensure_ascii=False, indent=2))
        return 0
    return _delivered(settings, members, recorded, told, TASKS_WORDS[language])


def _read_tasks(settings: Settings, options: TasksOptions) -> "tuple[Recorded, ToldTasks]":
    from ..wrapping.masking import masking, secrets_in
    from .windows_tools import record, users_date_order

    mask = masking({settings.secret, *secrets_in(os.environ)}, settings.mask_patterns)
    files = options.xml, options.csv, options.events
    recorded = recorded_in_files(*files) if options.reads_files else record()
    return recorded, told_tasks(recorded, mask, options.with_microsofts, users_date_order())


def _members(told: ToldTasks, recorded: Recorded, options: TasksOptions) -> Dict[str, object]:
    from ..report import this_host
    from ..version import __version__

    # A file may come from another PC, whose name is in it.
    host = options.host or (told.host if options.reads_files else "") or this_host() or told.host
    return {
        "host": text_of(host),
        "read_at": now_text(),
        "reporter": __version__,
        "event_log": recorded.event_log,
        "microsofts_own": told.microsofts_own,
        "left_out": told.left_out,
        "tasks": told.tasks,
    }


def _delivered(
    settings: Settings, members: Dict[str, object], recorded: Recorded, told: ToldTasks, words: Dict[str, str]
) -> int:
    from ..delivery import deliver
    from ..outcome import NO_SUCH_NAME

    # Not kept for later: what it says would be untrue by then.
    delivery = deliver(settings, TASKS_NAME, members, keep=False)
    lines: List[str] = []
    if delivery.is_recorded:
        lines.append(words["sent"].format(count=len(told.tasks), host=members["host"]))
        lines.extend(_further_news(recorded, told, words))
    elif delivery.answer is not None and delivery.answer.status in NO_SUCH_NAME:
        lines.append(words["older_portal"].format(why=delivery.reason))
    else:
        lines.extend(words["undelivered"].format(why=delivery.reason).splitlines())
    for line in lines:
        say("[TC Portal] " + without_secrets(line, settings.secret))
    say_config_problems(settings)
    return 0 if delivery.is_recorded else 1


def _further_news(recorded: Recorded, told: ToldTasks, words: Dict[str, str]) -> List[str]:
    counts = [
        (name, getattr(told, name)) for name in ("microsofts_own", "left_out", "without_definition", "without_date")
    ]
    lines = [words[name].format(count=count) for name, count in counts if count]
    if recorded.event_log in (LOG_OFF, LOG_UNREAD):
        lines.append(words[recorded.event_log])
    return lines
