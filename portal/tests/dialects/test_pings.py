"""What holds for every dialect: tokens, paths, methods, bodies, answers."""

import re
from collections.abc import Callable

import pytest
from ping_life import StoredRun, job_row, know_token, runs_of, send_bytes
from running_portal import RunningPortal
from tc_portal.core.ping_token import token_as

VALUE = bytes(range(16))
TOKEN = token_as(VALUE, "uuid")
ADDRESSES = {
    "uptime-kuma": "/api/push/{}",
    "better-stack": "/api/v1/heartbeat/{}",
    "dead-mans-snitch": "/snitch/{}",
}

every_dialect = pytest.mark.parametrize("source", ADDRESSES)


@pytest.fixture(scope="module")
def known(portal: RunningPortal) -> RunningPortal:
    know_token(portal, TOKEN, "shared", "共有のジョブ")
    return portal


@every_dialect
@pytest.mark.parametrize("form", ["uuid", "hex", "short"])
def test_a_token_is_the_same_in_each_of_its_forms(known: RunningPortal, source: str, form: str) -> None:
    answer = known.request("GET", ADDRESSES[source].format(token_as(VALUE, form)))  # type: ignore[arg-type]
    assert answer.status == 200
    assert runs_of(known, "shared")[-1].source == source
    assert job_row(known, "shared") == ("共有のジョブ", "ok")


@every_dialect
@pytest.mark.parametrize("token", ["unknown", "0" * 32, "x" * 300, "%00", "%FF%FE", "a%2Fb"])
def test_an_unknown_token_is_answered_404_and_leaves_nothing(known: RunningPortal, source: str, token: str) -> None:
    (before,) = known.database.rows("SELECT count(*) FROM run")
    assert known.request("POST", ADDRESSES[source].format(token), b"output").status == 404
    assert known.database.rows("SELECT count(*) FROM run") == [before]


@every_dialect
def test_the_portals_own_token_names_no_job_here(known: RunningPortal, source: str) -> None:
    token = f"portal-token-{source}"
    know_token(known, token, None, "全体")
    assert known.request("GET", ADDRESSES[source].format(token)).status == 404


def test_a_job_keeps_the_title_that_it_has(portal: RunningPortal) -> None:
    told = {"job_key": "titled", "title": "売上日報", "status": "success", "finished_at": "2026-01-25T03:04:05Z"}
    assert portal.report(told).status == 200
    know_token(portal, "a-token-of-a-titled-job", "titled", "別の名前")
    assert portal.request("GET", "/api/push/a-token-of-a-titled-job?status=down").status == 200
    assert job_row(portal, "titled") == ("売上日報", "error")


@every_dialect
def test_repeated_slashes_are_one(known: RunningPortal, source: str) -> None:
    before = len(runs_of(known, "shared"))
    path = ADDRESSES[source].format(TOKEN).replace("/", "//")
    assert known.request("GET", path).status == 200
    assert len(runs_of(known, "shared")) == before + 1


def test_repeated_slashes_are_one_for_a_report_too(known: RunningPortal) -> None:
    assert known.request("POST", "//api/monitor//job-report", b"{}").json == {
        "error": "Invalid or missing webhook secret"
    }


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/v3/checks/", "/api/push/", "/api/push/a/b", "/ping/x", "/p/key/job", "/snitch/", "/snitch/a/b"],
)
def test_a_path_that_no_dialect_takes_is_answered_404_and_never_redirected(portal: RunningPortal, path: str) -> None:
    for method in ("GET", "POST", "HEAD"):
        answer = portal.request(method, path)
        assert (answer.status, "location" in answer.headers) == (404, False)


@every_dialect
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
def test_each_method_counts_once(known: RunningPortal, source: str, method: str) -> None:
    before = len(runs_of(known, "shared"))
    answer = known.request(method, ADDRESSES[source].format(TOKEN))
    assert (answer.status, bool(answer.content)) == (200, method != "HEAD")
    assert "no-store" in answer.headers["cache-control"]
    assert len(runs_of(known, "shared")) == before + 1


@every_dialect
def test_a_browsers_question_is_answered_and_does_not_count(known: RunningPortal, source: str) -> None:
    before = len(runs_of(known, "shared"))
    answer = known.request("OPTIONS", ADDRESSES[source].format(TOKEN))
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "*")
    assert known.request("TRACE", ADDRESSES[source].format(TOKEN)).status == 405
    assert len(runs_of(known, "shared")) == before


@every_dialect
def test_an_address_of_64_kib_is_taken(known: RunningPortal, source: str) -> None:
    path = ADDRESSES[source].format(TOKEN)
    query = f"msg={'x' * 20_000}&m={'x' * 20_000}&s=&junk="
    path += "?" + query + "y" * (65_000 - len(query))
    assert known.request("GET", path).status == 200
    assert len(runs_of(known, "shared")[-1].message or "") <= 16_000


def test_a_revoked_token_is_taken_no_more(new_portal: Callable[..., RunningPortal]) -> None:
    portal = new_portal().start()
    know_token(portal, "a-token-to-be-revoked", "revoked", "x")
    portal.database.execute("UPDATE ping_token SET revoked_at = created_at")
    portal.stop()
    portal.start()
    assert portal.request("GET", "/api/push/a-token-to-be-revoked").status == 404
    assert portal.database.rows("SELECT count(*) FROM job") == [(0,)]


def test_a_token_made_while_the_portal_runs_is_known_at_its_first_ping(portal: RunningPortal) -> None:
    path = "/api/push/a-token-of-this-moment"
    assert portal.request("GET", path).status == 404
    know_token(portal, "a-token-of-this-moment", "of-this-moment", "x")
    assert portal.request("GET", path).status == 200


def test_no_token_is_ever_written_into_the_log(known: RunningPortal) -> None:
    unknown = "b" * 32
    for path in ADDRESSES.values():
        known.request("GET", path.format(TOKEN))
        known.request("GET", path.format(unknown))
        known.request("GET", path.format(unknown) + "/no/such/path")
    send_bytes(known, f"GET /api/push/{unknown} HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n".encode())
    assert "had no valid token" in known.log()
    assert not re.search(f"{TOKEN}|{unknown}", known.log())
    stored = known.database.rows("SELECT digest, name FROM ping_token")
    assert not any(TOKEN in row or VALUE.hex() in row for row in stored)


OUTPUT = "表ソ能～①㈱ 売上レポート"


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "image/png"])
def test_a_body_arrives_whole_whatever_its_type_and_encoding(
    known: RunningPortal, encoding: str, content_type: str
) -> None:
    path, headers = f"/api/v1/heartbeat/{TOKEN}/fail", {"Content-Type": content_type}
    assert known.request("POST", path, OUTPUT.encode(encoding), headers).status == 200
    assert runs_of(known, "shared")[-1] == StoredRun("error", None, OUTPUT, "better-stack", OUTPUT)


def test_a_body_that_is_no_text_is_taken_as_far_as_it_is_text(known: RunningPortal) -> None:
    assert known.request("POST", f"/api/v1/heartbeat/{TOKEN}/1", b"ok \xff\x00\xfe end").status == 200
    message = runs_of(known, "shared")[-1].message or ""
    assert message.startswith("ok ") and message.endswith(" end")


def test_a_long_body_is_taken_with_its_head_and_its_tail(known: RunningPortal) -> None:
    body = "始まり\n".encode() + "あ".encode() * 1_000_000 + "\n終わり".encode()
    assert known.request("POST", f"/api/v1/heartbeat/{TOKEN}/1", body).status == 200
    ((head, tail, size),) = known.database.rows(
        "SELECT head, tail, size FROM run_output JOIN job ON job.id = job_id WHERE job_key = 'shared' "
        "ORDER BY size DESC LIMIT 1"
    )
    assert (head[:4], tail[-4:], size) == ("始まり\n", "\n終わり", len(body))
    assert set(head[4:]) == set(tail[:-4]) == {"あ"}
    assert runs_of(known, "shared")[-1].message.endswith("終わり")  # type: ignore[union-attr]


def test_a_chunked_body_with_an_expectation_is_taken(known: RunningPortal) -> None:
    request = f"PUT /api/v1/heartbeat/{TOKEN}/fail HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert send_bytes(known, request.encode() + b"4\r\nover\r\n3\r\n by\r\n0\r\n\r\n").status == 200
    assert runs_of(known, "shared")[-1].output == "over by"


def test_a_query_in_code_page_932_is_read(known: RunningPortal) -> None:
    assert known.request("GET", f"/api/push/{TOKEN}?status=down&msg=%93%FA%96%7B").status == 200
    assert runs_of(known, "shared")[-1].message == "日本"


def test_a_second_ping_is_a_second_run_and_the_last_one_says_how_it_went(portal: RunningPortal) -> None:
    know_token(portal, "a-token-that-pings-twice", "twice", "x")
    for ending in ("", "", "/fail", "/0"):
        assert portal.request("GET", f"/api/v1/heartbeat/a-token-that-pings-twice{ending}").status == 200
    assert [run.result for run in runs_of(portal, "twice")] == ["success", "success", "error", "success"]
    assert job_row(portal, "twice") == ("x", "ok")
