"""The watcher as a process of its own: ``tc-portal watch``."""

import signal
import threading
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from tc_portal.store.batches import Refused, Store, Unavailable
from tc_portal.store.database import open_store

from .patience import Patience
from .second_monitor import SecondMonitor

SECONDS_BETWEEN_LOOKS = 1.0
LONGEST_PAUSE = 30.0


def told_to_stop() -> threading.Event:
    """What SIGTERM and SIGINT set from now on. The second of either ends the process at once, which loses nothing."""
    told = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return told


def watch_until(told: threading.Event, database: dict[str, Any], second_monitor: SecondMonitor | None) -> None:
    """Judge what is due in a database, a Django ``DATABASES`` entry, until told to stop. What is under way is committed."""
    store = open_store(database)
    patience = Patience("judge what is due", SECONDS_BETWEEN_LOOKS, LONGEST_PAUSE)
    while not told.is_set():
        try:
            _judge_all_that_is_due(store, told)
        except (Unavailable, Refused) as trouble:
            pause = patience.after_failure(trouble)
        else:
            pause = patience.after_success()
            if second_monitor is not None:
                second_monitor.note_that_watching_works()
        told.wait(pause)
    store.close()


def _judge_all_that_is_due(store: Store, told: threading.Event) -> None:
    while not told.is_set() and store.watch(datetime.now(UTC)):
        pass
