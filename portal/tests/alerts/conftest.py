"""What the tests of alerts run on: names that lead to loopback, and the portal's tables on each database, really written to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Database, new_tables
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from pytest_django import DjangoDbBlocker
from sinks import Internet
from tc_portal.alerts.models import Channel
from tc_portal.configuration import database_settings


@pytest.fixture
def internet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    made = Internet(tmp_path, monkeypatch)
    yield made
    made.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("outbox")
    server = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    database = new_tables(request.param, folder, server)
    before = connections.settings["default"]
    # Pools go by the connection's name, and the tests of pages may have one open under the same.
    pool_before = DatabaseWrapper._connection_pools.pop("default", None)
    asked = connections.configure_settings({"default": database_settings(database.url, folder)})
    connections.settings["default"] = asked["default"]
    connections["default"] = connections.create_connection("default")
    with django_db_blocker.unblock():
        yield database
        connection.close()
        if database.kind == "postgresql":
            connection.close_pool()
    if pool_before is not None:
        DatabaseWrapper._connection_pools["default"] = pool_before
    connections.settings["default"] = before
    connections["default"] = connections.create_connection("default")


@pytest.fixture
def outbox(migrated: Database, django_db_blocker: DjangoDbBlocker) -> Iterator[Database]:
    """The tables; what a test writes is committed, and deleted after it."""
    with django_db_blocker.unblock():
        yield migrated
        Channel.objects.all().delete()
