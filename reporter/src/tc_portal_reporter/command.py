"""The command ``tc-report``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence

from .console import say
from .language import language
from .report import try_to_report
from .version import __version__

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction

LONGEST_EVERY_SECONDS = 86_400

OPTIONS = {
    "ja": {
        "about": "ジョブの結果を TC Portal に報告します。",
        "send": "結果を報告する（終了コード: 0 記録された、1 記録されなかった）",
        "status": "success（成功）または error（失敗）",
        "message": "メッセージ。- なら標準入力から読む",
        "key": "ジョブの識別子（省略時は TC_PORTAL_JOB_KEY）",
        "title": "ジョブの表示名（省略時は TC_PORTAL_JOB_TITLE）",
        "doctor": "報告が届かない原因を調べる（記録は残さない。終了コード: 0 問題なし、1 問題あり）",
        "lang": "表示する言語",
        "flush": "この PC に保管している報告を送る（終了コード: 0 残りなし、1 残りあり）",
        "watch": "終わらずに、保管されるたびに送る",
        "every": "--watch で何秒ごとに見るか（省略時は 30）",
        "any_address": "別のアドレスあてに保管した報告も、今のアドレスに送る",
        "refused": "受け付けられなかった報告も、もう一度送る",
        "forget_refused": "受け付けられなかった報告を消す（送らない）",
        "tasks": "タスク スケジューラのタスクと前回の結果を読み、送る（終了コード: 0 記録された、1 記録されなかった）",
        "xml": "この PC を読む代わりに、記録した schtasks /Query /XML ONE の出力を読む",
        "csv": "同じく schtasks /Query /V /FO CSV の出力",
        "events": "同じく wevtutil qe Microsoft-Windows-TaskScheduler/Operational /f:xml の出力",
        "host": "PC の名前（省略時は CSV にある名前、なければこの PC）",
        "with_microsoft": "Microsoft のタスク（\\Microsoft\\…）も送る",
        "dry_run": "送らずに、送る内容を表示する",
    },
    "en": {
        "about": "Report to TC Portal how a job ended.",
        "send": "report a result (exit code: 0 recorded, 1 not recorded)",
        "status": "success or error",
        "message": "the message; - reads it from standard input",
        "key": "the job's key (default: TC_PORTAL_JOB_KEY)",
        "title": "the job's title (default: TC_PORTAL_JOB_TITLE)",
        "doctor": "find out why reports do not arrive (records nothing; exit code: 0 all well, 1 not)",
        "lang": "the language to speak",
        "flush": "send the reports kept on this PC (exit code: 0 none left, 1 some left)",
        "watch": "do not end; send whenever something is kept",
        "every": "with --watch, how often to look, in seconds (default: 30)",
        "any_address": "send also those kept for another address to the present one",
        "refused": "send also those that were refused",
        "forget_refused": "delete those that were refused (sends nothing)",
        "tasks": "read the Task Scheduler's tasks and their last results, and send them (exit code: 0 recorded, 1 not)",
        "xml": "instead of reading this PC, read what schtasks /Query /XML ONE printed",
        "csv": "likewise what schtasks /Query /V /FO CSV printed",
        "events": "likewise what wevtutil qe Microsoft-Windows-TaskScheduler/Operational /f:xml printed",
        "host": "the PC's name (default: the one in the CSV, else this PC's)",
        "with_microsoft": "send Microsoft's own tasks (\\Microsoft\\…) too",
        "dry_run": "send nothing; show what would be sent",
    },
}


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run ``tc-report`` and return its exit code; a usage error exits with 2."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    command: List[str] = []
    if words[:1] == ["run"]:
        from .wrapping.options import split

        options, command = split(words[1:])
        words = ["run", *options, *(["--"] if command else []), *command[:1]]
    given = _parser().parse_args(words)
    if given.command == "run":
        from .wrapping.options import run_options
        from .wrapping.run import run

        run(run_options(given, command))
    if given.command == "doctor":
        from .doctor import examine

        return examine(given.lang or language())
    if given.command == "flush":
        return _flush(given)
    if given.command == "tasks":
        return _tasks(given)
    message = _standard_input() if given.message == "-" else given.message
    return 0 if try_to_report(given.status, message, given.key, given.title) else 1


def _parser() -> ArgumentParser:
    import argparse

    class Parser(argparse.ArgumentParser):
        def _print_message(self, message: str, file: object = None) -> None:
            # argparse's own raises on a console that has no Japanese.
            if message and file is sys.stdout:
                say(message.rstrip("\n"))
            elif message and sys.stderr is not None:
                sys.stderr.write(message)

    words = OPTIONS[language()]
    parser = Parser(prog="tc-report", description=words["about"])
    parser.add_argument("--version", action="version", version=f"tc-report {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="send|run|flush|tasks|doctor", required=True)
    send = commands.add_parser("send", help=words["send"], description=words["send"])
    send.add_argument("status", choices=["success", "error"], help=words["status"])
    send.add_argument("-m", "--message", metavar="TEXT", help=words["message"])
    send.add_argument("--key", help=words["key"])
    send.add_argument("--title", help=words["title"])
    _add_run(commands)
    doctor = commands.add_parser("doctor", help=words["doctor"], description=words["doctor"])
    doctor.add_argument("--lang", choices=["ja", "en"], help=words["lang"])
    flush = commands.add_parser("flush", help=words["flush"], description=words["flush"])
    flush.add_argument("--watch", action="store_true", help=words["watch"])
    flush.add_argument("--every", metavar="SECONDS", type=_seconds, default=30.0, help=words["every"])
    flush.add_argument("--any-address", action="store_true", help=words["any_address"])
    flush.add_argument("--refused", action="store_true", help=words["refused"])
    flush.add_argument("--forget-refused", action="store_true", help=words["forget_refused"])
    flush.add_argument("--lang", choices=["ja", "en"], help=words["lang"])
    _add_tasks(commands, words)
    return parser


def _add_run(commands: _SubParsersAction[Any]) -> None:
    from .wrapping.options import RUN_WORDS, add_run_arguments

    spoken = language()
    run = commands.add_parser(
        "run", help=RUN_WORDS[spoken]["run"], description=RUN_WORDS[spoken]["run"], allow_abbrev=False
    )
    run.add_argument("--key", help=OPTIONS[spoken]["key"])
    run.add_argument("--title", help=OPTIONS[spoken]["title"])
    add_run_arguments(run, spoken)


def _add_tasks(commands: _SubParsersAction[Any], words: Dict[str, str]) -> None:
    tasks = commands.add_parser("tasks", help=words["tasks"], description=words["tasks"])
    for name in ("xml", "csv", "events"):
        tasks.add_argument(f"--{name}", metavar="FILE", help=words[name])
    tasks.add_argument("--host", metavar="NAME", help=words["host"])
    tasks.add_argument("--with-microsoft", action="store_true", help=words["with_microsoft"])
    tasks.add_argument("--dry-run", action="store_true", help=words["dry_run"])
    tasks.add_argument("--lang", choices=["ja", "en"], help=words["lang"])


def _tasks(given: Namespace) -> int:
    from .tasks.telling_tasks import TasksOptions, tell_tasks

    options = TasksOptions(given.xml, given.csv, given.events, given.host, given.with_microsoft, given.dry_run)
    return tell_tasks(options, given.lang or language())


def _flush(given: Namespace) -> int:
    from .spool.flushing import flush, forget_refused, retry_refused, watch

    spoken = given.lang or language()
    if given.forget_refused:
        return forget_refused(spoken)
    if given.refused:
        retry_refused(spoken)
    if given.watch:
        return watch(spoken, given.any_address, given.every)
    return flush(spoken, given.any_address)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= LONGEST_EVERY_SECONDS:
        raise ValueError(text)
    return seconds


def _standard_input() -> Optional[str]:
    if sys.stdin is None:
        return None
    try:
        return _decoded(sys.stdin.buffer.read()).strip("\r\n")
    except OSError:
        return None


def _decoded(data: bytes) -> str:
    """``data`` as text: Windows' own tools write the code page, PowerShell UTF-16, newer programs UTF-8."""
    import locale

    encodings: List[str] = ["utf-8-sig", locale.getpreferredencoding(False), "cp932"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings.insert(0, "utf-16")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "backslashreplace")
