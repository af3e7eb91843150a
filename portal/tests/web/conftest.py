"""What the page tests run on: Django's test client over migrated tables, each test rolled back at its end."""

from collections.abc import Iterator

import pytest
from databases import Database, new_tables
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker
from tc_portal.accounts.models import User
from tc_portal.configuration import database_settings
from tc_portal.jobs.models import (
    BlindTime,
    CalendarRevision,
    CalendarRow,
    Heartbeat,
    Host,
    HostTask,
    Incident,
    Job,
    JobSettingsRow,
    JobStatus,
    Run,
    RunStart,
    Tool,
    Transition,
)

PASSWORD = "a long pass phrase 1"


@pytest.fixture(scope="session", params=["sqlite"])
def tables(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Database]:
    """The portal's empty tables, which Django's default connection leads to; ``on_each_database`` asks for both kinds."""
    folder = tmp_path_factory.mktemp("tables")
    server = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    database = new_tables(request.param, folder, server)
    before = connections.settings["default"]
    asked = connections.configure_settings({"default": database_settings(database.url, folder)})
    connections.settings["default"] = asked["default"]
    connections["default"] = connections.create_connection("default")
    with django_db_blocker.unblock():
        yield database
        connection.close()
        if database.kind == "postgresql":
            connection.close_pool()
    connections.settings["default"] = before
    connections["default"] = connections.create_connection("default")


@pytest.fixture
def data(tables: Database, django_db_blocker: DjangoDbBlocker) -> Iterator[Database]:
    """The tables, for one test: what it writes is gone after it."""
    cache.clear()
    with django_db_blocker.unblock(), transaction.atomic():
        yield tables
        transaction.set_rollback(True)


@pytest.fixture
def kept_data(tables: Database, django_db_blocker: DjangoDbBlocker) -> Iterator[Database]:
    """The tables, for a test whose pages have the store write on a connection of its own; all rows are deleted after it."""
    cache.clear()
    with django_db_blocker.unblock():
        yield tables
        Job.objects.update(settings_row=None)
        for rows in (Incident, Transition, RunStart, Run, JobStatus, JobSettingsRow, Job, Tool, BlindTime, Heartbeat):
            rows.objects.all().delete()
        for rows in (CalendarRevision, CalendarRow, HostTask, Host, Session, User):
            rows.objects.all().delete()


@pytest.fixture
def hanako(kept_data: Database) -> Client:
    """An administrator's browser, on tables that the store writes to as well."""
    client = Client()
    client.force_login(User.objects.create_user("hanako", "hanako@example.com", PASSWORD, is_staff=True))
    return client


@pytest.fixture
def visitor(data: Database) -> Client:
    """A browser that nobody has logged in with."""
    return Client()


@pytest.fixture
def admin_user(data: Database) -> User:
    return User.objects.create_user("hanako", "hanako@example.com", PASSWORD, is_staff=True)


@pytest.fixture
def viewer_user(data: Database) -> User:
    return User.objects.create_user("taro", "taro@example.com", PASSWORD)


@pytest.fixture
def admin(admin_user: User) -> Client:
    """An administrator's browser."""
    client = Client()
    client.force_login(admin_user)
    return client


@pytest.fixture
def viewer(viewer_user: User) -> Client:
    """The browser of somebody who may look, not change."""
    client = Client()
    client.force_login(viewer_user)
    return client
