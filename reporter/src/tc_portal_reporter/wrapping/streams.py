"""What this process has as standard streams, which the command is to have as if there were nobody between."""

from __future__ import annotations

import os
import sys
from typing import List, NamedTuple

STDOUT = 1
STDERR = 2


class Outlets(NamedTuple):
    """Where output goes: which of our streams exist, and whether both are one and the same.

    ``2>&1`` makes them so. Then the command gets one pipe for both, or else its lines would change places.
    """

    has_stdout: bool
    has_stderr: bool
    are_one: bool


def outlets() -> Outlets:
    has_stdout, has_stderr = _is_open(STDOUT), _is_open(STDERR)
    return Outlets(has_stdout, has_stderr, has_stdout and has_stderr and _are_same())


def terminals() -> List[int]:
    """Those of our three streams that are a terminal."""
    return [number for number in range(3) if _is_open(number) and os.isatty(number)]


def fill_gaps() -> None:
    """Let the standard streams that are closed lead nowhere.

    Their numbers would else be given to the next files that are opened, which the command would then
    take for its own streams.
    """
    for number in range(3):
        if not _is_open(number):
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _are_same() -> bool:
    if sys.platform == "win32":
        from .windows_handles import are_same_object

        return are_same_object(STDOUT, STDERR)
    first, second = os.fstat(STDOUT), os.fstat(STDERR)
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)
