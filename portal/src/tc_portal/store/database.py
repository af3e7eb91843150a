"""Which store goes with which database."""

from pathlib import Path
from typing import Any

from .lanes import Lanes
from .writer import Store

# PostgreSQL commits for two connections at once; SQLite has one writer at a time, whatever asks.
POSTGRESQL_LANES = 2


def open_store(database: dict[str, Any]) -> Store:
    """The store for a Django ``DATABASES`` entry. It connects when it is first used."""
    if database["ENGINE"].endswith("sqlite3"):
        from .sqlite import SqliteStore

        return SqliteStore(Path(database["NAME"]))
    from .postgresql import PostgresqlStore

    return PostgresqlStore(postgresql_conninfo(database))


def open_lanes(database: dict[str, Any]) -> Lanes:
    """The lanes that a process writes reports through: as many as its database makes use of."""
    lanes = 1 if database["ENGINE"].endswith("sqlite3") else POSTGRESQL_LANES
    return Lanes([open_store(database) for _ in range(lanes)])


def postgresql_conninfo(database: dict[str, Any]) -> dict[str, Any]:
    """libpq's connection parameters of a Django ``DATABASES`` entry."""
    options = {name: value for name, value in database["OPTIONS"].items() if name != "pool"}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {**options, **{name: database[key] for name, key in named.items() if database[key]}}
