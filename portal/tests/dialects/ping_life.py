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


def captures(name: str) -> list[dict[str, Any]]:
    """Requests that real clients sent, as they were captured."""
    lines = (Path(__file__).parent / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def replay(portal: RunningPortal, capture: dict[str, Any]) -> Answer:
    """Send a captured request byte for byte."""
    head = f"{capture['method']} {capture['target']} {capture['http']}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in capture["headers"])
    return send_bytes(portal, head.encode("latin-1") + b"\r\n" + base64.b64decode(capture["body_b64"]))


def send_bytes(portal: RunningPortal, request: bytes) -> Answer:
    with socket.create_connection(("127.0.0.1", portal.port), timeout=30) as connection:
        connection.sendall(request)
        response = HTTPResponse(connection, method=request.split(b" ", 1)[0].decode())
        response.begin()
        return Answer(response.status, dict(response.getheaders()), response.read())
