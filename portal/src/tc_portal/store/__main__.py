"""The process that writes: commits whatever has come in as one transaction, and answers after it.

While it commits, reports gather in its standard input: the next batch. It ends by itself when its input
does, that is also when the portal was killed.
"""

import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TypeVar

import msgspec

from .batches import Refused, Unavailable, commit
from .checkpointing import checkpoint_beside
from .database import open_store
from .frames import (
    ANSWERS,
    BEAT,
    SETTINGS,
    TASKS,
    TELLING,
    WATCH,
    Answer,
    Failure,
    Opening,
    Unframer,
    frame,
    read_client_settings,
    read_instant,
    read_opening,
    read_tasks_told,
    read_telling,
)
from .recording import Recorded
from .sqlite import SqliteStore

T = TypeVar("T")

# A batch is one transaction: long enough to spread the cost of a commit, short enough to answer soon.
BATCH_LIMIT = 500
PIECE = 1_048_576
BETWEEN_BEATS = timedelta(seconds=2)


def main() -> None:
    # Ctrl+C and a service manager's SIGTERM reach every process of the portal. This one has reports to commit: it
    # ends when the portal, which has nothing left to ask then, closes the pipe.
    for told_to_stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told_to_stop, signal.SIG_IGN)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # It tells of every step of a broken connection; that the connection broke is told once by ``commit``.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    batches = _batches(sys.stdin.fileno())
    (_, (opening, *_)) = next(batches)
    receiver = Receiver(read_opening(opening))
    answers_to = sys.stdout.buffer
    for kind, bodies in batches:
        for start in range(0, len(bodies), BATCH_LIMIT):
            answers = receiver.answers(kind, bodies[start : start + BATCH_LIMIT])
            answers_to.write(frame(ANSWERS, answers))
            answers_to.flush()
    receiver.close()


def _batches(source: int) -> Iterator[tuple[bytes, list[bytes]]]:
    """The bodies that have come in, one kind at a time and in their order, until the input ends."""
    unframer = Unframer()
    while piece := os.read(source, PIECE):
        for kind, frames in groupby(unframer.feed(piece), key=lambda kind_and_body: kind_and_body[0]):
            yield kind, [body for _, body in frames]


class Receiver:
    """Does what the portal asks for on its database, and beats while it does."""

    def __init__(self, opening: Opening) -> None:
        self._store = open_store(opening.database)
        if isinstance(self._store, SqliteStore):
            checkpoint_beside(self._store.path)
        self._drain = opening.drain
        self._beat_at: datetime | None = None

    def answers(self, kind: bytes, bodies: list[bytes]) -> list[Answer]:
        """What became of each, in their order."""
        try:
            # Before all else: whoever receives first after the portal was away records that it was.
            self._beat(is_due_only=kind != BEAT)
            if kind == TELLING:
                return self._recorded(bodies)
            if kind == TASKS:
                return [self._taken(read_tasks_told, self._store.take_tasks, body) for body in bodies]
            if kind == SETTINGS:
                return [self._taken(read_client_settings, self._store.take_client_settings, body) for body in bodies]
            if kind == WATCH:
                return [self._store.watch(read_instant(bodies[-1]))] * len(bodies)
        except (Refused, Unavailable) as failure:
            return [_answer(failure)] * len(bodies)
        return [None] * len(bodies)

    def close(self) -> None:
        self._store.close()

    def _beat(self, is_due_only: bool) -> None:
        # By the same clock as reports are stamped with: no other goes on while the machine sleeps, or jumps with it.
        now = datetime.now(UTC)
        if is_due_only and self._beat_at is not None and abs(now - self._beat_at) < BETWEEN_BEATS:
            return
        self._beat_at = None
        self._store.beat(now, self._drain)
        self._beat_at = now

    def _taken(self, read: Callable[[bytes], T], take: Callable[[T], None], body: bytes) -> Answer:
        try:
            take(read(body))
        except msgspec.ValidationError as error:
            return Failure(str(error), may_pass=False)
        except (Refused, Unavailable) as failure:
            return _answer(failure)
        return None

    def _recorded(self, bodies: list[bytes]) -> list[Answer]:
        try:
            tellings = [read_telling(body) for body in bodies]
        except msgspec.ValidationError as error:
            if len(bodies) == 1:
                return [Failure(str(error), may_pass=False)]
            return [answer for body in bodies for answer in self._recorded([body])]
        return [_answer(outcome) for outcome in commit(self._store, tellings)]


def _answer(outcome: Recorded | Refused | Unavailable) -> Recorded | Failure:
    if isinstance(outcome, Recorded):
        return outcome
    return Failure(str(outcome), may_pass=isinstance(outcome, Unavailable))


if __name__ == "__main__":
    main()
