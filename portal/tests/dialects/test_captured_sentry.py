"""What Sentry's real clients sent, replayed byte for byte in their order, and what each request leaves, written by hand."""

from typing import Any

import pytest
from ping_life import RunTold, captures, job_row, know_token, replay, run_told, settings_told
from running_portal import RunningPortal

Name = tuple[str, str, int]

CAPTURES: dict[Name, dict[str, Any]] = {
    (each["client"], each["scenario"], each["seq"]): each for each in captures("sentry_captures")
}

PYTHON = "sentry-sdk(py) 2.75.0"
WITH_BROTLI = "sentry-sdk(py) 2.75.0 + brotli installed"
CLI = "sentry-cli 3.8.2"
NODE = "@sentry/node 11.12.0"
CURL = "curl 7.88.1"
INTERVAL = "heartbeat interval config, secret dsn, path prefix, env, uncompressed"
JOB = "nightly-backup"

# By the client's clock where it tells one. A run's id is the check-in's; the host is python's server_name.
LEAVES: dict[Name, tuple[str, RunTold]] = {
    (PYTHON, "monitor ok + config (gzip)", 0): (
        "abbf3fe1dab8461e87e2c80749ff55ba",
        RunTold(JOB, None, "19:37:04.506779", None, None, "vm", None),
    ),
    (PYTHON, "monitor ok + config (gzip)", 1): (
        "abbf3fe1dab8461e87e2c80749ff55ba",
        RunTold(JOB, "success", "19:37:04.506779", "19:37:04.558465", None, "vm", "sentry"),
    ),
    (PYTHON, "monitor exception + uncaught event (gzip)", 0): (
        "f9abfaaae5bc41959f3ee5ff5a699068",
        RunTold(JOB, None, "19:37:05.345931", None, None, "vm", None),
    ),
    (PYTHON, "monitor exception + uncaught event (gzip)", 1): (
        "f9abfaaae5bc41959f3ee5ff5a699068",
        RunTold(JOB, "error", "19:37:05.345865", "19:37:05.347359", None, "vm", "sentry"),
    ),
    # It tells no start, but that it took 12.5 seconds; its environment is another job.
    (PYTHON, INTERVAL, 0): (
        "48cee2bc780e4517b69fda8f22ade5ad",
        RunTold("hb@staging", "success", "19:36:53.753028", "19:37:06.253028", None, "vm", "sentry"),
    ),
    (PYTHON, "odd slug, dashed id", 0): (
        "123e4567e89b12d3a456426614174000",
        RunTold("weird-slugu", "success", None, "19:37:06.970070", None, "vm", "sentry"),
    ),
    (WITH_BROTLI, "monitor ok (Content-Encoding: br)", 0): (
        "ded1df527ee3441b9073fcb860da2af2",
        RunTold(JOB, None, "19:37:09.331468", None, None, "vm", None),
    ),
    (WITH_BROTLI, "monitor ok (Content-Encoding: br)", 1): (
        "ded1df527ee3441b9073fcb860da2af2",
        RunTold(JOB, "success", "19:37:09.331398", "19:37:09.332720", None, "vm", "sentry"),
    ),
    (NODE, "withMonitor ok + config", 0): (
        "ee0d0000516f49779aeda88ac2581154",
        RunTold(JOB, None, "19:37:11.887000", None, None, None, None),
    ),
    (NODE, "withMonitor ok + config", 1): (
        "ee0d0000516f49779aeda88ac2581154",
        RunTold(JOB, "success", "19:37:11.887000", "19:37:11.944000", None, None, "sentry"),
    ),
    (NODE, "withMonitor throws", 0): (
        "e5bf186347bd4714b3666ff8a0e8d8b1",
        RunTold(JOB, None, "19:37:12.971000", None, None, None, None),
    ),
    (NODE, "withMonitor throws", 1): (
        "e5bf186347bd4714b3666ff8a0e8d8b1",
        RunTold(JOB, "error", "19:37:12.971000", "19:37:12.987000", None, None, "sentry"),
    ),
    (NODE, "captureCheckIn heartbeat interval", 0): (
        "61482c30feb342aeac942f686a2e2e9f",
        RunTold("hb", "success", "19:37:01.535000", "19:37:14.035000", None, None, "sentry"),
    ),
}
# sentry-cli tells no time: what it sends happens when it arrives.
BY_OUR_CLOCK: dict[Name, tuple[str, str, str | None]] = {
    (CLI, "monitors run with schedule, success", 0): (
        "a34a5725dfdc4293b207ab1f366f4b56",
        "nightly-backup@staging",
        None,
    ),
    (CLI, "monitors run with schedule, success", 1): (
        "a34a5725dfdc4293b207ab1f366f4b56",
        "nightly-backup@staging",
        "success",
    ),
    (CLI, "monitors run, exit 1", 0): ("87a4a90837364a569d04d8680bde8f8e", JOB, None),
    (CLI, "monitors run, exit 1", 1): ("87a4a90837364a569d04d8680bde8f8e", JOB, "error"),
}
STARTED_BY_CURL = {
    (CURL, "sentry cron GET", 0),
    (CURL, "sentry cron POST json upsert", 0),
}


def hourly(time_zone: str) -> list[Any]:
    return [{"schedule": {"type": "cron", "lines": ["0 * * * *"], "time_zone": time_zone}}]


@pytest.fixture(scope="module")
def answered(portal: RunningPortal) -> dict[Name, tuple[int, bytes, RunTold | None, int]]:
    """What each captured request was answered, what stands of its run right after it, and how many runs are begun."""
    know_token(portal, "pubkey123", None, "Sentry")
    seen = {}
    for name, capture in CAPTURES.items():
        answer = replay(portal, capture)
        run_id = LEAVES[name][0] if name in LEAVES else BY_OUR_CLOCK[name][0] if name in BY_OUR_CLOCK else None
        told = None if run_id is None else run_told(portal, run_id)
        ((begun,),) = portal.database.rows("SELECT count(*) FROM run_start")
        seen[name] = (answer.status, answer.content, told, begun)
    return seen


def test_every_capture_has_an_effect_written_out() -> None:
    assert set(CAPTURES) == set(LEAVES) | set(BY_OUR_CLOCK) | STARTED_BY_CURL


@pytest.mark.parametrize("name", LEAVES)
def test_a_check_in_leaves_the_start_or_the_end_of_its_run(answered: dict[Name, Any], name: Name) -> None:
    status, content, told, _ = answered[name]
    assert (status, told) == (200, LEAVES[name][1])
    assert content.startswith(b'{"id":"' if name[0] in (PYTHON, WITH_BROTLI) else b"{}")


@pytest.mark.parametrize("name", BY_OUR_CLOCK)
def test_a_check_in_without_a_time_happens_when_it_arrives(answered: dict[Name, Any], name: Name) -> None:
    status, content, told, _ = answered[name]
    _, job_key, result = BY_OUR_CLOCK[name]
    assert (status, content, told.job_key, told.result) == (200, b"{}", job_key, result)
    assert told.started_at is not None
    assert (told.finished_at is None) == (result is None)


def test_a_start_by_its_address_alone_begins_a_run(answered: dict[Name, Any]) -> None:
    names = list(CAPTURES)
    for name in STARTED_BY_CURL:
        status, content, _, begun = answered[name]
        assert (status, content) == (202, b"")
        assert begun == answered[names[names.index(name) - 1]][3] + 1


def test_the_clients_settings_are_in_force(portal: RunningPortal, answered: dict[Name, Any]) -> None:
    first = {
        "grace": "PT600S",
        "max_runtime": "PT1800S",
        "tolerance": 2,
        "schedules": hourly("Europe/Vienna"),
    }
    # The address by curl says of the time zone nothing: Sentry reads such a schedule in UTC.
    assert settings_told(portal, JOB) == [
        ("sentry (client)", first),
        ("sentry (client)", {**first, "schedules": hourly("UTC")}),
    ]
    ((changed_by, staging),) = settings_told(portal, "nightly-backup@staging")
    assert changed_by == "sentry (client)"
    assert staging == {"grace": "PT300S", "max_runtime": "PT1800S", "schedules": hourly("UTC")}
    for job_key in ("hb", "hb@staging"):
        ((_, heartbeat),) = settings_told(portal, job_key)
        ((schedule,),) = (heartbeat.pop("schedules"),)
        assert schedule["schedule"]["every"] == "PT300S"
        assert heartbeat == {"grace": "PT60S", "max_runtime": "PT1800S"}


def test_a_job_is_called_what_the_client_calls_it(portal: RunningPortal, answered: dict[Name, Any]) -> None:
    assert job_row(portal, "weird-slugu")[0] == "Weird Slug/ü"
    assert job_row(portal, "hb@staging")[0] == "hb (staging)"
