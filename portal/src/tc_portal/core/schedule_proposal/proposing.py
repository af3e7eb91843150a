"""A schedule for a job that has none: what its runs keep to, if they keep to anything."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import msgspec

from ..business_days.calendar import Calendar
from ..business_days.rule import BusinessDayRule
from ..job_settings import JobSettings
from ..schedule.cron import Cron
from ..schedule.interval import Interval
from ..schedule.job_schedule import AnySchedule, JobSchedule, slots_of
from .allowances import MINUTE, grace_above, max_runtime_above
from .clock_times import ClockTime, clock_times
from .day_patterns import DayPattern, fitting_pattern
from .run_seen import RunSeen

# Only so many of the last runs are looked at: what was long ago was another schedule, maybe.
LAST_RUNS = 60
FEWEST_RUNS = 4
# The least share of the last runs that must fit.
FITTING = 0.8
# A steady interval: so many runs, and the share of them that keeps to its beat.
STEADY_RUNS = 20
STEADY = 0.9
_BEATS = [
    *(timedelta(minutes=minutes) for minutes in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 3, 4, 6, 8)),
]
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class Proposal(msgspec.Struct, frozen=True):
    """Settings to put in force, and how many of the last ``of`` runs fit them. ``calendar`` is that which they go by under
    the name they give it, None where they go by none."""

    settings: JobSettings
    fits: int
    of: int
    calendar: Calendar | None = None


def proposal_from(
    runs: Sequence[RunSeen], time_zone: str, calendar: Calendar | None = None, calendar_name: str = "calendar"
) -> Proposal | None:
    """The schedule that the last runs keep to, with a grace and a maximum runtime above what was usual; None where they
    keep to none well. ``calendar_name`` is what settings call ``calendar``."""
    last = sorted(runs, key=lambda run: run.at)[-LAST_RUNS:]
    if len(last) < FEWEST_RUNS:
        return None
    steady = _steady(last, calendar_name)
    if steady is not None:
        return steady
    times = clock_times(last, ZoneInfo(time_zone))
    found = _pattern(times, calendar)
    if found is None:
        return None
    pattern, kept = found
    at = tuple(time.text for time in kept)
    schedule: AnySchedule
    if pattern.choice is not None:
        schedule = BusinessDayRule(calendar_name, time_zone, at, pattern.choice)
    else:
        schedule = Cron(tuple(f"{time.minutes % 60} {time.minutes // 60} {pattern.cron}" for time in kept), time_zone)
    gap = min((timedelta(minutes=b.minutes - a.minutes) for a, b in itertools.pairwise(kept)), default=None)
    latenesses = [late for time in kept for day, late in time.days.items() if pattern.is_on(day)]
    grace = grace_above(latenesses, (gap or timedelta(days=1)) - MINUTE)
    uses = calendar if pattern.choice is not None else None
    return _proposal(schedule, grace, last, uses, calendar_name)


def _pattern(times: list[ClockTime], calendar: Calendar | None) -> tuple[DayPattern, list[ClockTime]] | None:
    """The pattern of days that all the times keep alike."""
    patterns = [fitting_pattern(time.days, calendar) for time in times]
    if not patterns or None in patterns:
        return None
    first = patterns[0]
    assert first is not None
    alike = {(pattern.cron, pattern.choice) for pattern in patterns if pattern is not None}
    return (first, times) if len(alike) == 1 else None


def _steady(last: Sequence[RunSeen], calendar_name: str) -> Proposal | None:
    """Every so many minutes or hours, on the beat: by the clock's face, or from any other instant."""
    if len(last) < STEADY_RUNS:
        return None
    gaps = [after.at - before.at for before, after in itertools.pairwise(last)]
    usual = timedelta(seconds=median(gap.total_seconds() for gap in gaps))
    every = min(_BEATS, key=lambda beat: abs(beat - usual))
    if abs(every - usual) > every * 0.1:
        return None
    late = _beat(last, every)
    if late is None:
        return None
    anchor, latenesses = late
    span = last[-1].at - last[0].at
    beats = span // every + 1
    if len(latenesses) < STEADY * len(last) or len({(run.at - anchor) // every for run in last}) < STEADY * beats:
        return None
    return _proposal(Interval(every, anchor), grace_above(latenesses, every), last, None, calendar_name)


def _beat(last: Sequence[RunSeen], every: timedelta) -> tuple[datetime, list[timedelta]] | None:
    """An instant on the beat, and how late the runs were that keep it: within a third of the interval."""
    phases = sorted((run.at - _EPOCH) % every for run in last)
    # The beat begins where the clock's face has its widest gap without a run.
    widest, start = max(
        ((after - before) % every, after) for before, after in zip([phases[-1], *phases[:-1]], phases, strict=True)
    )
    if widest < every / 2 and len(set(phases)) > 1:
        return None
    phase = start // MINUTE * MINUTE
    anchor = _EPOCH + phase
    latenesses = [late for run in last if (late := (run.at - anchor) % every) <= every / 3]
    return anchor, latenesses


def _proposal(
    schedule: AnySchedule, grace: timedelta, last: Sequence[RunSeen], calendar: Calendar | None, calendar_name: str
) -> Proposal | None:
    wanted = JobSettings(
        grace=grace,
        max_runtime=max_runtime_above([run.took for run in last if run.took is not None]),
        schedules=(JobSchedule(schedule),),
    )
    calendars = {} if calendar is None else {calendar_name: calendar}
    fits = _fitting(wanted, calendars, last)
    if fits < FITTING * len(last):
        return None
    return Proposal(wanted, fits, len(last), calendar)


def _fitting(wanted: JobSettings, calendars: dict[str, Calendar], last: Sequence[RunSeen]) -> int:
    """How many runs come for a slot of their own, in time."""
    slots = slots_of(wanted.schedules, calendars)
    begin, end = last[0].at - wanted.grace - MINUTE, last[-1].at + wanted.early
    instants = iter([run.at for run in last])
    fits = 0
    instant = next(instants, None)
    for slot in slots(begin, end):
        while instant is not None and instant < slot.due - wanted.early:
            instant = next(instants, None)
        if instant is not None and instant <= slot.due + wanted.grace:
            fits += 1
            instant = next(instants, None)
    return fits
