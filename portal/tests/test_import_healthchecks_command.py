"""``tc-portal import healthchecks`` as a person runs it: shown first, saved with --yes, and the clients' old tokens go on."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from databases import Database
from running_portal import RunningPortal
from stores import empty, tables
from tc_portal.core.ping_token import token_digest

__all__ = ["tables"]

UUID = "5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278"
COMMON = {"grace": 900, "n_pings": 3, "status": "up", "desc": "", "last_ping": "2026-01-25T03:04:05+00:00"}
CHECKS: dict[str, Any] = {
    "checks": [
        {**COMMON, "name": "夜間バックアップ", "slug": "backup", "tags": "prod db", "timeout": 86400, "uuid": UUID},
        {
            **COMMON,
            "name": "Month end",
            "slug": "",
            "tags": "",
            "schedule": "0 3 1 * *",
            "tz": "Asia/Tokyo",
            "status": "paused",
            "ping_url": "https://hc-ping.com/00000000-0000-4000-8000-000000000001",
        },
        {**COMMON, "name": "Backup", "slug": "backup", "tags": "", "schedule": "Mon..Fri 07:30", "tz": "UTC"},
        {**COMMON, "name": "broken", "slug": "", "tags": "", "schedule": "99 * * * *", "tz": "UTC"},
        {"name": 5},
    ]
}


@pytest.fixture
def portal(tables: Database, tmp_path: Path) -> RunningPortal:
    """Not running: a command needs no server."""
    empty(tables)
    tables.execute("DELETE FROM job_tag; DELETE FROM ping_token")
    return RunningPortal(tables, tmp_path)


@pytest.fixture
def api() -> Iterator[str]:
    """Answers as Healthchecks' API does, to the right key alone."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_right = self.headers["X-Api-Key"] == "the-key" and self.path == "/api/v3/checks/"
            self.send_response(200 if is_right else 401)
            self.end_headers()
            self.wfile.write(json.dumps(CHECKS).encode() if is_right else b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def file_of(portal: RunningPortal, content: bytes | None = None) -> str:
    file = portal.data_dir / "checks.json"
    file.write_bytes(json.dumps(CHECKS).encode() if content is None else content)
    return str(file)


def jobs(portal: RunningPortal) -> list[tuple[str, str, str]]:
    rows = portal.database.rows("SELECT job_key, title, verdict FROM job ORDER BY id")
    return [(row[0], row[1], row[2]) for row in rows]


def settings(portal: RunningPortal) -> list[dict[str, Any]]:
    return [
        json.loads(row[0]) for row in portal.database.rows("SELECT definition FROM job_settings ORDER BY job_id, id")
    ]


def test_checks_become_jobs_with_their_schedules_tags_and_tokens(portal: RunningPortal) -> None:
    ended = portal.command("import", "healthchecks", file_of(portal), "--yes")
    assert (ended.returncode, ended.stderr) == (3, "")
    assert "[left out] 'broken'" in ended.stdout and "[left out] '?'" in ended.stdout
    assert "Saved 3 jobs and 2 tokens." in ended.stdout
    assert sorted(jobs(portal)) == [
        ("backup", "夜間バックアップ", "waiting"),
        ("backup-2", "Backup", "waiting"),
        ("month-end", "Month end", "paused"),
    ]
    kinds = sorted(each["schedules"][0]["schedule"]["type"] for each in settings(portal))
    assert kinds == ["cron", "interval", "on_calendar"]
    assert {(each["grace"], each["max_runtime"]) for each in settings(portal)} == {("PT900S", "PT900S")}
    assert sorted(portal.database.rows("SELECT tag FROM job_tag")) == [("db",), ("prod",)]
    assert (token_digest(UUID), "backup") in portal.database.rows("SELECT digest, job_key FROM ping_token")


def test_nothing_is_saved_unasked_and_the_same_again_changes_nothing(portal: RunningPortal) -> None:
    shown = portal.command("import", "healthchecks", file_of(portal))
    assert "backup (夜間バックアップ): " in shown.stdout and "Nothing was saved." in shown.stdout
    assert jobs(portal) == []
    portal.command("import", "healthchecks", file_of(portal), "--yes")
    CHECKS["checks"][0]["last_ping"] = "2026-01-26T03:05:06+00:00"
    again = portal.command("import", "healthchecks", file_of(portal), "--yes")
    assert "Saved 0 jobs and 0 tokens." in again.stdout
    assert len(settings(portal)) == 3


def test_checks_are_fetched_with_a_key_that_no_command_line_shows(portal: RunningPortal, api: str) -> None:
    missing = portal.command("import", "healthchecks", api)
    assert (missing.returncode, "HEALTHCHECKS_API_KEY" in missing.stderr) == (1, True)
    portal.environment["HEALTHCHECKS_API_KEY"] = "wrong"
    wrong = portal.command("import", "healthchecks", api)
    assert (wrong.returncode, "answered 401" in wrong.stderr) == (1, True)
    portal.environment["HEALTHCHECKS_API_KEY"] = "the-key"
    assert "Saved 3 jobs" in portal.command("import", "healthchecks", api, "--yes").stdout


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"<html>", b"\xff\xfe", b'{"checks": 5}'])
def test_what_is_no_list_of_checks_is_explained(portal: RunningPortal, content: bytes) -> None:
    ended = portal.command("import", "healthchecks", file_of(portal, content), "--yes")
    assert (ended.returncode, "This is no list of Healthchecks' checks" in ended.stderr) == (1, True)
    assert "Traceback" not in ended.stderr
    assert portal.command("import", "healthchecks", str(portal.data_dir / "none.json")).returncode == 1
