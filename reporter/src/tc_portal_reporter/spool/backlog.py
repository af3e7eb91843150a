"""Send what was kept on this PC: oldest first, in one process at a time."""

from __future__ import annotations

import os
from time import monotonic
from typing import TYPE_CHECKING, Callable, Optional

from ..address import base_of
from ..outcome import MAYBE_THE_MESSAGE, NOT_NOW, RECORDED, REFUSED, outcome_of, reason_of
from ..settings import Settings
from ..text import text_of, without_secrets
from ..wire import to_wire
from .bounds import Bounds, trim_refused
from .byte_lock import locked
from .files import listing, recover
from .folders import file_mode, spool_folders
from .held_file import HeldFile, hold
from .kept_report import UNREADABLE_ENDING, KeptReport, read_report

if TYPE_CHECKING:
    from ..answer import Answer
    from ..connection import Connection

SENDING_LOCK = "sending.lock"
MOST_FAILURES_IN_A_ROW = 20


class Backlog:
    """One pass over the kept reports.

    ``sent`` and ``refused`` count reports, ``elsewhere`` those that were kept for another portal's address.
    ``trouble`` says why the pass ended early, and ``answer`` is what the portal said to that. ``is_busy``
    tells that another process is at it.
    """

    def __init__(
        self,
        settings: Settings,
        connection: Connection,
        until: float = float("inf"),
        goes_on: Callable[[], bool] = lambda: True,
        any_address: bool = False,
    ) -> None:
        self.sent = 0
        self.refused = 0
        self.elsewhere = 0
        self.trouble = ""
        self.answer: Optional[Answer] = None
        self.is_busy = False
        self._settings = settings
        self._connection = connection
        self._base = base_of(settings.url)
        self._until = until
        self._goes_on = goes_on
        self._any_address = any_address
        self._failures_in_a_row = 0

    def send(self) -> None:
        """Send until all is gone, the portal does not take more, or ``until`` (by ``time.monotonic()``) has come."""
        for folder in spool_folders(self._settings):
            found = listing(folder)
            if not (found.kept or found.unfinished):
                continue
            with locked(os.path.join(folder, SENDING_LOCK), file_mode(folder)) as ours:
                if not ours:
                    self.is_busy = True
                    continue
                recover(folder, found.unfinished)
                if not self._is_sent_from(folder):
                    return

    def _is_sent_from(self, folder: str) -> bool:
        """Whether this folder has been gone through, so that the next one may follow."""
        names = listing(folder).kept
        for number, name in enumerate(names, 1):
            if monotonic() >= self._until or not self._goes_on():
                return False
            held = hold(os.path.join(folder, name.text))
            if held is None:
                continue
            report = self._read(held)
            if report is not None and not self._may_follow(held, report, len(names) - number):
                return False
        return True

    def _read(self, held: HeldFile) -> Optional[KeptReport]:
        """The report that is to be sent now; what else a file may hold is dealt with here."""
        try:
            content = held.content()
            report = read_report(content)
        except OSError:
            held.let_go()
            return None
        except ValueError:
            if content:
                held.rename(UNREADABLE_ENDING)
            else:
                # Delivered, but its folder does not let everybody remove it.
                held.unlink()
            return None
        if report.is_refused:
            held.set_aside(report.tries[-1].reason)
            return None
        if report.address not in ("", self._base) and not self._any_address:
            self.elsewhere += 1
            held.let_go()
            return None
        return report

    def _may_follow(self, held: HeldFile, report: KeptReport, others: int) -> bool:
        """Send one; whether it makes sense to send the next."""
        data = to_wire(report.members, self._settings.secret, others)
        until = min(self._until, monotonic() + self._settings.timeout_seconds)
        try:
            answer = self._connection.post(report.name, data, until, is_last=not others)
        except (OSError, ValueError) as error:
            self.answer = None
            return self._is_past_failure(held, report, self._told(text_of(error)))
        outcome = outcome_of(report.name, answer)
        if outcome == NOT_NOW:
            self.answer = self._connection.with_body(answer)
            return self._is_past_failure(held, report, self._told(reason_of(self.answer)))
        self._failures_in_a_row = 0
        if outcome == REFUSED:
            held.set_aside(self._told(reason_of(self._connection.with_body(answer))))
            self.refused += 1
            bounds = Bounds(self._settings.spool_max_reports, self._settings.spool_max_bytes)
            trim_refused(os.path.dirname(held.path), bounds)
            return True
        held.remove()
        self.sent += outcome == RECORDED
        self._connection.with_body(answer)
        return True

    def _told(self, reason: str) -> str:
        return without_secrets(reason, self._settings.secret)

    def _is_past_failure(self, held: HeldFile, report: KeptReport, reason: str) -> bool:
        """Leave the report for later. Only a failure that may be this report's own does not end the pass."""
        if not report.tries or report.tries[-1].reason != reason:
            held.note(reason)
        held.let_go()
        self.trouble = reason
        self._failures_in_a_row += 1
        return (
            self.answer is not None
            and self.answer.status == MAYBE_THE_MESSAGE
            and self._failures_in_a_row < MOST_FAILURES_IN_A_ROW
        )
