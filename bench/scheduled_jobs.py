"""What is expected of the jobs of a bench: schedules as teams have them, put in force as the portal's pages do."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from tc_portal.configuration import database_settings
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.day_choice import EveryBusinessDay
from tc_portal.core.business_days.rule import BusinessDayRule
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.store.batches import Store
from tc_portal.store.changing_settings import SettingsChange
from tc_portal.store.database import open_store

ZONE = "Asia/Tokyo"
MINUTE = timedelta(minutes=1)


@contextmanager
def opened(database_url: str) -> Iterator[Store]:
    """The store of a database that has the portal's tables."""
    with closing(open_store(database_settings(database_url, Path()))) as store:
        yield store


def run_sql(database_url: str, statement: str, *parameters: Any) -> list[Any]:
    """Execute a statement, with ``?`` for its parameters, over a connection of its own; the rows that it gives."""
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=30)) as sqlite, sqlite:
            return sqlite.execute(statement, parameters).fetchall()
    with psycopg.connect(database_url) as postgresql:
        cursor = postgresql.execute(statement.replace("?", "%s").encode(), parameters)
        return cursor.fetchall() if cursor.description else []


def expect(store: Store, changes: Sequence[SettingsChange], now: datetime) -> None:
    for start in range(0, len(changes), 100):
        store.change_settings(changes[start : start + 100], now, "bench")


def expect_a_mix(database_url: str, keys: list[str]) -> None:
    """A third of the jobs daily, each at its own time, a third every 15 minutes, a third on business days."""
    calendar = msgspec.json.encode(Calendar("本社", "JP")).decode()
    made_at = str(datetime.now(UTC).replace(tzinfo=None))
    run_sql(database_url, "INSERT INTO calendar_revision (made_at, definition) VALUES (?, ?)", made_at, calendar)
    ((revision,),) = run_sql(database_url, "SELECT max(id) FROM calendar_revision")
    with opened(database_url) as store:
        changes = [SettingsChange(key, _one_of_three(place, str(revision))) for place, key in enumerate(keys)]
        expect(store, changes, datetime.now(UTC))


def _one_of_three(place: int, calendar: str) -> JobSettings:
    hour, minute = place // 3 % 24, place % 60
    schedule = (
        JobSchedule(Cron((f"{minute} {hour} * * *",), ZONE)),
        JobSchedule(Cron(("*/15 * * * *",), ZONE)),
        JobSchedule(BusinessDayRule(calendar, ZONE, (f"{hour:02}:{minute:02}",), EveryBusinessDay())),
    )[place % 3]
    return JobSettings(max_runtime=60 * MINUTE, schedules=(schedule,))
