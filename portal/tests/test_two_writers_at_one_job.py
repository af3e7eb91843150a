"""Two processes that want the same job at once: the second sees all that the first has committed, not only the job's row."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from databases import Database, new_tables
from due_jobs import MINUTE, count, eventually, expect_since
from tc_portal.core.report import Report
from tc_portal.store.batches import Store
from tc_portal.store.database import open_store

NOON = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
WAITS = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def database(tmp_path: Path, postgresql_url: str) -> Database:
    """PostgreSQL only: SQLite has one writer."""
    return new_tables("postgresql", tmp_path, postgresql_url)


def while_an_incident_is_opened(database: Database, meanwhile: Callable[[Store], object]) -> None:
    """Begin ``meanwhile`` after another process has judged the job missed, and before that is committed."""
    store = open_store(database.as_django_has_it())
    expect_since(store, ["a"], NOON - 60 * MINUTE, NOON)
    with psycopg.connect(database.url) as watcher:
        missed_at = NOON + 5 * MINUTE
        watcher.execute(
            "UPDATE job SET verdict = 'missed', is_bad = true, since = %s, judged_at = %s, deadline = %s",
            (missed_at, missed_at, missed_at + timedelta(days=7)),
        )
        watcher.execute(
            "INSERT INTO incident (job_id, opened_at, verdict) SELECT id, %s, 'missed' FROM job", (missed_at,)
        )
        other = threading.Thread(target=meanwhile, args=(store,))
        other.start()
        eventually(lambda: count(database, WAITS) == 1, lambda: "nobody waits for the lock")
        time.sleep(0.1)
    other.join()
    store.close()


def test_a_report_resolves_the_incident_that_was_opened_while_it_waited(database: Database) -> None:
    arrives = NOON + 6 * MINUTE
    report = Report("a", "題", "success", arrives, arrives, "run")
    while_an_incident_is_opened(database, lambda store: store.record([report]))
    assert database.rows("SELECT verdict FROM job") == [("ok",)]
    assert count(database, "incident") == 1
    assert count(database, "incident WHERE resolved_at IS NULL") == 0
