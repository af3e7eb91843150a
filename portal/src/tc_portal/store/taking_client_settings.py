"""The transaction that takes what a client's own code says is expected of a job."""

import logging
from collections.abc import Generator
from typing import Any

from tc_portal.core.client_settings import ClientSettings, changed_by_client, says_what_holds, wanted_settings
from tc_portal.core.job_settings import JobSettings, read_settings
from tc_portal.core.schedule.unschedulable import Unschedulable

from .changing_settings import SettingsChange, change_settings
from .statements import FindSettingsBy, LockedJob, LockJobs, SettingsRow, Statement
from .surroundings import Calendars

logger = logging.getLogger(__name__)


def take_client_settings(calendars: Calendars, told: ClientSettings) -> Generator[Statement, Any, None]:
    """Put in force what of it is to hold; see ``core.client_settings``. Told again, nothing is written."""
    try:
        wanted = yield from _wanted(told)
    except Unschedulable as reason:
        # It goes with other settings than those that a person gave since.
        logger.warning("what %s says of job %r does not go with its settings: %s", told.client, told.job_key, reason)
        return
    if wanted is not None:
        change = SettingsChange(told.job_key, wanted, told.title)
        yield from change_settings(calendars, [change], told.received_at, changed_by_client(told.client))


def _wanted(told: ClientSettings) -> Generator[Statement, Any, JobSettings | None]:
    jobs: list[LockedJob] = yield LockJobs([told.job_key])
    if not jobs and told.is_once:
        return None
    if not jobs or jobs[0].settings is None:
        return wanted_settings(told, None, None)
    in_force = read_settings(jobs[0].settings)
    if says_what_holds(told, in_force):
        return None
    rows: list[SettingsRow] = yield FindSettingsBy(jobs[0].id, changed_by_client(told.client))
    last_told = read_settings(rows[0].definition) if rows else None
    return wanted_settings(told, in_force, last_told)
