"""A schedule proposed for a job that has runs and no schedule."""

from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _
from msgspec.structs import replace

from tc_portal.core.job_settings import JobSettings, settings_as_json
from tc_portal.core.schedule.schedule_words import schedule_in_words
from tc_portal.core.schedule_proposal.proposing import LAST_RUNS, proposal_from
from tc_portal.jobs.models import Job
from tc_portal.jobs.settings_queries import last_runs_seen

from .calendar_choices import CalendarChoices
from .durations import duration_in_words
from .spoken import language


@dataclass
class ShownProposal:
    """``token`` tells whether what is accepted is what was shown."""

    settings: JobSettings
    words: str
    fits: int
    of: int
    grace: str
    max_runtime: str
    token: str
    calendar_is_new: bool

    def kept_with(self, before: JobSettings) -> JobSettings:
        """The settings to put in force: the proposal's schedule and times, and the rest as it was."""
        longest = before.max_runtime or self.settings.max_runtime
        if longest is not None and before.min_runtime is not None and longest < before.min_runtime:
            longest = None
        return replace(before, schedules=self.settings.schedules, grace=self.settings.grace, max_runtime=longest)


def proposal_for(job: Job, settings: JobSettings, choices: CalendarChoices, time_zone: str) -> ShownProposal | None:
    """What the job's last runs keep to; None where it has a schedule, or they keep to nothing well."""
    if settings.schedules:
        return None
    name, calendar = choices.first or ("", None)
    found = proposal_from(last_runs_seen(job, LAST_RUNS), time_zone, calendar, name)
    if found is None:
        return None
    (one,) = found.settings.schedules
    wanted = found.settings
    return ShownProposal(
        wanted,
        schedule_in_words(one, choices.by_name, language()),
        found.fits,
        found.of,
        duration_in_words(wanted.grace),
        _("none") if wanted.max_runtime is None else duration_in_words(wanted.max_runtime),
        sha256(settings_as_json(wanted).encode()).hexdigest()[:16],
        found.calendar is not None and not choices.kept,
    )
