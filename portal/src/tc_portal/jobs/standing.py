"""Where jobs stand: why, since when, what runs, what is expected of them and when they are due."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from tc_portal.core.job_settings import JobSettings, calendars_of, read_settings, terms_of
from tc_portal.core.judge import Expectation, Known, OpenRun
from tc_portal.core.reason import AnyReason, Failed, NeverRan, Succeeded
from tc_portal.core.schedule.job_schedule import slots_of
from tc_portal.core.slots_ahead import slots_ahead

from .calendar_queries import calendars_named
from .models import Job, JobStatus

_read_reasons = msgspec.json.Decoder(tuple[AnyReason, ...]).decode
_read_known = msgspec.json.Decoder(Known).decode


def reasons_in(text: str) -> tuple[AnyReason, ...]:
    """The reasons in the JSON of a job or a transition."""
    return _read_reasons(text)


def reasons_of(job: Job | None, status: JobStatus | None) -> tuple[AnyReason, ...]:
    """Why the job is judged as it is: by what the judge left, or by its last result where no more than that is kept."""
    if job is not None and job.reasons is not None:
        return reasons_in(job.reasons)
    if status is None:
        return (NeverRan(),)
    if status.last_status == "error":
        return (Failed(finished_at=status.last_finished_at),)
    return (Succeeded(finished_at=status.last_finished_at),)


def open_runs_of(job: Job) -> tuple[OpenRun, ...]:
    """The runs that have started and not ended, the oldest first."""
    if job.known is None:
        return ()
    return tuple(sorted(_read_known(job.known).open_runs, key=lambda run: run.started_at))


def settings_of(job: Job) -> JobSettings | None:
    """What is expected of the job now; None where nothing ever was."""
    return None if job.settings_row is None else read_settings(job.settings_row.definition)


def expectation_of(job: Job) -> Expectation | None:
    """What the judge expects of the job's runs; None where nothing ever was set."""
    settings = settings_of(job)
    if settings is None:
        return None
    return terms_of(replace(settings, schedules=()), job.settings_row.in_force_from, {}).expected


def next_due_of(jobs: Sequence[Job], now: datetime) -> dict[int, datetime]:
    """The next slot of each of these jobs that has one and is not paused, by job id.

    The cost is that of the jobs' schedules, and of one query where a calendar has not been read before.
    """
    expected = {job.id: settings for job in jobs if (settings := settings_of(job)) is not None}
    calendars = calendars_named({name for settings in expected.values() for name in calendars_of(settings)})
    due: dict[int, datetime] = {}
    for job_id, settings in expected.items():
        if settings.is_paused or not settings.schedules or not calendars_of(settings) <= calendars.keys():
            continue
        ahead = slots_ahead(slots_of(settings.schedules, calendars), now, 1)
        if ahead:
            due[job_id] = ahead[0].due
    return due
