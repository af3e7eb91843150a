"""The fingerprint of an error's message: the same for the same error, another for another one."""

import re
from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from ..text import cut
from .python_traceback import PythonTraceback, find_traceback
from .reduced import plain, reduced

GIST_LIMIT = 200
# What is looked at of a message: its end says why it failed.
LOOKED_AT = 20_000
LINE_LIMIT = 2_000
# The innermost calls of the script. More of them would tell apart what is the same error, told by way of another caller.
FRAMES = 4
LINES = 3

_SAYS_TROUBLE = re.compile(
    r"error|exception|fail|fatal|critical|cannot|could not|unable|denied|refused|timed? ?out|not found|no such|abort|panic|invalid"
    r"|エラー|失敗|例外|異常|できません|できない|ありません|見つかりません|タイムアウト|拒否|切断|不正|不足",
    re.I,
)
# The beginning of a line of a log: when, how grave, from where.
_LOG_PREFIX = re.compile(
    r"^(?:[\[(]?(?:\d{4}[-/.]\d{2}[-/.]\d{2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?[^\]\s)]*)?|\d{1,2}:\d{2}(?::\d{2}[^\]\s)]*)?)[\])]?[\s,:-]+)?"
    r"(?:[\[(<]?(?:ERROR|CRITICAL|FATAL|WARN(?:ING)?|INFO|DEBUG|SEVERE|エラー|警告|情報)[\])>]?[\s:|-]+)?"
)


class Fingerprint(msgspec.Struct, frozen=True):
    """``key`` is what two messages of one error have in common; ``gist`` is the error in one line, for people."""

    key: str
    gist: str


def fingerprint(message: str) -> Fingerprint | None:
    """What identifies the error that ``message`` tells of; None where it says nothing."""
    lines = [cut(line.rstrip(), LINE_LIMIT) for line in plain(message[-LOOKED_AT:]).splitlines() if line.strip()]
    if not lines:
        return None
    traceback = find_traceback(lines)
    if traceback is not None:
        said = f"{traceback.exception}: {traceback.text}" if traceback.text else traceback.exception
        return Fingerprint(_key("python", *_of_traceback(traceback)), cut(said, GIST_LIMIT))
    telling = _telling(lines)
    return Fingerprint(_key("text", *map(_reduced, telling)), cut(_LOG_PREFIX.sub("", telling[0].strip()), GIST_LIMIT))


def _of_traceback(traceback: PythonTraceback) -> list[str]:
    frames = [frame for frame in traceback.frames if frame.is_the_scripts] or list(traceback.frames)
    calls = list(dict.fromkeys(f"{frame.file}:{frame.function}" for frame in frames))[-FRAMES:]
    # What Python itself says of a mistake changes from one version to the next; what the script or a library raises does not.
    is_raised = bool(traceback.frames) and traceback.frames[-1].source.startswith("raise")
    is_plain_failure = traceback.exception in ("SystemExit", "AssertionError")
    said = reduced(traceback.text) if is_raised or is_plain_failure else ""
    return [traceback.exception.rpartition(".")[2], said, *calls]


def _telling(lines: Sequence[str]) -> list[str]:
    """The lines that say what went wrong: the last that sounds like trouble, or else the first few."""
    troubled = [line for line in lines if _SAYS_TROUBLE.search(line)]
    return [troubled[-1]] if troubled else list(lines[:LINES])


def _reduced(line: str) -> str:
    return reduced(_LOG_PREFIX.sub("", line.strip()))


def _key(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()
