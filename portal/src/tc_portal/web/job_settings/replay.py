"""What settings would have raised over a job's past, beside what the present ones would have."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from msgspec.structs import replace

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.job_settings import JobSettings, terms_of
from tc_portal.core.reason import Failed, NoReport, RunsTooLong, TooFast
from tc_portal.core.schedule.job_schedule import slots_of
from tc_portal.core.what_if import PastIncident, incidents_under
from tc_portal.jobs.models import Job, Verdict
from tc_portal.jobs.settings_queries import Past, past_of

from .dates import instant_in_words
from .durations import duration_in_words

DAYS = 90
MOST_RUNS = 3_000
MOST_SLOTS = 3_000
LISTED = 30


@dataclass
class RaisedIncident:
    opened: str
    lasted: str
    verdict: str
    why: str


@dataclass
class Replay:
    """``since`` is later than 90 days ago where there was too much to read, which ``is_cut`` says."""

    since: str
    is_cut: bool
    runs: int
    count: int
    count_before: int
    incidents: list[RaisedIncident]
    more: int


def replay_of(
    job: Job,
    wanted: JobSettings,
    before: JobSettings,
    calendars: Mapping[str, Calendar],
    now: datetime,
    zone: ZoneInfo,
) -> Replay | None:
    """The two over the same runs; None where there are no runs to tell by."""
    past = past_of(job, max(now - timedelta(days=DAYS), job.created_at), MOST_RUNS)
    if not past.runs and not past.starts:
        return None
    # A pause is no part of what the settings are tried for.
    both = [replace(each, is_paused=False) for each in (wanted, before)]
    begin = max(_begin(each, calendars, past.since, now) for each in both)
    raised, raised_before = (_raised(each, past, calendars, begin, now) for each in both)
    return Replay(
        instant_in_words(begin, zone, with_year=True),
        past.is_cut or begin > past.since,
        sum(run.finished_at > begin for run in past.runs),
        len(raised),
        len(raised_before),
        [_said(each, zone) for each in raised[::-1][:LISTED]],
        max(0, len(raised) - LISTED),
    )


def _begin(settings: JobSettings, calendars: Mapping[str, Calendar], since: datetime, now: datetime) -> datetime:
    """From when on there are not too many slots to judge."""
    if not settings.schedules:
        return since
    slots = slots_of(settings.schedules, calendars)
    while sum(1 for _slot in islice(slots(since, now), MOST_SLOTS + 1)) > MOST_SLOTS:
        since = now - (now - since) / 2
    return since


def _raised(
    settings: JobSettings, past: Past, calendars: Mapping[str, Calendar], begin: datetime, now: datetime
) -> list[PastIncident]:
    return incidents_under(terms_of(settings, begin, calendars), past.runs, past.starts, past.blind_times, now)


def _said(incident: PastIncident, zone: ZoneInfo) -> RaisedIncident:
    lasted = _("not over yet")
    if incident.resolved_at is not None:
        lasted = duration_in_words(max(incident.resolved_at - incident.opened_at, timedelta(minutes=1)))
    verdict = str(Verdict(incident.verdict).label)
    return RaisedIncident(instant_in_words(incident.opened_at, zone), lasted, verdict, _why(incident, zone))


def _why(incident: PastIncident, zone: ZoneInfo) -> str:
    match incident.reasons[0] if incident.reasons else None:
        case NoReport(due=due):
            return _("due %(time)s") % {"time": instant_in_words(due, zone)}
        case RunsTooLong(started_at=started_at):
            return _("began %(time)s") % {"time": instant_in_words(started_at, zone)}
        case TooFast(took=took):
            return _("took %(time)s only") % {"time": duration_in_words(took)}
        case Failed(finished_at=finished_at):
            return _("ended %(time)s") % {"time": instant_in_words(finished_at, zone)}
        case _:
            return ""
