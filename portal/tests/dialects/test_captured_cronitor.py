"""What Cronitor's real clients sent, replayed byte for byte in their order, and what each request leaves, written by hand."""

from typing import Any

import pytest
from ping_life import RunTold, captures, job_row, know_token, replay, run_told, settings_told
from running_portal import RunningPortal

Name = tuple[str, str, int]

CAPTURES: dict[Name, dict[str, Any]] = {
    (each["client"], each["scenario"], each["seq"]): each for each in captures("cronitor_captures")
}
PYTHON = "cronitor(py) 4.9.0"
NPM = "cronitor(npm) 2.6.1"
JOB = "send-invoices"
ODD = "send invoices/2@staging"

# By the client's stamp. Where the run's length is told, it began that long before its end, or when its start said, if earlier.
LEAVES: dict[Name, tuple[str, RunTold]] = {
    (PYTHON, "job ok", 0): ("1795462622.827694", RunTold(JOB, None, "19:37:02.827748", None, None, None, None)),
    (PYTHON, "job ok", 1): (
        "1795462622.827694",
        RunTold(JOB, "success", "19:37:02.827731", "19:37:02.837042", "{'sent': 3}", None, "cronitor"),
    ),
    (PYTHON, "job exception, odd key, env", 0): (
        "1795462622.963957",
        RunTold(ODD, None, "19:37:02.964000", None, None, None, None),
    ),
    (PYTHON, "job exception, odd key, env", 1): (
        "1795462622.963957",
        RunTold(ODD, "error", "19:37:02.963990", "19:37:02.966375", "boom & ü", None, "cronitor"),
    ),
    (PYTHON, "metrics", 0): (
        "s-1",
        RunTold("hb", "success", "19:35:23.371226", "19:37:03.371226", "hi", "h1", "cronitor"),
    ),
    (NPM, "wrap ok", 0): ("51b219e7", RunTold(JOB, None, "19:37:14.496000", None, None, None, None)),
    (NPM, "wrap ok", 1): (
        "51b219e7",
        RunTold(JOB, "success", "19:37:14.496000", "19:37:14.515000", "done é & x", None, "cronitor"),
    ),
    (NPM, "wrap throws", 0): ("488303ea", RunTold(JOB, None, "19:37:14.919000", None, None, None, None)),
    (NPM, "wrap throws", 1): (
        "488303ea",
        RunTold(JOB, "error", "19:37:14.919000", "19:37:14.945000", "Error: boom", None, "cronitor"),
    ),
    (NPM, "bare ping + metrics", 1): (
        "s1",
        RunTold("hb@staging", "success", None, "19:37:15.357000", None, None, "cronitor"),
    ),
}
LONG = {(PYTHON, "job returns 20 kB", 0), (PYTHON, "job returns 20 kB", 1)}
BY_THEMSELVES = {(PYTHON, "heartbeat bare", 0), (PYTHON, "state ok reset", 0)}
OF_MONITORS = {
    (PYTHON, "put monitors json", 0): 200,
    (PYTHON, "apply_config yaml", 0): 404,
    (PYTHON, "pause", 0): 200,
    (PYTHON, "delete", 0): 204,
    (NPM, "put monitors", 0): 200,
}


@pytest.fixture(scope="module")
def answered(portal: RunningPortal) -> dict[Name, tuple[int, bytes, RunTold | None]]:
    """What each captured request was answered, and what stands of its run right after it."""
    know_token(portal, "abc123", None, "Cronitor")
    seen = {}
    for name, capture in CAPTURES.items():
        answer = replay(portal, capture)
        seen[name] = (answer.status, answer.content, run_told(portal, LEAVES[name][0]) if name in LEAVES else None)
    return seen


def test_every_capture_has_an_effect_written_out() -> None:
    assert set(CAPTURES) == set(LEAVES) | LONG | BY_THEMSELVES | set(OF_MONITORS)


@pytest.mark.parametrize("name", LEAVES)
def test_a_ping_leaves_the_start_or_the_end_of_its_run(answered: dict[Name, Any], name: Name) -> None:
    assert answered[name] == (200, b"OK", LEAVES[name][1])


def test_of_20_kb_returned_the_beginning_and_the_end_are_kept(
    portal: RunningPortal, answered: dict[Name, Any]
) -> None:
    assert {answered[name][:2] for name in LONG} == {(200, b"OK")}
    ((message,),) = portal.database.rows("SELECT message FROM run JOIN job ON job.id = job_id WHERE job_key = 'big'")
    assert len(message) <= 16_000 and message.startswith("AAAA") and message.endswith("AAAA")


def test_heartbeats_and_resets_are_runs_that_went_well(portal: RunningPortal, answered: dict[Name, Any]) -> None:
    assert {answered[name][:2] for name in BY_THEMSELVES} == {(200, b"OK")}
    told = portal.database.rows(
        "SELECT result, message FROM run JOIN job ON job.id = job_id WHERE job_key = 'hb' ORDER BY received_at"
    )
    assert [tuple(row) for row in told] == [("success", None), ("success", None), ("success", "hi")]


def test_metrics_are_kept_but_for_the_duration(portal: RunningPortal, answered: dict[Name, Any]) -> None:
    told = portal.database.rows("SELECT name, value FROM run_metric WHERE run_id = 's-1' ORDER BY name")
    assert [tuple(row) for row in told] == [("count", 4500.0), ("error_count", 10.0)]


@pytest.mark.parametrize("name", OF_MONITORS)
def test_monitors_are_answered_as_the_sdks_need_it(answered: dict[Name, Any], name: Name) -> None:
    assert answered[name][0] == OF_MONITORS[name]


def test_the_monitors_are_settings_of_jobs(portal: RunningPortal, answered: dict[Name, Any]) -> None:
    daily = [{"schedule": {"type": "cron", "lines": ["0 0 * * *"], "time_zone": "UTC"}}]
    assert settings_told(portal, "a") == [
        ("cronitor (client)", {"schedules": daily}),
        ("cronitor (client)", {"schedules": daily, "is_paused": True}),
    ]
    ((_, of_b),) = settings_told(portal, "b")
    assert of_b["schedules"][0]["schedule"]["every"] == "PT300S"
    assert settings_told(portal, "hb") == [("cronitor (client)", {"is_paused": True})]
    assert job_row(portal, "hb")[1] == "paused"
    assert portal.database.rows("SELECT count(*) FROM job WHERE job_key = 'nightly'") == [(0,)]
