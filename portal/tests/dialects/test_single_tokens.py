"""Uptime Kuma's push, Better Stack's heartbeat and Dead Man's Snitch: every rule of theirs that differs."""

from urllib.parse import quote

import pytest
from ping_life import StoredRun, know_token, runs_of
from running_portal import Answer, RunningPortal

TOKEN = "a-token-of-the-rules"
UNKNOWN = {"ok": False, "msg": "Monitor not found or not active."}


@pytest.fixture(scope="module")
def known(portal: RunningPortal) -> RunningPortal:
    know_token(portal, TOKEN, "rules", "規則")
    return portal


def last_run(portal: RunningPortal) -> StoredRun:
    return runs_of(portal, "rules")[-1]


def push(portal: RunningPortal, query: str, method: str = "GET", body: bytes | None = None) -> Answer:
    return portal.request(method, f"/api/push/{TOKEN}{query}", body)


@pytest.mark.parametrize(
    ("query", "result", "message"),
    [
        ("", "success", "OK"),
        ("?status=&msg=&ping=", "success", "OK"),
        ("?status=up&msg=Fine", "success", "Fine"),
        ("?status=UP", "error", "OK"),
        ("?status=ok", "error", "OK"),
        ("?status=down&msg=" + quote("ディスク不足"), "error", "ディスク不足"),
    ],
)
def test_a_push_is_up_if_it_says_exactly_that_or_nothing(
    known: RunningPortal, query: str, result: str, message: str
) -> None:
    assert push(known, query).json == {"ok": True}
    assert last_run(known)[:3] == (result, None, message)


@pytest.mark.parametrize(
    ("ping", "kept"),
    [("123.4", 123.4), ("12ms", 12.0), (" 7", 7.0), (".5", 0.5), ("1e3", 1000.0), ("0", None), ("fast", None)],
)
def test_a_push_keeps_its_ping_as_a_metric_where_it_is_a_number(
    known: RunningPortal, ping: str, kept: float | None
) -> None:
    assert push(known, f"?ping={quote(ping)}").status == 200
    rows = known.database.rows(
        "SELECT name, value FROM run_metric JOIN run ON run.job_id = run_metric.job_id AND run.run_id = run_metric.run_id "
        "WHERE received_at = (SELECT max(received_at) FROM run)"
    )
    assert [tuple(row) for row in rows] == ([] if kept is None else [("ping", kept)])


@pytest.mark.parametrize("ping", ["-1", "1e12", "Infinity", "-Infinity"])
def test_a_push_with_an_impossible_ping_is_refused(known: RunningPortal, ping: str) -> None:
    before = len(runs_of(known, "rules"))
    answer = push(known, f"?ping={ping}")
    assert (answer.status, answer.json["ok"]) == (404, False)
    assert len(runs_of(known, "rules")) == before


def test_a_pushs_body_is_passed_over_and_any_method_counts(known: RunningPortal) -> None:
    for method in ("POST", "PATCH", "DELETE"):
        assert push(known, "", method, b"status=down").status == 200
        assert last_run(known) == StoredRun("success", None, "OK", "uptime-kuma")


def test_an_unknown_push_token_is_answered_as_uptime_kuma_does(known: RunningPortal) -> None:
    answer = known.request("GET", "/api/push/nobodys-token?status=up&msg=OK&ping=")
    assert (answer.status, answer.json) == (404, UNKNOWN)


@pytest.mark.parametrize(
    ("ending", "result", "exit_code"),
    [
        ("", "success", None),
        ("/", "success", None),
        ("/0", "success", 0),
        ("/fail", "error", None),
        ("/1", "error", 1),
        ("/137", "error", 137),
        ("/-1073741510", "error", -1073741510),
        ("/00", "success", 0),
    ],
)
def test_a_heartbeats_ending_says_how_it_went(
    known: RunningPortal, ending: str, result: str, exit_code: int | None
) -> None:
    answer = known.request("POST", f"/api/v1/heartbeat/{TOKEN}{ending}", b"rows=10&note=a+b")
    assert (answer.status, answer.content) == (200, b"OK")
    assert last_run(known) == StoredRun(result, exit_code, "rows=10&note=a+b", "better-stack", "rows=10&note=a+b")


@pytest.mark.parametrize("ending", ["/ok", "/1.5", "/fail/1", "/FAIL", "/" + "9" * 19])
def test_a_heartbeat_with_another_ending_is_not_taken_for_a_success(known: RunningPortal, ending: str) -> None:
    before = len(runs_of(known, "rules"))
    assert known.request("GET", f"/api/v1/heartbeat/{TOKEN}{ending}").status == 404
    assert len(runs_of(known, "rules")) == before


@pytest.mark.parametrize(
    ("query", "body", "run"),
    [
        ("", None, ("success", None, None)),
        ("?s=", None, ("success", None, None)),
        ("?s=0", None, ("success", 0, None)),
        ("?s=1&m=Finished%20in%2023.8s", None, ("error", 1, "Finished in 23.8s")),
        ("?s=failed", None, ("error", None, None)),
        ("", b"m=just+checking+in", ("success", None, "just checking in")),
        ("?s=3", b"s=0&m=x", ("error", 3, "x")),
        ("", "m=終わり".encode("cp932"), ("success", None, "終わり")),
        ("?s=2", b"Traceback: x", ("error", 2, "Traceback: x")),
    ],
)
def test_a_snitch_says_its_status_and_message_in_the_query_or_in_a_form(
    known: RunningPortal, query: str, body: bytes | None, run: tuple[str, int | None, str | None]
) -> None:
    answer = known.request("GET" if body is None else "POST", f"/snitch/{TOKEN}{query}", body)
    assert (answer.status, answer.content) == (200, b"Got it, thanks!")
    assert last_run(known)[:3] == run
