"""Pausing a job, as a person says it: a change of what is expected of it."""

from collections.abc import Iterable

from msgspec.structs import replace

from tc_portal.core.job_settings import JobSettings
from tc_portal.jobs.models import Job
from tc_portal.jobs.standing import settings_of

from .changing_settings import SettingsChange
from .expectations import expect_of_jobs


def pause_job(job: Job, is_paused: bool, changed_by: str | None) -> None:
    """Do not judge the job from now on, or judge it again. Raises as ``expect_of_jobs`` does.

    ``job`` comes with its ``settings_row``. Nothing is written where it is so already.
    """
    pause_jobs([job], is_paused, changed_by)


def pause_jobs(jobs: Iterable[Job], is_paused: bool, changed_by: str | None) -> int:
    """The same of several jobs at once: all of them, or none where it raises. Returns of how many it was not so already."""
    settings = [(job, settings_of(job) or JobSettings()) for job in jobs]
    changes = [
        SettingsChange(job.job_key, replace(each, is_paused=is_paused))
        for job, each in settings
        if each.is_paused != is_paused
    ]
    if changes:
        expect_of_jobs(changes, changed_by)
    return len(changes)
