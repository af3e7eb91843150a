"""Cronitor's telemetry and its monitors: every rule of their own."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from ping_life import StoredRun, clock_of, job_row, know_token, run_told, runs_of, settings_told
from running_portal import Answer, RunningPortal

TOKEN = "abcdefabcdefabcdefabcdefabcdef00"
STAMP = 1_767_323_045.25  # 2026-01-02T03:04:05.25Z
BASIC = {"Authorization": "Basic " + base64.b64encode(f"{TOKEN}:".encode()).decode()}


@pytest.fixture(scope="module")
def known(portal: RunningPortal) -> RunningPortal:
    know_token(portal, TOKEN, None, "Cronitor")
    know_token(portal, "a-jobs-own-token", "one-job", "x")
    return portal


def ping(portal: RunningPortal, key: str, query: str = "", method: str = "GET") -> Answer:
    return portal.request(method, f"/p/{TOKEN}/{key}?{query}", b"passed over" if method == "POST" else None)


def results_of(portal: RunningPortal, job_key: str) -> list[str]:
    return [run.result for run in runs_of(portal, job_key)]


@pytest.mark.parametrize(
    ("state", "result"),
    [("", "success"), ("tick", "success"), ("ok", "success"), ("complete", "success"), ("fail", "error")],
)
def test_a_state_says_how_it_went(known: RunningPortal, state: str, result: str) -> None:
    answer = ping(known, f"state-{state}", f"state={state}&stamp={STAMP}")
    assert (answer.status, answer.content) == (200, b"OK")
    assert runs_of(known, f"state-{state}") == [StoredRun(result, None, None, "cronitor")]


def test_an_unknown_state_is_refused(known: RunningPortal) -> None:
    answer = ping(known, "unknown-state", "state=done")
    assert (answer.status, b"complete" in answer.content) == (400, True)
    assert known.database.rows("SELECT count(*) FROM job WHERE job_key = 'unknown-state'") == [(0,)]


def test_sent_again_with_its_stamp_a_ping_counts_once(known: RunningPortal) -> None:
    for query in ("state=run&series=9", "state=run&series=9", "state=fail&series=9", "state=fail&series=9"):
        ping(known, "retried", f"{query}&stamp={STAMP}")
    for _ in range(3):
        ping(known, "retried-heartbeat", f"stamp={STAMP}")
    assert (results_of(known, "retried"), results_of(known, "retried-heartbeat")) == (["error"], ["success"])


def test_without_a_stamp_each_ping_counts(known: RunningPortal) -> None:
    for _ in range(2):
        ping(known, "stampless", "msg=ok")
    assert results_of(known, "stampless") == ["success", "success"]


def test_series_tell_overlapping_runs_apart(known: RunningPortal) -> None:
    for state, series in (("run", "one"), ("run", "other"), ("fail", "one"), ("complete", "other")):
        ping(known, "overlap", f"state={state}&series={series}&stamp={STAMP}")
    assert (run_told(known, "one").result, run_told(known, "other").result) == ("error", "success")


def test_without_a_series_an_end_is_that_of_the_newest_run_begun_without(known: RunningPortal) -> None:
    ping(known, "no-series", f"state=run&stamp={STAMP}")
    ping(known, "no-series", f"state=complete&stamp={STAMP + 9}")
    assert job_row(known, "no-series")[1] == "ok"
    ((started_at,),) = known.database.rows(
        "SELECT started_at FROM run JOIN job ON job.id = job_id WHERE job_key = 'no-series'"
    )
    assert clock_of(started_at) == "03:04:05.250000"


def test_a_heartbeat_ends_no_run(known: RunningPortal) -> None:
    ping(known, "beating", "state=run")
    assert job_row(known, "beating")[1] == "running"
    ping(known, "beating", "state=tick")
    assert job_row(known, "beating")[1] == "running"
    ping(known, "beating", "state=complete")
    assert job_row(known, "beating")[1] == "ok"


@pytest.mark.parametrize("series", ["x" * 300, "長い系列" * 100, "a b/c"])
def test_any_series_names_a_run(known: RunningPortal, series: str) -> None:
    key = f"series-{len(series)}"
    for state in ("run", "complete"):
        assert ping(known, key, f"state={state}&series={quote(series)}").status == 200
    assert (results_of(known, key), job_row(known, key)[1]) == (["success"], "ok")


@pytest.mark.parametrize("duration", ["metric=duration:4", "duration=4", "metric=count:1&metric=duration:4.0"])
def test_a_duration_says_when_the_run_began(known: RunningPortal, duration: str) -> None:
    ping(known, "long", f"state=complete&series={quote(duration)}&stamp={STAMP}&{duration}")
    ((started_at,),) = known.database.rows(
        "SELECT started_at FROM run JOIN job ON job.id = job_id WHERE job_key = 'long' ORDER BY received_at DESC LIMIT 1"
    )
    assert clock_of(started_at) == "03:04:01.250000"


@pytest.mark.parametrize(
    "query", ["metric=duration:x", "metric=:5", "metric=count:nan", "metric=5", "duration=-1", "stamp=inf"]
)
def test_numbers_that_are_none_are_passed_over(known: RunningPortal, query: str) -> None:
    assert ping(known, "numbers", f"state=complete&{query}").status == 200
    assert known.database.rows(
        "SELECT count(*) FROM run_metric JOIN job ON job.id = job_id WHERE job_key = 'numbers'"
    ) == [(0,)]


def test_what_the_command_line_tool_says_is_heard(known: RunningPortal) -> None:
    ping(known, "tool", "state=fail&msg=no+rows&status_code=3&host=PC-1&try=1&metric=count:processed")
    assert runs_of(known, "tool") == [StoredRun("error", 3, "no rows", "cronitor")]
    assert known.database.rows("SELECT host FROM job WHERE job_key = 'tool'") == [("PC-1",)]


def test_each_environment_is_a_job_of_its_own(known: RunningPortal) -> None:
    for environment in ("", "production", "staging"):
        ping(known, "env", f"state=complete&env={environment}")
    assert (len(runs_of(known, "env")), len(runs_of(known, "env@staging"))) == (2, 1)


@pytest.mark.parametrize(
    ("key", "job_key"),
    [("a/b/c", "a/b/c"), ("%E5%A3%B2%E4%B8%8A", "売上"), ("a%20b/", "a b"), ("x/pause/0", "x/pause/0")],
)
def test_a_monitors_key_is_any_text(known: RunningPortal, key: str, job_key: str) -> None:
    assert ping(known, key, "state=complete").status == 200
    assert job_row(known, job_key) == (job_key, "ok")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_each_method_counts_and_a_body_is_passed_over(known: RunningPortal, method: str) -> None:
    assert ping(known, f"by-{method}", "state=complete", method).status == 200
    assert runs_of(known, f"by-{method}") == [StoredRun("success", None, None, "cronitor")]


def test_below_ping_it_is_cronitor_by_its_query(known: RunningPortal) -> None:
    assert known.request("GET", f"/ping/{TOKEN}/npm?state=complete").status == 200
    assert known.request("GET", f"/ping/{TOKEN}/npm?stamp={STAMP}").status == 200
    assert [run.source for run in runs_of(known, "npm")] == ["cronitor", "cronitor"]


@pytest.mark.parametrize("token", ["f" * 32, "a-jobs-own-token"])
def test_a_token_that_is_not_the_portals_is_taken_nowhere(known: RunningPortal, token: str) -> None:
    basic = {"Authorization": "Basic " + base64.b64encode(f"{token}:".encode()).decode()}
    assert known.request("GET", f"/p/{token}/x?state=complete").status == 404
    assert known.request("GET", f"/ping/{token}/x?state=complete").status == 404
    assert known.request("PUT", "/api/monitors", b'{"monitors":[]}', basic).status == 401
    assert known.request("PUT", "/api/monitors", b'{"monitors":[]}').status == 401


def test_an_address_of_64_kib_is_taken(known: RunningPortal) -> None:
    assert ping(known, "wide", "state=complete&message=" + "x" * 65_000).status == 200
    (run,) = runs_of(known, "wide")
    assert 0 < len(run.message or "") <= 16_000


def put(portal: RunningPortal, *monitors: Any, **more: Any) -> Answer:
    body = json.dumps({"monitors": monitors, **more}).encode()
    return portal.request("PUT", "/api/monitors", body, BASIC | {"Content-Type": "application/json"})


def cron(line: str, time_zone: str = "UTC") -> dict[str, Any]:
    return {"schedule": {"type": "cron", "lines": [line], "time_zone": time_zone}}


def test_a_monitor_is_settings_of_its_job(known: RunningPortal) -> None:
    monitor = {
        "key": "described",
        "name": "売上日報",
        "schedules": ["0 9 * * *", "0 18 * * *"],
        "timezone": "Asia/Tokyo",
        "grace_seconds": 300,
        "failure_tolerance": 2,
        "assertions": ["metric.count > 1", "metric.duration < 5 min"],
        "notify": ["default"],
        "tags": ["x"],
    }
    answer = put(known, monitor)
    assert (answer.status, answer.json) == (200, {"monitors": [monitor]})
    assert put(known, monitor).status == 200
    assert settings_told(known, "described") == [
        (
            "cronitor (client)",
            {
                "schedules": [cron("0 9 * * *", "Asia/Tokyo"), cron("0 18 * * *", "Asia/Tokyo")],
                "grace": "PT300S",
                "max_runtime": "PT300S",
                "tolerance": 3,
            },
        )
    ]
    assert job_row(known, "described") == ("売上日報", "waiting")


@pytest.mark.parametrize(
    ("schedule", "every"),
    [
        ("every 5 minutes", "PT300S"),
        ("every hour", "PT3600S"),
        ("every 1 hour and 30 minutes", "PT5400S"),
        ("Every 2 days", "P2D"),
        ("every 1 week, 1 day", "P8D"),
    ],
)
def test_a_schedule_in_words_is_an_interval(known: RunningPortal, schedule: str, every: str) -> None:
    key = "words-" + every
    assert put(known, {"key": key, "schedule": schedule}).status == 200
    ((_, told),) = settings_told(known, key)
    assert told["schedules"][0]["schedule"]["every"] == every


@pytest.mark.parametrize(
    "fault",
    [
        {"key": ""},
        {"key": None},
        {"schedule": "every moon"},
        {"schedule": "every 5 seconds"},
        {"schedule": 5},
        {"timezone": "Moon/Sea"},
        {"grace_seconds": -1},
        {"grace_seconds": 10**8},
    ],
)
def test_of_monitors_with_a_fault_none_is_taken_and_the_fault_is_said(
    known: RunningPortal, fault: dict[str, Any]
) -> None:
    answer = put(known, {"key": "sound", "schedule": "0 0 * * *"}, {"key": "faulty", "schedule": "0 0 * * *"} | fault)
    assert (answer.status, len(answer.json["errors"])) == (400, 1)
    assert known.database.rows("SELECT count(*) FROM job WHERE job_key = 'sound'") == [(0,)]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"monitors":5}', b"no json", b'{"monitors":[5]}', b"[" * 100_000])
def test_a_body_that_is_none_is_refused(known: RunningPortal, body: bytes) -> None:
    assert known.request("PUT", "/api/monitors", body, BASIC).status == 400


def test_asked_only_whether_it_would_nothing_is_put_in_force(known: RunningPortal) -> None:
    assert put(known, {"key": "rolled-back", "schedule": "0 0 * * *"}, rollback=True).status == 200
    assert known.database.rows("SELECT count(*) FROM job WHERE job_key = 'rolled-back'") == [(0,)]


def test_a_monitor_is_paused_and_goes_on(known: RunningPortal) -> None:
    put(known, {"key": "a/paused", "schedule": "0 0 * * *"})
    for hours, verdict in (("/pause/5", "paused"), ("/pause/0", "waiting"), ("/pause", "paused")):
        assert known.request("GET", f"/api/monitors/a/paused{hours}", None, BASIC).status == 200
        assert job_row(known, "a/paused")[1] == verdict


def test_what_a_client_deletes_is_paused_and_its_runs_stay(known: RunningPortal) -> None:
    ping(known, "deleted", "state=complete")
    answer = known.request("DELETE", "/api/monitors/deleted", None, BASIC)
    assert (answer.status, answer.content) == (204, b"")
    assert (job_row(known, "deleted")[1], results_of(known, "deleted")) == ("paused", ["success"])


def test_of_a_monitor_that_is_not_there_neither_makes_one(known: RunningPortal) -> None:
    assert known.request("DELETE", "/api/monitors/nobody", None, BASIC).status == 204
    assert known.request("GET", "/api/monitors/nobody/pause/1", None, BASIC).status == 200
    assert known.database.rows("SELECT count(*) FROM job WHERE job_key = 'nobody'") == [(0,)]


def test_the_portal_tells_of_no_monitors_here(known: RunningPortal) -> None:
    for path in ("/api/monitors", "/api/monitors/described", "/api/monitors.yaml"):
        assert known.request("GET", path, None, BASIC).status == 404


def test_no_token_is_ever_written_into_the_log(known: RunningPortal) -> None:
    unknown = "d" * 32
    for token in (TOKEN, unknown):
        basic = {"Authorization": "Basic " + base64.b64encode(f"{token}:".encode()).decode()}
        known.request("PUT", "/api/monitors", b"no json", basic)
        known.request("GET", f"/p/{token}/logged?state=x")
        known.request("GET", f"/api/1/cron/logged/{token}/?status=x")
        dsn = {"X-Sentry-Auth": f"Sentry sentry_key={token}"}
        known.request("POST", "/api/1/envelope/", b'{}\n{"type":"check_in"}\n{}', dsn)
    assert "passed over" in known.log() and "had no valid token" in known.log()
    assert not any(secret in known.log() for secret in (TOKEN, unknown))
