"""Jobs that were due while nobody watched: what watchers are set upon."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from databases import Database
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.store.batches import Store
from tc_portal.store.changing_settings import SettingsChange
from tc_portal.store.database import open_store

MINUTE = timedelta(minutes=1)
DRAIN = 15 * MINUTE
SECONDS_TO_COME_TRUE = 60


def expect_since(store: Store, keys: list[str], since: datetime, due: datetime) -> None:
    """Put settings of the jobs in force at ``since``: due once a week, at ``due`` too, with five minutes of grace."""
    schedule = JobSchedule(Interval(timedelta(days=7), due))
    settings = JobSettings(grace=5 * MINUTE, schedules=(schedule,))
    for start in range(0, len(keys), 100):
        changes = [SettingsChange(key, settings) for key in keys[start : start + 100]]
        store.change_settings(changes, since, "admin")


def make_due(database: Database, jobs: int, named: str = "job") -> None:
    """Make jobs that were due half an hour ago, in a portal that has received until now."""
    now = datetime.now(UTC)
    store = open_store(database.as_django_has_it())
    expect_since(store, [f"{named}-{number}" for number in range(jobs)], now - 60 * MINUTE, now - 30 * MINUTE)
    store.beat(now, DRAIN)
    store.close()


def count(database: Database, what: str) -> int:
    """How many rows there are of ``what``, the rest of a query from FROM on."""
    ((number,),) = database.rows(f"SELECT count(*) FROM {what}")
    return int(number)


def eventually(is_true: Callable[[], bool], otherwise: Callable[[], str]) -> None:
    """Wait until it is true. ``otherwise`` says what to tell if it never is."""
    deadline = time.monotonic() + SECONDS_TO_COME_TRUE
    while not is_true():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.05)
