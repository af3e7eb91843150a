"""Output passed on as it comes: from the command's pipe to this process's own stream, and a copy for the report."""

from __future__ import annotations

import errno
import os
import sys
import time
from typing import Callable, List, Optional

CHUNK_BYTES = 65_536
# Once the command has ended, what is left of it in a pipe is read at once. What it leaves running may hold the pipe
# open for hours; it is listened to until it has been quiet for so long, and no longer than the second figure.
QUIET_SECONDS = 0.5
STRAGGLER_SECONDS = 2.0
POLL_SECONDS = 0.02


class Pump:
    """Reads ``source`` to its end in a thread of its own, and gives each piece to ``target`` and to ``keep``.

    ``target`` is None where there is no stream to pass it on to. If the reader of ``target`` goes away,
    ``source`` is closed, so that the command learns of it as it would have without us. Any other trouble
    with ``target`` ends the passing on, and the command goes on.
    """

    def __init__(self, source: int, target: Optional[int], keep: Callable[[bytes], None]) -> None:
        from threading import Event, Thread

        self.source = source
        self._target = target
        self._keep = keep
        self.is_done = Event()
        self.is_reading = True
        self.last_moved = time.monotonic()
        self._thread = Thread(target=self._run, name="tc-portal-output", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        try:
            self._pump()
        finally:
            self.is_done.set()

    def _pump(self) -> None:
        while True:
            self.is_reading = True
            try:
                data = os.read(self.source, CHUNK_BYTES)
            except OSError:
                # A pseudo-terminal ends so on Linux, a pipe on Windows.
                return
            self.is_reading = False
            if not data:
                return
            if self._target is not None and not self._pass_on(data):
                return
            self._keep_copy(data)
            self.last_moved = time.monotonic()

    def _keep_copy(self, data: bytes) -> None:
        try:
            self._keep(data)
        except Exception:
            # Without a copy the report says less; without this thread the command would stand still.
            self._keep = _forget

    def _pass_on(self, data: bytes) -> bool:
        """Write ``data`` to the target; whether there is any use in going on."""
        assert self._target is not None
        try:
            write_all(self._target, data)
        except OSError as error:
            if is_broken_pipe(error):
                os.close(self.source)
                return False
            self._target = None
        return True


def _forget(data: bytes) -> None:
    pass


def start_pumps(pumps: List[Pump]) -> None:
    for pump in pumps:
        pump.start()


def finish(pumps: List[Pump], was_ended: bool) -> None:
    """Wait, after the command's end, until all that it wrote has been passed on.

    While whoever reads our output takes their time the wait goes on, as the command itself would have
    waited; except where it was ended (``was_ended``): then it is over.
    """
    ended = time.monotonic()
    for pump in pumps:
        while not pump.is_done.wait(POLL_SECONDS):
            now = time.monotonic()
            if now - ended > STRAGGLER_SECONDS and (pump.is_reading or was_ended):
                break
            if pump.is_reading and now - max(pump.last_moved, ended) > QUIET_SECONDS and not _has_more(pump.source):
                break


def write_all(target: int, data: bytes) -> None:
    """Write all of ``data``, also where ``target`` does not take it at once."""
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(target, left) :]
        except BlockingIOError:
            import select

            select.select([], [target], [])


def is_broken_pipe(error: OSError) -> bool:
    """Whether ``error`` says that nobody reads any more; under Windows it comes in another guise."""
    return error.errno == errno.EPIPE or (sys.platform == "win32" and error.errno == errno.EINVAL)


def _has_more(source: int) -> bool:
    """Whether something waits to be read, where that can be told while another thread reads."""
    if sys.platform == "win32":
        return False
    import select

    try:
        return bool(select.select([source], [], [], 0)[0])
    except (OSError, ValueError):
        return False
