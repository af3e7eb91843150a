"""What the portal is told of a run by the run itself: its start, signs of life, its end."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from datetime import datetime
from typing import Dict, NamedTuple, Optional

from ..delivery import Delivery, deliver
from ..settings import Settings
from .tombstone import Tombstone, raise_tombstone, report_the_dead

UNKNOWN_NAME_STATUSES = (404, 405, 501)


class RunFacts(NamedTuple):
    """Which run: ``job`` has the members that say which job on which PC.

    ``started_at`` is by this PC's clock, ``started`` by one that is never set, in seconds.
    """

    job: Dict[str, object]
    run_id: str
    started_at: datetime
    started: float

    @property
    def members(self) -> Dict[str, object]:
        """What every message about the run says, and what its tombstone keeps."""
        return {**self.job, "run_id": self.run_id, "started_at": self.started_at.isoformat()}


class Teller:
    """Tells of one run in a thread of its own while it lasts, and of its end when it is over."""

    def __init__(self, settings: Settings, facts: RunFacts, heartbeat_seconds: int) -> None:
        from threading import Event, Thread

        self._settings = settings
        self._facts = facts
        self._heartbeat_seconds = heartbeat_seconds
        self._tombstone: Optional[Tombstone] = None
        self._is_over = Event()
        self._is_older_portal = False
        self._thread = Thread(target=self._accompany, name="tc-portal-signs", daemon=True)

    def begin(self) -> None:
        """Raise the tombstone, tell of the start, and go on with signs of life; returns at once."""
        self._tombstone = raise_tombstone(self._settings, self._facts.members)
        self._thread.start()

    def end(self, members: Dict[str, object]) -> Delivery:
        """Deliver the run's report, and take its tombstone away: what became of the report is no longer its affair.

        A start that is still under way is waited for in the time that a delivery has for what else there is to do.
        """
        self._is_over.set()
        delivery = deliver(self._settings, "job-report", members)
        if self._tombstone is not None:
            self._tombstone.remove()
        if delivery.is_recorded and self._thread.is_alive():
            self._thread.join(max(0.0, delivery.more_until - time.monotonic()))
        return delivery

    def _accompany(self) -> None:
        if self._tombstone is not None:
            self._tombstone.make_durable()
        start_is_told = self._tell_start()
        report_the_dead(self._settings)
        # Twice as often as promised: one that is lost on the way is no death yet.
        while self._heartbeat_seconds and not self._is_over.wait(self._heartbeat_seconds / 2):
            if self._tombstone is not None:
                self._tombstone.touch()
            if start_is_told:
                self._tell("job-heartbeat", self._facts.members)
            else:
                start_is_told = self._tell_start()

    def _tell_start(self) -> bool:
        more = {"heartbeat_seconds": self._heartbeat_seconds} if self._heartbeat_seconds else {}
        return self._tell("job-start", {**self._facts.members, **more})

    def _tell(self, name: str, members: Dict[str, object]) -> bool:
        """Whether the portal has it. It is not kept: the run's report says later what it would have said."""
        if self._is_older_portal:
            return False
        delivery = deliver(self._settings, name, members, keep=False)
        self._is_older_portal = delivery.answer is not None and delivery.answer.status in UNKNOWN_NAME_STATUSES
        return delivery.is_recorded


def steady_seconds() -> float:
    """A clock that nobody sets and that goes on while the PC sleeps, where the system has one."""
    if sys.platform != "win32":
        for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):
            with suppress(AttributeError, OSError):
                return time.clock_gettime(getattr(time, name))
    return time.monotonic()
