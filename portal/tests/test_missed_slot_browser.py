"""From a Windows task to 未報告 and back, in a real Chromium: imported, previewed, expected, missed, recovered."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chromium import chromium_executable
from playwright.sync_api import Page, expect
from running_portal import RunningPortal
from test_browser import ARTIFACTS, browser, report, visit, watched

__all__ = ["browser", "visit", "watched"]

pytestmark = pytest.mark.skipif(chromium_executable() is None, reason="Chromium is not installed")

# Long enough to import the task and change its grace first, on a slow machine too.
UNTIL_DUE = timedelta(seconds=40)


def exported_task(folder: Path, due: datetime) -> str:
    """A task that is due once, at ``due``, as Windows exports it."""
    file = folder / "在庫照会.xml"
    file.write_text(
        '<?xml version="1.0" encoding="UTF-16"?>\r\n'
        '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">'
        "<RegistrationInfo><URI>\\在庫\\在庫照会</URI></RegistrationInfo>"
        f"<Triggers><TimeTrigger><StartBoundary>{due:%Y-%m-%dT%H:%M:%S}Z</StartBoundary></TimeTrigger></Triggers></Task>",
        encoding="utf-16",
    )
    return str(file)


def test_an_imported_task_that_does_not_run_is_seen_and_recovers(
    watched: RunningPortal, visit: Callable[..., Page], tmp_path: Path
) -> None:
    key = "stock-inquiry"
    page = visit(watched, "/jobs/import")
    page.locator("[name=files]").set_input_files(exported_task(tmp_path, datetime.now(UTC) + UNTIL_DUE))
    page.get_by_role("button", name="内容を確かめる").click()
    expect(page.locator(".task-times time").first).to_be_visible()
    page.locator("[name=key-0]").fill(key)
    page.locator("[name=title-0]").fill("在庫照会")
    page.locator("[name=take-0]").check()
    page.get_by_role("button", name="選んだタスクを保存").click()
    page.get_by_role("link", name="在庫照会").click()
    expect(page.locator("main")).to_contain_text("次の予定")
    page.screenshot(path=picture("1-expected"), full_page=True)

    page.get_by_role("link", name="設定を変更").click()
    page.locator("[name=grace]").fill("0")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("在庫照会")

    page.goto("/incidents")
    page.evaluate("window.notReloaded = true")
    card = page.locator(f"[data-job-key='{key}']")
    expect(card).to_contain_text("未報告", timeout=90_000)
    expect(card).to_contain_text("の予定の報告がありません")
    expect(page.locator("#incident-badge")).to_be_visible()
    page.screenshot(path=picture("2-missed"))

    report(watched, key, "success", datetime.now(UTC).isoformat())
    expect(card).to_contain_text("正常", timeout=10_000)
    assert page.evaluate("window.notReloaded") is True
    page.screenshot(path=picture("3-recovered"))
    card.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("遅着")
    page.screenshot(path=picture("4-history"), full_page=True)


def picture(name: str) -> Path:
    folder = ARTIFACTS / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"missed-slot-{name}.png"
