"""A daily word to a second monitor, at an address of the user's choice: this portal lives, and watches.

A portal that is down cannot say so. The second monitor, which knows that the word is due once a day, can.
"""

import http.client
import logging
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from datetime import time as TimeOfDay
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.database import open_store

logger = logging.getLogger(__name__)

BETWEEN_LOOKS = 30.0
RETRY_AFTER = timedelta(minutes=5)
TIMEOUT_SECONDS = 10.0
ONE_DAY = timedelta(days=1)


class SecondMonitor:
    """Tells the second monitor, from a thread of its own, so that watching waits for nobody."""

    def __init__(self, url: str, at: TimeOfDay, time_zone: str, database: dict[str, Any]) -> None:
        """The word goes out at ``at`` by the clock in ``time_zone``. ``database`` is a Django ``DATABASES`` entry."""
        self._url = url
        # What follows the host is, with most services, a key.
        self._shown = urlsplit(url).hostname
        self._at = at
        self._zone = ZoneInfo(time_zone)
        self._database = database
        self._next_look = 0.0
        self._telling: threading.Thread | None = None

    def note_that_watching_works(self) -> None:
        """Watching has just gone well: tell, if the day's word is due. Returns at once."""
        is_telling = self._telling is not None and self._telling.is_alive()
        if is_telling or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + BETWEEN_LOOKS
        self._telling = threading.Thread(target=self.tell_if_due, args=(datetime.now(UTC),), daemon=True)
        self._telling.start()

    def tell_if_due(self, now: datetime) -> bool:
        """Tell, if the word is due and nobody else has taken it; whether it got through."""
        store = open_store(self._database)
        try:
            if not store.take_ping(now, now + RETRY_AFTER):
                return False
            if not self._tell():
                return False
            store.put_off_ping(self.next_after(now))
        except (Unavailable, Refused) as trouble:
            logger.warning("whether the second monitor has been told could not be noted: %s", trouble)
            return False
        finally:
            store.close()
        return True

    def next_after(self, now: datetime) -> datetime:
        """The first instant after ``now`` at which the clock shows the time of day."""
        today = now.astimezone(self._zone).date()
        instants = [datetime.combine(today + days * ONE_DAY, self._at, self._zone).astimezone(UTC) for days in (0, 1)]
        return next(instant for instant in instants if instant > now)

    def _tell(self) -> bool:
        request = urllib.request.Request(self._url, headers={"User-Agent": "tc-portal"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answered:
                logger.info("told the second monitor at %s: %d", self._shown, answered.status)
        except urllib.error.HTTPError as answer:
            self._note_failure(f"answered {answer.code}")
        except urllib.error.URLError as trouble:
            self._note_failure(str(trouble.reason))
        except (OSError, http.client.HTTPException, ValueError) as trouble:
            # Some of these quote the address.
            self._note_failure(type(trouble).__name__)
        else:
            return True
        return False

    def _note_failure(self, reason: str) -> None:
        minutes = RETRY_AFTER // timedelta(minutes=1)
        logger.warning("the second monitor at %s: %s; trying again in %d minutes", self._shown, reason, minutes)
