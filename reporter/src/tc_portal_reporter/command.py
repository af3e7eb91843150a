"""The command ``tc-report``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, List, Optional, Sequence

from .console import say
from .language import language
from .report import try_to_report
from .version import __version__

if TYPE_CHECKING:
    from argparse import ArgumentParser

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
    },
}


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run ``tc-report`` and return its exit code; a usage error exits with 2."""
    given = _parser().parse_args(arguments)
    if given.command == "doctor":
        from .doctor import examine

        return examine(given.lang or language())
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
    commands = parser.add_subparsers(dest="command", metavar="send|doctor", required=True)
    send = commands.add_parser("send", help=words["send"], description=words["send"])
    send.add_argument("status", choices=["success", "error"], help=words["status"])
    send.add_argument("-m", "--message", metavar="TEXT", help=words["message"])
    send.add_argument("--key", help=words["key"])
    send.add_argument("--title", help=words["title"])
    doctor = commands.add_parser("doctor", help=words["doctor"], description=words["doctor"])
    doctor.add_argument("--lang", choices=["ja", "en"], help=words["lang"])
    return parser


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
