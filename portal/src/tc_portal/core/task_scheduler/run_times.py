"""Whether the runs of a job fall on the times at which a task is due."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

import msgspec

from .windows_schedule import WindowsSchedule

# A run that only tells its end has taken some time by then.
LONGEST_AFTER = timedelta(minutes=60)
CLOCKS_DIFFER = timedelta(minutes=2)
FEW_RUNS = 4
RUNS_LOOKED_AT = 30
# Where so much of all time is near a slot, being near one says nothing.
TELLING = 0.25


class Fit(msgspec.Struct, frozen=True):
    """``fitting`` of ``runs`` came upon a due time, the latest of them ``latest`` after it."""

    fitting: int
    runs: int
    latest: timedelta

    @property
    def is_good(self) -> bool:
        return self.fitting >= 0.8 * self.runs

    @property
    def is_contrary(self) -> bool:
        return self.fitting <= 0.2 * self.runs


def fit_of(schedule: WindowsSchedule, runs: Sequence[datetime]) -> Fit | None:
    """How the runs fit the schedule; None where they are too few, or near its due times whenever they are."""
    runs = sorted(runs)[-RUNS_LOOKED_AT:]
    if len(runs) < FEW_RUNS:
        return None
    begin, end = runs[0] - LONGEST_AFTER, runs[-1] + CLOCKS_DIFFER
    most = int((end - begin) * TELLING / LONGEST_AFTER)
    slots = list(islice(schedule.slots(begin, end), most + 1))
    if not slots or len(slots) > most:
        return None
    dues = [slot.due for slot in slots]
    room = LONGEST_AFTER + max(slot.may_start_late_by for slot in slots)
    late_by = [_late_by(run, dues) for run in runs]
    fitting = [late for late in late_by if late is not None and late <= room]
    return Fit(len(fitting), len(runs), max(fitting, default=timedelta()))


def _late_by(run: datetime, dues: list[datetime]) -> timedelta | None:
    place = bisect_right(dues, run + CLOCKS_DIFFER)
    return max(run - dues[place - 1], timedelta()) if place else None
