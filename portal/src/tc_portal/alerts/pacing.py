"""When to send, when to try again, when to give up, and what to sum up: decisions without a clock or a database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=30)
# A service that asks for more is asked again sooner.
LONGEST_RETRY_AFTER = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=1)
# From then on another channel is told.
TELL_ANOTHER_AFTER = timedelta(hours=1)
WINDOW = timedelta(minutes=1)


def next_try(
    attempts: int, created_at: datetime, now: datetime, chance: float, retry_after: timedelta | None = None
) -> datetime | None:
    """When to try again after ``attempts`` have failed; None to give up. ``chance`` is 0 to 1, so that what failed
    together does not come back together."""
    end = created_at + GIVE_UP_AFTER
    if now >= end:
        return None
    doublings = min(max(attempts, 1) - 1, 20)
    pause = min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE) * (0.75 + chance / 4)
    if retry_after is not None:
        pause = max(pause, min(retry_after, LONGEST_RETRY_AFTER))
    # One more attempt at the very end, whatever the pause.
    return min(now + pause, end)


class Share(NamedTuple):
    """What becomes of what is due: how many are sent singly, whether the others become one summary, and else when there
    is room again."""

    singly: int
    sums_up: bool
    room_at: datetime | None


def share_of(due: int, sent_lately: Sequence[datetime], per_minute: int, may_sum_up: bool, now: datetime) -> Share:
    """``due`` messages wait; ``sent_lately`` holds the instants of the last minute's sends. At most ``per_minute`` go out in
    any minute; the last of them is the summary of what does not fit."""
    within = sorted(at for at in sent_lately if at > now - WINDOW)
    room = per_minute - len(within)
    if room <= 0:
        return Share(0, False, within[len(within) - per_minute] + WINDOW)
    if due <= room:
        return Share(due, False, None)
    if may_sum_up:
        return Share(room - 1, True, None)
    return Share(room, False, None)
