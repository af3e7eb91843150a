"""The board in a real Chromium: by keyboard, with several incidents at once with and without JavaScript, and on the wall."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from chromium import chromium_executable
from playwright.sync_api import Page, expect
from running_portal import RunningPortal
from test_browser import browser, logins, report, visit, watched

__all__ = ["browser", "logins", "visit", "watched"]

pytestmark = pytest.mark.skipif(chromium_executable() is None, reason="Chromium is not installed")


def fail(portal: RunningPortal, *keys: str) -> None:
    for key in keys:
        report(portal, key, "error", datetime.now(UTC).isoformat(), "ログインに失敗しました")


def recover(portal: RunningPortal, *keys: str) -> None:
    for key in keys:
        report(portal, key, "success", datetime.now(UTC).isoformat())


def active_title(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.textContent")
    return text


def test_the_board_by_keyboard(watched: RunningPortal, visit: Callable[..., Page]) -> None:
    fail(watched, "k1", "k2", "k3")
    page = visit(watched, "/incidents")
    expect(page.locator(".failing .card")).to_have_count(3)
    titles = page.locator(".failing h3").all_inner_texts()
    page.keyboard.press("j")
    assert active_title(page) == titles[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert active_title(page) == titles[1]
    page.keyboard.press("x")
    expect(page.locator("#ticked-count")).to_have_text(" (1)")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("jk/a?x")
    expect(page.locator("#q")).to_have_value("jk/a?x")
    page.locator("#q").fill("")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator(".cared-for-ones .card")).to_have_count(1)
    expect(page.locator(".cared-for-ones")).to_contain_text(titles[0])
    page.locator("#show-keys").click()
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(page.locator("#keys")).to_be_hidden()
    recover(watched, "k1", "k2", "k3")


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without-javascript"])
def test_several_are_acknowledged_within_what_is_shown(
    watched: RunningPortal, visit: Callable[..., Page], script: bool
) -> None:
    keys = [f"several-{script}-{number}" for number in range(3)]
    fail(watched, *keys)
    page = visit(watched, "/incidents?q=several", java_script_enabled=script)
    expect(page.locator(".failing .card")).to_have_count(3)
    if script:
        expect(page.locator("#several")).to_be_hidden()
    page.locator(f"[data-job-key={keys[0]}] .pick").check()
    page.locator(f"[data-job-key={keys[2]}] .pick").check()
    if script:
        # The page changes below the ticks, which stay.
        fail(watched, "several more")
        expect(page.locator(".failing .card")).to_have_count(4, timeout=8_000)
        expect(page.locator(".pick:checked")).to_have_count(2)
        recover(watched, "several more")
    page.locator("#several button[value=acknowledge]").click()
    expect(page.locator(".notice.success")).to_contain_text("2 件を")
    assert page.url.endswith("/incidents?q=several")
    expect(page.locator(".cared-for-ones .card")).to_have_count(2)
    recover(watched, *keys)


def test_the_wall_follows_without_a_reload(watched: RunningPortal, visit: Callable[..., Page]) -> None:
    page = visit(watched, "/incidents", viewport={"width": 1920, "height": 1080})
    page.get_by_role("link", name="大画面").click()
    expect(page.locator("#wall-title")).to_contain_text("すべて正常")
    page.evaluate("window.notReloaded = true")
    fail(watched, "on-the-wall")
    expect(page.locator(".wall-card h2")).to_have_text("on-the-wall の題", timeout=8_000)
    expect(page.locator("#wall-title")).to_contain_text("障害 1 件")
    # Some four centimetres on a screen of a metre, and nothing to scroll to.
    assert page.locator(".wall-card h2").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 40
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    recover(watched, "on-the-wall")
    expect(page.locator("#wall-title")).to_contain_text("すべて正常", timeout=8_000)
    assert page.evaluate("window.notReloaded") is True
