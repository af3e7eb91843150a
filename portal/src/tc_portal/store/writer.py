"""The portal's end of the process that writes (``python -m tc_portal.store``).

Recording a batch and receiving the next reports are work for two processors, and in Python for two processes.
"""

import asyncio
import logging
import sys
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any

from tc_portal.core.client_settings import ClientSettings
from tc_portal.core.report import Telling
from tc_portal.core.task_standing.seen_task import HostTasks

from .batches import Refused, Unavailable
from .frames import (
    BEAT,
    OPENING,
    SETTINGS,
    TASKS,
    TELLING,
    WATCH,
    Answer,
    Failure,
    Opening,
    Unframer,
    frame,
    read_answers,
)
from .recording import Recorded

logger = logging.getLogger(__name__)

QUEUE_LIMIT = 5_000
QUEUED_BYTES_LIMIT = 64_000_000
# A database that takes a batch and then says nothing is as good as away; the scripts' next try will tell.
ANSWER_TIMEOUT = 20.0
RESTART_PAUSE = 1.0

_DATABASE_KEYS = ("ENGINE", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


class Writer(asyncio.SubprocessProtocol):
    """Hands reports to the process that commits them, and its answers back. It starts the process, anew if it dies."""

    def __init__(self, database: dict[str, Any], drain: timedelta) -> None:
        """``database`` is a Django ``DATABASES`` entry; for ``drain`` see ``beating``."""
        # It goes over the pipe: a command line, which everybody on the machine can read, is no place for a password.
        entry = {key: database[key] for key in _DATABASE_KEYS if key in database} | {"NAME": str(database["NAME"])}
        self._opening = frame(OPENING, Opening(entry, drain))
        self._unanswered: deque[tuple[asyncio.Future[Any], int]] = deque()
        self._queued_bytes = 0
        self._moved_at = 0.0
        self._process: asyncio.SubprocessTransport | None = None
        self._input: Any = None
        self._unsent: list[bytes] = []
        self._unframer = Unframer()
        self._exited = asyncio.Event()
        self._is_closing = False
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self._start_process()
        self._tasks = [asyncio.create_task(self._restart_for_ever()), asyncio.create_task(self._watch_for_ever())]

    def record(self, telling: Telling) -> "asyncio.Future[Recorded]":
        """Queue what a script tells; it is durable once the future is done, which raises ``Refused`` or ``Unavailable`` if not."""
        return self._ask(frame(TELLING, telling))

    async def take_tasks(self, told: HostTasks) -> None:
        """Put what a PC says of its tasks in the place of what it said before. Raises as ``record`` does."""
        await self._ask(frame(TASKS, told))

    async def take_client_settings(self, told: ClientSettings) -> None:
        """Put in force what of a client's settings is to hold. Raises as ``record`` does."""
        await self._ask(frame(SETTINGS, told))

    async def watch(self, now: datetime) -> int:
        """Judge some of the jobs that are due; how many, 0 when none is left. Raises as ``record`` does."""
        judged: int = await self._ask(frame(WATCH, now))
        return judged

    async def beat(self) -> None:
        """Commit a heartbeat: the portal receives. Raises as ``record`` does."""
        await self._ask(frame(BEAT, datetime.now(UTC)))

    async def close(self) -> None:
        """Have what is queued committed, then end. New reports are turned away meanwhile."""
        self._is_closing = True
        for task in self._tasks:
            task.cancel()
        self._send()
        if self._input is not None:
            self._input.close()
        if self._process is not None:
            try:
                async with asyncio.timeout(ANSWER_TIMEOUT):
                    await self._exited.wait()
            except TimeoutError:
                self._process.kill()
            self._process.close()

    def _ask(self, question: bytes) -> asyncio.Future[Any]:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._is_closing or self._input is None:
            answer.set_exception(Unavailable("the process that writes does not run"))
            return answer
        if len(self._unanswered) >= QUEUE_LIMIT or self._queued_bytes >= QUEUED_BYTES_LIMIT:
            answer.set_exception(Unavailable("the queue is full"))
            return answer
        if not self._unanswered:
            self._moved_at = time.monotonic()
        self._unanswered.append((answer, len(question)))
        self._queued_bytes += len(question)
        if not self._unsent:
            # What is asked in one turn of the loop goes over the pipe in one piece, and is committed together.
            asyncio.get_running_loop().call_soon(self._send)
        self._unsent.append(question)
        return answer

    def _send(self) -> None:
        questions, self._unsent = b"".join(self._unsent), []
        if questions and self._input is not None:
            self._input.write(questions)

    async def _start_process(self) -> None:
        self._exited.clear()
        self._unframer = Unframer()
        # -P: what lies in the working directory is not to be imported.
        command = (sys.executable, "-P", "-m", "tc_portal.store")
        self._process, _ = await asyncio.get_running_loop().subprocess_exec(lambda: self, *command, stderr=None)
        self._input = self._process.get_pipe_transport(0)
        self._input.write(self._opening)

    async def _restart_for_ever(self) -> None:
        while True:
            await self._exited.wait()
            logger.error("the process that writes has ended; starting it anew")
            await asyncio.sleep(RESTART_PAUSE)
            try:
                await self._start_process()
            except OSError as error:
                logger.error("the process that writes does not start: %s", error)
                self._exited.set()

    async def _watch_for_ever(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            if self._process is not None and self._unanswered and time.monotonic() - self._moved_at > ANSWER_TIMEOUT:
                logger.error("the database has not answered for %g seconds", ANSWER_TIMEOUT)
                self._process.kill()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._moved_at = time.monotonic()
        for _, answers in self._unframer.feed(data):
            for answer in read_answers(answers):
                self._take(answer)

    def _take(self, answer: Answer) -> None:
        waiting, size = self._unanswered.popleft()
        self._queued_bytes -= size
        if waiting.done():
            return
        if isinstance(answer, Failure):
            waiting.set_exception((Unavailable if answer.may_pass else Refused)(answer.reason))
        else:
            waiting.set_result(answer)

    def process_exited(self) -> None:
        self._input = None

    def connection_lost(self, exc: Exception | None) -> None:
        """The process has ended and everything that it had said was read."""
        self._input = None
        self._unsent.clear()
        while self._unanswered:
            self._take(Failure("the process that writes has ended", may_pass=True))
        self._exited.set()
