"""Deliver what the reporter has to say to the portal, now or later.

A message is first written to disk and then sent, once. What was delivered leaves the disk; what was
not stays for the next report, or for ``tc-report flush``. So a process that is killed at any moment
loses nothing that was on disk; and what arrives twice names the same run.
"""

from __future__ import annotations

import os
from time import monotonic
from typing import TYPE_CHECKING, List, Mapping, NamedTuple, Optional

from .address import base_of
from .outcome import NOT_NOW, RECORDED, REFUSED, outcome_of, reason_of
from .sending import connect, in_background
from .settings import Settings
from .spool.bounds import Bounds, trim, trim_refused
from .spool.files import keep_in, standing
from .spool.folders import spool_folders
from .spool.held_file import HeldFile
from .spool.kept_report import KeptReport, is_error, to_line
from .text import text_of, without_secrets
from .wire import to_wire

if TYPE_CHECKING:
    from .answer import Answer
    from .connection import Connection

KEPT = "kept"
LOST = "lost"
BACKLOG_SECONDS = 5.0
# The try ends a little before it is given up on, so that there is time to say how it ended.
SHARE_OF_TIME = 0.95


class Delivery(NamedTuple):
    """What became of one message.

    ``outcome`` is ``"recorded"`` (the portal has it), ``"kept"`` (on this PC, for a later try),
    ``"refused"`` (it will never pass) or ``"lost"`` (it could neither be sent nor kept).
    ``reason`` says why it was not recorded, and ``not_kept`` why it was not kept, without any secret;
    ``answer`` is the server's, if one came. ``caught_up`` counts older reports that were delivered besides.
    ``more_until``, by ``time.monotonic()``, is how long whatever else is done on the occasion may take.
    """

    outcome: str
    reason: str = ""
    answer: Optional[Answer] = None
    not_kept: str = ""
    caught_up: int = 0
    more_until: float = 0.0

    @property
    def is_recorded(self) -> bool:
        return self.outcome == RECORDED


def deliver(
    settings: Settings, name: str, members: Mapping[str, object], *, keep: bool = True, catches_up: bool = True
) -> Delivery:
    """Send ``members`` to the portal under ``name``, the last part of the address: ``"job-report"``, ``"job-start"``, …

    What cannot be delivered now is kept on this PC; with ``keep=False`` (a start, a heartbeat) it is
    dropped. A name that the portal does not know is ``"refused"``. ``sent_at`` and ``held_back`` are added.
    Never raises and prints nothing. Takes at most ``settings.timeout_seconds``; once a report was
    delivered, up to 5 seconds more (or that time limit, if it is less) for what was kept before, unless
    ``catches_up`` is ``False``.
    """
    attempt = _Attempt(settings, name, members, keep, catches_up)
    wait = in_background(attempt.run)
    if not attempt.is_over(settings.timeout_seconds):
        return attempt.left_behind()
    if attempt.catches_up:
        wait(max(0.0, attempt.more_until - monotonic()))
        attempt.is_awaited = False
    return attempt.delivery


class _Attempt:
    """One message on its way. It runs in a thread of its own, which may be left behind."""

    def __init__(
        self, settings: Settings, name: str, members: Mapping[str, object], is_kept: bool, may_catch_up: bool
    ) -> None:
        from threading import Event

        self.delivery = Delivery(LOST, "timed out")
        self.catches_up = False
        self.more_until = 0.0
        self.is_awaited = True
        self._settings = settings
        self._name = name
        self._members = dict(members)
        self._is_kept = is_kept
        self._may_catch_up = may_catch_up
        self._bounds = Bounds(settings.spool_max_reports, settings.spool_max_bytes)
        self._over = Event()
        self._folders: List[str] = []
        self._held: Optional[HeldFile] = None
        self._not_kept = ""
        self._has_backlog = False
        self._until = monotonic() + settings.timeout_seconds * SHARE_OF_TIME

    def is_over(self, seconds: float) -> bool:
        return self._over.wait(seconds)

    def left_behind(self) -> Delivery:
        """What can be said while the work hangs: in a name lookup, or in a disk that does not answer."""
        self.is_awaited = False
        if self._held is None:
            return Delivery(LOST, "timed out", not_kept=self._not_kept)
        return self._within_bounds(Delivery(KEPT, "timed out"), self._held)

    def run(self) -> None:
        connection = None
        try:
            if self._is_kept:
                self._write()
            connection = connect(self._settings)
            self.delivery = self._sent(connection)
        except Exception as error:
            self.delivery = self._not_sent(self._told(text_of(error)))
        finally:
            self.catches_up = self._has_backlog and self.delivery.outcome in (RECORDED, REFUSED)
            self.more_until = monotonic() + self._more_seconds
            self.delivery = self.delivery._replace(more_until=self.more_until)
            self._over.set()
        if connection is not None:
            if self.catches_up:
                self._catch_up(connection)
            connection.close()

    @property
    def _more_seconds(self) -> float:
        return min(BACKLOG_SECONDS, self._settings.timeout_seconds)

    def _write(self) -> None:
        """Put the message on disk, in the first folder that takes it."""
        content = to_line(KeptReport(self._name, base_of(self._settings.url), self._members), self._settings.secret)
        self._folders = spool_folders(self._settings)
        if not self._folders:
            self._not_kept = "no home folder"
        for folder in self._folders:
            try:
                self._held = keep_in(folder, content, is_error(self._members))
                return
            except OSError as error:
                self._not_kept = self._not_kept or f"{folder}: {error.strerror or error}"

    def _sent(self, connection: Connection) -> Delivery:
        found = [standing(folder) for folder in self._folders]
        others = max(0, sum(each.reports for each in found) - (self._held is not None))
        self._has_backlog = self._may_catch_up and (others > 0 or any(each.has_unfinished for each in found))
        data = to_wire(self._members, self._settings.secret, others)
        answer = connection.post(self._name, data, self._until, is_last=not self._has_backlog)
        outcome = outcome_of(self._name, answer)
        if outcome == RECORDED:
            self._done_with()
            return Delivery(RECORDED, answer=answer)
        answer = connection.with_body(answer)
        reason = self._told(reason_of(answer))
        if outcome == NOT_NOW:
            return self._not_sent(reason, answer)
        if outcome == REFUSED and self._held is not None:
            self._held.set_aside(reason)
            trim_refused(os.path.dirname(self._held.path), self._bounds)
        else:
            self._done_with()
        return Delivery(REFUSED, reason, answer)

    def _told(self, reason: str) -> str:
        return without_secrets(reason, self._settings.secret)

    def _done_with(self) -> None:
        if self._held is not None:
            self._held.remove()

    def _not_sent(self, reason: str, answer: Optional[Answer] = None) -> Delivery:
        if self._held is None:
            return Delivery(LOST, reason, answer, self._not_kept)
        self._held.note(reason)
        self._held.let_go()
        return self._within_bounds(Delivery(KEPT, reason, answer), self._held)

    def _within_bounds(self, kept: Delivery, held: HeldFile) -> Delivery:
        """Make room in the folder. The report itself may be what goes: a success where all others are errors."""
        folder, name = os.path.split(held.path)
        gone = trim(folder, self._bounds)
        return kept._replace(outcome=LOST, not_kept=f"{folder}: full") if name in gone else kept

    def _catch_up(self, connection: Connection) -> None:
        from .spool.backlog import Backlog

        until = self.more_until - self._more_seconds * (1 - SHARE_OF_TIME)
        if self.delivery.is_recorded and self.delivery.answer is not None:
            connection.with_body(self.delivery.answer)
        try:
            backlog = Backlog(self._settings, connection, until, lambda: self.is_awaited)
            backlog.send()
            self.delivery = self.delivery._replace(caught_up=backlog.sent)
        except Exception:
            # Whatever is wrong with the backlog, the report itself was delivered, and the job must not hear of it.
            return
