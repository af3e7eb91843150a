"""``tools`` and ``job_status`` are the guide's; the guide's own database is adopted with its rows."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import Database, new_database
from running_portal import RunningPortal

MIGRATION = (Path(__file__).parent / "guide" / "migration.sql").read_text(encoding="utf-8")
TOOLS = (
    "CREATE TABLE public.tools (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), name TEXT NOT NULL, description TEXT)"
)

COLUMNS = """
SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'job_status' ORDER BY ordinal_position
"""
INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = 'job_status' ORDER BY indexdef"
CONSTRAINTS = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'job_status'::regclass AND contype <> 'n' ORDER BY 1
"""
POLICIES = "SELECT policyname, roles::text, cmd, qual FROM pg_policies WHERE tablename = 'job_status'"
ROW_SECURITY = "SELECT relrowsecurity FROM pg_class WHERE oid = 'job_status'::regclass"


@pytest.fixture
def supabase(postgresql_url: str, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Makes PostgreSQL databases with the role ``authenticated``, as Supabase has it."""
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(
            "DO $$ BEGIN CREATE ROLE authenticated; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    yield lambda: new_database("postgresql", tmp_path, postgresql_url)


def set_up(database: Database, folder: Path) -> RunningPortal:
    folder.mkdir(exist_ok=True)
    portal = RunningPortal(database, folder)
    result = portal.command("setup")
    assert result.returncode == 0, result.stderr
    return portal


def described(database: Database) -> list[Any]:
    return [database.rows(query) for query in (COLUMNS, INDEXES, CONSTRAINTS, POLICIES, ROW_SECURITY)]


def test_roles_of_the_outside_world_read_nothing_of_the_portals_own(
    supabase: Callable[[], Database], tmp_path: Path
) -> None:
    database = supabase()
    # As Supabase has it: whatever is made in the schema, these roles are granted.
    database.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO authenticated")
    portal = set_up(database, tmp_path / "data").start()
    portal.report({"job_key": "k", "title": "t", "status": "success", "finished_at": "2026-01-25"})
    portal.stop()
    database.execute("INSERT INTO tools (name) VALUES ('売上集計')")
    tables = [table for (table,) in database.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    assert {"account", "webhook_secret", "django_session", "job", "run", "heartbeat", "tools"} < set(tables)
    with psycopg.connect(database.url) as connection:
        connection.execute("SET ROLE authenticated")
        visible = [
            table
            for table in sorted(tables)
            if connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1'.encode()).fetchone()
        ]
    # The guide's policy shows job_status to those who are logged in there.
    assert visible == ["job_status"]


def test_our_tables_are_the_guides_to_the_letter(supabase: Callable[[], Database], tmp_path: Path) -> None:
    guides, ours = supabase(), supabase()
    guides.execute(TOOLS)
    guides.execute(MIGRATION)
    set_up(ours, tmp_path / "data")
    assert described(ours) == described(guides)


def test_a_database_of_the_guides_is_adopted_with_its_rows(supabase: Callable[[], Database], tmp_path: Path) -> None:
    database = supabase()
    database.execute(TOOLS)
    database.execute(MIGRATION)
    tool, status = uuid.uuid4(), uuid.uuid4()
    database.execute(f"INSERT INTO tools VALUES ('{tool}', '民泊', 'the guide has more columns')")
    database.execute(
        "INSERT INTO job_status (id, job_key, title, tool_id, last_status, last_finished_at, last_message)"
        f" VALUES ('{status}', 'minpaku', '民泊レポート', '{tool}', 'error', '2026-01-25T03:04:05Z', '失敗')"
    )
    before = database.rows("SELECT * FROM job_status")

    portal = set_up(database, tmp_path / "data")
    assert database.rows("SELECT * FROM job_status") == before
    assert database.rows("SELECT job_key, verdict, tool_id::text FROM job") == [("minpaku", "error", str(tool))]
    assert database.rows("SELECT result, message, source FROM run") == [("error", "失敗", "adopted")]

    portal.start()
    answer = portal.report(
        {"job_key": "minpaku", "title": "民泊レポート", "status": "success", "finished_at": "2026-02-01T00:00:00Z"}
    )
    portal.stop()
    assert answer.json == {"success": True, "id": str(status), "job_key": "minpaku"}
    assert database.rows("SELECT last_status, tool_id::text FROM job_status") == [("success", str(tool))]


def test_a_report_sent_again_after_the_adoption_is_the_run_that_was_adopted(
    supabase: Callable[[], Database], tmp_path: Path
) -> None:
    database = supabase()
    database.execute(TOOLS)
    database.execute(MIGRATION)
    database.execute(
        "INSERT INTO job_status (job_key, title, last_status, last_finished_at)"
        " VALUES ('k', 't', 'success', '2026-01-25T03:04:05.123456Z')"
    )
    portal = set_up(database, tmp_path / "data").start()
    portal.report({"job_key": "k", "title": "t", "status": "success", "finished_at": "2026-01-25T03:04:05.123456Z"})
    portal.stop()
    assert database.rows("SELECT count(*) FROM run") == [(1,)]


def test_deleting_a_tool_leaves_its_jobs_without_one(portal: RunningPortal) -> None:
    tool = uuid.uuid4()
    stored = tool.hex if portal.database.kind == "sqlite" else str(tool)
    portal.database.execute(f"INSERT INTO tools (id, name) VALUES ('{stored}', 'gone soon')")
    portal.report(
        {"job_key": "k", "title": "t", "status": "success", "finished_at": "2026-01-25", "tool_id": str(tool)}
    )
    portal.database.execute(f"PRAGMA foreign_keys = ON; DELETE FROM tools WHERE id = '{stored}'"
                            if portal.database.kind == "sqlite" else f"DELETE FROM tools WHERE id = '{stored}'")  # fmt: skip
    assert portal.database.rows("SELECT tool_id FROM job_status WHERE job_key = 'k'") == [(None,)]
    assert portal.database.rows("SELECT tool_id FROM job WHERE job_key = 'k'") == [(None,)]
