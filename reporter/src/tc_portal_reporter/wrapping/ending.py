"""How a command ended, and how this process ends in the same way."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple, NoReturn

from .exit_codes import (
    SIGNAL_BASE,
    TIME_LIMIT,
    as_process_exit_code,
    as_written,
    meaning_of_code,
    meaning_of_signal,
)


class Ending(NamedTuple):
    """``code`` is as the system shows it: after a signal 128 and more, on Windows 0 to 2³²-1.

    ``what`` says what happened, ``meaning`` what the code stands for, where that is known.
    ``is_exit_code`` is false where the command returned none itself.
    """

    code: int
    what: str
    meaning: str = ""
    signal: int = 0
    is_exit_code: bool = True


def ended_with(code: int) -> Ending:
    meaning = meaning_of_code(code)
    what = f"終了コード {as_written(code)}"
    return Ending(code, f"{what}: {meaning}" if meaning else what, meaning)


def ended_by(signal: int) -> Ending:
    meaning = meaning_of_signal(signal)
    return Ending(SIGNAL_BASE + signal, f"シグナル {signal} で終了（{meaning}）", meaning, signal, is_exit_code=False)


def ended_at_limit(seconds: float) -> Ending:
    """The command was ended because its time was over; exit code 124, as that of ``timeout``."""
    what = f"時間制限 {seconds:g} 秒を超えたため終了させました / ended: over its time limit of {seconds:g} seconds"
    return Ending(TIME_LIMIT, what, what, is_exit_code=False)


def not_started(code: int, reason: str) -> Ending:
    return Ending(code, reason, reason, is_exit_code=False)


def leave(ending: Ending) -> NoReturn:
    """End this process as the command ended: with its exit code, or by the signal that ended it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            continue
    if ending.signal and sys.platform != "win32":
        _die_by(ending.signal)
    # Neither a thread that is still busy with the network nor an exit handler may hold the job or change its code.
    os._exit(as_process_exit_code(ending.code))


def _die_by(number: int) -> None:
    import resource
    import signal

    try:
        # The command has dumped its core, if it was to; ours is of no use.
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
        os.kill(os.getpid(), number)
    except (OSError, ValueError):
        return
