"""When a run was heard of: its heartbeats, as far as it matters when they came."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from .judge import HEARTBEATS_MISSED

# As many times of a run, the latest, are kept: each ended in a silence that was too long.
TIMES_KEPT = 50


class Heard(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """The run was heard of at ``since``, at ``until``, and between the two never so seldom that it was silent for too long."""

    since: datetime
    until: datetime


_read = msgspec.json.Decoder(tuple[Heard, ...]).decode


def read_heard(text: str) -> tuple[Heard, ...]:
    """The times in the JSON that ``heard_as_json`` wrote."""
    return _read(text)


def heard_as_json(times: Iterable[Heard]) -> str:
    """The times as they are kept with the run's start."""
    return msgspec.json.encode(list(times)).decode()


def joined(times: Iterable[Heard], heartbeat_seconds: int | None) -> tuple[Heard, ...]:
    """The times in their order, those joined between which no silence was too long. Whatever is told first, the same comes of
    it; as long as nothing was promised (None), each stays by itself."""
    patience = timedelta(seconds=HEARTBEATS_MISSED * (heartbeat_seconds or 0))
    found: list[Heard] = []
    for each in sorted(times):
        last = found[-1].until if found else None
        if last is not None and (each.since <= last or each.since - last < patience):
            found[-1] = Heard(found[-1].since, max(found[-1].until, each.until))
        else:
            found.append(each)
    return tuple(found[-TIMES_KEPT:])
