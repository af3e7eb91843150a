"""``tc-report run``: start the command, let it be, tell how it went, and end as it ended."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn, Optional, Union

from .ending import ended_at_limit, leave, not_started
from .options import RunOptions
from .pumping import finish, start_pumps
from .reporting import Reporting
from .saying import complain
from .starting import NotStarted

if TYPE_CHECKING:
    from .kept_output import KeptOutput
    from .posix_child import PosixChild
    from .windows_child import WindowsChild

    Child = Union[PosixChild, WindowsChild]


def run(options: RunOptions) -> NoReturn:
    """Run the command and end this process as it ended: with its exit code, or by the signal that ended it.

    Whatever goes wrong with reporting, the command and its exit code are as they would have been.
    """
    reporting = Reporting(options)
    try:
        child = _start(options, reporting.kept)
    except NotStarted as reason:
        complain(f"tc-report: {reason}")
        reporting.note_start()
        ending = not_started(reason.code, str(reason))
        reporting.end(ending)
        leave(ending)
    start_pumps(child.pumps)
    limit = _TimeLimit(child, options)
    limit.start()
    reporting.note_start()
    reporting.begin()
    ending = child.wait()
    if limit.has_struck():
        ending = ended_at_limit(options.timeout_seconds or 0)
    elif child.was_told_to_end:
        child.end_tree(options.grace_seconds)
    finish(child.pumps, was_ended=limit.struck or child.was_told_to_end)
    child.release()
    reporting.end(ending)
    leave(ending)


def _start(options: RunOptions, kept: Optional[KeptOutput]) -> Child:
    keep = None if kept is None else kept.take
    if sys.platform == "win32":
        from .windows_child import WindowsChild

        return WindowsChild(options.command, keep)
    from .posix_child import PosixChild

    return PosixChild(options.command, keep)


class _TimeLimit:
    """Ends the command and all that came from it when its time is over."""

    def __init__(self, child: Child, options: RunOptions) -> None:
        from threading import Event, Thread

        self._child = child
        self._options = options
        self._is_over = Event()
        self._thread = Thread(target=self._watch, name="tc-portal-limit", daemon=True)
        self.struck = False

    def start(self) -> None:
        if self._options.timeout_seconds is not None:
            self._thread.start()

    def has_struck(self) -> bool:
        """After the command's end: whether the limit ended it. Waits until all of its tree is gone."""
        self._is_over.set()
        if self.struck:
            self._thread.join()
        return self.struck

    def _watch(self) -> None:
        if not self._is_over.wait(self._options.timeout_seconds):
            self.struck = True
            self._child.end_tree(self._options.grace_seconds)
