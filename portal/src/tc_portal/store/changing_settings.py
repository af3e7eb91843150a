"""The transaction that changes what is expected of jobs. The past is not judged anew by it."""

from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from tc_portal.core.instant import LATEST
from tc_portal.core.job_settings import JobSettings, calendars_of, read_settings, settings_as_json, with_calendar
from tc_portal.core.judge import BlindTime

from .beating import LONGEST_PAUSE
from .course import Course
from .settling import judged_rows, settled
from .statements import (
    AddSettings,
    CreateJobs,
    FindHeartbeat,
    LockedJob,
    LockJobs,
    NewJob,
    SettingsRow,
    Statement,
    Together,
)
from .surroundings import Calendars, surroundings


class SettingsChange(msgspec.Struct, frozen=True):
    """What is expected of a job from now on. A job that is not there yet is made, under ``title``."""

    job_key: str
    settings: JobSettings
    title: str = ""


class CalendarRenewal(msgspec.Struct, frozen=True):
    """The names that settings give to the older revisions of a calendar, and to its newest."""

    older: frozenset[str]
    newest: str


def change_settings(
    calendars: Calendars, changes: Sequence[SettingsChange], now: datetime, changed_by: str | None
) -> Generator[Statement, Any, None]:
    """Put the settings in force, and judge the jobs by them now. One change a job."""
    keys = sorted(change.job_key for change in changes)
    jobs: dict[str, LockedJob] = {job.job_key: job for job in (yield LockJobs(keys))}
    missing = [NewJob(each.job_key, each.title or each.job_key, now) for each in changes if each.job_key not in jobs]
    if missing:
        yield CreateJobs(sorted(missing, key=lambda new: new.job_key))
        jobs |= {job.job_key: job for job in (yield LockJobs(sorted(new.job_key for new in missing)))}
    yield from _put_in_force(calendars, jobs, changes, now, changed_by)


def renew_calendar(
    calendars: Calendars, job_keys: Sequence[str], renewal: CalendarRenewal, now: datetime, changed_by: str | None
) -> Generator[Statement, Any, int]:
    """Have the jobs go by the calendar's newest revision from now on, as far as they go by an older one; how many did."""
    locked: list[LockedJob] = yield LockJobs(sorted(job_keys))
    jobs = {job.job_key: job for job in locked}
    changes = []
    for job in locked:
        settings = None if job.settings is None else read_settings(job.settings)
        if settings is not None and calendars_of(settings) & renewal.older:
            changes.append(SettingsChange(job.job_key, with_calendar(settings, renewal.older, renewal.newest)))
    if changes:
        yield from _put_in_force(calendars, jobs, changes, now, changed_by)
    return len(changes)


def _put_in_force(
    calendars: Calendars,
    jobs: dict[str, LockedJob],
    changes: Sequence[SettingsChange],
    now: datetime,
    changed_by: str | None,
) -> Generator[Statement, Any, None]:
    around = yield from surroundings(calendars, list(jobs.values()))
    yield from calendars.news()
    beats: list[datetime] = yield FindHeartbeat()
    # Nobody has received since then, so that nobody is judged for silence since then.
    is_away = beats and now - beats[0] > LONGEST_PAUSE
    away = [BlindTime(beats[0], LATEST, LATEST)] if is_away else []
    courses: list[Course] = []
    rows: list[SettingsRow] = []
    for change in changes:
        course = around.course_of(jobs[change.job_key])
        course.blind_times = [*course.blind_times, *away]
        in_force_from = course.after_all_judged(now)
        rows.append(SettingsRow(course.job.id, in_force_from, settings_as_json(change.settings), changed_by))
        course.change_terms(calendars.terms_of(change.settings, in_force_from), rows[-1].definition)
        courses.append(course)
    yield AddSettings(rows)
    judged = judged_rows([course for course in courses if course.doubt is None])
    if judged:
        yield Together(judged)
    yield from settled(courses, calendars, away)
