"""How a run that was killed is told: by a file that it leaves behind.

While a command runs, ``running-<run_id>.json`` in the spool folder says so, and its lock is held. The
system gives the lock back when the wrapper dies. Whoever reports next and can take the lock knows that
the run ended without a word, and says so in its place.
"""

from __future__ import annotations

import os
from contextlib import suppress
from time import monotonic
from typing import Dict, List, Mapping, Optional

from ..settings import Settings
from ..spool.byte_lock import try_lock
from ..spool.folders import file_mode, make_folder, share, spool_folders
from ..spool.held_file import HeldFile, hold

TOMBSTONE_PREFIX = "running-"
TOMBSTONE_SUFFIX = ".json"
# What telling of the dead may take of the time of the run that does it.
SECONDS_FOR_THE_DEAD = 5.0
# With less than this left, nothing would come of a try.
LEAST_SECONDS_A_TRY = 0.2

BY_DEATH = (
    "結果を報告せずに終了しました（強制終了、電源断、再起動など）。"
    " / It ended without a report (killed, power cut, restart or the like)."
)
UNKNOWN_EXIT = "終了コードは不明 / exit code unknown"


class Tombstone:
    """The file of one run. It is locked as long as this process lives."""

    def __init__(self, path: str, file: int) -> None:
        self._path = path
        self._file = file

    def touch(self) -> None:
        """Note that the run is alive now; the file's time tells it later."""
        with suppress(OSError):
            os.utime(self._path)

    def make_durable(self) -> None:
        """Wait until the file would survive a power cut."""
        with suppress(OSError):
            os.fsync(self._file)

    def remove(self) -> None:
        """The run has told of its end itself."""
        HeldFile(self._path, self._file).remove()


def raise_tombstone(settings: Settings, facts: Mapping[str, object]) -> Optional[Tombstone]:
    """Make and lock the file of a run. ``facts`` are members of its report, ``run_id`` and ``started_at`` among them.

    None where no folder of the spool takes it; then only missing heartbeats tell of this run's death.
    """
    for folder in spool_folders(settings):
        with suppress(OSError):
            make_folder(folder)
            return _raised(folder, facts)
    return None


def report_the_dead(settings: Settings, until: Optional[float] = None) -> int:
    """Tell of each run on this PC that died without a report; how many were told of. Never raises.

    A file goes only when the report in its place is safe, with the portal or in the spool. All these
    reports have their run's own ``run_id``, so that none is a second run. Ends early where the portal
    does not answer or ``until``, by ``time.monotonic()``, has come (5 seconds from now, unless said); the next
    report goes on.
    """
    if until is None:
        until = monotonic() + SECONDS_FOR_THE_DEAD
    told = 0
    for folder in spool_folders(settings):
        for path in _tombstones(folder):
            if until - monotonic() < LEAST_SECONDS_A_TRY:
                return told
            held = hold(path)
            if held is None:
                continue
            members = _last_words(path, held)
            if members is None:
                held.remove()
                continue
            seconds = max(LEAST_SECONDS_A_TRY / 2, min(settings.timeout_seconds, until - monotonic()))
            recorded = _tell_of_death(settings._replace(timeout_seconds=seconds), members, held)
            told += recorded
            if not recorded:
                return told
    return told


def _tell_of_death(settings: Settings, members: Dict[str, object], held: HeldFile) -> bool:
    from ..delivery import LOST, deliver

    # Catching up would take its own time, once a dead run.
    delivery = deliver(settings, "job-report", members, catches_up=False)
    if delivery.outcome == LOST:
        held.let_go()
    else:
        held.remove()
    return delivery.is_recorded


def _raised(folder: str, facts: Mapping[str, object]) -> Optional[Tombstone]:
    import json

    path = os.path.join(folder, f"{TOMBSTONE_PREFIX}{facts['run_id']}{TOMBSTONE_SUFFIX}")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    file = os.open(path, flags, file_mode(folder))
    try:
        share(file, folder)
        if not _is_exclusive(path, file):
            raise OSError("no locks here")
        os.lseek(file, 0, os.SEEK_SET)
        os.write(file, json.dumps(dict(facts)).encode("ascii"))
    except OSError:
        HeldFile(path, file).remove()
        raise
    return Tombstone(path, file)


def _is_exclusive(path: str, file: int) -> bool:
    """Take the lock, and make sure that it keeps others out: where it does not, every run would look dead."""
    if not try_lock(file):
        return False
    other = os.open(path, os.O_RDWR)
    try:
        return not try_lock(other)
    finally:
        os.close(other)


def _tombstones(folder: str) -> List[str]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    found = [name for name in names if name.startswith(TOMBSTONE_PREFIX) and name.endswith(TOMBSTONE_SUFFIX)]
    return [os.path.join(folder, name) for name in found]


def _last_words(path: str, held: HeldFile) -> Optional[Dict[str, object]]:
    """The report of a dead run; None where the file says nothing: its run has ended well, or the power went first."""
    import json
    from datetime import datetime, timezone

    try:
        facts = json.loads(held.content())
        last_sign = datetime.fromtimestamp(os.stat(path).st_mtime, timezone.utc)
        started = datetime.fromisoformat(facts["started_at"])
        # A report of its own, should it have sent one at the last moment, is later than its last sign of life.
        finished = max(last_sign, started)
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    times = [instant.astimezone().isoformat(sep=" ", timespec="seconds") for instant in (started, finished)]
    return {
        **facts,
        "status": "error",
        "finished_at": finished.isoformat(),
        "message": f"{BY_DEATH}\n開始 / started: {times[0]}\n最後に動いていた時刻 / last seen alive: {times[1]}",
        "exit_meaning": UNKNOWN_EXIT,
    }
