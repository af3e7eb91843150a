"""The rows of the timeline: for each job its runs in a time, its slots, and what of that there is to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from tc_portal.core.at_once import side_by_side
from tc_portal.core.job_settings import JobSettings, calendars_of
from tc_portal.core.schedule.job_schedule import slots_of
from tc_portal.core.slots_kept import SlotSeen, slots_seen
from tc_portal.jobs.calendar_queries import calendars_named
from tc_portal.jobs.models import Job, Run
from tc_portal.jobs.run_counts import run_counts
from tc_portal.jobs.standing import open_runs_of, settings_of
from tc_portal.jobs.timeline_queries import LOOKED_BACK, MANY_RUNS, runs_around

from .time_window import TimeWindow

# A job that is due more often than this in the time is due all the time.
MANY_SLOTS = 100
STRETCHES = 96
MANY_IN_STRETCH = 100


@dataclass(frozen=True)
class Bar:
    """A run: ``start`` is None where nobody said it, ``run`` where it goes on. ``lane`` is among those that overlap it."""

    start: datetime | None
    end: datetime
    result: str
    run: Run | None
    lane: int = 0


@dataclass(frozen=True)
class Stretch:
    """A part of the time in which a job of very many runs ran; counts end at ``MANY_IN_STRETCH``."""

    start: datetime
    end: datetime
    runs: int
    errors: int


@dataclass
class Row:
    """A job on the timeline. Where it ran too often for bars it has stretches. ``many_slots`` says that it has too many slots to show."""

    job: Job
    bars: list[Bar] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    slots: list[SlotSeen] = field(default_factory=list)
    many_slots: bool = False

    @property
    def lanes(self) -> int:
        return max((bar.lane for bar in self.bars), default=0) + 1

    @property
    def overlaps(self) -> bool:
        return self.lanes > 1


def rows_of(jobs: Sequence[Job], window: TimeWindow, now: datetime) -> list[Row]:
    """What the jobs did in the time, in their order."""
    found = runs_around([job.id for job in jobs], window.start, window.end)
    many = [job_id for job_id, runs in found.items() if _is_many(runs, window)]
    step = (window.end - window.start) / STRETCHES
    edges = [window.start + step * number for number in range(STRETCHES + 1)]
    counts = run_counts(many, edges, MANY_IN_STRETCH)
    expected = {job.id: settings for job in jobs if (settings := settings_of(job)) is not None and settings.schedules}
    calendars = calendars_named({name for settings in expected.values() for name in calendars_of(settings)})
    rows = []
    for job in jobs:
        row = Row(job)
        if job.id in counts:
            row.stretches = [
                Stretch(edges[number], edges[number + 1], runs, errors)
                for number, (runs, errors) in enumerate(counts[job.id])
                if runs
            ]
        else:
            row.bars = _bars(job, found[job.id], window, now)
        settings = expected.get(job.id)
        if settings is not None and calendars_of(settings) <= calendars.keys():
            _add_slots(row, settings, calendars, found[job.id], window, now)
        rows.append(row)
    return rows


def _is_many(runs: Sequence[Run], window: TimeWindow) -> bool:
    return sum(run.finished_at < window.end for run in runs) > MANY_RUNS


def _bars(job: Job, runs: Sequence[Run], window: TimeWindow, now: datetime) -> list[Bar]:
    bars = [
        Bar(_start_of(run), run.finished_at, run.result, run)
        for run in runs
        if run.finished_at >= window.start and (_start_of(run) or run.finished_at) < window.end
    ]
    bars += [
        Bar(each.started_at, max(now, each.started_at), "running", None)
        for each in open_runs_of(job)
        if each.started_at < window.end and max(now, each.started_at) >= window.start
    ]
    lanes = side_by_side([(bar.start or bar.end, bar.end) for bar in bars])
    return [Bar(bar.start, bar.end, bar.result, bar.run, lane) for bar, lane in zip(bars, lanes, strict=True)]


def _start_of(run: Run) -> datetime | None:
    """When it began, unless that is told to be after its end."""
    return run.started_at if run.started_at is not None and run.started_at <= run.finished_at else None


def _add_slots(
    row: Row,
    settings: JobSettings,
    calendars: Mapping[str, object],
    runs: Sequence[Run],
    window: TimeWindow,
    now: datetime,
) -> None:
    """The slots since the settings are in force. What became of those is said where all runs that may count are known."""
    job = row.job
    if settings.is_paused:
        return
    since = max(window.start, job.settings_row.in_force_from)
    # Slots are asked for after one instant up to another; the window holds its first instant and not its last.
    edges = (each - datetime.resolution for each in (since, window.end))
    slots = list(islice(slots_of(settings.schedules, calendars)(*edges), MANY_SLOTS + 1))
    row.many_slots = len(slots) > MANY_SLOTS
    if row.many_slots or row.stretches:
        return
    begins = [_start_of(run) or run.finished_at for run in runs]
    begins += [each.started_at for each in open_runs_of(job)]
    early = min(settings.early, LOOKED_BACK - timedelta(minutes=1))
    row.slots = slots_seen(slots, begins, early, settings.grace, now)
