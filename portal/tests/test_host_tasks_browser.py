"""From a PC's Task Scheduler to its page, as people have it: ``tc-report tasks`` sends, the page judges, one click monitors."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from chromium import chromium_executable
from looks import WIDTHS, assert_fits_and_is_accessible
from playwright.sync_api import Page, expect
from running_portal import SECRET, RunningPortal
from test_browser import browser, logins, visit, watched

__all__ = ["browser", "logins", "visit", "watched"]

RECORDED = Path(__file__).parents[2] / "reporter" / "tests" / "recorded_tasks"

pytestmark = pytest.mark.skipif(chromium_executable() is None, reason="Chromium is not installed")


def tell_tasks(portal: RunningPortal, language: str) -> None:
    files = {"--xml": f"{language}.xml", "--csv": f"{language}.csv", "--events": f"{language}.events.xml"}
    given = [word for option, name in files.items() for word in (option, str(RECORDED / name))]
    variables = {"TC_PORTAL_MONITOR_URL": f"{portal.url}/api/monitor/job-report", "TC_PORTAL_WEBHOOK_SECRET": SECRET}
    environment = {**os.environ, **variables, "TC_PORTAL_CONFIG": "none", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "tc_portal_reporter", "tasks", *given]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("has_script", [True, False])
def test_a_pcs_tasks_are_judged_and_one_is_monitored_by_a_click(
    watched: RunningPortal, visit: Callable[..., Page], has_script: bool
) -> None:
    tell_tasks(watched, "ja")
    page = visit(watched, "/hosts", java_script_enabled=has_script)
    page.get_by_role("link", name="PC-KEIRI").click()
    row = page.locator("tbody tr", has_text="\\TC\\月次締め")
    expect(row).to_contain_text("起動できず")
    expect(row).to_contain_text("利用者名またはパスワードが違う")
    expect(page.locator("tbody tr", has_text="\\TC\\バックアップ")).to_contain_text("実行時間の上限を超えたため")
    # Its arguments say under which key it reports.
    path, key = ("\\TC\\売上集計", "sales-report") if has_script else ("\\TC\\バックアップ", "TC-バックアップ")
    page.get_by_role("button", name=f"{path} を監視する").click()
    expect(page.get_by_text(f"キー「{key}」で監視します")).to_be_visible()
    expect(page.get_by_role("button", name=f"{path} を監視する")).to_have_count(0)
    expect(page.locator("tbody tr", has_text=path)).to_contain_text("強制終了" if "バック" in path else "報告待ち")
    rows = watched.database.rows(f"SELECT verdict FROM job WHERE job_key = '{key}'")
    assert rows == [("waiting",)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="module")
@pytest.mark.parametrize(("language", "theme"), [("ja", "light"), ("en", "dark")])
def test_the_page_is_accessible_and_fits_its_width(
    watched: RunningPortal, visit: Callable[..., Page], language: str, theme: str
) -> None:
    tell_tasks(watched, language)
    page = visit(watched, "/hosts", locale=language, color_scheme=theme)
    assert_fits(page)
    page.get_by_role("link", name="PC-KEIRI" if language == "ja" else "ACCOUNTS-01").click()
    expect(page.locator("#tasks")).to_be_visible()
    assert_fits(page)


def assert_fits(page: Page) -> None:
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 900})
        assert_fits_and_is_accessible(page, f"{page.url} at {width}")
