"""What the tests of dialects do and look at: tokens that are known, pings sent byte for byte, and what they left in the tables."""

import base64
import json
import socket
from datetime import UTC, datetime
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple

from running_portal import Answer, RunningPortal
from tc_portal.core.ping_token import token_digest


class StoredRun(NamedTuple):
    result: str
    exit_code: int | None
    message: str | None
    source: str
    output: str | None = None


def know_token(portal: RunningPortal, token: str, job_key: str | None, name: str = "") -> None:
    """Have the portal know a token, as another process that makes one would."""
    key = "NULL" if job_key is None else f"'{job_key}'"
    portal.database.execute(
        "INSERT INTO ping_token (digest, kind, job_key, name, created_at, created_by) VALUES "
        f"('{token_digest(token)}', '{'portal' if job_key is None else 'job'}', {key}, '{name or job_key}', "
        f"'{datetime.now(UTC).isoformat()}', 'test')"
    )


def runs_of(portal: RunningPortal, job_key: str) -> list[StoredRun]:
    """The job's runs, in the order in which they arrived."""
    rows = portal.database.rows(
        "SELECT result, exit_code, message, source, head FROM run JOIN job ON job.id = run.job_id "
        "LEFT JOIN run_output ON run_output.job_id = run.job_id AND run_output.run_id = run.run_id "
        f"WHERE job_key = '{job_key}' ORDER BY received_at"
    )
    return [StoredRun(*row) for row in rows]


def job_row(portal: RunningPortal, job_key: str) -> tuple[str, str]:
    """The job's title and verdict."""
    (row,) = portal.database.rows(f"SELECT title, verdict FROM job WHERE job_key = '{job_key}'")
    return row[0], row[1]


class RunTold(NamedTuple):
    """A run as it stands in the tables: ``result`` is None while nothing but its start has arrived."""

    job_key: str
    result: str | None
    started_at: str | None
    finished_at: str | None
    message: str | None
    host: str | None
    source: str | None


def run_told(portal: RunningPortal, run_id: str) -> RunTold:
    """The run of this name."""
    ended = portal.database.rows(
        "SELECT job_key, result, started_at, finished_at, message, run.host, source FROM run "
        f"JOIN job ON job.id = run.job_id WHERE run_id = '{run_id}'"
    )
    begun = portal.database.rows(
        f"SELECT job_key, NULL, started_at, NULL, NULL, run_start.host, NULL FROM run_start "
        f"JOIN job ON job.id = run_start.job_id WHERE run_id = '{run_id}'"
    )
    job_key, result, started_at, finished_at, message, host, source = (ended or begun)[0]
    return RunTold(job_key, result, clock_of(started_at), clock_of(finished_at), message, host, source)


def clock_of(stored: Any) -> str | None:
    """The time of the day in UTC of an instant as either database has it."""
    if stored is None:
        return None
    instant = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return (instant if instant.tzinfo is None else instant.astimezone(UTC)).strftime("%H:%M:%S.%f")


def settings_told(portal: RunningPortal, job_key: str) -> list[tuple[str, Any]]:
    """What was ever expected of the job, oldest first: who said so, and what."""
    rows = portal.database.rows(
        "SELECT changed_by, definition FROM job_settings JOIN job ON job.id = job_settings.job_id "
        f"WHERE job_key = '{job_key}' ORDER BY job_settings.id"
    )
    return [(changed_by, json.loads(definition)) for changed_by, definition in rows]


def captures(name: str) -> list[dict[str, Any]]:
    """Requests that real clients sent, as they were captured."""
    lines = (Path(__file__).parent / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def replay(portal: RunningPortal, capture: dict[str, Any]) -> Answer:
    """Send a captured request byte for byte."""
    head = f"{capture['method']} {capture['target']} {capture['http']}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in capture["headers"])
    body = base64.b64decode(capture["body_b64"])
    if ["Transfer-Encoding", "chunked"] in capture["headers"]:
        # The capture has joined the chunks.
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    return send_bytes(portal, head.encode("latin-1") + b"\r\n" + body)


def send_bytes(portal: RunningPortal, request: bytes) -> Answer:
    with socket.create_connection(("127.0.0.1", portal.port), timeout=30) as connection:
        connection.sendall(request)
        response = HTTPResponse(connection, method=request.split(b" ", 1)[0].decode())
        response.begin()
        return Answer(response.status, dict(response.getheaders()), response.read())
