"""Which store goes with which database."""

from pathlib import Path
from typing import Any

from .batches import Store


def open_store(database: dict[str, Any]) -> Store:
    """The store for a Django ``DATABASES`` entry. It connects when it is first used."""
    if database["ENGINE"].endswith("sqlite3"):
        from .sqlite import SqliteStore

        return SqliteStore(Path(database["NAME"]))
    from .postgresql import PostgresqlStore

    return PostgresqlStore(postgresql_conninfo(database))


def postgresql_conninfo(database: dict[str, Any]) -> dict[str, Any]:
    """libpq's connection parameters of a Django ``DATABASES`` entry."""
    options = {name: value for name, value in database["OPTIONS"].items() if name != "pool"}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {**options, **{name: database[key] for name, key in named.items() if database[key]}}
