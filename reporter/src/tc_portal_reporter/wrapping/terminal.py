"""A terminal of the command's own, where ours is one: it sees a terminal, and its output is still kept.

As ``script`` does it: what the command writes to its pseudo-terminal is passed on to the real one, and
what is typed there is passed on to the command, Ctrl-C and all, by the pseudo-terminal's own means.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any, List, Optional

from .pumping import write_all

END_OF_INPUT = b"\x04"


class Terminal:
    """A pseudo-terminal: ``inner`` is the command's end, ``outer`` ours, ``real`` the one that ours stands for."""

    def __init__(self, real: int, takes_input: bool) -> None:
        import pty
        import termios

        self.real = real
        self.takes_input = takes_input
        self.outer, self.inner = pty.openpty()
        self._saved: Optional[List[Any]] = None
        try:
            settings = termios.tcgetattr(real)
            if not takes_input:
                # The real terminal goes on translating line ends; twice would be once too often.
                settings[1] &= ~termios.OPOST
            termios.tcsetattr(self.inner, termios.TCSANOW, settings)
        except termios.error:
            pass
        self.copy_size()

    def copy_size(self) -> None:
        """Give the pseudo-terminal the real one's size, which also tells the command of a change."""
        import fcntl
        import termios

        try:
            size = fcntl.ioctl(self.real, termios.TIOCGWINSZ, b"\0" * 8)
            fcntl.ioctl(self.outer, termios.TIOCSWINSZ, size)
        except OSError:
            pass

    def become_controlling(self) -> None:
        """In the command's process, after it has become the leader of a session: make this its terminal."""
        import fcntl
        import termios

        fcntl.ioctl(self.inner, termios.TIOCSCTTY, 0)

    def begin(self) -> None:
        """After the command has been started: leave its end to it, and pass on what is typed."""
        os.close(self.inner)
        if self.takes_input:
            self._begin_input()

    def end(self) -> None:
        """Put the real terminal back as it was."""
        if self._saved is None:
            return
        import termios

        with suppress(termios.error):
            termios.tcsetattr(0, termios.TCSADRAIN, self._saved)

    def _begin_input(self) -> None:
        import termios
        import tty
        from threading import Thread

        try:
            self._saved = termios.tcgetattr(0)
            # What has been typed ahead stays.
            tty.setraw(0, termios.TCSADRAIN)
        except termios.error:
            return
        Thread(target=self._pass_on_input, name="tc-portal-input", daemon=True).start()

    def _pass_on_input(self) -> None:
        is_at_end = False
        with suppress(OSError):
            while True:
                typed = os.read(0, 4096)
                if not typed and is_at_end:
                    return
                # Ctrl-D that was typed before the terminal was raw comes as an end.
                is_at_end = not typed
                write_all(self.outer, typed or END_OF_INPUT)


def is_in_foreground(terminal: int) -> bool:
    """Whether this process may read from its controlling terminal without being stopped."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False


def has_controlling_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
