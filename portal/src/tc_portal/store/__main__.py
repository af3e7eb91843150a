"""The process that writes: commits whatever has come in as one transaction, and answers after it.

While it commits, reports gather in its standard input: the next batch. It ends by itself when its input
does, that is also when the portal was killed.
"""

import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator
from itertools import groupby

import msgspec

from .batches import Refused, Store, Unavailable, commit
from .database import open_store
from .frames import ANSWERS, REPORT, Answer, Failure, Unframer, frame, read_beat, read_database, read_report
from .recording import Recorded

# A batch is one transaction: long enough to spread the cost of a commit, short enough to answer soon.
BATCH_LIMIT = 500
PIECE = 1_048_576


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
    (_, (database, *_)) = next(batches)
    store = open_store(read_database(database))
    answers_to = sys.stdout.buffer
    for kind, bodies in batches:
        for start in range(0, len(bodies), BATCH_LIMIT):
            answers = _answers(store, kind, bodies[start : start + BATCH_LIMIT])
            answers_to.write(frame(ANSWERS, answers))
            answers_to.flush()
    store.close()


def _batches(source: int) -> Iterator[tuple[bytes, list[bytes]]]:
    """The bodies that have come in, one kind at a time and in their order, until the input ends."""
    unframer = Unframer()
    while piece := os.read(source, PIECE):
        for kind, frames in groupby(unframer.feed(piece), key=lambda kind_and_body: kind_and_body[0]):
            yield kind, [body for _, body in frames]


def _answers(store: Store, kind: bytes, bodies: list[bytes]) -> list[Answer]:
    if kind == REPORT:
        return _recorded(store, bodies)
    try:
        store.beat(read_beat(bodies[-1]))
    except (Refused, Unavailable) as failure:
        return [_answer(failure)] * len(bodies)
    return [None] * len(bodies)


def _recorded(store: Store, bodies: list[bytes]) -> list[Answer]:
    try:
        reports = [read_report(body) for body in bodies]
    except msgspec.ValidationError as error:
        if len(bodies) == 1:
            return [Failure(str(error), may_pass=False)]
        return [answer for body in bodies for answer in _recorded(store, [body])]
    return [_answer(outcome) for outcome in commit(store, reports)]


def _answer(outcome: Recorded | Refused | Unavailable) -> Recorded | Failure:
    if isinstance(outcome, Recorded):
        return outcome
    return Failure(str(outcome), may_pass=isinstance(outcome, Unavailable))


if __name__ == "__main__":
    main()
