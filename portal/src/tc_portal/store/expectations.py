"""What is expected of jobs, as a person says it in a page or a command."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

from django.conf import settings

from .changing_settings import SettingsChange
from .database import open_store

# A transaction holds its jobs' rows from their reports meanwhile.
JOBS_AT_ONCE = 100


def expect_of_jobs(changes: Sequence[SettingsChange], changed_by: str | None) -> None:
    """Put the settings in force from now on, and judge the jobs by them; jobs that are not there yet are made.

    Raises ``batches.Refused`` or ``batches.Unavailable``; then the changes before the present hundred are in force.
    """
    with closing(open_store(settings.DATABASES["default"])) as store:
        for start in range(0, len(changes), JOBS_AT_ONCE):
            store.change_settings(changes[start : start + JOBS_AT_ONCE], datetime.now(UTC), changed_by)
