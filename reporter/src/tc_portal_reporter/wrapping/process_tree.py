"""All processes that come from one: who they are, and how they are ended (not on Windows).

Together they are the session or group that the process leads, and its descendants, wherever these went.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Dict, Iterable, List, NamedTuple, Set

TREE_POLL_SECONDS = 0.05
# How long to go on killing what comes into being in the meantime.
KILLING_SECONDS = 3.0


class Entry(NamedTuple):
    """One process, as the system's table has it."""

    pid: int
    parent: int
    group: int
    session: int
    is_gone: bool = False


def end_tree(root: int, grace_seconds: float) -> None:
    """Ask all processes of the tree of ``root`` to terminate, and kill those that are left after the grace."""
    import signal

    if _tell(root, signal.SIGTERM):
        # One that is stopped hears nothing until it goes on.
        _tell(root, signal.SIGCONT)
        _wait_until_gone(root, grace_seconds)
    until = time.monotonic() + KILLING_SECONDS
    while _tell(root, signal.SIGKILL) and time.monotonic() < until:
        time.sleep(TREE_POLL_SECONDS)


def members(table: Iterable[Entry], root: int, besides: Set[int]) -> List[int]:
    """The living processes in ``table`` that belong to the tree of ``root``, without those in ``besides``."""
    entries = list(table)
    children: Dict[int, List[int]] = {}
    for entry in entries:
        children.setdefault(entry.parent, []).append(entry.pid)
    found = {entry.pid for entry in entries if root in (entry.pid, entry.group, entry.session)}
    to_visit = list(found)
    while to_visit:
        for child in children.get(to_visit.pop(), ()):
            if child not in found:
                found.add(child)
                to_visit.append(child)
    gone = {entry.pid for entry in entries if entry.is_gone}
    return sorted(found - gone - besides)


def process_table() -> List[Entry]:
    """Every process that this system tells of; empty where it tells of none."""
    return _table_of_linux() if sys.platform == "linux" else _table_of_ps()


def _tell(root: int, number: int) -> bool:
    """Send a signal to all of the tree; whether anybody was there to get it."""
    reached = False
    for pid in members(process_table(), root, {os.getpid()}):
        try:
            os.kill(pid, number)
            reached = True
        except OSError:
            continue
    return reached


def _wait_until_gone(root: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and members(process_table(), root, {os.getpid()}):
        time.sleep(TREE_POLL_SECONDS)


def _table_of_linux() -> List[Entry]:
    from pathlib import Path

    table = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # After the program's name, which may have anything in it: state, parent, group, session.
            words = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            parent, group, session = map(int, words[1:4])
        except (OSError, ValueError):
            continue
        table.append(Entry(int(folder.name), parent, group, session, words[0] in (b"Z", b"X")))
    return table


def _table_of_ps() -> List[Entry]:
    import subprocess

    # Each column apart: what follows the first = would be its heading.
    columns = [word for name in ("pid", "ppid", "pgid", "stat") for word in ("-o", f"{name}=")]
    try:
        done = subprocess.run(["ps", "-A", *columns], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return []
    table = []
    for line in done.stdout.splitlines():
        try:
            pid, parent, group = map(int, line.split()[:3])
        except ValueError:
            continue
        table.append(Entry(pid, parent, group, session=0, is_gone=line.split()[-1].startswith(b"Z")))
    return table
