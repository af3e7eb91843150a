"""``tc-portal watch``: any number of watchers judge each job once, whatever happens to them."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from databases import Database
from due_jobs import count, eventually, make_due
from running_portal import RunningPortal
from test_database_away import control, own_server

__all__ = ["own_server"]

JOBS = 2_000

NewPortal = Callable[..., RunningPortal]


def with_due_jobs(portal: RunningPortal, jobs: int = JOBS) -> RunningPortal:
    make_due(portal.database, jobs)
    return portal


def judged(database: Database) -> int:
    return count(database, "job WHERE verdict = 'missed'")


def assert_each_was_judged_once(database: Database, jobs: int) -> None:
    assert judged(database) == jobs
    assert database.rows("SELECT count(*), count(DISTINCT job_id) FROM transition") == [(jobs, jobs)]
    assert database.rows("SELECT count(*), count(DISTINCT job_id) FROM incident") == [(jobs, jobs)]
    assert count(database, "incident WHERE resolved_at IS NULL") == jobs


def end(watchers: "list[subprocess.Popen[str]]", how: signal.Signals = signal.SIGTERM) -> list[int]:
    for watcher in watchers:
        watcher.send_signal(how)
    return [watcher.wait(timeout=30) for watcher in watchers]


def test_three_watchers_judge_each_job_once(new_portal: NewPortal) -> None:
    portal = with_due_jobs(new_portal())
    watchers = [portal.start_watcher() for _ in range(3)]
    eventually(lambda: judged(portal.database) == JOBS, portal.log)
    assert end(watchers) == [0, 0, 0]
    assert_each_was_judged_once(portal.database, JOBS)


def test_kill_9_at_any_instant_loses_nothing(new_portal: NewPortal) -> None:
    portal = with_due_jobs(new_portal())
    kills = 0
    while judged(portal.database) < JOBS:
        before = judged(portal.database)
        watchers = [portal.start_watcher() for _ in range(2)]
        eventually(lambda before=before: judged(portal.database) > before, portal.log)  # type: ignore[misc]
        assert end(watchers, signal.SIGKILL) == [-signal.SIGKILL] * 2
        kills += 1
    assert kills
    assert_each_was_judged_once(portal.database, JOBS)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_watcher_that_is_told_to_stop_ends_well(new_portal: NewPortal, how: signal.Signals) -> None:
    portal = new_portal()
    assert end([portal.start_watcher()], how) == [0]
    assert portal.log() == ""


def test_serve_leaves_the_watching_to_others_if_told_so(new_portal: NewPortal) -> None:
    portal = with_due_jobs(new_portal(), jobs=10).start("--no-watch")
    first = portal.database.rows("SELECT beat_at FROM heartbeat")
    # Nobody asks for anything, yet it says that it receives.
    eventually(lambda: portal.database.rows("SELECT beat_at FROM heartbeat") != first, portal.log)
    second = portal.database.rows("SELECT beat_at FROM heartbeat")
    eventually(lambda: portal.database.rows("SELECT beat_at FROM heartbeat") != second, portal.log)
    assert judged(portal.database) == 0
    watcher = portal.start_watcher()
    eventually(lambda: judged(portal.database) == 10, portal.log)
    assert end([watcher]) == [0]


def test_serve_watches_by_itself(new_portal: NewPortal) -> None:
    portal = with_due_jobs(new_portal(), jobs=10).start()
    eventually(lambda: judged(portal.database) == 10, portal.log)
    assert_each_was_judged_once(portal.database, 10)


def test_without_tables_it_says_what_to_do(first_portal: NewPortal) -> None:
    ended = first_portal().command("watch")
    assert ended.returncode == 1
    assert "tc-portal setup" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_watcher_outlives_its_database(own_server: tuple[Database, Path], tmp_path: Path) -> None:
    database, folder = own_server
    portal = RunningPortal(database, tmp_path)
    portal.command("setup").check_returncode()
    with_due_jobs(portal, jobs=1)
    watcher = portal.start_watcher()
    try:
        eventually(lambda: judged(database) == 1, portal.log)
        control(folder, "-m", "immediate", "stop")
        eventually(lambda: "cannot judge what is due" in portal.log(), portal.log)
        control(folder, "-o", f"-k {folder} -h ''", "-l", str(folder / "log"), "start")
        make_due(database, jobs=5, named="later")
        eventually(lambda: judged(database) == 6, portal.log)
    finally:
        assert end([watcher]) == [0]
    assert portal.log().count("cannot judge what is due") == 1
    assert portal.log().count("can judge what is due again") == 1
    assert "Traceback" not in portal.log()
