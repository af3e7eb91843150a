"""Committing a batch: all of it as one transaction, and without the bad ones where there are some."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from tc_portal.core.client_settings import ClientSettings
from tc_portal.core.report import Telling
from tc_portal.core.task_standing.seen_task import HostTasks

from .changing_settings import CalendarRenewal, SettingsChange
from .recording import Recorded

logger = logging.getLogger(__name__)


class Refused(Exception):
    """The database will not take it: trying again changes nothing until somebody mends it."""


class Unavailable(Exception):
    """Nobody can say now whether it would be taken: the database is away, busy, or the queue is full."""


class Store(Protocol):
    """A database that records batches of reports, each batch as one transaction."""

    def record(self, tellings: Sequence[Telling]) -> list[Recorded]:
        """Commit the tellings durably. Raises ``Refused`` or ``Unavailable``; then nothing was committed."""

    def take_tasks(self, told: HostTasks) -> None:
        """Put what a PC says of its tasks in the place of what it said before. Raises as ``record`` does."""

    def take_client_settings(self, told: ClientSettings) -> None:
        """Put in force what a client's own code says is expected of a job. Raises as ``record`` does."""

    def watch(self, now: datetime) -> int:
        """Judge some of the jobs whose deadline has come; how many, 0 when none is left. Raises as ``record`` does."""

    def change_settings(self, changes: Sequence[SettingsChange], now: datetime, changed_by: str | None) -> None:
        """Put settings of jobs in force. Raises as ``record`` does."""

    def renew_calendar(
        self, job_keys: Sequence[str], renewal: CalendarRenewal, now: datetime, changed_by: str | None
    ) -> int:
        """Have the jobs go by a calendar's newest revision; how many went by an older one. Raises as ``record`` does."""

    def beat(self, now: datetime, drain: timedelta) -> None:
        """Commit a heartbeat: the portal receives. Raises as ``record`` does. See ``beating``."""

    def take_ping(self, now: datetime, retry_at: datetime) -> bool:
        """Whether the second monitor is to be told now, and by the one who asks. Raises as ``record`` does. See ``pinging``."""

    def put_off_ping(self, next_at: datetime) -> None:
        """It was told: the next time is ``next_at``. Raises as ``record`` does."""

    def close(self) -> None: ...


def commit(store: Store, reports: Sequence[Telling]) -> list[Recorded | Refused | Unavailable]:
    """Record the reports; what became of each, in their order. One bad report fails alone."""
    try:
        return list(store.record(reports))
    except Unavailable as absence:
        logger.warning("%d reports could not be committed: %s", len(reports), absence)
        return [absence] * len(reports)
    except Refused as refusal:
        if len(reports) > 1:
            return [told for report in reports for told in commit(store, [report])]
        logger.error("a report of job %r was refused: %s", reports[0].job_key, refusal)
        return [refusal]
    except Exception as fault:
        logger.exception("a batch of %d reports failed", len(reports))
        return [Refused(str(fault))] * len(reports)
