"""What the portal's tests run on: each storage test on SQLite and on a real PostgreSQL."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from databases import Database, new_database, new_tables, postgresql_server
from hypothesis import settings
from running_portal import RunningPortal

DATABASES = ["sqlite", "postgresql"]

# Modules whose single tests take longest. Each worker begins at its own end of the tests, and who has none left takes of the
# other's last: so that what both end with is short, these come first.
BEGIN_WITH = ("test_looks_browser.py", "test_missed_slot_browser.py", "test_incident_browser.py", "test_blind_time.py")

# What fails for somebody fails for all, and how long an example takes says nothing on a machine that does other things as well.
# ``make test-search`` looks at other examples each time.
settings.register_profile("the same each time", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("TC_PORTAL_EXAMPLES", "the same each time"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: BEGIN_WITH.index(item.path.name) if item.path.name in BEGIN_WITH else len(BEGIN_WITH))


@pytest.fixture(scope="session")
def postgresql_url(testrun_uid: str) -> str:
    return postgresql_server(testrun_uid[:12])


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The portal's empty tables on each kind of database, one a test module."""
    server = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    return new_tables(request.param, tmp_path_factory.mktemp("database"), server)


@pytest.fixture(scope="module")
def portal(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """A running portal on each database, shared by the tests of a module. It sends no alerts: that takes a third process."""
    running = RunningPortal(database, tmp_path_factory.mktemp("data")).start("--no-alerts")
    yield running
    running.stop()


@pytest.fixture(params=DATABASES)
def new_portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., RunningPortal]]:
    """A maker of portals, not started yet, each on tables of its own: for tests that break them."""
    yield from _portals(request, tmp_path, new_tables)


@pytest.fixture(params=DATABASES)
def first_portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., RunningPortal]]:
    """A maker of portals, not started yet, each on a database without any tables, as before its first start."""
    yield from _portals(request, tmp_path, new_database)


def _portals(
    request: pytest.FixtureRequest, folder: Path, made_database: Callable[..., Database]
) -> Iterator[Callable[..., RunningPortal]]:
    server = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    made: list[RunningPortal] = []

    def make(**environment: str) -> RunningPortal:
        data_dir = folder / f"data{len(made)}"
        data_dir.mkdir()
        made.append(RunningPortal(made_database(request.param, folder, server), data_dir, environment))
        return made[-1]

    yield make
    for running in made:
        if running.process is not None and running.process.poll() is None:
            running.stop()
