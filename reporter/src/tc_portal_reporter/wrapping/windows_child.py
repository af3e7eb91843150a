"""The command as a process on Windows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Sequence, Union

from .ending import Ending, ended_with
from .pumping import Pump
from .starting import refusal
from .streams import STDERR, STDOUT, outlets
from .windows_command_line import typed_line
from .windows_job import enter_job

if TYPE_CHECKING:
    from subprocess import Popen

CREATE_NO_WINDOW = 0x08000000
TASKKILL_SECONDS = 10


class WindowsChild:
    """A command that runs; its output goes through ``pumps``. Ctrl+C and the like reach it by the console itself."""

    was_told_to_end = False

    def __init__(self, command: Sequence[str], keep: Optional[Callable[[str, bytes], None]]) -> None:
        """Start ``command``; ``keep`` gets its output, and where it is None the command keeps our streams.

        Raises ``NotStarted``.
        """
        self.pumps: List[Pump] = []
        self._job = enter_job()
        _leave_the_keyboard_to_the_command()
        self._process = _started(list(command), captures=keep is not None)
        if keep is not None:
            self._add_pumps(keep)

    def wait(self) -> Ending:
        """Wait for the command's end."""
        return ended_with(self._process.wait())

    def end_tree(self, grace_seconds: float) -> None:
        """End the command and all that came from it, at once: Windows knows no way to ask a program without a window."""
        if self._job is not None:
            self._job.end_others()
            return
        import subprocess

        quiet: Dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        try:
            subprocess.call(
                ["taskkill", "/T", "/F", "/PID", str(self._process.pid)], timeout=TASKKILL_SECONDS, **quiet
            )
        except (OSError, subprocess.SubprocessError):
            self._process.kill()

    def release(self) -> None:
        """After the command's end."""
        if self._job is not None:
            self._job.release()

    def _add_pumps(self, keep: Callable[[str, bytes], None]) -> None:
        ours = outlets()
        if self._process.stdout is not None:
            target = STDOUT if ours.has_stdout else None
            self.pumps.append(Pump(self._process.stdout.fileno(), target, lambda data: keep("stdout", data)))
        if self._process.stderr is not None:
            target = STDERR if ours.has_stderr else None
            self.pumps.append(Pump(self._process.stderr.fileno(), target, lambda data: keep("stderr", data)))


def _started(command: List[str], captures: bool) -> Popen[bytes]:
    import subprocess
    from pathlib import Path
    from shutil import which

    options: Dict[str, Any] = {}
    if captures:
        options["stdout"] = subprocess.PIPE
        options["stderr"] = subprocess.STDOUT if outlets().are_one else subprocess.PIPE
    if sys.stdin is None:
        options["stdin"] = subprocess.DEVNULL
    if sys.stdout is None and sys.stdin is None:
        # Under pythonw there is no console, and the command must not open one of its own on the screen.
        options["creationflags"] = CREATE_NO_WINDOW
    # Found as cmd finds it, by PATH and PATHEXT; Windows by itself would look beside our own python.exe first.
    program = which(command[0])
    if program is not None:
        options["executable"] = str(Path(program).absolute())
    line: Union[str, List[str]] = typed_line(command) or command
    try:
        return subprocess.Popen(line, **options)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise refusal(command[0], error) from None


def _leave_the_keyboard_to_the_command() -> None:
    """Ctrl+C and Ctrl+Break reach every process of the console; what comes of it is the command's to say."""
    import signal

    for name in ("SIGINT", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, _ignore)


def _ignore(number: int, frame: object) -> None:
    pass
