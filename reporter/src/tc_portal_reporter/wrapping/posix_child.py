"""The command as a process on Linux, macOS and other POSIX systems.

Where there is no terminal (cron, systemd) the command leads a session of its own; where its input is a
terminal it gets a pseudo-terminal and a session with it. In between (``… | tc-report run -- less`` typed
in a shell) it stays in our process group, so that it may use the terminal, and the keyboard's signals
reach it as they reach us.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Sequence

from .ending import Ending, ended_by, ended_with
from .process_tree import end_tree
from .pumping import Pump
from .starting import refusal
from .streams import STDERR, STDOUT, fill_gaps, outlets, terminals
from .terminal import Terminal, has_controlling_terminal, is_in_foreground

if TYPE_CHECKING:
    from subprocess import Popen

PASSED_ON = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2")
FROM_THE_KEYBOARD = ("SIGINT", "SIGQUIT")
ASKING_TO_END = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM")
# A command that ends so long after it was asked to has had reasons of its own.
ANSWER_SECONDS = 30.0
PR_SET_PDEATHSIG = 1

Keep = Callable[[str, bytes], None]


class PosixChild:
    """A command that runs; its output goes through ``pumps``."""

    def __init__(self, command: Sequence[str], keep: Optional[Keep]) -> None:
        """Start ``command``; ``keep`` gets its output, and where it is None the command keeps our streams.

        Raises ``NotStarted``.
        """
        fill_gaps()
        self._has_own_session = not has_controlling_terminal()
        self._terminal: Optional[Terminal] = None
        self._to_pass_on: List[int] = []
        self._asked_to_end = float("-inf")
        self._process: Optional[Popen[bytes]] = None
        self.pumps: List[Pump] = []
        self._listen()
        streams = self._streams(keep) if keep is not None else {}
        self._process = self._started(list(command), streams)
        self._add_pumps(keep)
        if self._terminal is not None:
            self._terminal.begin()
        for number in self._to_pass_on:
            self._send(number)

    def wait(self) -> Ending:
        """Wait for the command's end, while signals are passed on.

        Another thread waits for the command. A signal that comes just before this one began to wait for it
        would not be heard of before the next; what a pipe brings is heard of whenever it came.
        """
        from select import select
        from threading import Thread

        assert self._process is not None
        heard, told = os.pipe()
        os.set_blocking(told, False)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        Thread(target=self._reap, args=[told], name="tc-portal-command", daemon=True).start()
        while self._process.returncode is None:
            select([heard], [], [])
            os.read(heard, 4096)
        signal.set_wakeup_fd(-1)
        code = self._process.returncode
        return ended_by(-code) if code < 0 else ended_with(code)

    def _reap(self, told: int) -> None:
        assert self._process is not None
        self._process.wait()
        with suppress(BlockingIOError):
            # Where the pipe is full there is something to be heard anyhow.
            os.write(told, b"\0")

    def end_tree(self, grace_seconds: float) -> None:
        """End the command and all that came from it."""
        assert self._process is not None
        end_tree(self._process.pid, grace_seconds)

    @property
    def was_told_to_end(self) -> bool:
        """Whether a signal that asks for an end was passed on a short while ago, so that the end may come of it."""
        return monotonic() - self._asked_to_end < ANSWER_SECONDS

    def release(self) -> None:
        """After the command's end: give the terminal back."""
        if self._terminal is not None:
            self._terminal.end()

    def _streams(self, keep: Keep) -> Dict[str, Any]:
        import subprocess

        ours = terminals()
        streams: Dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        if outlets().are_one:
            streams["stderr"] = subprocess.STDOUT
        if ours:
            takes_input = ours[0] == 0 and not self._has_own_session and is_in_foreground(0)
            self._has_own_session = self._has_own_session or takes_input
            self._terminal = Terminal(next(number for number in (STDOUT, STDERR, 0) if number in ours), takes_input)
            inner = self._terminal.inner
            if takes_input:
                streams["stdin"] = inner
            if STDOUT in ours:
                streams["stdout"] = inner
            if STDERR in ours:
                streams["stderr"] = inner
        return streams

    def _started(self, command: List[str], streams: Dict[str, Any]) -> Popen[bytes]:
        import subprocess

        options = {
            **streams,
            # What the caller left open for the command, besides the three streams, stays open.
            "close_fds": False,
            "start_new_session": self._has_own_session,
            "preexec_fn": self._preparation(),
        }
        try:
            try:
                return subprocess.Popen(command, **options)
            except OSError as error:
                if error.errno != errno.ENOEXEC:
                    raise
                # A script without a first line that names its interpreter is the shell's, as in a shell.
                return subprocess.Popen(["/bin/sh", _path_of(command[0]), *command[1:]], **options)
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            raise refusal(command[0], error) from None

    def _preparation(self) -> Callable[[], None]:
        """What the new process does before it becomes the command; no thread of ours runs yet."""
        prctl = _prctl()
        terminal = self._terminal if self._terminal is not None and self._terminal.takes_input else None

        def prepare() -> None:
            try:
                if prctl is not None:
                    # If we are killed, the command is: kill -9 is to hit the job, not a wrapper around it.
                    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                if terminal is not None:
                    terminal.become_controlling()
            except OSError:
                pass

        return prepare

    def _add_pumps(self, keep: Optional[Keep]) -> None:
        assert self._process is not None
        if keep is None:
            return
        kept = keep
        if self._terminal is not None:
            self.pumps.append(Pump(self._terminal.outer, self._terminal.real, lambda data: kept("terminal", data)))
        if self._process.stdout is not None:
            self.pumps.append(Pump(self._process.stdout.fileno(), STDOUT, lambda data: kept("stdout", data)))
        if self._process.stderr is not None:
            self.pumps.append(Pump(self._process.stderr.fileno(), STDERR, lambda data: kept("stderr", data)))

    def _listen(self) -> None:
        """Pass on the signals that reach us. What is ignored, as under nohup, stays ignored by both."""
        for name in PASSED_ON:
            number = getattr(signal, name)
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._pass_on)
        if hasattr(signal, "SIGWINCH"):
            signal.signal(signal.SIGWINCH, self._change_size)

    def _pass_on(self, number: int, frame: object) -> None:
        if signal.Signals(number).name in ASKING_TO_END:
            self._asked_to_end = monotonic()
        if self._process is None:
            self._to_pass_on.append(number)
        elif self._has_own_session or signal.Signals(number).name not in FROM_THE_KEYBOARD:
            # In our own group the keyboard's signals have reached the command already.
            self._send(number)

    def _send(self, number: int) -> None:
        assert self._process is not None
        try:
            self._process.send_signal(number)
        except OSError:
            return

    def _change_size(self, number: int, frame: object) -> None:
        if self._terminal is not None:
            self._terminal.copy_size()


def _prctl() -> Optional[Callable[..., int]]:
    if sys.platform != "linux":
        return None
    try:
        import ctypes

        prctl: Callable[..., int] = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return None
    return prctl


def _path_of(name: str) -> str:
    from shutil import which

    return name if os.sep in name else which(name) or name
