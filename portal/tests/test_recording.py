"""What is left in the database by a set of reports, whatever their order and repetition (both databases)."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from databases import Database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_portal import RunningPortal
from tc_portal.core.report import Report, run_id_of
from tc_portal.store.batches import Store
from tc_portal.store.postgresql import PostgresqlStore
from tc_portal.store.sqlite import SqliteStore

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TOOLS = [UUID(int=n) for n in (1, 2)]

STATUS = "SELECT job_key, title, tool_id, last_status, last_finished_at, last_message FROM job_status ORDER BY job_key"
RUNS = (
    "SELECT job_key, run_id, result, finished_at, message FROM run JOIN job ON job.id = run.job_id "
    "ORDER BY job_key, run_id"
)
JOBS = "SELECT job_key, title, tool_id, verdict, since FROM job ORDER BY job_key"


@pytest.fixture(scope="module")
def tables(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A database with the portal's tables and two tools."""
    RunningPortal(database, tmp_path_factory.mktemp("data")).command("setup").check_returncode()
    for tool in TOOLS:
        stored = tool.hex if database.kind == "sqlite" else str(tool)
        database.execute(f"INSERT INTO tools (id, name) VALUES ('{stored}', 'a tool')")
    return database


@pytest.fixture(scope="module")
def store(tables: Database) -> Iterator[Store]:
    opened: Store
    if tables.kind == "sqlite":
        opened = SqliteStore(Path(tables.url.removeprefix("sqlite:///")))
    else:
        from psycopg.conninfo import conninfo_to_dict

        assert urlsplit(tables.url).path
        opened = PostgresqlStore(dict(conninfo_to_dict(tables.url)))
    yield opened
    opened.close()


def report(key: str, minute: int, status: Any, message: str | None = None, **more: Any) -> Report:
    finished_at = more.pop("finished_at", NOW + timedelta(minutes=minute))
    run_id = more.pop("run_id", None) or run_id_of(key, finished_at, status, message)
    received_at = more.pop("received_at", NOW + timedelta(days=1))
    return Report(key, more.pop("title", "題"), status, finished_at, received_at, run_id, message, **more)


reports = st.lists(
    st.builds(
        lambda key, minute, status, message, run_id, tool, ahead: report(
            key,
            minute,
            status,
            message,
            run_id=run_id and f"{run_id}",
            tool_id=tool,
            # A clock that runs years ahead, as the BIOS of a PC with an empty battery may.
            finished_at=NOW + timedelta(days=4000 if ahead else 0, minutes=minute),
        ),
        st.sampled_from(["a", "b"]),
        st.integers(-4, 4),
        st.sampled_from(["success", "error"]),
        st.sampled_from([None, "甲", "乙"]),
        st.sampled_from([None, None, "r1", "r2"]),
        st.sampled_from([None, None, *TOOLS]),
        st.sampled_from([False, False, False, True]),
    ),
    min_size=1,
    max_size=10,
)


def record(store: Store, told: Sequence[Report], batch: int) -> None:
    for start in range(0, len(told), batch):
        store.record(told[start : start + batch])


def left_in(tables: Database) -> tuple[list[Any], ...]:
    return tables.rows(STATUS), tables.rows(RUNS), tables.rows(JOBS)


def empty(tables: Database) -> None:
    tables.execute("DELETE FROM run; DELETE FROM job_status; DELETE FROM job;")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=reports, seed=st.integers(0, 2**32), batch=st.integers(1, 6))
def test_any_order_and_any_repetition_leaves_the_same(
    tables: Database, store: Store, told: list[Report], seed: int, batch: int
) -> None:
    empty(tables)
    record(store, told, len(told))
    expected = left_in(tables)

    shuffled = told + random.Random(seed).choices(told, k=len(told))
    random.Random(seed).shuffle(shuffled)
    empty(tables)
    record(store, shuffled, batch)
    assert left_in(tables) == expected


def standing(tables: Database) -> tuple[Any, ...]:
    ((last_status, last_message),) = tables.rows("SELECT last_status, last_message FROM job_status")
    ((verdict,),) = tables.rows("SELECT verdict FROM job")
    return last_status, last_message, verdict


def test_an_older_report_that_arrives_late_does_not_overwrite_a_newer_one(tables: Database, store: Store) -> None:
    empty(tables)
    record(store, [report("a", 10, "error", "新しい"), report("a", 5, "success", "古い")], 1)
    assert standing(tables) == ("error", "新しい", "error")
    assert len(tables.rows(RUNS)) == 2


def test_the_same_report_sent_twice_is_one_run(tables: Database, store: Store) -> None:
    empty(tables)
    record(store, [report("a", 1, "success")] * 3 + [report("a", 1, "success", run_id="named")] * 2, 2)
    assert len(tables.rows(RUNS)) == 2


def test_a_clock_far_in_the_future_does_not_freeze_a_job(tables: Database, store: Store) -> None:
    empty(tables)
    future = report("a", 0, "success", "未来", finished_at=NOW.replace(year=2099), received_at=NOW)
    later = report("a", 1, "error", "今", received_at=NOW + timedelta(minutes=1))
    record(store, [future, later], 1)
    assert standing(tables) == ("error", "今", "error")


def test_since_is_the_first_run_of_the_present_streak_even_when_it_arrives_late(
    tables: Database, store: Store
) -> None:
    empty(tables)
    for told in [report("a", 0, "success"), report("a", 30, "error"), report("a", 10, "error")]:
        record(store, [told], 1)
    assert tables.rows("SELECT since FROM job") == tables.rows(
        "SELECT finished_at FROM run ORDER BY 1 LIMIT 1 OFFSET 1"
    )
    record(store, [report("a", 20, "success")], 1)
    assert tables.rows("SELECT since FROM job") == tables.rows("SELECT max(finished_at) FROM run")


def test_the_store_answers_each_report_with_its_jobs_status_row(tables: Database, store: Store) -> None:
    empty(tables)
    told = [report("a", 0, "success"), report("b", 0, "success"), report("a", 1, "error"), report("a", -9, "error")]
    answers = store.record(told)
    ids = {key: str(id_).replace("-", "") for key, id_ in tables.rows("SELECT job_key, id FROM job_status")}
    assert [answer.status_id.hex for answer in answers] == [ids[report.job_key] for report in told]


def test_a_run_told_by_a_clock_ahead_is_told_rightly_by_a_right_one(tables: Database, store: Store) -> None:
    empty(tables)
    ahead = report("a", 0, "success", run_id="r", finished_at=NOW + timedelta(days=4000))
    right = report(
        "a", 0, "error", run_id="r", received_at=NOW + timedelta(days=2), finished_at=NOW + timedelta(days=2)
    )
    for told in ([ahead, right], [right, ahead]):
        empty(tables)
        record(store, told, 1)
        assert (
            tables.rows("SELECT result FROM run") == tables.rows("SELECT last_status FROM job_status") == [("error",)]
        )
