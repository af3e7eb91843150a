"""受信用トークン: made by administrators, shown once, revoked."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from job_rows import a_job, on_each_database
from shown_page import ShownPage
from tc_portal.core.ping_token import token_digest
from tc_portal.jobs.models import PingTokenRow
from tc_portal.jobs.ping_tokens import keep_token, new_token, note_use, valid_tokens

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def shown(page: ShownPage, form: str) -> str:
    return page.one("pre", id=f"token-{form}").text


@on_each_database
def test_a_job_token_is_made_and_shown_once_in_each_of_its_forms(admin: Client) -> None:
    answer = admin.post("/tokens", {"name": "夜間", "job_key": "nightly"})
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    page = ShownPage(answer)
    (row,) = PingTokenRow.objects.all()
    assert (row.kind, row.job_key, row.name, row.created_by) == ("job", "nightly", "夜間", "hanako")
    tokens = [shown(page, form) for form in ("hex", "uuid", "short")]
    assert [token_digest(token) for token in tokens] == [row.digest] * 3
    assert [len(token) for token in tokens] == [32, 36, 22]
    again = admin.get("/tokens").text
    assert not any(token in again for token in [*tokens, row.digest])


@on_each_database
def test_the_portals_token_is_of_no_job(admin: Client) -> None:
    page = ShownPage(admin.post("/tokens", {"name": "全体", "job_key": " "}))
    assert PingTokenRow.objects.get().kind == "portal"
    assert not page.all("pre", id="uptime-kuma-lines")


def test_each_token_is_another(admin: Client) -> None:
    made = {shown(ShownPage(admin.post("/tokens", {"name": "x", "job_key": "x"})), "hex") for _ in range(3)}
    assert len(made) == PingTokenRow.objects.count() == 3


def test_the_lines_hold_the_portals_address_and_the_token(admin: Client) -> None:
    page = ShownPage(admin.post("/tokens", {"name": "夜間", "job_key": "nightly"}))
    token = shown(page, "hex")
    kuma = page.one("pre", id="uptime-kuma-lines").text
    assert kuma == f"http://testserver/api/push/{token}?status=up&msg=OK&ping="
    assert f"http://testserver/api/v1/heartbeat/{token}/fail" in page.one("pre", id="better-stack-lines").text
    assert f"http://testserver/snitch/{token}" in page.one("pre", id="dead-mans-snitch-lines").text
    uuid = shown(page, "uuid")
    assert f"http://testserver/ping/{uuid}/start\n" in page.one("pre", id="healthchecks-lines").text


def test_the_lines_of_the_portals_token_name_the_job(admin: Client) -> None:
    page = ShownPage(admin.post("/tokens", {"name": "全体", "job_key": ""}))
    lines = page.one("pre", id="healthchecks-slug-lines").text
    assert lines.startswith(f"http://testserver/ping/{shown(page, 'hex')}/my-job?create=1\n")
    assert not page.all("pre", id="uptime-kuma-lines")


def test_the_portals_lines_are_a_dsn_and_addresses_that_name_the_job(admin: Client) -> None:
    page = ShownPage(admin.post("/tokens", {"name": "全体", "job_key": ""}))
    token = shown(page, "hex")
    assert page.one("pre", id="sentry-dsn-lines").text == f"http://{token}@testserver/1"
    assert f"http://testserver/api/1/cron/my-job/{token}/?status=ok" in page.one("pre", id="sentry-cron-lines").text
    assert f"http://testserver/p/{token}/my-job?state=complete" in page.one("pre", id="cronitor-lines").text


def test_add_a_job_offers_the_lines_that_name_it_without_a_token(viewer: Client) -> None:
    page = ShownPage(viewer.get("/jobs/add", {"job_key": "a/売上"}))
    assert page.one("pre", id="sentry-dsn-lines").text == "http://<トークン>@testserver/1"
    assert "/p/<トークン>/a%2F%E5%A3%B2%E4%B8%8A?state=run" in page.one("pre", id="cronitor-lines").text


@on_each_database
def test_a_token_that_the_clients_carry_already_is_kept_once(admin: Client) -> None:
    form = {"name": "夜間", "job_key": "nightly", "token": "c2354d53d2"}
    page = ShownPage(admin.post("/tokens", form))
    assert shown(page, "hex") == "c2354d53d2"
    assert not page.all("pre", id="token-uuid")
    assert PingTokenRow.objects.get().digest == token_digest("c2354d53d2")
    again = admin.post("/tokens", {**form, "job_key": "other"})
    assert (again.status_code, PingTokenRow.objects.count()) == (400, 1)
    assert ShownPage(again).one("span", "error", role="alert").text.startswith("このトークンはすでに登録されています")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "名" * 201},
        {"job_key": "k" * 501},
        {"job_key": "a\0b"},
        {"token": "short"},
        {"token": "https://hc-ping.com/abcdefghij"},
        {"token": "x" * 201},
    ],
)
def test_what_cannot_be_a_token_makes_none_and_says_why(admin: Client, wrong: dict[str, str]) -> None:
    answer = admin.post("/tokens", {"name": "夜間", "job_key": "nightly", "token": "", **wrong})
    assert (answer.status_code, PingTokenRow.objects.count()) == (400, 0)
    assert ShownPage(answer).one("span", "error", role="alert").text


def test_a_token_that_is_pasted_with_white_space_is_meant_without_it(admin: Client) -> None:
    page = ShownPage(admin.post("/tokens", {"name": "夜間", "job_key": " nightly ", "token": " c2354d53d2\n"}))
    assert shown(page, "hex") == "c2354d53d2"
    assert PingTokenRow.objects.get().job_key == "nightly"


@on_each_database
def test_revoking_asks_first_and_holds_for_ever(admin: Client) -> None:
    new_token("夜間", "nightly", "taro", NOW)
    row = PingTokenRow.objects.get()
    assert "「夜間」を数秒以内に無効にします。" in admin.get(f"/tokens/{row.id}/revoke").text
    assert [token.job_key for token in valid_tokens()] == ["nightly"]
    said = admin.post(f"/tokens/{row.id}/revoke", follow=True)
    assert ShownPage(said).texts("p", "success") == ["トークン「夜間」を無効にしました。"]
    assert valid_tokens() == [] == valid_tokens([row.digest])
    revoked_at = PingTokenRow.objects.get().revoked_at
    assert admin.post(f"/tokens/{row.id}/revoke").status_code == 302
    assert PingTokenRow.objects.get().revoked_at == revoked_at
    assert not ShownPage(admin.get("/tokens")).all("a", href=f"/tokens/{row.id}/revoke")


@on_each_database
def test_the_list_says_when_a_token_was_used_last(viewer: Client) -> None:
    new_token("夜間", "nightly", "taro", NOW)
    row = PingTokenRow.objects.get()
    for day in (date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 3)):
        note_use([row.digest], day)
    assert ShownPage(viewer.get("/tokens")).column(3) == ["2026-03-04"]


@on_each_database
def test_a_jobs_page_leads_to_the_jobs_tokens(admin: Client) -> None:
    job = a_job("sales", title="売上 & 日報")
    new_token("売上", "sales", "taro", NOW)
    new_token("ほか", "other", "taro", NOW)
    (link,) = re.findall(r'href="(/tokens\?[^"]+)"', admin.get(f"/jobs/{job.id}").text)
    page = ShownPage(admin.get(link.replace("&amp;", "&")))
    assert page.texts("th", scope="row") == ["売上"]
    assert page.one("input", name="job_key").attributes["value"] == "sales"
    assert page.one("input", name="name").attributes["value"] == "売上 & 日報"


@on_each_database
@pytest.mark.parametrize("job_key", ["a\0b", "x" * 3000, "\ud800", "無い"])
def test_any_key_may_be_asked_for(viewer: Client, job_key: str) -> None:
    assert viewer.get("/tokens", {"job_key": job_key.encode("utf-8", "replace")}).status_code == 200


@on_each_database
def test_a_valid_token_has_the_title_that_its_job_has_now(data: object) -> None:
    keep_token("a-token-of-a-job", "名前", "sales", "taro", NOW)
    assert [token.title for token in valid_tokens()] == ["名前"]
    a_job("sales", title="売上日報")
    assert [token.title for token in valid_tokens()] == ["売上日報"]


def test_add_a_job_offers_the_lines_without_a_token(admin: Client, viewer: Client) -> None:
    for client, may_make in ((admin, 1), (viewer, 0)):
        page = ShownPage(client.get("/jobs/add", {"job_key": "sales report", "title": "売上"}))
        assert "/api/push/<トークン>?status=up" in page.one("pre", id="uptime-kuma-lines").text
        assert len(page.all("a", href="/tokens?job_key=sales%20report&name=%E5%A3%B2%E4%B8%8A")) == may_make
