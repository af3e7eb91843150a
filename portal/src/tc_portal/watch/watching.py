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


def watch_until_told(database: dict[str, Any], second_monitor: SecondMonitor | None) -> None:
    """Judge what is due in a database, a Django ``DATABASES`` entry, until SIGTERM or SIGINT comes.

    What is under way is committed first. A second signal ends the process at once, which loses nothing either.
    """
    told = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        told.set()

    for told_to_stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told_to_stop, stop)
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
