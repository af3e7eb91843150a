"""Sentry Crons: every rule of its own, of envelopes, of the address without an SDK, and of what it asks of its monitors."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import brotli
import pytest
from ping_life import RunTold, clock_of, job_row, know_token, run_told, runs_of, settings_told
from running_portal import Answer, RunningPortal

TOKEN = "0123456789abcdef0123456789abcdef"
AUTH = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={TOKEN}, sentry_client=test/1"}
CRON_ADDRESS = f"/api/1/cron/{{}}/{TOKEN}/"


@pytest.fixture(scope="module")
def known(portal: RunningPortal) -> RunningPortal:
    know_token(portal, TOKEN, None, "Sentry")
    know_token(portal, "a-jobs-token", "one-job", "x")
    return portal


def check_in(slug: str, status: str = "ok", **more: Any) -> dict[str, Any]:
    return {"check_in_id": uuid4().hex, "monitor_slug": slug, "status": status, **more}


def envelope(*items: tuple[str, Any], header: dict[str, Any] | None = None) -> bytes:
    lines = [json.dumps(header or {})]
    for kind, payload in items:
        lines += [json.dumps({"type": kind}), json.dumps(payload)]
    return "\n".join(lines).encode()


def send(
    portal: RunningPortal, body: bytes, headers: dict[str, str] | None = None, path: str = "/api/1/envelope/"
) -> Answer:
    return portal.request("POST", path, body, AUTH if headers is None else headers)


def send_one(portal: RunningPortal, told: dict[str, Any]) -> Answer:
    return send(portal, envelope(("check_in", told)))


def results_of(portal: RunningPortal, job_key: str) -> list[str]:
    return [run.result for run in runs_of(portal, job_key)]


def in_basic(user: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:".encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "query", "header"),
    [
        (AUTH, "", {}),
        ({"X-Sentry-Auth": f"sentry sentry_key={TOKEN}"}, "", {}),
        ({"Authorization": f"Sentry sentry_key={TOKEN},sentry_version=7"}, "", {}),
        (in_basic(TOKEN), "", {}),
        ({}, f"?sentry_version=7&sentry_key={TOKEN}", {}),
        ({}, "", {"dsn": f"https://{TOKEN}@portal.example/1"}),
    ],
    ids=["header", "header alone", "authorization", "basic", "query", "dsn in the envelope"],
)
def test_the_public_key_may_come_in_many_ways(
    known: RunningPortal, headers: dict[str, str], query: str, header: dict[str, Any]
) -> None:
    before = len(runs_of(known, "keyed"))
    body = envelope(("check_in", check_in("keyed")), header=header)
    assert send(known, body, headers, f"/api/1/envelope/{query}").status == 200
    assert len(runs_of(known, "keyed")) == before + 1


def test_without_a_key_it_is_401_with_an_unknown_one_403(known: RunningPortal) -> None:
    body = envelope(("check_in", check_in("never")))
    assert send(known, body, {}).status == 401
    assert send(known, b"", {}).status == 401
    for key in ("f" * 32, "a-jobs-token"):
        answer = send(known, body, {"X-Sentry-Auth": f"Sentry sentry_key={key}"})
        assert (answer.status, "public key" in answer.json["detail"]) == (403, True)
    unknown = envelope(("check_in", check_in("never")), header={"dsn": f"https://{'e' * 32}@portal.example/1"})
    assert send(known, unknown, {}).status == 403
    assert known.database.rows("SELECT count(*) FROM job WHERE job_key = 'never'") == [(0,)]


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "raw deflate", "br", "utf-8"])
def test_an_envelope_is_unpacked(known: RunningPortal, encoding: str) -> None:
    slug = f"packed-{encoding.replace(' ', '-') or 'plain'}"
    body = envelope(("check_in", check_in(slug)))
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = {
        "gzip": gzip.compress(body),
        "deflate": zlib.compress(body),
        "raw deflate": raw.compress(body) + raw.flush(),
        "br": brotli.compress(body),
    }.get(encoding, body)
    assert send(known, packed, {**AUTH, "Content-Encoding": encoding.removeprefix("raw ")}).status == 200
    assert results_of(known, slug) == ["success"]


def test_without_the_package_brotli_is_refused_and_the_rest_is_read(
    new_portal: Callable[..., RunningPortal], tmp_path: Path
) -> None:
    (tmp_path / "brotli.py").write_text("raise ImportError('not installed')")
    portal = new_portal(PYTHONPATH=str(tmp_path)).start()
    know_token(portal, TOKEN, None, "Sentry")
    body = envelope(("check_in", check_in("unpacked")))
    answer = send(portal, brotli.compress(body), {**AUTH, "Content-Encoding": "br"})
    assert (answer.status, "gzip" in answer.json["detail"]) == (415, True)
    assert send(portal, gzip.compress(body), {**AUTH, "Content-Encoding": "gzip"}).status == 200


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [
        ("gzip", b"no gzip", 400),
        ("gzip", gzip.compress(b"{}\n" * 1000)[:-9], 400),
        ("br", b"no brotli at all", 400),
        ("br", brotli.compress(b"{}\n{}\n" * 1000)[:-3], 400),
        ("zstd", b"(\xb5/\xfd", 415),
        ("gzip", gzip.compress(b"\n" * 30_000_000), 413),
        ("br", brotli.compress(b"\n" * 30_000_000, quality=5), 413),
        ("", b"x" * 1_100_000, 413),
        ("", b"no json", 400),
        ("", b"[]", 400),
        ("", b"\xff\xfe{}", 400),
        ("", b"[" * 100_000, 400),
        ("", b'{}\n{"type":"check_in","length":99}\n{}', 400),
        ("", b"{}" + b'\n{"type":"x"}\n{}' * 1_001, 413),
    ],
    ids=[
        "no gzip",
        "half of gzip",
        "no brotli",
        "half of brotli",
        "zstd",
        "a gzip bomb",
        "a brotli bomb",
        "over 1 MiB",
        "no JSON",
        "no object",
        "no UTF-8",
        "deeply nested",
        "shorter than it says",
        "too many items",
    ],
)
def test_what_is_no_envelope_is_refused_with_a_reason(
    known: RunningPortal, encoding: str, body: bytes, status: int
) -> None:
    answer = send(known, body, {**AUTH, "Content-Encoding": encoding})
    assert (answer.status, bool(answer.json["detail"])) == (status, True)
    assert known.request("GET", "/healthz").status == 200


def test_an_envelope_is_answered_with_its_id(known: RunningPortal) -> None:
    assert send(known, envelope(header={"event_id": "ab" * 16})).json == {"id": "ab" * 16}
    assert send(known, envelope()).json == {}


def test_what_is_no_check_in_is_passed_over(known: RunningPortal) -> None:
    ((before,),) = known.database.rows("SELECT count(*) FROM run")
    others = ("transaction", "session", "client_report", "event", "log")
    body = envelope(*[(kind, {"message": "x"}) for kind in others])
    assert send(known, body).status == 200
    assert (
        send(known, b'{}\n{"type":"attachment","length":7}\n\x00\xff\nabc\n\n{"type":"event"}\nno json').status == 200
    )
    assert known.database.rows("SELECT count(*) FROM run") == [(before,)]


def test_all_check_ins_of_an_envelope_count_whether_they_tell_their_length_or_not(known: RunningPortal) -> None:
    first, second = json.dumps(check_in("first")).encode(), json.dumps(check_in("second", "error")).encode()
    measured = b'{"type":"check_in","length":%d}\n%b' % (len(first), first)
    body = b'{}\n%b\n\n{"type":"session"}\n{}\n{"type":"check_in"}\n%b\n' % (measured, second)
    assert send(known, body).status == 200
    assert (results_of(known, "first"), results_of(known, "second")) == (["success"], ["error"])


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"monitor_slug": None}, "monitor_slug"),
        ({"monitor_slug": "売上"}, "monitor_slug"),
        ({"status": "missed"}, "status"),
        ({"status": None}, "status"),
        ({"status": ["ok"]}, "status"),
        ({"check_in_id": "12345"}, "check_in_id"),
        ({"duration": -1}, "duration"),
        ({"duration": 1e300}, "duration"),
        ({"duration": "5"}, "duration"),
        ({"environment": "x" * 65}, "environment"),
        ({"environment": 5}, "environment"),
    ],
)
def test_a_check_in_that_cannot_be_is_refused_with_the_reason(
    known: RunningPortal, fault: dict[str, Any], reason: str
) -> None:
    faulty = check_in("faulty") | fault
    answer = send_one(known, faulty)
    assert (answer.status, reason in answer.json["detail"]) == (400, True)
    assert known.database.rows("SELECT count(*) FROM job WHERE job_key = 'faulty'") == [(0,)]


def test_beside_one_that_can_be_a_faulty_check_in_is_passed_over(known: RunningPortal) -> None:
    body = envelope(("check_in", check_in("", "ok")), ("check_in", check_in("beside")))
    assert send(known, body).status == 200
    assert results_of(known, "beside") == ["success"]


def test_null_says_nothing(known: RunningPortal) -> None:
    told = check_in("nulls", duration=None, environment=None, release=None, monitor_config=None, contexts=None)
    assert send_one(known, told).status == 200
    assert results_of(known, "nulls") == ["success"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("some/slug@with-weird|stuff", "someslugwith-weirdstuff"),
        ("nightly report.v2", "nightly-reportv2"),
        ("-- Ünder_score --", "under_score"),
        ("x" * 60, "x" * 50),
    ],
)
def test_a_name_becomes_the_slug_that_sentry_makes_of_it(known: RunningPortal, name: str, slug: str) -> None:
    assert send_one(known, check_in(name)).status == 200
    assert job_row(known, slug) == (name, "ok")


def test_each_environment_is_a_job_of_its_own(known: RunningPortal) -> None:
    for environment, status in ((None, "ok"), ("production", "ok"), ("staging", "error")):
        assert send_one(known, check_in("deploy", status, environment=environment)).status == 200
    assert results_of(known, "deploy") == ["success", "success"]
    assert results_of(known, "deploy@staging") == ["error"]
    assert job_row(known, "deploy@staging") == ("deploy (staging)", "error")


def at(second: int) -> str:
    return f"2026-01-02T03:04:{second:02}Z"


def told_of(portal: RunningPortal, slug: str, *told: tuple[str, int, dict[str, Any]]) -> RunTold:
    """What stands of one run after these check-ins, each a status, a second of its clock, and more."""
    run_id = uuid4().hex
    for status, second, more in told:
        members = {"check_in_id": run_id, "monitor_slug": slug, "status": status, "timestamp": at(second), **more}
        assert send_one(portal, members).status == 200
    return run_told(portal, run_id)


def test_an_end_without_its_start_began_its_duration_ago(known: RunningPortal) -> None:
    told = told_of(known, "ended", ("ok", 10, {"duration": 4}))
    assert told[1:4] == ("success", "03:04:06.000000", "03:04:10.000000")


def test_a_start_that_arrives_after_its_end_begins_no_run_anew(known: RunningPortal) -> None:
    told = told_of(known, "late", ("ok", 10, {}), ("in_progress", 5, {}))
    assert told[1:4] == ("success", "03:04:05.000000", "03:04:10.000000")
    assert job_row(known, "late")[1] == "ok"


def test_sent_twice_a_check_in_counts_once(known: RunningPortal) -> None:
    told_of(known, "twice", ("in_progress", 5, {}), ("in_progress", 5, {}), ("error", 9, {}), ("error", 9, {}))
    assert results_of(known, "twice") == ["error"]


def test_runs_that_overlap_are_told_apart(known: RunningPortal) -> None:
    one, other = uuid4().hex, uuid4().hex
    for run_id, status in ((one, "in_progress"), (other, "in_progress"), (one, "error"), (other, "ok")):
        told = check_in("overlap", status) | {"check_in_id": run_id}
        assert send_one(known, told).status == 200
    assert (run_told(known, one).result, run_told(known, other).result) == ("error", "success")


@pytest.mark.parametrize("none", [{"check_in_id": "0" * 32}, {"check_in_id": None}])
def test_an_end_without_an_id_is_that_of_the_newest_run_begun_so(known: RunningPortal, none: dict[str, Any]) -> None:
    slug = f"zeros-{uuid4().hex[:8]}"
    for status, second in (("in_progress", 5), ("in_progress", 7), ("ok", 9)):
        assert send_one(known, check_in(slug, status, timestamp=at(second)) | none).status == 200
    # The later of the two is over, and the earlier goes on.
    (run,) = known.database.rows(
        f"SELECT started_at FROM run JOIN job ON job.id = job_id WHERE job_key = '{slug}' AND result = 'success'"
    )
    assert clock_of(run[0]) == "03:04:07.000000"


def an_event(trace_id: str, value: str) -> tuple[str, dict[str, Any]]:
    values = [{"type": "OSError", "value": "cause"}, {"type": "ValueError", "value": value}]
    return "event", {"exception": {"values": values}, "contexts": {"trace": {"trace_id": trace_id}}}


def of_trace(slug: str, status: str, trace_id: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "check_in", check_in(slug, status, contexts={"trace": {"trace_id": trace_id}}, **more)


def message_of(portal: RunningPortal, slug: str) -> str | None:
    (run,) = runs_of(portal, slug)
    return run.message


def test_an_event_after_the_check_in_says_why_it_failed(known: RunningPortal) -> None:
    trace = uuid4().hex
    send(known, envelope(of_trace("event-after", "error", trace, duration=2)))
    assert message_of(known, "event-after") is None
    assert send(known, envelope(an_event(trace, "行がありません"))).status == 200
    assert message_of(known, "event-after") == "ValueError: 行がありません"


def test_an_event_while_the_run_went_on_says_why_it_failed(known: RunningPortal) -> None:
    trace = uuid4().hex
    send(known, envelope(an_event(trace, "no rows")))
    send(known, envelope(of_trace("event-before", "error", trace, duration=50)))
    assert message_of(known, "event-before") == "ValueError: no rows"


def test_an_event_in_the_same_envelope_says_why_it_failed(known: RunningPortal) -> None:
    trace = uuid4().hex
    message = ("event", {"logentry": {"message": "disk full"}, "contexts": {"trace": {"trace_id": trace}}})
    send(known, envelope(of_trace("event-within", "error", trace), message))
    assert message_of(known, "event-within") == "disk full"


def test_an_event_says_nothing_of_other_traces_nor_of_what_went_well(known: RunningPortal) -> None:
    trace = uuid4().hex
    send(known, envelope(an_event(trace, "other"), of_trace("event-other", "error", uuid4().hex, duration=9)))
    send(known, envelope(of_trace("event-well", "ok", trace, duration=9)))
    assert (message_of(known, "event-other"), message_of(known, "event-well")) == (None, None)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_alone_tells_of_a_run(known: RunningPortal, method: str) -> None:
    slug, run_id = f"address-{method.lower()}", str(uuid4())
    path = CRON_ADDRESS.format(slug) + f"?status=error&check_in_id={run_id}&duration=1.5&environment=staging"
    answer = known.request(method, path)
    assert (answer.status, answer.content) == (202, b"")
    assert run_told(known, run_id.replace("-", ""))[:2] == (f"{slug}@staging", "error")


def test_an_addresss_key_may_come_as_an_envelopes_does(known: RunningPortal) -> None:
    for path, headers in (
        ("/any/path/api/1/cron/keyed-address?status=ok", AUTH),
        (f"/api/1/cron/keyed-address/?status=ok&sentry_key={TOKEN}", {}),
        ("/api/1/cron/keyed-address?status=ok", in_basic(TOKEN)),
        (f"/api/1/cron/keyed-address/{TOKEN}?status=ok", {}),
    ):
        assert known.request("GET", path, None, headers).status == 202
    assert results_of(known, "keyed-address") == ["success"] * 4
    assert known.request("GET", "/api/1/cron/keyed-address?status=ok").status == 401
    assert known.request("GET", f"/api/1/cron/keyed-address/{'d' * 32}?status=ok").status == 403


@pytest.mark.parametrize("query", ["", "?status=", "?status=done", "?status=ok&duration=x", "?status=ok&duration=nan"])
def test_an_address_that_tells_nothing_is_refused(known: RunningPortal, query: str) -> None:
    answer = known.request("GET", CRON_ADDRESS.format("refused") + query)
    assert (answer.status, bool(answer.json["detail"])) == (400, True)


def test_json_by_the_address_may_ask_for_a_schedule_and_the_address_names_the_monitor(known: RunningPortal) -> None:
    body = json.dumps({"status": "ok", "monitor_slug": "other", "monitor_config": HOURLY}).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert known.request("POST", CRON_ADDRESS.format("by-json"), body, headers).status == 202
    assert results_of(known, "by-json") == ["success"]
    assert len(settings_told(known, "by-json")) == 1
    for faulty in (b"", b"[]", b"{"):
        assert known.request("POST", CRON_ADDRESS.format("by-json"), faulty, headers).status == 400


HOURLY = {"schedule": {"type": "crontab", "value": "0 * * * *"}, "timezone": "Asia/Tokyo"}
AS_HOURLY = [{"schedule": {"type": "cron", "lines": ["0 * * * *"], "time_zone": "Asia/Tokyo"}}]


def configured(portal: RunningPortal, slug: str, *configs: Any) -> list[tuple[str, Any]]:
    for config in configs:
        assert send_one(portal, check_in(slug, monitor_config=config)).status == 200
    return settings_told(portal, slug)


def test_told_again_and_again_settings_are_written_once(known: RunningPortal) -> None:
    interval = {"schedule": {"type": "interval", "value": 5, "unit": "minute"}, "checkin_margin": 2}
    assert len(configured(known, "steady", HOURLY, HOURLY, HOURLY)) == 1
    ((by, told),) = configured(known, "steady-interval", interval, interval)
    assert (by, told["grace"], told["max_runtime"]) == ("sentry (client)", "PT120S", "PT1800S")


def test_what_changes_in_the_clients_code_changes_and_what_it_leaves_out_stays(known: RunningPortal) -> None:
    told = configured(known, "changing", {**HOURLY, "checkin_margin": 10}, {"failure_issue_threshold": 3})
    assert told[-1][1] == {"grace": "PT600S", "max_runtime": "PT1800S", "tolerance": 3, "schedules": AS_HOURLY}


@pytest.mark.parametrize(
    ("config", "left"),
    [
        ({"checkin_margin": 0}, {"grace": "PT60S"}),
        ({"checkin_margin": 10**8}, {"grace": "P31D"}),
        ({"max_runtime": 90}, {"max_runtime": "PT5400S"}),
        ({"failure_issue_threshold": 700}, {"tolerance": 100}),
        ({"checkin_margin": "x", "max_runtime": None, "failure_issue_threshold": 0, "owner": "user:1"}, {}),
    ],
)
def test_numbers_are_taken_as_far_as_a_job_can_have_them(
    known: RunningPortal, config: dict[str, Any], left: dict[str, Any]
) -> None:
    ((_, told),) = configured(known, f"number-{uuid4().hex[:8]}", config)
    expected = {"grace": "PT60S", "max_runtime": "PT1800S"} | left
    assert {name: told.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    "schedule",
    [
        {"type": "crontab", "value": "0 0 0 * * *"},
        {"type": "crontab", "value": "* * 31 2 *"},
        {"type": "crontab", "value": "@reboot"},
        {"type": "crontab", "value": 5},
        {"type": "interval", "value": 1, "unit": "month"},
        {"type": "interval", "value": 0, "unit": "day"},
        {"type": "interval", "value": 10**30, "unit": "week"},
        {"type": "interval", "value": "x", "unit": "minute"},
        {"type": "moon"},
        "0 * * * *",
    ],
)
def test_settings_that_cannot_be_are_passed_over_and_the_check_in_counts(known: RunningPortal, schedule: Any) -> None:
    slug = f"impossible-{uuid4().hex[:8]}"
    assert configured(known, slug, {"schedule": schedule}) == []
    assert results_of(known, slug) == ["success"]
    assert slug in known.log()


def test_a_time_zone_that_is_not_is_passed_over(known: RunningPortal) -> None:
    assert configured(known, "nowhere", {**HOURLY, "timezone": "Moon/Sea"}, "no object") == []


def set_by_a_person(portal: RunningPortal, slug: str, definition: dict[str, Any]) -> None:
    """As the settings page leaves it."""
    portal.database.execute(
        "INSERT INTO job_settings (job_id, in_force_from, definition, changed_by) SELECT id, created_at, "
        f"'{json.dumps(definition)}', 'suzuki' FROM job WHERE job_key = '{slug}'"
    )
    portal.database.execute(
        "UPDATE job SET settings_id = (SELECT max(id) FROM job_settings WHERE job_id = job.id) "
        f"WHERE job_key = '{slug}'"
    )


def test_what_a_person_set_is_never_overwritten(known: RunningPortal) -> None:
    ((_, first),) = configured(known, "by-person", {**HOURLY, "checkin_margin": 10})
    by_person = {**first, "grace": "PT7200S"}
    set_by_a_person(known, "by-person", by_person)
    assert len(configured(known, "by-person", {**HOURLY, "checkin_margin": 10}, {**HOURLY, "checkin_margin": 20})) == 2
    told = configured(known, "by-person", {**HOURLY, "checkin_margin": 20, "max_runtime": 45})
    assert told[-1] == ("sentry (client)", {**by_person, "max_runtime": "PT2700S"})


def test_a_job_of_which_a_person_expected_something_first_is_that_persons(known: RunningPortal) -> None:
    assert send_one(known, check_in("persons")).status == 200
    set_by_a_person(known, "persons", {"grace": "PT7200S"})
    assert configured(known, "persons", HOURLY) == [("suzuki", {"grace": "PT7200S"})]
