"""A lock that its owner's death releases, whatever the death.

It lies on one byte of an open file. Windows keeps others from reading and writing a locked byte, so
the byte is far behind the content.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import Iterator, Optional

LOCKED_BYTE = 1 << 30
WAIT_STEP_SECONDS = 0.02


def try_lock(file: int) -> bool:
    """Lock the open file ``file`` (its descriptor, open for writing), unless another has; never waits.

    True also where the file system knows no locks: two that send the same are better than none that does.
    """
    if sys.platform == "win32":
        import msvcrt

        os.lseek(file, LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl
    from errno import EACCES, EAGAIN, EWOULDBLOCK

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (EACCES, EAGAIN, EWOULDBLOCK)
    return True


def unlock(file: int) -> None:
    """Release the lock; closing the file does so as well, but Windows may take its time."""
    with suppress(OSError):
        if sys.platform == "win32":
            import msvcrt

            os.lseek(file, LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def locked(path: str, mode: int, wait_seconds: float = 0.0) -> Iterator[bool]:
    """Hold the lock of the file ``path``, made with ``mode`` where it is missing; False where another holds it.

    Also False where the file can be neither opened nor made.
    """
    file = _opened(path, mode)
    if file is None:
        yield False
        return
    try:
        held = _lock_within(file, wait_seconds)
        try:
            yield held
        finally:
            if held:
                unlock(file)
    finally:
        os.close(file)


def _lock_within(file: int, seconds: float) -> bool:
    from time import monotonic, sleep

    until = monotonic() + seconds
    while not try_lock(file):
        if monotonic() >= until:
            return False
        sleep(WAIT_STEP_SECONDS)
    return True


def _opened(path: str, mode: int) -> Optional[int]:
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
    for more in (0, os.O_CREAT | os.O_EXCL, 0):
        # Not O_CREAT alone: in a folder like /tmp, Linux refuses that for a file which another account made.
        try:
            file = os.open(path, flags | more, mode)
        except OSError:
            continue
        if more and sys.platform != "win32":
            with suppress(OSError):
                os.fchmod(file, mode)
        return file
    return None
