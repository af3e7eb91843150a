"""Runs at a steady interval: every 15 minutes, by elapsed time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from .slot import Slot
from .unschedulable import Unschedulable

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=400)


class Interval(msgspec.Struct, frozen=True, tag="interval"):
    """Due at ``anchor`` + k × ``every`` for all integers k, before the anchor as well as after it.

    ``anchor`` is an aware UTC datetime. It is elapsed time that counts: no change of a clock moves a slot. Raises
    ``Unschedulable`` unless 1 minute <= ``every`` <= 400 days.
    """

    every: timedelta
    anchor: datetime

    def __post_init__(self) -> None:
        if not SHORTEST <= self.every <= LONGEST:
            raise Unschedulable(
                ja=f"間隔は 1 分から {LONGEST.days} 日までで指定してください。",
                en=f"The interval is from 1 minute to {LONGEST.days} days.",
            )
        if self.anchor.utcoffset() != timedelta():
            raise Unschedulable(
                ja="間隔の起点は UTC の日時で指定してください。",
                en="Give the anchor of the interval as a date and time in UTC.",
            )

    def slots(self, after: datetime, until: datetime) -> Iterator[Slot]:
        """The slots with after < due <= until, ascending and distinct."""
        anchor = self.anchor.astimezone(UTC)
        elapsed = ((after - anchor) // self.every + 1) * self.every
        # Durations are compared, not instants: the first slot after the window may lie beyond the last datetime.
        while elapsed <= until - anchor:
            yield Slot(anchor + elapsed)
            elapsed += self.every
