"""How much is kept at most, what goes first, and the count of what went."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import datetime, timezone
from typing import Callable, Dict, List, NamedTuple, Sequence

from .byte_lock import locked
from .files import listing, standing
from .folders import file_mode
from .held_file import insist
from .kept_report import ERROR, FileName

MOST_REFUSED = 1000
DROPPED_FILE = "dropped.json"
TRIM_LOCK = "trim.lock"
LOCK_WAIT_SECONDS = 0.5


class Bounds(NamedTuple):
    """The most that a folder keeps, in reports and in bytes."""

    reports: int
    size: int


class Dropped(NamedTuple):
    """How many reports went for want of room, and between which instants."""

    successes: int = 0
    errors: int = 0
    first_at: str = ""
    last_at: str = ""

    @property
    def in_all(self) -> int:
        return self.successes + self.errors


def to_drop(kept: Sequence[FileName], bounds: Bounds) -> List[FileName]:
    """Which of ``kept``, oldest first, have to go: the oldest successes, and only then the oldest errors."""
    count = len(kept)
    size = sum(name.size for name in kept)
    going: List[FileName] = []
    for name in sorted(kept, key=lambda each: each.kind == ERROR):
        if count <= bounds.reports and size <= bounds.size:
            break
        going.append(name)
        count -= 1
        size -= name.size
    return going


def trim(folder: str, bounds: Bounds) -> List[str]:
    """Bring what is to be sent within ``bounds`` and count what went; the names of the files that did. Never raises."""
    now = standing(folder)
    if now.reports <= bounds.reports and now.size <= bounds.size:
        return []
    return _drop(folder, lambda: to_drop(listing(folder).kept, bounds))


def trim_refused(folder: str, bounds: Bounds) -> None:
    """The same for what was refused: a thousand at most. Never raises."""
    _drop(folder, lambda: to_drop(listing(folder).refused, bounds._replace(reports=MOST_REFUSED)))


def _drop(folder: str, which: Callable[[], List[FileName]]) -> List[str]:
    gone: List[FileName] = []
    with suppress(OSError), locked(os.path.join(folder, TRIM_LOCK), file_mode(folder), LOCK_WAIT_SECONDS) as ours:
        if ours:
            gone = [name for name in which() if _is_removed(os.path.join(folder, name.text))]
            _count(folder, gone)
    return [name.text for name in gone]


def dropped(folder: str) -> Dropped:
    """What went from ``folder`` since the count was last cleared."""
    try:
        with open(os.path.join(folder, DROPPED_FILE), "rb") as file:
            told: Dict[str, object] = json.load(file)
        return Dropped(int(told["successes"]), int(told["errors"]), str(told["first_at"]), str(told["last_at"]))  # type: ignore[call-overload]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Dropped()


def clear_dropped(folder: str) -> None:
    """Begin counting anew; never raises."""
    with suppress(OSError):
        insist(lambda: os.unlink(os.path.join(folder, DROPPED_FILE)))


def _is_removed(path: str) -> bool:
    try:
        insist(lambda: os.unlink(path))
    except OSError:
        return False
    return True


def _count(folder: str, gone: Sequence[FileName]) -> None:
    """Add to the count; the lock is held. Where the disk is full, the count is what is lost."""
    if not gone:
        return
    before = dropped(folder)
    errors = sum(name.kind == ERROR for name in gone)
    now = datetime.now(timezone.utc).isoformat()
    after = Dropped(before.successes + len(gone) - errors, before.errors + errors, before.first_at or now, now)
    path = os.path.join(folder, DROPPED_FILE)
    with suppress(OSError):
        os.unlink(path + ".new")
    with suppress(OSError):
        # Never through what another account may have put there.
        file = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_EXCL, file_mode(folder))
        try:
            os.write(file, json.dumps(after._asdict()).encode("ascii"))
        finally:
            os.close(file)
        insist(lambda: os.replace(path + ".new", path))
