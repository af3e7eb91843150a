"""The group commit: whatever is queued is committed as one transaction, and answered after it."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from tc_portal.core.report import Report

from .recording import Recorded

logger = logging.getLogger(__name__)

# A batch is one transaction: long enough to spread the cost of a commit, short enough to answer soon.
BATCH_LIMIT = 500
QUEUE_LIMIT = 5_000
QUEUED_CHARACTERS_LIMIT = 64_000_000


class Refused(Exception):
    """The database will not take it: trying again changes nothing until somebody mends it."""


class Unavailable(Exception):
    """Nobody can say now whether it would be taken: the database is away, busy, or the queue is full."""


class Store(Protocol):
    """A database that records batches of reports, each batch as one transaction."""

    async def record(self, reports: Sequence[Report]) -> list[Recorded]:
        """Commit the reports durably. Raises ``Refused`` or ``Unavailable``; then nothing was committed."""

    async def beat(self, now: datetime) -> None:
        """Commit a heartbeat, to prove that commits go through. Raises as ``record`` does."""

    async def close(self) -> None: ...


class Writer:
    """Queues reports and commits all that have gathered while the last commit was under way."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: deque[tuple[Report, asyncio.Future[Recorded]]] = deque()
        self._queued_characters = 0
        self._gathered = asyncio.Event()
        self._in_transaction = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._is_closing = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._commit_for_ever(), name="store writer")

    async def record(self, report: Report) -> Recorded:
        """Queue the report and wait until it is durable. Raises ``Refused`` or ``Unavailable``."""
        if len(self._queue) >= QUEUE_LIMIT or self._queued_characters >= QUEUED_CHARACTERS_LIMIT or self._is_closing:
            raise Unavailable("the queue is full")
        answer: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        self._queue.append((report, answer))
        self._queued_characters += len(report.message or "")
        self._gathered.set()
        return await answer

    async def beat(self) -> None:
        """Commit a heartbeat between two batches. Raises as ``record`` does."""
        async with self._in_transaction:
            await self._store.beat(datetime.now(UTC))

    async def close(self) -> None:
        """Commit what is queued, then let the database go. New reports are turned away meanwhile."""
        self._is_closing = True
        self._gathered.set()
        if self._task is not None:
            await self._task
        await self._store.close()

    async def _commit_for_ever(self) -> None:
        while True:
            if not self._queue:
                if self._is_closing:
                    return
                self._gathered.clear()
                await self._gathered.wait()
                continue
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_LIMIT))]
            self._queued_characters -= sum(len(report.message or "") for report, _ in batch)
            async with self._in_transaction:
                await self._commit(batch)

    async def _commit(self, batch: list[tuple[Report, asyncio.Future[Recorded]]]) -> None:
        try:
            recorded = await self._store.record([report for report, _ in batch])
        except Refused as refusal:
            if len(batch) == 1:
                logger.error("a report of job %r was refused: %s", batch[0][0].job_key, refusal)
                _fail(batch, refusal)
                return
            # One bad report fails alone: the others are committed without it.
            for entry in batch:
                await self._commit([entry])
        except Unavailable as absence:
            logger.warning("%d reports could not be committed: %s", len(batch), absence)
            _fail(batch, absence)
        except Exception as fault:
            logger.exception("a batch of %d reports failed", len(batch))
            _fail(batch, Refused(str(fault)))
        else:
            for (_, answer), told in zip(batch, recorded, strict=True):
                if not answer.done():
                    answer.set_result(told)


def _fail(batch: list[tuple[Report, asyncio.Future[Recorded]]], reason: Exception) -> None:
    for _, answer in batch:
        if not answer.done():
            answer.set_exception(reason)
