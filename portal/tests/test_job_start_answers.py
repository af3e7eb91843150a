"""What ``POST /api/monitor/job-start`` and ``job-extend`` answer, and what they leave, over real HTTP."""

import json
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from job_lives import instant
from running_portal import SECRET, Answer, RunningPortal

STARTED = {
    "job_key": "nightly",
    "title": "夜間バッチ",
    "run_id": "run-1",
    "started_at": "2026-01-25T03:04:05.678901+00:00",
}
ASKED = {"job_key": "nightly", "run_id": "run-1", "seconds": 600}


def post(portal: RunningPortal, name: str, body: Any, secret: str = SECRET, content_type: str = "") -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"X-TC-Portal-Webhook-Secret": secret, "Content-Type": content_type or "application/json"}
    return portal.request("POST", f"/api/monitor/{name}", content, headers)


def now(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


def start(portal: RunningPortal, job_key: str, **more: Any) -> Answer:
    answer = post(portal, "job-start", {**STARTED, "job_key": job_key, "started_at": now(), **more})
    assert answer.status == 200, answer.json
    return answer


def report(portal: RunningPortal, job_key: str, **more: Any) -> Answer:
    told = {"job_key": job_key, "title": "夜間バッチ", "status": "success", "finished_at": now(), "run_id": "run-1"}
    answer = portal.report({**told, **more})
    assert answer.status == 200, answer.json
    return answer


def verdict(portal: RunningPortal, job_key: str) -> str:
    ((found,),) = portal.database.rows(f"SELECT verdict FROM job WHERE job_key = '{job_key}'")
    return str(found)


NO_RUN_ID = "run_id is required: it names the run, and the run's report carries the same one"


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "Invalid JSON body"),
        (b"[1]", "Invalid JSON body"),
        (b"[" * 100_000, "Invalid JSON body"),
        (b'{"run_id": NaN}', "Invalid JSON body"),
        (without(STARTED, "job_key"), "job_key is required"),
        ({**STARTED, "job_key": "\0"}, "job_key is required"),
        (without(STARTED, "title"), "title is required"),
        (without(STARTED, "run_id"), NO_RUN_ID),
        ({**STARTED, "run_id": None}, NO_RUN_ID),
        ({**STARTED, "run_id": ""}, NO_RUN_ID),
        ({**STARTED, "run_id": "\0"}, NO_RUN_ID),
        (without(STARTED, "started_at"), "started_at is required"),
        ({**STARTED, "started_at": 0}, "started_at is required"),
        ({**STARTED, "started_at": "yesterday"}, "started_at must be valid ISO 8601"),
        ({**STARTED, "started_at": 1769310245}, "started_at must be valid ISO 8601"),
        ({**STARTED, "job_key": "k" * 501}, "job_key must be at most 500 characters"),
    ],
)
def test_a_start_that_cannot_be_recorded_is_answered_400_with_the_reason(
    portal: RunningPortal, body: Any, error: str
) -> None:
    answer = post(portal, "job-start", body)
    assert (answer.status, answer.json) == (400, {"error": error})
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"null", "Invalid JSON body"),
        (without(ASKED, "job_key"), "job_key is required"),
        (without(ASKED, "run_id"), NO_RUN_ID),
        (without(ASKED, "seconds"), "until or seconds is required"),
        ({**ASKED, "seconds": 0}, "seconds must be a number above 0"),
        ({**ASKED, "seconds": -5}, "seconds must be a number above 0"),
        ({**ASKED, "seconds": True}, "seconds must be a number above 0"),
        ({**ASKED, "seconds": "600"}, "seconds must be a number above 0"),
        ({**ASKED, "until": "soon"}, "until must be valid ISO 8601"),
        ({**ASKED, "until": 5}, "until must be valid ISO 8601"),
        ({**ASKED, "job_key": "k" * 501}, "job_key must be at most 500 characters"),
    ],
)
def test_an_extension_that_cannot_be_recorded_is_answered_400_with_the_reason(
    portal: RunningPortal, body: Any, error: str
) -> None:
    answer = post(portal, "job-extend", body)
    assert (answer.status, answer.json) == (400, {"error": error})


@pytest.mark.parametrize("name", ["job-start", "job-extend"])
def test_secret_method_and_size_are_checked_as_for_a_report(portal: RunningPortal, name: str) -> None:
    refused = post(portal, name, b"not json", secret="wrong")
    assert (refused.status, refused.json) == (401, {"error": "Invalid or missing webhook secret"})
    other = portal.request("GET", f"/api/monitor/{name}", headers={"X-TC-Portal-Webhook-Secret": SECRET})
    assert (other.status, other.headers["allow"]) == (405, "POST")
    with socket.create_connection(("127.0.0.1", portal.port), timeout=30) as connection:
        head = f"POST /api/monitor/{name} HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n"
        connection.sendall(f"{head}X-TC-Portal-Webhook-Secret: {SECRET}\r\n\r\n{{".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")


def test_a_start_makes_its_job_which_runs_until_its_report_comes(portal: RunningPortal) -> None:
    answer = start(portal, "starts", host="PC-07")
    assert answer.json == {"success": True, "job_key": "starts", "run_id": "run-1"}
    assert verdict(portal, "starts") == "running"
    assert portal.database.rows("SELECT count(*) FROM job_status WHERE job_key = 'starts'") == [(0,)]
    assert report(portal, "starts").json.keys() == {"success", "id", "job_key"}
    assert verdict(portal, "starts") == "ok"
    ((started, finished),) = portal.database.rows(
        "SELECT started_at, finished_at FROM run JOIN job ON job.id = job_id WHERE job_key = 'starts'"
    )
    assert started is not None and started <= finished


def test_a_start_told_twice_is_one_run(portal: RunningPortal) -> None:
    told = {**STARTED, "job_key": "twice", "started_at": now()}
    assert [post(portal, "job-start", told).status for _ in range(2)] == [200, 200]
    rows = portal.database.rows("SELECT run_id FROM run_start JOIN job ON job.id = job_id WHERE job_key = 'twice'")
    assert (rows, verdict(portal, "twice")) == ([("run-1",)], "running")


def test_a_start_that_comes_after_its_report_leaves_the_run_ended(portal: RunningPortal) -> None:
    report(portal, "late-start")
    start(portal, "late-start", started_at=now(minutes=-2))
    assert verdict(portal, "late-start") == "ok"
    ((started,),) = portal.database.rows(
        "SELECT started_at FROM run JOIN job ON job.id = job_id WHERE job_key = 'late-start'"
    )
    assert started is not None


def test_a_start_by_a_clock_a_year_ahead_counts_from_its_arrival(portal: RunningPortal) -> None:
    start(portal, "ahead", started_at=now(days=365))
    ((since,),) = portal.database.rows("SELECT since FROM job WHERE job_key = 'ahead'")
    assert instant(since) <= datetime.now(UTC)
    report(portal, "ahead", finished_at=now(days=365))
    assert verdict(portal, "ahead") == "ok"
    start(portal, "ahead", run_id="run-2")
    report(portal, "ahead", run_id="run-2", status="error")
    assert verdict(portal, "ahead") == "error"


def test_a_failed_job_is_failed_while_it_runs_again(portal: RunningPortal) -> None:
    report(portal, "again", status="error")
    start(portal, "again", run_id="run-2")
    assert verdict(portal, "again") == "error"
    report(portal, "again", run_id="run-2")
    assert verdict(portal, "again") == "ok"


def test_a_start_puts_its_job_under_its_tool(portal: RunningPortal) -> None:
    tool = "2d1d7a0c-54a7-4b6c-9a4c-f1f6f1cf8f10"
    stored = tool if portal.database.kind == "postgresql" else tool.replace("-", "")
    portal.database.execute(f"INSERT INTO tools (id, name) VALUES ('{stored}', '夜間')")
    assert "warning" not in start(portal, "tooled-start", tool_id=tool).json
    report(portal, "tooled-start")
    for table in ("job", "job_status"):
        rows = portal.database.rows(f"SELECT tool_id FROM {table} WHERE job_key = 'tooled-start'")
        assert [str(row[0]).replace("-", "") for row in rows] == [tool.replace("-", "")]


@pytest.mark.parametrize(
    ("tool_id", "warning"),
    [
        ("no-uuid", "tool_id is not a UUID: recorded without it"),
        ("0b4b2f8e-0000-4000-8000-000000000000", "tool_id is not known here: recorded without it"),
    ],
)
def test_a_tool_that_is_not_known_is_said(portal: RunningPortal, tool_id: str, warning: str) -> None:
    assert start(portal, "no-tool", tool_id=tool_id).json["warning"] == warning


def test_a_run_id_of_any_form_names_the_same_run_for_start_extension_and_report(portal: RunningPortal) -> None:
    for job_key, run_id in [("long", "r" * 5000), ("number", 17), ("object", {"b": 1, "半": "角"})]:
        named = start(portal, job_key, run_id=run_id).json["run_id"]
        asked = post(portal, "job-extend", {"job_key": job_key, "run_id": run_id, "seconds": 60})
        assert (asked.json["run_id"], "warning" in asked.json) == (named, False)
        report(portal, job_key, run_id=run_id)
        rows = portal.database.rows(f"SELECT run_id FROM run JOIN job ON job.id = job_id WHERE job_key = '{job_key}'")
        assert (rows, verdict(portal, job_key)) == ([(named,)], "ok")


def test_an_extension_is_answered_with_until_when_it_lasts(portal: RunningPortal) -> None:
    start(portal, "extends")
    until = post(portal, "job-extend", {"job_key": "extends", "run_id": "run-1", "until": "2026-01-25T12:00+09:00"})
    assert until.json == {
        "success": True,
        "job_key": "extends",
        "run_id": "run-1",
        "until": "2026-01-25T03:00:00Z",
    }
    before = datetime.now(UTC)
    seconds = post(portal, "job-extend", {"job_key": "extends", "run_id": "run-1", "seconds": 90.5}).json
    assert (
        before + timedelta(seconds=90.5)
        <= datetime.fromisoformat(seconds["until"])
        <= datetime.now(UTC) + timedelta(seconds=90.5)
    )


@pytest.mark.parametrize("asked", [{"seconds": 1e300}, {"seconds": 10**400}, {"until": "9999-12-31"}])
def test_an_extension_lasts_a_month_at_most(portal: RunningPortal, asked: dict[str, Any]) -> None:
    start(portal, "month")
    answer = post(portal, "job-extend", {"job_key": "month", "run_id": "run-1", **asked})
    assert (answer.status, answer.json.get("warning")) == (200, "an extension is 31 days at most: recorded as that")
    assert datetime.fromisoformat(answer.json["until"]) <= datetime.now(UTC) + timedelta(days=31)


def test_an_extension_of_a_run_that_nobody_knows_is_harmless_and_said(portal: RunningPortal) -> None:
    start(portal, "mistyped")
    for job_key in ("mistyped", "no-such-job"):
        answer = post(portal, "job-extend", {"job_key": job_key, "run_id": "run-2", "seconds": 60})
        assert answer.status == 200
        assert answer.json["warning"] == "no run of this run_id is known: nothing is extended unless its start arrives"
    assert verdict(portal, "mistyped") == "running"
    assert portal.database.rows("SELECT count(*) FROM job WHERE job_key = 'no-such-job'") == [(0,)]


def test_an_extension_of_a_run_that_has_ended_is_harmless_and_said(portal: RunningPortal) -> None:
    start(portal, "over")
    report(portal, "over")
    answer = post(portal, "job-extend", {"job_key": "over", "run_id": "run-1", "seconds": 60})
    assert (answer.status, answer.json["warning"]) == (200, "the run of this run_id has ended: nothing is extended")
    assert verdict(portal, "over") == "ok"


def test_a_run_that_outlasts_what_it_asked_for_is_overdue_until_it_ends(portal: RunningPortal) -> None:
    start(portal, "outlasts", started_at=now(minutes=-10))
    post(portal, "job-extend", {"job_key": "outlasts", "run_id": "run-1", "until": now(minutes=-5)})
    assert verdict(portal, "outlasts") == "overdue"
    report(portal, "outlasts")
    assert verdict(portal, "outlasts") == "ok"


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=Shift_JIS"])
def test_japanese_of_code_page_932_arrives_whole(portal: RunningPortal, content_type: str) -> None:
    text = "表ソ能～①㈱ 売上レポート"
    body = json.dumps({**STARTED, "job_key": content_type, "title": text, "host": "端末①"}, ensure_ascii=False)
    assert post(portal, "job-start", body.encode("cp932"), content_type=content_type).status == 200
    rows = portal.database.rows("SELECT title, run_start.host FROM job JOIN run_start ON job_id = job.id")
    assert (text, "端末①") in rows


def test_nul_is_taken_out_of_all_texts(portal: RunningPortal) -> None:
    answer = start(portal, "nul\0", title="a\0b", run_id="r\0", host="h\0")
    assert answer.json == {"success": True, "job_key": "nul", "run_id": "r"}
