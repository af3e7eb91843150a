"""The transaction that says that the portal receives, and records the time in which it did not: 監視停止."""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

from .statements import AddBlindTime, BlindTimeFound, FindHeartbeat, Statement, WriteHeartbeat

# Beats come each few seconds. A pause that is longer than this, as of a restart that takes its time, was blind.
LONGEST_PAUSE = timedelta(seconds=15)


def beat(now: datetime, drain: timedelta) -> Generator[Statement, Any, None]:
    """The portal receives at ``now``. ``drain`` is how long after a blind time kept reports may take to arrive."""
    received: list[datetime] = yield FindHeartbeat(to_beat=True)
    if received and now - received[0] > LONGEST_PAUSE:
        yield AddBlindTime(BlindTimeFound(received[0], now, now + drain))
    yield WriteHeartbeat(now)
