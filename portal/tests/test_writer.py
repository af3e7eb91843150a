"""The group commit under trouble: one bad report fails alone, and the queue never grows without bound."""

import asyncio
from pathlib import Path

import pytest
from databases import Database
from psycopg.conninfo import conninfo_to_dict
from running_portal import RunningPortal
from tc_portal.core.instant import parse_instant
from tc_portal.core.report import Report
from tc_portal.store.postgresql import PostgresqlStore
from tc_portal.store.sqlite import SqliteStore
from tc_portal.store.writer import QUEUE_LIMIT, Recorded, Refused, Store, Unavailable, Writer

NOON = parse_instant("2026-01-25T12:00:00Z")
assert NOON is not None


def report(key: str, status: str = "success") -> Report:
    assert NOON is not None
    return Report(key, "題", status, NOON, NOON, f"run of {key}")  # type: ignore[arg-type]


def open_store(database: Database) -> Store:
    if database.kind == "sqlite":
        return SqliteStore(Path(database.url.removeprefix("sqlite:///")))
    return PostgresqlStore(dict(conninfo_to_dict(database.url)))


@pytest.fixture(scope="module")
def tables(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Database:
    RunningPortal(database, tmp_path_factory.mktemp("data")).command("setup").check_returncode()
    return database


async def record_all(store: Store, reports: list[Report]) -> list[Recorded | BaseException]:
    writer = Writer(store)
    # All are queued before the first commit, so that they form one batch.
    answers = asyncio.gather(*(writer.record(each) for each in reports), return_exceptions=True)
    await asyncio.sleep(0)
    writer.start()
    try:
        return await answers
    finally:
        await writer.close()


def test_one_bad_report_in_a_batch_fails_alone(tables: Database) -> None:
    # The database's own CHECK refuses this status, which no dialect lets through.
    told = [report("good-1"), report("bad", status="bogus"), report("good-2")]
    answers = asyncio.run(record_all(open_store(tables), told))
    assert [type(answer) for answer in answers] == [Recorded, Refused, Recorded]
    assert tables.rows("SELECT job_key FROM job_status ORDER BY job_key") == [("good-1",), ("good-2",)]
    assert tables.rows("SELECT job_key FROM job WHERE job_key = 'bad'") == []


def test_a_full_queue_turns_reports_away_and_keeps_those_it_took(tmp_path: Path) -> None:
    database = Database("sqlite", f"sqlite:///{tmp_path / 'portal.sqlite3'}")
    RunningPortal(database, tmp_path).command("setup").check_returncode()

    async def flood() -> list[Recorded | BaseException]:
        writer = Writer(open_store(database))
        answers = asyncio.gather(
            *(writer.record(report(f"k{n % 100}-{n}")) for n in range(QUEUE_LIMIT + 50)), return_exceptions=True
        )
        await asyncio.sleep(0)
        writer.start()
        try:
            return await answers
        finally:
            await writer.close()

    answers = asyncio.run(flood())
    turned_away = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert len(turned_away) == 50
    assert database.rows("SELECT count(*) FROM run") == [(QUEUE_LIMIT,)]


def test_two_writers_on_one_database_do_not_hinder_each_other(tables: Database) -> None:
    async def both() -> list[list[Recorded | BaseException]]:
        keys = [f"shared-{n}" for n in range(40)]
        one = [report(key) for key in keys] * 5
        other = [report(key) for key in reversed(keys)] * 5
        return await asyncio.gather(record_all(open_store(tables), one), record_all(open_store(tables), other))

    answers = asyncio.run(both())
    assert {type(answer) for side in answers for answer in side} == {Recorded}
    ids = [{answer.status_id for answer in side if isinstance(answer, Recorded)} for side in answers]
    assert ids[0] == ids[1]
    assert tables.rows("SELECT count(*) FROM job_status WHERE job_key LIKE 'shared-%'") == [(40,)]
