"""A job's settings through time: who changed what, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.job_settings import JobSettings, calendars_of, read_settings
from tc_portal.core.schedule.schedule_words import schedule_in_words
from tc_portal.jobs.calendar_queries import revisions_named
from tc_portal.jobs.models import Job
from tc_portal.jobs.settings_queries import settings_history

from .durations import duration_in_words
from .settings_form import DURATIONS
from .spoken import language

SHOWN = 20


@dataclass
class Change:
    at: datetime
    by: str
    what: list[tuple[str, str, str]]


def history_of(job: Job) -> list[Change]:
    """The last changes, newest first: two queries."""
    rows = settings_history(job, SHOWN + 1)
    read = [read_settings(row.definition) for row in rows]
    names = frozenset[str]().union(*map(calendars_of, read)) if read else frozenset[str]()
    calendars = {name: calendar for name, (_id, calendar) in revisions_named(names).items()}
    before = [*read[1:], JobSettings()]
    changes = [
        Change(row.in_force_from, row.changed_by or "–", differences(old, new, calendars))
        for row, new, old in zip(rows, read, before, strict=False)
    ]
    return changes[:SHOWN]


def differences(old: JobSettings, new: JobSettings, calendars: Mapping[str, Calendar]) -> list[tuple[str, str, str]]:
    """What differs, each as its name, how it was and how it is."""
    pairs = [(_("Schedule"), _schedules(old, calendars), _schedules(new, calendars))]
    for name, (label, _help) in DURATIONS.items():
        pairs.append((str(label), _duration(getattr(old, name)), _duration(getattr(new, name))))
    pairs.append((_("Failures until it is an incident"), str(old.tolerance), str(new.tolerance)))
    pairs.append((_("Paused"), _yes_or_no(old.is_paused), _yes_or_no(new.is_paused)))
    found = [(label, before, after) for label, before, after in pairs if before != after]
    if not found and old != new:
        found.append((_("Calendar"), _("as it was"), _("as it was changed")))
    return found


def _schedules(settings: JobSettings, calendars: Mapping[str, Calendar]) -> str:
    said = [schedule_in_words(one, calendars, language()) for one in settings.schedules]
    return ("／" if language() == "ja" else "; ").join(said) or _("No schedule")


def _duration(duration: object) -> str:
    return _("none") if duration is None else duration_in_words(duration)  # type: ignore[arg-type]


def _yes_or_no(is_so: bool) -> str:
    return _("yes") if is_so else _("no")
