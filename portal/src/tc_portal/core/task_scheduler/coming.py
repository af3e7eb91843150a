"""The next times at which a task's run is due."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice

from ..business_days.calendar import Calendar
from ..schedule.job_schedule import JobSchedule, Narrowing, slots_of
from ..schedule.slot import Slot
from .windows_schedule import WindowsSchedule

# A task of each month is due six times in this.
_NEAR, _FAR = timedelta(days=40), timedelta(days=800)


def next_slots(
    schedule: WindowsSchedule,
    narrowed: Narrowing | None,
    calendars: Mapping[str, Calendar],
    now: datetime,
    count: int = 5,
) -> list[Slot]:
    """The next slots after ``now``, within some two years."""
    slots = slots_of([JobSchedule(schedule, narrowed)], calendars)
    found = list(islice(slots(now, now + _NEAR), count))
    if len(found) < count:
        found += islice(slots(now + _NEAR, now + _FAR), count - len(found))
    return found
