"""A slot: one instant at which a run is due."""

from datetime import date, datetime, timedelta

import msgspec


class Slot(msgspec.Struct, frozen=True, order=True, gc=False):
    """``due`` is an aware UTC datetime. The run may start until ``due + may_start_late_by`` by the schedule's own leave.

    ``moved_from`` is the day off that the slot was shifted away from. ``is_optional`` marks one that a run may fill but
    need not. ``is_certain`` is False where the slot rests on holidays that nobody has announced yet.
    """

    due: datetime
    may_start_late_by: timedelta = timedelta()
    moved_from: date | None = None
    is_optional: bool = False
    is_certain: bool = True
