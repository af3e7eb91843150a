"""What the process that sends does each second besides sending: the place of whoever plans what is owed."""

from datetime import datetime

from .planning import look


def each_second(now: datetime) -> None:
    """Called once a second, at ``now`` (aware UTC), in the loop of the alerts' process; what it owes goes out at once.

    It may raise a ``DatabaseError``: that is told, and the next second is another chance.
    """
    while look(now):
        pass
