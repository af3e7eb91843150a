"""From a Windows task to 未報告 and back, in a real Chromium: imported, previewed, expected, missed, recovered."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chromium import chromium_executable
from databases import new_tables
from looks import picture
from playwright.sync_api import Page, expect
from running_portal import RunningPortal
from test_browser import PASSWORD, browser, logins, report, visit

__all__ = ["browser", "logins", "visit"]

pytestmark = pytest.mark.skipif(chromium_executable() is None, reason="Chromium is not installed")

# Long enough to import the task and change its grace first, on a slow machine too.
UNTIL_DUE = timedelta(seconds=40)
KEY = "stock-inquiry"


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


@pytest.fixture
def portals(tmp_path_factory: pytest.TempPathFactory, postgresql_url: str) -> Iterator[list[RunningPortal]]:
    """One on each kind of database, with an administrator to log in as: the time until the task is due passes for both at once."""
    running: list[RunningPortal] = []
    try:
        for kind in ("sqlite", "postgresql"):
            folder = tmp_path_factory.mktemp(kind)
            running.append(RunningPortal(new_tables(kind, folder, postgresql_url), folder).start("--no-alerts"))
            created = running[-1].command("createuser", "hanako", "--admin", "--password-stdin", stdin=PASSWORD)
            created.check_returncode()
        yield running
    finally:
        for portal in running:
            portal.stop()


def test_an_imported_task_that_does_not_run_is_seen_and_recovers(
    portals: list[RunningPortal], visit: Callable[..., Page], tmp_path: Path
) -> None:
    watching = [(portal, expecting_the_task(portal, visit(portal, "/jobs/import"), tmp_path)) for portal in portals]
    for portal, page in watching:
        assert_it_is_seen_and_recovers(portal, page)


def expecting_the_task(portal: RunningPortal, page: Page, folder: Path) -> Page:
    page.locator("[name=files]").set_input_files(exported_task(folder, datetime.now(UTC) + UNTIL_DUE))
    page.get_by_role("button", name="内容を確かめる").click()
    expect(page.locator(".task-times time").first).to_be_visible()
    page.locator("[name=key-0]").fill(KEY)
    page.locator("[name=title-0]").fill("在庫照会")
    page.locator("[name=take-0]").check()
    page.get_by_role("button", name="選んだタスクを保存").click()
    page.get_by_role("link", name="在庫照会").click()
    expect(page.locator("main")).to_contain_text("次の予定")
    picture(page, f"missed-slot-1-expected-{portal.database.kind}")

    page.get_by_role("link", name="設定を変更").click()
    page.locator("[name=grace]").fill("0")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("在庫照会")

    page.goto("/incidents")
    page.evaluate("window.notReloaded = true")
    return page


def assert_it_is_seen_and_recovers(portal: RunningPortal, page: Page) -> None:
    kind = portal.database.kind
    card = page.locator(f"[data-job-key='{KEY}']")
    expect(card).to_contain_text("未報告", timeout=90_000)
    expect(card).to_contain_text("の予定の報告がありません")
    expect(page.locator("#incident-badge")).to_be_visible()
    picture(page, f"missed-slot-2-missed-{kind}", full_page=False)

    report(portal, KEY, "success", datetime.now(UTC).isoformat())
    expect(card).to_contain_text("正常", timeout=10_000)
    assert page.evaluate("window.notReloaded") is True
    picture(page, f"missed-slot-3-recovered-{kind}", full_page=False)
    card.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("遅着")
    picture(page, f"missed-slot-4-history-{kind}")
