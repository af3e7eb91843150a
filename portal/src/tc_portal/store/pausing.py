"""Pausing a job, as a person says it: a change of what is expected of it."""

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
    settings = settings_of(job) or JobSettings()
    if settings.is_paused != is_paused:
        expect_of_jobs([SettingsChange(job.job_key, replace(settings, is_paused=is_paused))], changed_by)
