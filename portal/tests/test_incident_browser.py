"""The life of an incident in a real Chromium: fail, see, acknowledge with a note, another error, recover, look back."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from chromium import chromium_executable
from looks import picture
from playwright.sync_api import Page, expect
from running_portal import RunningPortal
from test_browser import browser, logins, report, visit, watched

__all__ = ["browser", "logins", "visit", "watched"]

pytestmark = pytest.mark.skipif(chromium_executable() is None, reason="Chromium is not installed")

LOGIN = "LoginError: ログインに失敗しました（試行 {}）"
DISK = "OSError: [WinError 112] ディスクに十分な空き領域がありません。"


def now() -> str:
    return datetime.now(UTC).isoformat()


WORDS = {
    "ja": {
        "note": "メモ",
        "until": "いつまで",
        "acknowledge": "対応中にする",
        "done": "まで対応中にしました。",
        "by": "hanako が対応中",
        "nobody": "未対応",
        "ended": "hanako の対応中が終わりました: エラーが変わったため",
        "cause": "原因と、どうやって直したか",
        "add": "メモを残す",
        "recovered": "復旧しました",
        "same": "同じエラー",
        "past": "過去の障害",
        "what": "ジョブ、エラー、メモ",
        "search": "検索",
    },
    "en": {
        "note": "Note",
        "until": "Until when",
        "acknowledge": "Acknowledge",
        "done": "Acknowledged until",
        "by": "Acknowledged by hanako",
        "nobody": "Not acknowledged",
        "ended": "The acknowledgement of hanako ended: the error has changed",
        "cause": "What was wrong, and what helped",
        "add": "Add the note",
        "recovered": "Recovered",
        "same": "The same error",
        "past": "Past incidents",
        "what": "Job, error or note",
        "search": "Search",
    },
}


@pytest.mark.parametrize(
    ("language", "script"), [("ja", True), ("en", False)], ids=["ja-with-javascript", "en-without-javascript"]
)
def test_the_life_of_an_incident(
    watched: RunningPortal, visit: Callable[..., Page], language: str, script: bool
) -> None:
    page, key = visit(watched, locale=language, java_script_enabled=script), f"life-{language}"
    words = WORDS[language]
    title = f"{key} の題"

    def fails(message: str) -> None:
        report(watched, key, "error", now(), message)

    def comes(text: str, place: str = "#incident-standing") -> None:
        """Wait for it as a person would: by itself where the page is live, else by asking again."""
        found = page.locator(place)
        for _ in range(30):
            if text in (found.inner_text(timeout=5_000) if found.count() else ""):
                return
            page.wait_for_timeout(500)
            if not script:
                page.reload()
        expect(found).to_contain_text(text)

    fails(LOGIN.format(1))
    comes(title, "main")
    page.locator("h3").get_by_role("link", name=title).click()
    comes("LoginError")
    comes(words["nobody"])
    shoot(page, "1-opened", script)

    page.get_by_label(words["note"], exact=True).first.fill("パスワードの期限を確認します")
    page.get_by_label(words["until"]).first.select_option("hour")
    page.get_by_role("button", name=words["acknowledge"], exact=True).click()
    expect(page.get_by_text(words["done"]).first).to_be_visible()
    comes(words["by"])
    fails(LOGIN.format(2))
    comes("試行 2", "#incident-course")
    comes(words["by"])
    shoot(page, "2-acknowledged", script)

    fails(DISK)
    comes("OSError")
    comes(words["nobody"])
    comes(words["ended"], "#incident-course")
    shoot(page, "3-another-error", script)

    fails(LOGIN.format(3))
    comes("LoginError")
    comes(words["nobody"])
    page.get_by_placeholder(words["cause"]).fill("再ログインで復旧")
    page.get_by_role("button", name=words["add"]).click()
    comes("再ログインで復旧", "#incident-course")
    report(watched, key, "success", now())
    comes(words["recovered"])
    shoot(page, "4-recovered", script)

    fails(LOGIN.format(4))
    page.goto("/incidents")
    comes(title, "main")
    page.locator("h3").get_by_role("link", name=title).click()
    comes(words["same"], "#incident-course")
    comes(f"{words['note']}: 再ログインで復旧", "#incident-course")
    comes(f"{words['note']}: パスワードの期限を確認します", "#incident-course")
    shoot(page, "5-the-same-error", script)

    page.goto("/incidents")
    page.locator(f"[data-job-key={key}]").get_by_role("button", name=words["acknowledge"]).click()
    expect(page.locator(".cared-for-ones")).to_contain_text(title)
    report(watched, key, "success", now())
    page.get_by_role("link", name=words["past"]).click()
    page.get_by_placeholder(words["what"]).fill("再ログイン")
    page.get_by_role("button", name=words["search"]).click()
    found = page.locator("tbody tr", has=page.get_by_role("link", name=title))
    expect(found).to_have_count(1)
    expect(found).to_contain_text("再ログインで復旧")


def shoot(page: Page, name: str, script: bool) -> None:
    if script:
        picture(page, f"incident-life-{name}")
