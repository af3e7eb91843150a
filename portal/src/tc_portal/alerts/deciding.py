"""What the process that sends does each second besides sending: look what has happened, and decide who is to be told."""

from datetime import datetime

from .following import follow
from .planning import look, plan

# What has been decided is sent before the rest is looked at.
BATCHES_A_SECOND = 20


def decide(now: datetime) -> None:
    """Called once a second, at ``now`` (aware UTC), in the loop of the alerts' process; what it owes goes out at once.

    It may raise a ``DatabaseError``: that is told, and the next second is another chance.
    """
    for _ in range(BATCHES_A_SECOND):
        if not follow(now, plan):
            break
    for _ in range(BATCHES_A_SECOND):
        if not look(now):
            break
