"""Our outage is not their failure: what becomes of jobs that were due while the portal was away."""

import signal
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import Database, new_tables
from due_jobs import DRAIN, MINUTE, count, eventually, expect_since
from running_portal import RunningPortal
from stores import empty, store, tables
from tc_portal.core.report import Report
from tc_portal.store.batches import Store
from tc_portal.store.database import open_store

__all__ = ["store", "tables"]

NOON = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
HOUR = 60 * MINUTE


def verdicts(database: Database, job_key: str) -> list[str]:
    """The verdicts that the job came to, in their order."""
    found = database.rows(
        "SELECT transition.verdict FROM transition JOIN job ON job.id = transition.job_id "
        f"WHERE job.job_key = '{job_key}' ORDER BY transition.at, transition.id"
    )
    return [verdict for (verdict,) in found]


def pass_time(store: Store, begin: datetime, end: datetime) -> None:
    """The portal receives and watches from ``begin`` to ``end``."""
    now = begin
    while now <= end:
        store.beat(now, DRAIN)
        while store.watch(now):
            pass
        now += timedelta(seconds=10)


def test_a_portal_that_was_killed_and_comes_back_hours_later_accuses_nobody_before_it_is_drained(
    new_portal: Callable[..., RunningPortal],
) -> None:
    portal = new_portal(TC_PORTAL_DRAIN_SECONDS="12").start()
    database = portal.database
    eventually(lambda: count(database, "heartbeat") == 1, portal.log)
    portal.stop(signal.SIGKILL)
    now = datetime.now(UTC)
    opened = open_store(database.as_django_has_it())
    expect_since(opened, ["silent", "kept"], now - 3 * HOUR, now - HOUR)
    opened.close()
    # Instead of three hours' waiting: it was last seen two hours ago.
    moved = now - 2 * HOUR
    database.execute(f"UPDATE heartbeat SET beat_at = '{moved.replace(tzinfo=None)!s}{_zone(database)}'")

    portal.start()
    kept = {"job_key": "kept", "title": "題", "status": "success", "finished_at": (now - HOUR + MINUTE).isoformat()}
    eventually(lambda: verdicts(database, "kept") == ["unknown"], portal.log)
    assert portal.report(kept).status == 200
    eventually(lambda: verdicts(database, "silent") == ["unknown", "missed"], portal.log)
    assert verdicts(database, "kept") == ["unknown", "ok"]
    assert count(database, "incident") == 1
    assert count(database, "blind_time") == 1


def _zone(database: Database) -> str:
    return "" if database.kind == "sqlite" else "+00"


def test_a_database_that_is_away_for_a_while_makes_the_portal_blind(tmp_path: Path) -> None:
    portal = RunningPortal(new_tables("sqlite", tmp_path, None), tmp_path).start()
    holder = sqlite3.connect(portal.database.url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        eventually(lambda: count(portal.database, "heartbeat") == 1, portal.log)
        holder.execute("BEGIN EXCLUSIVE")
        time.sleep(17)
        holder.execute("ROLLBACK")
        eventually(lambda: count(portal.database, "blind_time") == 1, portal.log)
        assert portal.log().count("cannot commit to the database") == 1
    finally:
        holder.close()
        portal.stop()


@pytest.fixture
def no_jobs(tables: Database) -> None:
    empty(tables)


@pytest.mark.usefixtures("no_jobs")
def test_one_portal_of_several_that_is_away_is_no_blind_time(tables: Database, store: Store) -> None:
    other = open_store(tables.as_django_has_it())
    other.beat(NOON, DRAIN)
    pass_time(store, NOON, NOON + HOUR)
    other.beat(NOON + HOUR + timedelta(seconds=5), DRAIN)
    other.close()
    assert count(tables, "blind_time") == 0


@pytest.mark.usefixtures("no_jobs")
def test_an_outage_of_hours_ends_without_a_storm(tables: Database, store: Store) -> None:
    keys = [f"job-{number}" for number in range(100)]
    expect_since(store, keys, NOON - HOUR, NOON + HOUR)
    pass_time(store, NOON, NOON)
    back = NOON + 2 * HOUR
    pass_time(store, back, back + MINUTE)
    assert (count(tables, "job WHERE verdict = 'unknown'"), count(tables, "incident")) == (100, 0)
    arrives = back + 2 * MINUTE
    store.record([Report(key, "題", "success", NOON + HOUR, arrives, f"run of {key}") for key in keys[:97]])
    pass_time(store, arrives, back + DRAIN + MINUTE)
    assert (count(tables, "job WHERE verdict = 'missed'"), count(tables, "incident")) == (3, 3)


@pytest.mark.usefixtures("no_jobs")
def test_a_clock_that_jumps_ahead_is_blind_for_the_time_that_it_left_out(tables: Database, store: Store) -> None:
    expect_since(store, ["a"], NOON - HOUR, NOON + HOUR)
    pass_time(store, NOON, NOON + MINUTE)
    pass_time(store, NOON + 3 * HOUR, NOON + 3 * HOUR + MINUTE)
    assert verdicts(tables, "a") == ["unknown"]


@pytest.mark.usefixtures("no_jobs")
def test_a_clock_that_is_put_back_accuses_nobody_and_is_believed(tables: Database, store: Store) -> None:
    expect_since(store, ["a"], NOON - HOUR, NOON + HOUR)
    pass_time(store, NOON + 50 * MINUTE, NOON + 55 * MINUTE)
    store.record([Report("a", "題", "success", NOON + 55 * MINUTE, NOON + 55 * MINUTE, "run")])
    pass_time(store, NOON, NOON + 2 * HOUR)
    assert (verdicts(tables, "a"), count(tables, "incident")) == (["ok"], 0)
    assert count(tables, "blind_time") == 0
    # By the clock as it is now, an outage is found.
    store.beat(NOON + 3 * HOUR, DRAIN)
    assert count(tables, "blind_time") == 1


@pytest.mark.usefixtures("no_jobs")
def test_a_clock_that_jumps_ahead_and_back_accuses_nobody(tables: Database, store: Store) -> None:
    expect_since(store, ["a"], NOON - HOUR, NOON + HOUR)
    pass_time(store, NOON, NOON + MINUTE)
    pass_time(store, NOON + 9 * HOUR, NOON + 9 * HOUR + MINUTE)
    pass_time(store, NOON + 2 * MINUTE, NOON + HOUR)
    store.record([Report("a", "題", "success", NOON + HOUR, NOON + HOUR + MINUTE, "run")])
    pass_time(store, NOON + HOUR + MINUTE, NOON + 2 * HOUR)
    ((verdict,),) = tables.rows("SELECT verdict FROM job")
    assert (verdict, count(tables, "incident")) == ("ok", 0)
