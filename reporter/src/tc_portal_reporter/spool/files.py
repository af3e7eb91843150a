"""Reports on disk: one file each, written whole, held by a lock while somebody is sending it.

A report is on disk before the first try to send it. Whoever sends it holds the lock of its file, so
nobody else sends it meanwhile; if he is killed, his lock goes and the report is still there.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import List, NamedTuple

from .byte_lock import try_lock
from .folders import file_mode, make_folder, share
from .held_file import HeldFile, hold, insist
from .kept_report import (
    KEPT_ENDING,
    REFUSED_ENDING,
    SIZE_PLACE,
    UNFINISHED_ENDING,
    UNREADABLE_ENDING,
    FileName,
    new_file_name,
    read_file_name,
    read_report,
)

UNFINISHED_SECONDS = 3600


class Listing(NamedTuple):
    """The files of one folder, oldest first: ``kept`` are to be sent, ``refused`` never will be.

    ``unfinished`` are being written, or their writer was killed; ``unreadable`` are none of ours, or damaged.
    """

    kept: List[FileName]
    refused: List[FileName]
    unfinished: List[FileName]
    unreadable: List[FileName]


class Standing(NamedTuple):
    """How much a folder holds that is to be sent, in reports and bytes, and whether there is anything unfinished."""

    reports: int
    size: int
    has_unfinished: bool


def keep_in(folder: str, content: bytes, is_error: bool) -> HeldFile:
    """Write a report to ``folder``, whole and synced to disk, and hold it. Raises ``OSError``."""
    from time import time_ns

    make_folder(folder)
    path = os.path.join(folder, new_file_name(time_ns(), is_error, len(content)))
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    file = os.open(path + UNFINISHED_ENDING, flags, file_mode(folder))
    try:
        share(file, folder)
        if sys.platform != "win32":
            try_lock(file)
        left = memoryview(content)
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
        if sys.platform == "win32":
            # Windows renames no open file. In the moment before it is locked another may send it, too: that is harmless.
            os.close(file)
            file = -1
        insist(lambda: os.replace(path + UNFINISHED_ENDING, path))
    except BaseException:
        if file >= 0:
            os.close(file)
        with suppress(OSError):
            os.unlink(path + UNFINISHED_ENDING)
        raise
    if file < 0:
        return hold(path) or HeldFile(path, None)
    _sync_folder(folder)
    return HeldFile(path, file)


def listing(folder: str) -> Listing:
    """What ``folder`` holds; nothing where it is missing or cannot be read."""
    found = Listing([], [], [], [])
    lists = {
        KEPT_ENDING: found.kept,
        REFUSED_ENDING: found.refused,
        UNFINISHED_ENDING: found.unfinished,
        UNREADABLE_ENDING: found.unreadable,
    }
    for text in sorted(_names(folder)):
        into = lists.get(os.path.splitext(text)[1])
        name = read_file_name(text)
        if into is not None and name is not None:
            into.append(name)
    return found


def standing(folder: str) -> Standing:
    """``listing`` in short, for each report needs it, also where thousands are kept."""
    reports = size = 0
    has_unfinished = False
    for text in _names(folder):
        if text.endswith(KEPT_ENDING):
            length = text[SIZE_PLACE]
            if length.isdigit():
                reports += 1
                size += int(length)
        elif text.endswith(KEPT_ENDING + UNFINISHED_ENDING):
            has_unfinished = True
    return Standing(reports, size, has_unfinished)


def recover(folder: str, unfinished: List[FileName]) -> None:
    """Look after files whose writer was killed: those that are whole are kept reports, old ones that are not go."""
    for name in unfinished:
        path = os.path.join(folder, name.text)
        held = hold(path)
        if held is None:
            continue
        try:
            read_report(held.content())
        except (ValueError, OSError):
            if _is_old(path):
                held.unlink()
            else:
                held.let_go()
        else:
            held.rename("")


def _names(folder: str) -> List[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _is_old(path: str) -> bool:
    """Whether the file was written long ago, or by a clock that has been put back since."""
    from time import time

    try:
        return abs(time() - os.stat(path).st_mtime) > UNFINISHED_SECONDS
    except OSError:
        return False


def _sync_folder(folder: str) -> None:
    """Make the new name itself durable; NTFS journals it by itself."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
