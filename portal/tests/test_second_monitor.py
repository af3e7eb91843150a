"""The second monitor: told once a day by one of several watchers, while watching works, and again if it did not get through."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from databases import Database
from due_jobs import DRAIN, eventually
from running_portal import RunningPortal
from stores import empty, store, tables
from tc_portal.store.batches import Store
from tc_portal.watch.second_monitor import SecondMonitor

__all__ = ["store", "tables"]

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# 08:00 in Tokyo.
MORNING = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
SECRET_PATH = "/ping/a-secret-key?token=another"


class Listening(ThreadingHTTPServer):
    """A second monitor on the loopback, which notes what it is told and answers ``status``."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.told: list[str] = []
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{SECRET_PATH}"


class _Answers(BaseHTTPRequestHandler):
    server: Listening

    def do_GET(self) -> None:
        self.server.told.append(self.path)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def listening() -> Iterator[Listening]:
    server = Listening()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def no_jobs(request: pytest.FixtureRequest) -> None:
    if "tables" in request.fixturenames:
        empty(request.getfixturevalue("tables"))


def second_monitor(listening: Listening, tables: Database) -> SecondMonitor:
    return SecondMonitor(listening.url, time(9, 0), "Asia/Tokyo", tables.as_django_has_it())


def test_it_is_told_at_once_and_then_once_a_day_at_the_time_of_day(
    tables: Database, store: Store, listening: Listening
) -> None:
    monitor = second_monitor(listening, tables)
    told = []
    for minutes in range(0, 3 * 24 * 60, 20):
        now = MORNING + minutes * MINUTE
        store.beat(now, DRAIN)
        if monitor.tell_if_due(now):
            told.append(now)
    nine = MORNING + 60 * MINUTE
    assert told == [MORNING, nine, nine + DAY, nine + 2 * DAY]
    assert listening.told == [SECRET_PATH] * 4


def test_what_did_not_get_through_is_tried_again_some_minutes_later(
    tables: Database, store: Store, listening: Listening, caplog: pytest.LogCaptureFixture
) -> None:
    monitor = second_monitor(listening, tables)
    listening.status = 500
    store.beat(MORNING, DRAIN)
    with caplog.at_level(logging.INFO):
        assert not monitor.tell_if_due(MORNING)
        assert not monitor.tell_if_due(MORNING + MINUTE)
        assert len(listening.told) == 1
        listening.status = 200
        store.beat(MORNING + 5 * MINUTE, DRAIN)
        assert monitor.tell_if_due(MORNING + 5 * MINUTE)
    assert "answered 500" in caplog.text
    assert "secret" not in caplog.text and "token" not in caplog.text


def test_nobody_listening_is_told_without_the_address(
    tables: Database, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    # Port 9 of the loopback: nobody listens.
    monitor = SecondMonitor(f"http://127.0.0.1:9{SECRET_PATH}", time(9), "Asia/Tokyo", tables.as_django_has_it())
    store.beat(MORNING, DRAIN)
    assert not monitor.tell_if_due(MORNING)
    assert "127.0.0.1" in caplog.text
    assert "secret" not in caplog.text and "token" not in caplog.text


def test_a_portal_that_does_not_receive_says_nothing(tables: Database, store: Store, listening: Listening) -> None:
    monitor = second_monitor(listening, tables)
    assert not monitor.tell_if_due(MORNING)
    store.beat(MORNING, DRAIN)
    assert not monitor.tell_if_due(MORNING + 2 * MINUTE)
    assert listening.told == []


def test_of_several_watchers_one_tells(tables: Database, store: Store, listening: Listening) -> None:
    monitors = [second_monitor(listening, tables) for _ in range(4)]
    store.beat(MORNING, DRAIN)
    threads = [threading.Thread(target=monitor.tell_if_due, args=(MORNING,)) for monitor in monitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(listening.told) == 1


def test_a_clock_that_was_far_ahead_does_not_silence_it(tables: Database, store: Store, listening: Listening) -> None:
    monitor = second_monitor(listening, tables)
    store.beat(MORNING + 3650 * DAY, DRAIN)
    assert monitor.tell_if_due(MORNING + 3650 * DAY)
    store.beat(MORNING, DRAIN)
    assert monitor.tell_if_due(MORNING)


def test_a_running_portal_tells_it(new_portal: Callable[..., RunningPortal], listening: Listening) -> None:
    portal = new_portal(TC_PORTAL_SECOND_MONITOR_URL=listening.url).start()
    eventually(lambda: listening.told == [SECRET_PATH], portal.log)
    assert "secret" not in portal.log()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TC_PORTAL_SECOND_MONITOR_URL", "monitor.example.com/ping"),
        ("TC_PORTAL_SECOND_MONITOR_URL", "ftp://monitor.example.com/ping"),
        ("TC_PORTAL_SECOND_MONITOR_TIME", "25:00"),
        ("TC_PORTAL_SECOND_MONITOR_TIME", "morning"),
    ],
)
def test_a_wrong_value_is_named(new_portal: Callable[..., RunningPortal], variable: str, value: str) -> None:
    ended = new_portal(**{variable: value}).command("watch")
    assert ended.returncode == 1
    assert variable in ended.stderr and "Traceback" not in ended.stderr
