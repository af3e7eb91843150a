"""What the jobs of a batch have in common: when the portal was away, and the calendars that their settings go by."""

from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.history import Terms
from tc_portal.core.job_settings import JobSettings, read_settings, terms_of
from tc_portal.core.judge import BlindTime

from .course import Course
from .statements import (
    BlindTimeFound,
    CalendarRevision,
    FindBlindTimes,
    FindCalendars,
    FindTogether,
    LockedJob,
    Statement,
)

# As many jobs' slots near now are kept.
TERMS_KEPT = 20_000
# Heartbeats were lost in a blind time although it is over, and all that was kept in it has arrived.
HEARTBEATS_MAY_BE_LOST = timedelta(days=1)

_read_calendar = msgspec.json.Decoder(Calendar).decode


class Calendars:
    """The calendars by the names that settings give them, which are the ids of their revisions. Revisions never change."""

    def __init__(self) -> None:
        self._by_name: dict[str, Calendar] = {}
        self._newest = 0
        self.terms = lru_cache(TERMS_KEPT)(self._terms)

    def news(self) -> Generator[Statement, Any, None]:
        """Read what has been made since the last time."""
        self.learn((yield self.question()))

    def question(self) -> FindCalendars:
        """What is to be read for ``learn``."""
        return FindCalendars(self._newest)

    def learn(self, revisions: Sequence[CalendarRevision]) -> None:
        """Keep the revisions."""
        for revision in revisions:
            self._by_name[str(revision.id)] = _read_calendar(revision.definition)
            self._newest = revision.id

    def _terms(self, definition: str, in_force_from: datetime) -> Terms:
        return terms_of(read_settings(definition), in_force_from, self._by_name)

    def terms_of(self, settings: JobSettings, in_force_from: datetime) -> Terms:
        return terms_of(settings, in_force_from, self._by_name)


class Surroundings(msgspec.Struct):
    calendars: Calendars
    blind_times: list[BlindTime]

    def course_of(self, job: LockedJob) -> Course:
        terms = None
        if job.settings is not None and job.in_force_from is not None:
            terms = self.calendars.terms(job.settings, job.in_force_from)
        return Course(job, terms, self.blind_times)


def surroundings(calendars: Calendars, jobs: Sequence[LockedJob]) -> Generator[Statement, Any, Surroundings]:
    """Those of the jobs: read only where one of them is judged by more than its last result."""
    tracked = [job for job in jobs if job.settings or job.known]
    if not tracked:
        return Surroundings(calendars, [])
    judged = [instant for job in tracked if (instant := job.judged_at or job.in_force_from) is not None]
    if not judged:
        yield from calendars.news()
        return Surroundings(calendars, [])
    found, revisions = yield FindTogether([FindBlindTimes(min(judged) - HEARTBEATS_MAY_BE_LOST), calendars.question()])
    calendars.learn(revisions)
    return Surroundings(calendars, _blind_times(found))


def blind_times_since(instant: datetime) -> Generator[Statement, Any, list[BlindTime]]:
    """Those that may bear on what is said at ``instant``, and later ones."""
    return _blind_times((yield FindBlindTimes(instant - HEARTBEATS_MAY_BE_LOST)))


def _blind_times(found: Sequence[BlindTimeFound]) -> list[BlindTime]:
    return [BlindTime(each.started_at, each.ended_at, each.drained_at) for each in found]
