"""Healthchecks' pings: every rule of theirs, and what a ping leaves. P1 to P40 and S1 to S13 are the cases of its own tests."""

from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
import pytest
from ping_life import StoredRun, job_row, know_token, runs_of, send_bytes
from running_portal import Answer, RunningPortal
from tc_portal.core.judge import Known, OpenRun

UUID, OTHER = "11111111-2222-4333-8444-55555555555a", "11111111-2222-4333-8444-55555555555b"
KEY = "fqOOd6-F4MMNuCEnzTU01w"
RID, RID_2 = "728b3763-ea80-4113-9fc0-f49b3adf226a", "ffffffff-ea80-4113-9fc0-f49b3adf226a"


@pytest.fixture(scope="module")
def known(portal: RunningPortal) -> RunningPortal:
    know_token(portal, UUID, "checked", "点検")
    know_token(portal, KEY, None, "全体")
    assert portal.request("GET", f"/ping/{UUID}").status == 200
    return portal


@pytest.fixture
def fresh(known: RunningPortal, request: pytest.FixtureRequest) -> Callable[..., Answer]:
    """Ping a job of the test's own by its uuid."""
    uuid = str(uuid5(NAMESPACE_URL, request.node.name))
    know_token(known, uuid, job_key_of(request), "点検")

    def ping(ending: str = "", body: bytes | None = None, method: str | None = None) -> Answer:
        return known.request(method or ("GET" if body is None else "POST"), f"/ping/{uuid}{ending}", body)

    return ping


def job_key_of(request: pytest.FixtureRequest) -> str:
    return request.node.name.replace("[", "-").replace("]", "")


@pytest.fixture
def job_key(request: pytest.FixtureRequest) -> str:
    return job_key_of(request)


def open_runs(portal: RunningPortal, job_key: str) -> tuple[OpenRun, ...]:
    ((known,),) = portal.database.rows(f"SELECT known FROM job WHERE job_key = '{job_key}'")
    return () if known is None else msgspec.json.decode(known, type=Known).open_runs


def durations_known(portal: RunningPortal, job_key: str) -> list[bool]:
    rows = portal.database.rows(
        f"SELECT started_at FROM run JOIN job ON job.id = job_id WHERE job_key = '{job_key}' ORDER BY received_at"
    )
    return [started_at is not None for (started_at,) in rows]


def log_lines(portal: RunningPortal, job_key: str) -> list[tuple[str, str]]:
    rows = portal.database.rows(
        f"SELECT run_id, text FROM run_log JOIN job ON job.id = job_id WHERE job_key = '{job_key}' ORDER BY at"
    )
    return [(row[0], row[1]) for row in rows]


def test_a_ping_is_a_success_and_its_answer_says_how_much_of_a_body_is_kept(known: RunningPortal) -> None:
    """P1, P17"""
    answer = known.request("GET", f"/ping/{UUID}")
    assert (answer.status, answer.content) == (200, b"OK")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["ping-body-limit"] == "262144"
    assert "no-cache" in answer.headers["cache-control"]
    assert runs_of(known, "checked")[-1] == StoredRun("success", None, None, "healthchecks")
    assert job_row(known, "checked") == ("点検", "ok")


@pytest.mark.parametrize(
    ("ending", "result", "exit_code"),
    [
        ("", "success", None),
        ("/", "success", None),
        ("/0", "success", 0),
        ("/fail", "error", None),
        ("/1", "error", 1),
        ("/123", "error", 123),
        ("/255", "error", 255),
        ("//fail", "error", None),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_ending_says_how_it_went_and_a_body_is_the_output(
    known: RunningPortal, ending: str, result: str, exit_code: int | None, method: str
) -> None:
    """P4, P19, P33, P34, S2, S5, S7, S8"""
    for path in (f"/ping/{UUID}", f"/ping/{KEY}/checked"):
        if ending == "/" and KEY in path:
            continue
        assert known.request(method, path + ending, b"out=1&x").content == b"OK"
        assert runs_of(known, "checked")[-1] == StoredRun(result, exit_code, "out=1&x", "healthchecks", "out=1&x")


@pytest.mark.parametrize("path", [f"/ping/{UUID}", f"/ping/{KEY}/checked"])
def test_a_head_counts_and_its_answer_has_no_body(known: RunningPortal, path: str) -> None:
    """P5, S1, S3, S4"""
    before = len(runs_of(known, "checked"))
    assert (known.request("HEAD", path).content, known.request("GET", path).content) == (b"", b"OK")
    assert len(runs_of(known, "checked")) == before + 2


@pytest.mark.parametrize(
    ("path", "status", "content"),
    [
        (f"/ping/{OTHER}", 404, b"not found"),
        (f"/ping/{UUID.replace('-', '')}", 404, b"not found"),
        ("/ping/not-uuid", 404, b"not found"),
        (f"/ping/{KEY}/no-such-job", 404, b"not found"),
        (f"/ping/{KEY}/no-such-job?create=0", 404, b"not found"),
        (f"/ping/{KEY}/no-such-job/start", 404, b"not found"),
        (f"/ping/{KEY}/no-such-job/log", 404, b"not found"),
        (f"/ping/{KEY}/checked/", 404, b"not found"),
        ("/ping/wrong-key/checked", 404, b"not found"),
        ("/ping/wrong-key/no-such-job?create=1", 404, b"not found"),
        (f"/ping/{UUID}/checked", 404, b"not found"),
        (f"/ping/{KEY}/Checked", 400, b"invalid url format"),
        (f"/ping/{KEY}/Made?create=1", 400, b"invalid url format"),
        (f"/ping/{UUID}/256", 400, b"invalid url format"),
        (f"/ping/{KEY}/checked/999", 400, b"invalid url format"),
        (f"/ping/{UUID}?rid=12345", 400, b"invalid uuid format"),
        (f"/ping/{UUID}?rid={RID}0", 400, b"invalid uuid format"),
        (f"/ping/{UUID}/start?rid=", 400, b"invalid uuid format"),
    ],
)
def test_a_ping_that_is_not_right_is_answered_as_healthchecks_does_and_leaves_nothing(
    known: RunningPortal, path: str, status: int, content: bytes
) -> None:
    """P6, P7, P8, P35, P40, S10, S12, S13"""
    counts = "SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM run_start), (SELECT count(*) FROM job)"
    before = known.database.rows(counts)
    answer = known.request("POST", path, b"output")
    assert (answer.status, answer.content) == (status, content)
    assert known.database.rows(counts) == before


def test_a_start_begins_a_run_and_leaves_the_last_result(
    known: RunningPortal, fresh: Callable[..., Answer], job_key: str
) -> None:
    """P20, S6"""
    fresh("/fail")
    assert fresh("/start").content == b"OK"
    assert len(open_runs(known, job_key)) == 1
    assert [run.result for run in runs_of(known, job_key)] == ["error"]


@pytest.mark.parametrize("ending", ["", "/fail", "/7"])
def test_an_end_without_a_name_ends_the_run_begun_without_one(
    known: RunningPortal, fresh: Callable[..., Answer], job_key: str, ending: str
) -> None:
    """P3, P24"""
    fresh("/start")
    fresh(ending)
    assert open_runs(known, job_key) == ()
    assert durations_known(known, job_key) == [True]


def test_runs_with_names_overlap_each_with_its_own_duration(
    known: RunningPortal, fresh: Callable[..., Answer], job_key: str
) -> None:
    """P22, P23, P25, P26, P39"""
    fresh(f"/start?rid={RID.upper()}")
    fresh(f"/start?rid={RID_2}")
    fresh(f"?rid={RID_2}")
    assert [run.run_id for run in open_runs(known, job_key)] == [RID]
    fresh(f"/3?rid={RID}")
    assert open_runs(known, job_key) == ()
    assert durations_known(known, job_key) == [True, True]


def test_an_end_of_another_name_leaves_the_run_open(
    known: RunningPortal, fresh: Callable[..., Answer], job_key: str
) -> None:
    """P25; unlike P28, a failure of another run leaves it open, too."""
    fresh(f"/start?rid={RID}")
    fresh(f"?rid={RID_2}")
    fresh("/fail")
    assert [run.run_id for run in open_runs(known, job_key)] == [RID]
    assert durations_known(known, job_key) == [False, False]


def test_a_log_changes_no_verdict_and_is_kept_with_the_run_that_goes_on(
    known: RunningPortal, fresh: Callable[..., Answer], job_key: str
) -> None:
    """P38"""
    fresh("/fail", b"x")
    before = job_row(known, job_key)
    assert fresh("/log", "一行目\n二行目".encode()).content == b"OK"
    assert job_row(known, job_key) == before
    assert [text for _, text in log_lines(known, job_key)] == ["一行目", "二行目"]
    fresh("/start", b"begins")
    fresh("/log", b"goes on")
    (run,) = open_runs(known, job_key)
    assert [text for name, text in log_lines(known, job_key) if name == run.run_id] == ["begins", "goes on"]
    fresh(f"/log?rid={RID}", b"of a named run")
    assert log_lines(known, job_key)[-1] == (RID, "of a named run")
    assert [run.result for run in runs_of(known, job_key)] == ["error"]


def test_a_log_alone_makes_the_job_of_its_address(
    known: RunningPortal, fresh: Callable[..., Answer], job_key: str
) -> None:
    assert fresh("/log", b"first words").content == b"OK"
    assert job_row(known, job_key) == ("点検", "waiting")
    assert [text for _, text in log_lines(known, job_key)] == ["first words"]


@pytest.mark.parametrize("ending", ["", "/start", "/fail", "/log", "/0"])
def test_create_makes_the_job_once(known: RunningPortal, ending: str) -> None:
    """S11"""
    slug = f"made_by{ending.replace('/', '-')}"
    answers = [known.request("GET", f"/ping/{KEY}/{slug}{ending}?create=1") for _ in range(2)]
    assert [(answer.status, answer.content) for answer in answers] == [(201, b"Created"), (200, b"OK")]
    assert answers[0].headers["ping-body-limit"] == "262144"
    assert job_row(known, slug)[0] == slug


@pytest.mark.parametrize("body", [b"\xff\xfe\x00ok", "日本".encode("cp932"), b"{not json", b"a" * 3_000_000])
def test_any_body_is_taken(known: RunningPortal, body: bytes) -> None:
    """P30, P31, P36"""
    headers: dict[str, Any] = {"Content-Type": "application/json"}
    assert known.request("POST", f"/ping/{UUID}", body, headers).status == 200
    ((size,),) = known.database.rows(
        "SELECT size FROM run_output JOIN job ON job.id = job_id WHERE job_key = 'checked' ORDER BY ended_at DESC LIMIT 1"
    )
    assert size == len(body)


def test_a_chunked_body_with_an_expectation_and_a_second_request_behind_it(known: RunningPortal) -> None:
    request = f"PUT /ping/{UUID}/fail HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    assert send_bytes(known, request + b"4\r\nover\r\n3\r\n by\r\n0\r\n\r\n").status == 200
    assert runs_of(known, "checked")[-1].output == "over by"
