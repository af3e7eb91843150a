"""The group commit under trouble: one bad report fails alone, and the queue never grows without bound."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from databases import Database
from running_portal import RunningPortal, children_of
from tc_portal.core.instant import parse_instant
from tc_portal.core.report import Report
from tc_portal.store.batches import Refused, Unavailable, commit
from tc_portal.store.database import open_store
from tc_portal.store.recording import Recorded
from tc_portal.store.writer import QUEUE_LIMIT, Writer

NOON = parse_instant("2026-01-25T12:00:00Z")
assert NOON is not None
DRAIN = timedelta(minutes=15)


def report(key: str, status: str = "success") -> Report:
    assert NOON is not None
    return Report(key, "題", status, NOON, NOON, f"run of {key}")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def tables(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Database:
    RunningPortal(database, tmp_path_factory.mktemp("data")).command("setup").check_returncode()
    return database


async def record_all(database: Database, reports: list[Report]) -> list[Recorded | BaseException]:
    writer = Writer(database.as_django_has_it(), DRAIN)
    await writer.start()
    try:
        return await asyncio.gather(*(writer.record(each) for each in reports), return_exceptions=True)
    finally:
        await writer.close()


def test_one_bad_report_in_a_batch_fails_alone(tables: Database) -> None:
    # The database's own CHECK refuses this status, which no dialect lets through.
    told = [report("good-1"), report("bad", status="bogus"), report("good-2")]
    store = open_store(tables.as_django_has_it())
    answers = commit(store, told)
    store.close()
    assert [type(answer) for answer in answers] == [Recorded, Refused, Recorded]
    assert tables.rows("SELECT job_key FROM job_status ORDER BY job_key") == [("good-1",), ("good-2",)]
    assert tables.rows("SELECT job_key FROM job WHERE job_key = 'bad'") == []


def test_answers_reach_those_who_asked(tables: Database) -> None:
    told = [report("answered"), report("refused", status="bogus"), report("answered"), report("answered-too")]
    answers = asyncio.run(record_all(tables, told))
    assert [type(answer) for answer in answers] == [Recorded, Refused, Recorded, Recorded]
    first, _, again, too = [answer.status_id if isinstance(answer, Recorded) else None for answer in answers]
    assert first == again != too


def test_a_full_queue_turns_reports_away_and_keeps_those_it_took(tmp_path: Path) -> None:
    database = Database("sqlite", f"sqlite:///{tmp_path / 'portal.sqlite3'}")
    RunningPortal(database, tmp_path).command("setup").check_returncode()
    # All are queued in one turn of the loop, before any answer can be read.
    answers = asyncio.run(record_all(database, [report(f"k{n % 100}-{n}") for n in range(QUEUE_LIMIT + 50)]))
    turned_away = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert len(turned_away) == 50
    assert database.rows("SELECT count(*) FROM run") == [(QUEUE_LIMIT,)]


def test_two_writers_on_one_database_do_not_hinder_each_other(tables: Database) -> None:
    async def both() -> list[list[Recorded | BaseException]]:
        keys = [f"shared-{n}" for n in range(40)]
        one = [report(key) for key in keys] * 5
        other = [report(key) for key in reversed(keys)] * 5
        return await asyncio.gather(record_all(tables, one), record_all(tables, other))

    answers = asyncio.run(both())
    assert {type(answer) for side in answers for answer in side} == {Recorded}
    ids = [{answer.status_id for answer in side if isinstance(answer, Recorded)} for side in answers]
    assert ids[0] == ids[1]
    assert tables.rows("SELECT count(*) FROM job_status WHERE job_key LIKE 'shared-%'") == [(40,)]


def test_a_process_that_died_is_started_anew(tables: Database) -> None:
    async def die_and_go_on() -> list[Recorded | BaseException]:
        writer = Writer(tables.as_django_has_it(), DRAIN)
        await writer.start()
        try:
            before = await writer.record(report("survivor"))
            (child,) = children_of(os.getpid(), "tc_portal.store")
            os.kill(child, signal.SIGKILL)
            answers: list[Recorded | BaseException] = [before]
            async with asyncio.timeout(30):
                while len(answers) == 1 or isinstance(answers[-1], Unavailable):
                    answers += await asyncio.gather(writer.record(report("survivor")), return_exceptions=True)
                    await asyncio.sleep(0.05)
            return answers
        finally:
            await writer.close()

    before, *between, after = asyncio.run(die_and_go_on())
    assert isinstance(before, Recorded) and isinstance(after, Recorded)
    assert (before.status_id, before.job_is, after.job_is) == (after.status_id, "new", None)
    assert between and all(isinstance(answer, Unavailable) for answer in between)
