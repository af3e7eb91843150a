"""What ``tc-report run`` is told: its own options, and where the command begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, FrozenSet, List, NamedTuple, Optional, Sequence, Set, Tuple

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DEFAULT_HEARTBEAT_SECONDS = 60
SHORTEST_HEARTBEAT_SECONDS = 10
DEFAULT_GRACE_SECONDS = 10.0
LONGEST_SECONDS = 400 * 86_400.0
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
FLAGS = ("-h", "--help", "-v", "--verbose", "--no-output")

RUN_WORDS = {
    "ja": {
        "run": "コマンドをそのまま実行し、開始と結果を報告する（終了コードはコマンドのもの）",
        "command": "実行するコマンドとその引数。-- の後に書く",
        "timeout": "この時間を超えたら、コマンドとその子プロセスを終了させる（例: 90、30m、2h。終了コード 124）",
        "kill_after": "終了を求めてから強制終了するまでの秒数（Windows では待たない。既定 10）",
        "ok_codes": "成功とみなす終了コード（例: 0,2 や 0-7。既定 0）",
        "heartbeat": "実行中であることを知らせる間隔の秒数（0 で知らせない。既定 60）",
        "no_output": "出力を報告しない（コマンドは、出力先をそのまま受け継ぐ）",
        "verbose": "報告の結果を標準エラー出力に表示する",
    },
    "en": {
        "run": "run a command as it is, and report its start and its end (exit code: the command's)",
        "command": "the command and its arguments, after --",
        "timeout": "end the command and its children after this time (such as 90, 30m, 2h; exit code 124)",
        "kill_after": "seconds from asking it to terminate to killing it (not on Windows; default: 10)",
        "ok_codes": "exit codes that are a success (such as 0,2 or 0-7; default: 0)",
        "heartbeat": "seconds between signs of life while it runs (0: none; default: 60)",
        "no_output": "do not report the output (the command inherits our streams)",
        "verbose": "say on standard error what became of the report",
    },
}


class RunOptions(NamedTuple):
    """``timeout_seconds`` is None where there is no limit, ``heartbeat_seconds`` 0 where no sign of life is wanted."""

    command: Tuple[str, ...]
    key: Optional[str] = None
    title: Optional[str] = None
    timeout_seconds: Optional[float] = None
    grace_seconds: float = DEFAULT_GRACE_SECONDS
    ok_codes: FrozenSet[int] = frozenset((0,))
    heartbeat_seconds: int = DEFAULT_HEARTBEAT_SECONDS
    reports_output: bool = True
    is_verbose: bool = False


def add_run_arguments(parser: ArgumentParser, language: str) -> None:
    """Let ``parser``, that of ``tc-report run``, know its arguments. ``command`` is only there to be seen in the help."""
    words = RUN_WORDS[language]
    parser.add_argument("--timeout", metavar="S", type=seconds, help=words["timeout"])
    parser.add_argument(
        "--kill-after", metavar="S", type=seconds, default=DEFAULT_GRACE_SECONDS, help=words["kill_after"]
    )
    parser.add_argument("--ok-codes", metavar="0,2", type=codes, default=frozenset((0,)), help=words["ok_codes"])
    parser.add_argument(
        "--heartbeat", metavar="S", type=heartbeat, default=DEFAULT_HEARTBEAT_SECONDS, help=words["heartbeat"]
    )
    parser.add_argument("--no-output", action="store_true", help=words["no_output"])
    parser.add_argument("-v", "--verbose", action="store_true", help=words["verbose"])
    parser.add_argument("wrapped", metavar="COMMAND", nargs="+", help=words["command"])


def run_options(given: Namespace, command: Sequence[str]) -> RunOptions:
    """The options as ``add_run_arguments`` has read them, with the ``command`` that ``split`` has set apart."""
    return RunOptions(
        command=tuple(command),
        key=given.key,
        title=given.title,
        timeout_seconds=given.timeout or None,
        grace_seconds=given.kill_after,
        ok_codes=given.ok_codes,
        heartbeat_seconds=given.heartbeat,
        reports_output=not given.no_output,
        is_verbose=given.verbose,
    )


def split(arguments: Sequence[str]) -> Tuple[List[str], List[str]]:
    """The options and the command in what follows ``run``.

    The command begins after the first ``--``, or with the first word that is neither an option nor an
    option's value. argparse would look for options of its own in it.
    """
    at = 0
    while at < len(arguments):
        word = arguments[at]
        if word == "--":
            return list(arguments[:at]), list(arguments[at + 1 :])
        if not word.startswith("-") or word == "-":
            break
        at += 1 if "=" in word or word in FLAGS else 2
    return list(arguments[:at]), list(arguments[at:])


def seconds(text: str) -> float:
    """A length of time: seconds, or a number with ``s``, ``m``, ``h`` or ``d``. Raises ``ValueError``."""
    unit = UNITS.get(text[-1:].lower())
    number = float(text[:-1] if unit else text) * (unit or 1)
    if not 0 <= number <= LONGEST_SECONDS:
        raise ValueError(text)
    return number


def heartbeat(text: str) -> int:
    """The seconds between two signs of life; 0 for none. Raises ``ValueError``."""
    number = int(seconds(text))
    return max(number, SHORTEST_HEARTBEAT_SECONDS) if number else 0


def codes(text: str) -> FrozenSet[int]:
    """Exit codes as in ``0,2``, ``0-7``, ``0x41301`` or ``-1`` (0xFFFFFFFF). Raises ``ValueError``."""
    found: Set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, dash, last = part[1:].partition("-")
        first = part[:1] + first
        start, stop = _code(first), _code(last if dash else first)
        if stop - start > 0xFFFF:
            raise ValueError(part)
        found.update(range(start, stop + 1))
    return frozenset(found)


def _code(text: str) -> int:
    number = int(text, 0)
    if not -(1 << 31) <= number < 1 << 32:
        raise ValueError(text)
    return number % (1 << 32)
