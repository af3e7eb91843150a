"""One file of the spool, open and locked: nobody else sends it meanwhile."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Callable, Optional

from ..wire import now_text
from .byte_lock import try_lock, unlock
from .kept_report import REFUSED_ENDING, Try, try_to_line

LONGEST_FILE_BYTES = 8 << 20
RETRIES = 4
RETRY_SECONDS = 0.05


class HeldFile:
    """A file of the spool that is open here and locked; nobody else sends it until it is let go.

    Without ``file`` it is ours, but could not be opened again: only Windows' virus scanners bring that about.
    """

    def __init__(self, path: str, file: Optional[int]) -> None:
        self.path = path
        self._file = file

    def content(self) -> bytes:
        """Raises ``OSError``."""
        if self._file is None:
            return b""
        os.lseek(self._file, 0, os.SEEK_SET)
        parts = []
        left = LONGEST_FILE_BYTES
        while left > 0:
            part = os.read(self._file, left)
            if not part:
                break
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def note(self, reason: str, is_final: bool = False) -> None:
        """Write down that a try failed, if that is possible; not synced to disk."""
        if self._file is not None:
            with suppress(OSError):
                os.lseek(self._file, 0, os.SEEK_END)
                os.write(self._file, try_to_line(Try(now_text(), reason, is_final)))

    def set_aside(self, reason: str) -> None:
        """Put the report among those that were refused for good."""
        self.note(reason, is_final=True)
        self.rename(REFUSED_ENDING)

    def let_go(self) -> None:
        """Leave the file where it is, for a later try by anybody."""
        if self._file is not None:
            unlock(self._file)
            os.close(self._file)
            self._file = None

    def remove(self) -> None:
        """Take the report out of the spool.

        It is emptied before it is unlinked: whoever had opened it meanwhile finds nothing to send, nor is
        anything sent again where the file cannot be unlinked.
        """
        if self._file is not None:
            with suppress(OSError):
                os.ftruncate(self._file, 0)
        self.unlink()

    def unlink(self) -> None:
        """Take away what is no report, as it is."""
        self.let_go()
        with suppress(OSError):
            insist(lambda: os.unlink(self.path))

    def rename(self, ending: str) -> None:
        """Put the file aside under its name with another ``ending``."""
        self.let_go()
        with suppress(OSError):
            insist(lambda: os.replace(self.path, self.path[: self.path.rindex(".")] + ending))


def hold(path: str) -> Optional[HeldFile]:
    """Open and lock a file of the spool; None if it is gone, held by another, or not ours to send."""
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        file = os.open(path, flags)
    except OSError:
        return None
    if not try_lock(file):
        os.close(file)
        return None
    return HeldFile(path, file)


def insist(work: Callable[[], None]) -> None:
    """Do ``work``, a few times if a virus scanner or the like has the file open. Raises its last ``OSError``."""
    if sys.platform != "win32":
        work()
        return
    from time import sleep

    for again in range(RETRIES):
        try:
            work()
            return
        except FileNotFoundError:
            raise
        except PermissionError:
            sleep(RETRY_SECONDS * (again + 1))
    work()
