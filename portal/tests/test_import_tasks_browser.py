"""Importing tasks in a real Chromium: files chosen, the preview seen, saved, and the jobs there with their next due time."""

from collections.abc import Callable
from pathlib import Path

import pytest
from chromium import chromium_executable
from looks import WIDTHS, assert_fits_and_is_accessible
from playwright.sync_api import Page, expect
from running_portal import RunningPortal
from test_browser import browser, logins, visit, watched

__all__ = ["browser", "logins", "visit", "watched"]

CORPUS = sorted(str(path) for path in (Path(__file__).parent / "core" / "task_xml").glob("*.xml"))

pytestmark = pytest.mark.skipif(chromium_executable() is None, reason="Chromium is not installed")


@pytest.fixture
def exported(tmp_path: Path) -> str:
    """A task as Windows exports it: UTF-16 with a byte order mark."""
    file = tmp_path / "売上集計.xml"
    file.write_text(
        '<?xml version="1.0" encoding="UTF-16"?>\r\n'
        '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">'
        "<RegistrationInfo><URI>\\経理\\売上集計</URI></RegistrationInfo>"
        "<Triggers><CalendarTrigger><StartBoundary>2025-01-01T06:00:00</StartBoundary><ScheduleByDay/></CalendarTrigger>"
        "<LogonTrigger/></Triggers></Task>",
        encoding="utf-16",
    )
    return str(file)


@pytest.mark.parametrize("has_script", [True, False])
def test_a_task_is_chosen_seen_saved_and_listed(
    watched: RunningPortal, visit: Callable[..., Page], exported: str, has_script: bool
) -> None:
    key = f"売上-{has_script}"
    page = visit(watched, "/jobs", java_script_enabled=has_script)
    page.get_by_role("link", name="タスクを取り込む").click()
    page.locator("[name=files]").set_input_files(exported)
    page.locator("[name=host]").fill(f"PC-{has_script}")
    page.get_by_role("button", name="内容を確かめる").click()
    expect(page.get_by_text("毎日 06:00")).to_be_visible()
    expect(page.get_by_text("いつ動くか予測できません: ログオン時")).to_be_visible()
    expect(page.locator(".task-times time")).to_have_count(5)
    assert watched.database.rows(f"SELECT 1 FROM job WHERE job_key = '{key}'") == []

    page.locator("[name=key-0]").fill(key)
    if page.locator("[name=job-0]").count():
        page.locator("[name=job-0]").select_option("")
    page.locator("[name=title-0]").fill(f"売上集計 {has_script}")
    page.locator("[name=take-0]").check()
    page.get_by_role("button", name="選んだタスクを保存").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("取り込みました")
    page.get_by_role("link", name=f"売上集計 {has_script}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"売上集計 {has_script}")
    ((verdict, deadline),) = watched.database.rows(f"SELECT verdict, deadline FROM job WHERE job_key = '{key}'")
    # Due at 06:00 in Tokyo, it is missed half an hour later.
    assert verdict == "waiting" and str(deadline)[11:16] in ("21:30", "06:30")
    page.goto("/jobs")
    row = page.locator("tbody tr", has_text=f"売上集計 {has_script}")
    expect(row).to_be_visible()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="module")
@pytest.mark.parametrize(("theme", "language"), [("light", "ja"), ("dark", "en")])
def test_files_and_preview_are_accessible_and_fit_their_width(
    watched: RunningPortal, visit: Callable[..., Page], theme: str, language: str
) -> None:
    page = visit(watched, "/jobs/import", locale=language, color_scheme=theme)
    assert_fits(page)
    page.locator("[name=files]").set_input_files(CORPUS)
    page.locator("form.import-files button[type=submit]").click()
    expect(page.locator("li.task").first).to_be_visible()
    assert_fits(page)


def assert_fits(page: Page) -> None:
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 900})
        assert_fits_and_is_accessible(page, f"{page.url} at {width}")
