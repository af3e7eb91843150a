"""The transactions that say which of several watchers tells the second monitor, and when."""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

from .statements import PutOffPing, Statement, TakePing

# A ping is due once a day: one that lies farther ahead than this was put there by a clock that was wrong.
FARTHEST = timedelta(days=2)
# A portal that has not received for this long does not live, whoever watches.
LONGEST_SILENCE = timedelta(minutes=1)


def take_ping(now: datetime, retry_at: datetime) -> Generator[Statement, Any, bool]:
    """Whether a ping is due at ``now``; then whoever asked has taken it, and it is due again at ``retry_at`` unless put off."""
    taken: bool = yield TakePing(retry_at, now, now + FARTHEST, now - LONGEST_SILENCE)
    return taken


def put_off_ping(next_at: datetime) -> Generator[Statement, Any, None]:
    """The ping got through: the next one is due at ``next_at``."""
    yield PutOffPing(next_at)
