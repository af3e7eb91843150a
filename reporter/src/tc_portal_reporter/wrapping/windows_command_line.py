"""The command as it was typed.

A Windows program gets one line of text and takes it apart by its own rules. Put together again from
its parts, ``cmd /c "dir ""C:\\a b"" /s"`` would be another line. So the end of our own line is passed on.
"""

from __future__ import annotations

import sys
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple


class _Part(NamedTuple):
    start: int
    text: str


def typed_line(command: Sequence[str]) -> Optional[str]:
    """The part of this process's own command line that ``command`` came from; None where it is not to be found."""
    if sys.platform != "win32":
        return None
    try:
        import ctypes

        get_line = ctypes.WinDLL("kernel32").GetCommandLineW
        get_line.restype = ctypes.c_wchar_p
        return end_of_line(get_line() or "", command)
    except (ImportError, OSError, AttributeError):
        return None


def end_of_line(line: str, command: Sequence[str]) -> Optional[str]:
    """The end of ``line`` that Microsoft's C runtime would take apart into ``command``, or None."""
    parts = list(parts_of(line))[-len(command) :] if command else []
    if [part.text for part in parts] != list(command) or not parts:
        return None
    return line[parts[0].start :].rstrip(" \t")


def parts_of(line: str) -> Iterator[_Part]:
    """The arguments in ``line`` and where each begins, by the rules of Microsoft's C runtime."""
    at = 0
    while True:
        while at < len(line) and line[at] in " \t":
            at += 1
        if at >= len(line):
            return
        start = at
        text, at = _argument(line, at)
        yield _Part(start, text)


def _argument(line: str, at: int) -> Tuple[str, int]:
    text: List[str] = []
    is_quoted = False
    while at < len(line) and (is_quoted or line[at] not in " \t"):
        slashes = 0
        while at + slashes < len(line) and line[at + slashes] == "\\":
            slashes += 1
        at += slashes
        if line[at : at + 1] != '"':
            text.append("\\" * slashes)
            if slashes == 0:
                text.append(line[at])
                at += 1
            continue
        text.append("\\" * (slashes // 2))
        if slashes % 2:
            text.append('"')
        elif is_quoted and line[at + 1 : at + 2] == '"':
            text.append('"')
            at += 1
        else:
            is_quoted = not is_quoted
        at += 1
    return "".join(text), at
