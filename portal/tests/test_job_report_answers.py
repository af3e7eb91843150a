"""What ``POST /api/monitor/job-report`` answers: the guide's table, case by case, over real HTTP."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from running_portal import SECRET, RunningPortal

GOOD = {
    "job_key": "minpaku-in-report",
    "title": "minpaku-IN レポート作成",
    "status": "success",
    "finished_at": "2026-01-25T03:04:05.678901+00:00",
    "message": "処理完了",
}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "Invalid JSON body"),
        (b"not json", "Invalid JSON body"),
        (b"{", "Invalid JSON body"),
        (b"null", "Invalid JSON body"),
        (b"[1]", "Invalid JSON body"),
        (b'"text"', "Invalid JSON body"),
        (b"[" * 100_000, "Invalid JSON body"),
        (b'{"a":' * 50_000, "Invalid JSON body"),
        (b'{"job_key": NaN}', "Invalid JSON body"),
        ({}, "job_key is required"),
        (without("job_key"), "job_key is required"),
        ({**GOOD, "job_key": ""}, "job_key is required"),
        ({**GOOD, "job_key": 5}, "job_key is required"),
        ({**GOOD, "job_key": None}, "job_key is required"),
        ({**GOOD, "job_key": "\0"}, "job_key is required"),
        (without("title"), "title is required"),
        ({**GOOD, "title": ""}, "title is required"),
        ({**GOOD, "title": ["a"]}, "title is required"),
        (without("status"), "status must be 'success' or 'error'"),
        ({**GOOD, "status": "Success"}, "status must be 'success' or 'error'"),
        ({**GOOD, "status": ["success"]}, "status must be 'success' or 'error'"),
        (without("finished_at"), "finished_at is required"),
        ({**GOOD, "finished_at": ""}, "finished_at is required"),
        ({**GOOD, "finished_at": None}, "finished_at is required"),
        ({**GOOD, "finished_at": "yesterday"}, "finished_at must be valid ISO 8601"),
        ({**GOOD, "finished_at": "2026-02-30T00:00:00Z"}, "finished_at must be valid ISO 8601"),
        ({**GOOD, "finished_at": 1769310245}, "finished_at must be valid ISO 8601"),
        ({**GOOD, "job_key": "k" * 501}, "job_key must be at most 500 characters"),
    ],
)
def test_a_body_that_cannot_be_recorded_is_answered_400_with_the_reason(
    portal: RunningPortal, body: Any, error: str
) -> None:
    answer = portal.report(body)
    assert (answer.status, answer.json) == (400, {"error": error})
    assert answer.headers["content-type"] == "application/json"


def test_the_checks_run_in_the_guides_order(portal: RunningPortal) -> None:
    body: dict[str, Any] = {}
    for name, error in [
        ("job_key", "job_key is required"),
        ("title", "title is required"),
        ("status", "status must be 'success' or 'error'"),
        ("finished_at", "finished_at is required"),
    ]:
        assert portal.report(body).json == {"error": error}
        body[name] = GOOD[name]
    assert portal.report(body).status == 200


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "\xff"])
def test_a_wrong_secret_is_answered_401_before_the_body_is_looked_at(portal: RunningPortal, secret: str) -> None:
    answer = portal.report(b"not json", secret=secret)
    assert (answer.status, answer.json) == (401, {"error": "Invalid or missing webhook secret"})


def test_a_missing_secret_is_answered_401(portal: RunningPortal) -> None:
    answer = portal.request("POST", "/api/monitor/job-report", b"{}")
    assert (answer.status, answer.json) == (401, {"error": "Invalid or missing webhook secret"})


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_another_method_is_answered_405_with_allow(portal: RunningPortal, method: str) -> None:
    answer = portal.request(method, "/api/monitor/job-report", headers={"X-TC-Portal-Webhook-Secret": SECRET})
    assert answer.status == 405
    assert answer.headers["allow"] == "POST"


def test_an_unknown_path_below_the_api_is_answered_404_in_json(portal: RunningPortal) -> None:
    answer = portal.request("POST", "/api/monitor/nothing-here")
    assert (answer.status, answer.json) == (404, {"error": "Not found"})


def test_a_recorded_report_is_answered_with_the_id_of_its_status_row(portal: RunningPortal) -> None:
    first = portal.report({**GOOD, "job_key": "same-id"})
    again = portal.report({**GOOD, "job_key": "same-id", "finished_at": "2026-01-26T00:00:00Z", "status": "error"})
    assert first.status == again.status == 200
    assert first.json == {"success": True, "id": first.json["id"], "job_key": "same-id"}
    assert again.json == first.json
    stored = portal.database.rows("SELECT id FROM job_status WHERE job_key = 'same-id'")
    assert [str(row[0]).replace("-", "") for row in stored] == [first.json["id"].replace("-", "")]


def test_the_stored_row_is_the_guides(portal: RunningPortal) -> None:
    portal.report({**GOOD, "job_key": "stored"})
    (row,) = portal.database.rows(
        "SELECT title, last_status, last_message, tool_id FROM job_status WHERE job_key = 'stored'"
    )
    assert row == ("minpaku-IN レポート作成", "success", "処理完了", None)


@pytest.mark.parametrize(
    ("message", "stored"),
    [
        (None, None),
        ("", None),
        ({"rows": 3, "場所": "東京"}, '{"rows":3,"場所":"東京"}'),
        (["a", 1], '["a",1]'),
        (0, "0"),
        (False, "false"),
        (12.5, "12.5"),
        ("a\0b", "ab"),
        ("改行\r\nと\tタブ", "改行\r\nと\tタブ"),
        ("\ud83d\ude00 絵文字", "😀 絵文字"),
        ("\udc8d", "\ufffd"),
    ],
)
def test_a_message_is_kept_whatever_it_is(portal: RunningPortal, message: Any, stored: str | None) -> None:
    answer = portal.report({**GOOD, "job_key": f"message-{message!r}"[:40].replace("\ud83d", ""), "message": message})
    assert answer.status == 200, answer.json
    rows = portal.database.rows("SELECT last_message FROM job_status ORDER BY updated_at DESC LIMIT 1")
    assert rows == [(stored,)]


def test_a_too_long_message_keeps_its_head_and_tail_and_says_how_much_was_cut(portal: RunningPortal) -> None:
    message = "先頭" + "x" * 100_000 + "末尾"
    assert portal.report({**GOOD, "job_key": "long", "message": message}).status == 200
    ((stored,),) = portal.database.rows("SELECT last_message FROM job_status WHERE job_key = 'long'")
    assert stored.startswith("先頭xxx")
    assert stored.endswith("xxx末尾")
    assert "文字省略" in stored
    assert len(stored) < 17_000


def test_a_body_over_the_limit_is_answered_413_before_it_is_read_to_the_end(portal: RunningPortal) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", portal.port), timeout=30) as connection:
        connection.sendall(
            b"POST /api/monitor/job-report HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\n"
            b"X-TC-Portal-Webhook-Secret: " + SECRET.encode() + b"\r\n\r\n{"
        )
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")


def test_a_chunked_body_over_the_limit_is_answered_413(portal: RunningPortal) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", portal.port), timeout=30) as connection:
        connection.sendall(
            b"POST /api/monitor/job-report HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            b"X-TC-Portal-Webhook-Secret: " + SECRET.encode() + b"\r\n\r\n"
        )
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        try:
            for _ in range(64):
                connection.sendall(chunk)
        except OSError:
            pass
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", "application/json"),
        ("utf-8-sig", "application/json; charset=utf-8"),
        ("cp932", "application/json"),
        ("cp932", "application/json; charset=utf-8"),
        ("cp932", "application/json; charset=Shift_JIS"),
        ("cp932", "application/json;charset=windows-31j"),
        ("cp932", "application/x-www-form-urlencoded"),
        ("euc-jp", "application/json; charset=EUC-JP"),
        ("utf-16", "application/json"),
    ],
)
def test_japanese_arrives_whole_in_whatever_encoding_it_was_sent(
    portal: RunningPortal, encoding: str, content_type: str
) -> None:
    import json

    text = "表ソ能～①㈱ 売上レポート" if encoding == "cp932" else "表ソ能 売上レポート"
    key = f"{encoding} {content_type}"
    content = json.dumps({**GOOD, "job_key": key, "title": text, "message": text}, ensure_ascii=False)
    assert portal.report(content.encode(encoding), content_type=content_type).status == 200
    assert (text, text) in portal.database.rows("SELECT title, last_message FROM job_status")


@pytest.mark.parametrize("charset", ["shift_jis", "windows-31j", "euc-jp", "utf-8"])
@pytest.mark.parametrize("text", ["成功", "在庫がありません", "ﾂｱﾃｲ"])
def test_utf_8_that_declares_another_charset_is_read_as_utf_8(portal: RunningPortal, charset: str, text: str) -> None:
    body = json.dumps({"text": text}, ensure_ascii=False)
    headers = {"X-TC-Portal-Webhook-Secret": SECRET, "Content-Type": f"application/json; charset={charset}"}
    assert portal.request("POST", "/api/monitor/echo", body.encode(), headers).json["text"] == text


def test_half_width_katakana_in_its_declared_charset_is_read_as_such(portal: RunningPortal) -> None:
    headers = {"X-TC-Portal-Webhook-Secret": SECRET, "Content-Type": "application/json; charset=shift_jis"}
    body = '{"text": "ﾃｱﾂｲ"}'.encode("cp932")
    assert body.decode("utf-8") != '{"text": "ﾃｱﾂｲ"}'
    assert portal.request("POST", "/api/monitor/echo", body, headers).json["text"] == "ﾃｱﾂｲ"


@pytest.mark.parametrize("member", ["message", "run_id"])
def test_half_a_surrogate_pair_deep_inside_does_no_harm(portal: RunningPortal, member: str) -> None:
    body = b'{"job_key":"half","title":"t","status":"success","finished_at":"2026-01-25","%s":{"a":"\\ud800"}}'
    assert portal.report(body % member.encode()).status == 200


@pytest.mark.parametrize(
    ("tool_id", "warning"),
    [
        ("not-a-uuid", "tool_id is not a UUID: recorded without it"),
        (17, "tool_id is not a UUID: recorded without it"),
        ("0b4b2f8e-0000-4000-8000-000000000000", "tool_id is not known here: recorded without it"),
    ],
)
def test_a_tool_that_is_not_known_is_recorded_without_and_said(
    portal: RunningPortal, tool_id: Any, warning: str
) -> None:
    answer = portal.report({**GOOD, "job_key": "no-tool", "tool_id": tool_id})
    assert (answer.status, answer.json.get("warning")) == (200, warning)
    assert portal.database.rows("SELECT tool_id FROM job_status WHERE job_key = 'no-tool'") == [(None,)]


def test_a_report_without_a_tool_keeps_the_jobs_tool(portal: RunningPortal) -> None:
    tool = "6f1c1f5e-3a63-4c0b-9d0e-0c9f7d9c2a11"
    stored = tool if portal.database.kind == "postgresql" else tool.replace("-", "")
    portal.database.execute(f"INSERT INTO tools (id, name) VALUES ('{stored}', '売上集計')")
    assert "warning" not in portal.report({**GOOD, "job_key": "tooled", "tool_id": tool}).json
    portal.report({**GOOD, "job_key": "tooled", "finished_at": "2026-01-27T00:00:00Z"})
    rows = portal.database.rows("SELECT tool_id FROM job_status WHERE job_key = 'tooled'")
    assert [str(row[0]).replace("-", "") for row in rows] == [tool.replace("-", "")]
    assert portal.database.rows(
        "SELECT tools.name FROM job JOIN tools ON tools.id = job.tool_id WHERE job_key = 'tooled'"
    ) == [("売上集計",)]


def test_a_server_without_a_secret_answers_500(new_portal: Callable[..., RunningPortal]) -> None:
    portal = new_portal(TC_PORTAL_WEBHOOK_SECRET="").start()
    answer = portal.report(GOOD)
    assert (answer.status, answer.json) == (500, {"error": "Server configuration error"})


def test_several_secrets_are_valid_while_one_is_being_changed(new_portal: Callable[..., RunningPortal]) -> None:
    portal = new_portal(TC_PORTAL_WEBHOOK_SECRET="old-one, new-one").start()
    assert [portal.report(GOOD, secret=secret).status for secret in ("old-one", "new-one", "old-one, new-one")] == [
        200,
        200,
        401,
    ]


def test_a_database_that_refuses_is_answered_500_and_recovers(new_portal: Callable[..., RunningPortal]) -> None:
    portal = new_portal().start()
    assert portal.report(GOOD).status == 200
    portal.database.execute("ALTER TABLE job_status RENAME TO job_status_away")
    answer = portal.report({**GOOD, "finished_at": "2026-01-28T00:00:00Z"})
    assert (answer.status, answer.json) == (500, {"error": "Failed to update job status"})
    portal.database.execute("ALTER TABLE job_status_away RENAME TO job_status")
    assert portal.report({**GOOD, "finished_at": "2026-01-28T00:00:00Z"}).status == 200


def test_the_echo_returns_the_text_that_arrived_and_records_nothing(portal: RunningPortal) -> None:
    before = portal.database.rows("SELECT count(*) FROM run")
    headers = {"X-TC-Portal-Webhook-Secret": SECRET}
    answer = portal.request("POST", "/api/monitor/echo", '{"text":"日本語①"}'.encode("cp932"), headers)
    assert answer.status == 200
    assert answer.json["text"] == "日本語①"
    half = portal.request("POST", "/api/monitor/echo", b'{"text":"a\\ud800"}', headers)
    assert half.json["text"] == "a\ufffd"
    assert portal.database.rows("SELECT count(*) FROM run") == before


def test_health_says_that_the_process_lives_and_that_it_can_commit(portal: RunningPortal) -> None:
    assert portal.request("GET", "/healthz").status == 200
    assert portal.request("GET", "/readyz").status == 200
