"""The portal in a real Chromium: what a person sees of what happens."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chromium import ARGUMENTS, chromium_executable
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright
from running_portal import RunningPortal

PASSWORD = "a long pass phrase 1"

pytestmark = pytest.mark.skipif(chromium_executable() is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium_executable(), args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def watched(portal: RunningPortal) -> RunningPortal:
    """A portal with an administrator to log in as."""
    portal.command("createuser", "hanako", "--admin", "--password-stdin", stdin=PASSWORD).check_returncode()
    return portal


@pytest.fixture(scope="module")
def logins() -> dict[str, StorageState]:
    """What a browser keeps of a login at a portal, by the portal's database."""
    return {}


@pytest.fixture
def visit(browser: Browser, logins: dict[str, StorageState]) -> Iterator[Callable[..., Page]]:
    """Opens a logged-in page; every page's console is watched, and any complaint fails the test.

    Who has logged in at a portal stays so in later visits. Without JavaScript it is done anew.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(portal: RunningPortal, path: str = "/incidents", **options: Any) -> Page:
        login = logins.get(portal.database.url) if options.get("java_script_enabled", True) else None
        options = {"locale": "ja-JP", "storage_state": login, **options}
        contexts.append(browser.new_context(base_url=portal.url, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        if login is None:
            page.locator("[name=login]").fill("hanako")
            page.locator("[name=password]").fill(PASSWORD)
            page.locator("form[action*=login] button[type=submit]").click()
            page.wait_for_url(f"**{path}")
            logins[portal.database.url] = contexts[-1].storage_state()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def report(portal: RunningPortal, key: str, status: str, finished_at: str, message: str = "処理結果") -> None:
    answer = portal.report(
        {"job_key": key, "title": f"{key} の題", "status": status, "finished_at": finished_at, "message": message}
    )
    assert answer.status == 200


def test_a_failing_job_appears_and_goes_without_a_reload(watched: RunningPortal, visit: Callable[..., Page]) -> None:
    page = visit(watched)
    expect(page.get_by_role("heading", level=1)).to_have_text("障害情報")
    badge = page.locator("#incident-badge")
    expect(badge).to_be_hidden()
    page.evaluate("window.notReloaded = true")

    report(watched, "live", "error", "2026-01-25T00:00:00Z", "ログインに失敗しました")
    expect(page.get_by_text("live の題")).to_be_visible(timeout=5_000)
    expect(page.get_by_text("ログインに失敗しました")).to_be_visible()
    expect(badge).to_contain_text("1")
    assert page.title().startswith("(1)")
    trouble = page.locator("link[rel=icon]").get_attribute("href")

    report(watched, "live", "success", "2026-01-25T01:00:00Z")
    expect(badge).to_be_hidden(timeout=5_000)
    assert not page.title().startswith("(")
    assert page.locator("link[rel=icon]").get_attribute("href") != trouble
    assert page.evaluate("window.notReloaded") is True


def test_the_list_of_jobs_and_a_jobs_page_follow_without_a_reload(
    watched: RunningPortal, visit: Callable[..., Page]
) -> None:
    report(watched, "followed", "success", "2026-01-25T00:00:00Z", "はじめ")
    ((job_id,),) = watched.database.rows("SELECT id FROM job WHERE job_key = 'followed'")
    job_list, job_page = visit(watched, "/jobs?q=followed"), visit(watched, f"/jobs/{job_id}")
    job_page.locator("#tags").fill("書きかけ")
    report(watched, "followed", "error", "2026-01-25T01:00:00Z", "あとで失敗")
    expect(job_list.locator("tbody tr")).to_contain_text("失敗", timeout=8_000)
    expect(job_page.locator("#job-head")).to_contain_text("失敗", timeout=8_000)
    expect(job_page.locator("#runs-table tbody tr").first).to_contain_text("あとで失敗")
    expect(job_page.locator("#tags")).to_have_value("書きかけ")
    report(watched, "followed", "success", "2026-01-25T02:00:00Z")


def test_without_javascript_a_reload_shows_the_same(watched: RunningPortal, visit: Callable[..., Page]) -> None:
    page = visit(watched, java_script_enabled=False)
    report(watched, "no-script", "error", "2026-01-25T00:00:00Z")
    page.reload()
    expect(page.get_by_text("no-script の題")).to_be_visible()
    expect(page.locator("#incident-badge")).to_contain_text("1")
    assert page.title().startswith("(1)")
    report(watched, "no-script", "success", "2026-01-25T01:00:00Z")
    page.reload()
    expect(page.locator("#incident-badge")).to_be_hidden()


def test_the_first_report_of_a_new_job_turns_the_line_green(
    watched: RunningPortal, visit: Callable[..., Page]
) -> None:
    page = visit(watched)
    page.goto("/jobs/add?job_key=brand-new&title=x")
    expect(page.get_by_text("最初の報告を待っています")).to_be_visible()
    report(watched, "brand-new", "success", "2026-01-25T00:00:00Z")
    expect(page.get_by_text("最初の報告を待っています")).to_be_hidden(timeout=5_000)
    expect(page.get_by_role("link", name="brand-new の題")).to_be_visible()


def test_what_a_schedule_means_is_seen_while_it_is_typed(watched: RunningPortal, visit: Callable[..., Page]) -> None:
    report(watched, "scheduled", "success", "2026-01-25T00:00:00Z")
    ((job_id,),) = watched.database.rows("SELECT id FROM job WHERE job_key = 'scheduled'")
    page = visit(watched, f"/jobs/{job_id}/settings")
    page.get_by_role("button", name="スケジュールを追加").click()
    page.get_by_text("営業日", exact=True).locator("xpath=ancestor::label").click()
    expect(page.get_by_label("曜日")).to_be_hidden()
    page.get_by_label("時刻").fill("25:30")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("毎営業日 25:30（翌日 01:30）（カレンダー: 日本の営業日）", timeout=10_000)
    expect(preview.locator(".day.due").first).to_be_visible()
    page.get_by_label("時刻").fill("99")
    expect(preview).to_contain_text("時刻「99」を読めません", timeout=10_000)
    page.get_by_label("時刻").fill("07:30")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("設定を保存しました。")).to_be_visible()
    expect(page.locator("#preview")).to_contain_text("毎営業日 07:30")


def test_the_browsers_language_is_used_until_the_person_chooses(
    watched: RunningPortal, visit: Callable[..., Page]
) -> None:
    page = visit(watched, locale="en-US")
    expect(page.get_by_role("heading", level=1)).to_have_text("Incidents")
    page.goto("/settings")
    page.locator("select[name=language]").select_option("ja")
    page.locator("form[action*=language] button[type=submit]").first.click()
    page.goto("/incidents")
    expect(page.get_by_role("heading", level=1)).to_have_text("障害情報")
    page.goto("/settings")
    page.locator("select[name=language]").select_option("")
    page.locator("form[action*=language] button[type=submit]").first.click()


def test_a_plan_shows_its_next_times_while_it_is_made_and_keeps_its_jobs_quiet(
    watched: RunningPortal, visit: Callable[..., Page]
) -> None:
    report(watched, "moved", "error", "2026-01-25T00:00:00Z")
    page = visit(watched)
    badge = page.locator("#incident-badge")
    expect(badge).to_contain_text("1")
    page.goto("/maintenance/new")
    page.get_by_label("表示名").fill("倉庫の移設")
    page.get_by_label("1 つのジョブ").check()
    page.get_by_label("キー").fill("moved")
    expect(page.get_by_label("cron の式").last).to_be_hidden()
    page.locator("[name=when][value=cron]").check()
    page.locator("input[name=cron]").fill("* * * * *")
    page.locator("input[name=cron]").blur()
    expect(page.locator("#next-windows li")).to_have_count(5)
    page.get_by_role("button", name="計画する").click()
    expect(page.get_by_text("メンテナンス「倉庫の移設」を計画しました。")).to_be_visible()
    page.goto("/incidents")
    expect(page.locator(".quiet-ones").get_by_text("moved の題")).to_be_visible()
    expect(badge).to_be_hidden()
    page.goto("/maintenance")
    page.get_by_role("link", name="削除").click()
    page.locator("main form button").click()
    expect(badge).to_contain_text("1", timeout=5_000)
    report(watched, "moved", "success", "2026-01-25T01:00:00Z")
