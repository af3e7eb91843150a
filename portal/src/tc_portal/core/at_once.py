"""What runs at the same time: how many runs at each minute, and runs of one row beside each other where they overlap."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

_MINUTE = timedelta(minutes=1)


def running_each_minute(
    spans: Iterable[tuple[datetime | None, datetime | None]], start: datetime, end: datetime, now: datetime
) -> list[int]:
    """For each minute from ``start`` to ``end``, how many of the runs went on in it.

    A run is when it began and when it ended. One of which only the end is known counts for that minute, one that has not ended
    until ``now``.
    """
    minutes = max(-((start - end) // _MINUTE), 0)
    changes = [0] * (minutes + 1)
    for began, ended in spans:
        until = ended or max(now, began or now)
        first = (min(began or until, until) - start) // _MINUTE
        last = (until - start) // _MINUTE
        if first < minutes and last >= 0:
            changes[max(first, 0)] += 1
            changes[min(last + 1, minutes)] -= 1
    return list(accumulate(changes[:-1]))


def side_by_side(spans: Sequence[tuple[datetime, datetime]]) -> list[int]:
    """For each of the spans, given in any order, the first lane from 0 in which none overlaps it; those that touch do not."""
    free_from: list[datetime] = []
    lanes = [0] * len(spans)
    for number in sorted(range(len(spans)), key=lambda each: spans[each]):
        began, ended = spans[number]
        lane = next((each for each, free in enumerate(free_from) if free <= began), len(free_from))
        free_from[lane : lane + 1] = [ended]
        lanes[number] = lane
    return lanes
