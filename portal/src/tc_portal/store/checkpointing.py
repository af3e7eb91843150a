"""Copying SQLite's log into the database beside the recording, so that no report waits for it.

The recording connection copies what is left when its log has grown long (``CHECKPOINT_PAGES``): that is little then. See
https://www.sqlite.org/wal.html#ckpt.
"""

import contextlib
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

SECONDS_BETWEEN = 1.0


def checkpoint_beside(path: Path) -> None:
    """Begin to copy, each second, what has been committed to the database at ``path``, for as long as this process lives."""
    threading.Thread(target=_checkpoint_for_ever, args=(path,), name="checkpoints", daemon=True).start()


def _checkpoint_for_ever(path: Path) -> None:
    while True:
        time.sleep(SECONDS_BETWEEN)
        # Whatever is wrong with the database is told by those who record in it.
        with contextlib.suppress(sqlite3.Error):
            checkpoint(path)


def checkpoint(path: Path) -> tuple[int, int]:
    """Copy what can be copied without anybody waiting; how many pages the log has, and how many of them are copied."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)) as connection:
        _, in_log, copied = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return in_log, copied
