"""A store on throw-away tables, as the process that writes opens it."""

from collections.abc import Iterator

import pytest
from databases import Database
from tc_portal.store.batches import Store
from tc_portal.store.database import open_store


@pytest.fixture(scope="module")
def tables(database: Database) -> Database:
    """A database with the portal's tables, which nothing but the test writes to."""
    return database


@pytest.fixture(scope="module")
def store(tables: Database) -> Iterator[Store]:
    opened = open_store(tables.as_django_has_it())
    yield opened
    opened.close()


def empty(tables: Database) -> None:
    """Forget all jobs, calendars and blind times."""
    tables.execute(
        "DELETE FROM incident_action; DELETE FROM incident_notice; DELETE FROM incident; DELETE FROM transition; DELETE FROM run_start; DELETE FROM run; DELETE FROM job_status;"
        "UPDATE job SET settings_id = NULL; DELETE FROM job_settings; DELETE FROM job; DELETE FROM blind_time;"
        "DELETE FROM heartbeat; DELETE FROM second_monitor;"
    )
