"""Every page in a real Chromium, full of sample data: in both languages and themes, wide and narrow."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from chromium import chromium_executable
from databases import new_tables
from looks import LOOKS, WIDTHS, assert_fits_and_is_accessible, picture
from playwright.sync_api import Page
from running_portal import RunningPortal
from test_browser import PASSWORD, browser, logins, visit

__all__ = ["browser", "logins", "visit"]

PAGES = {
    "incidents": "/incidents",
    "incidents-filtered": "/incidents?q=DB",
    "wall": "/incidents?wall=1",
    "wall-calm": "/incidents?wall=1&q=nothing+of+the+kind",
    "jobs": "/jobs",
    "timeline": "/timeline",
    "timeline-by-host": "/timeline?by=host&span=week",
    "reports": f"/reports/{datetime.now():%Y-%m}",
    "add-job": "/jobs/add",
    "jobs-by-tool": "/jobs?group=tool&sort=gravity",
    "missed-jobs": "/jobs?verdict=missed",
    "tools": "/tools",
    "maintenance": "/maintenance",
    "new-maintenance": "/maintenance/new",
    "calendars": "/calendars",
    "new-calendar": "/calendars/new",
    "channels": "/channels",
    "channel-kinds": "/channels/new",
    "new-channel": "/channels/new/mail",
    "alerts": "/alerts",
    "routes": "/routes",
    "new-route": "/routes/new",
    "rosters": "/rosters",
    "new-roster": "/rosters/new",
    "digests": "/digests",
    "new-digest": "/digests/new",
    "settings": "/settings",
}

pytestmark = pytest.mark.skipif(chromium_executable() is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """A portal full of sample data."""
    folder = tmp_path_factory.mktemp("demo")
    portal = RunningPortal(new_tables("sqlite", folder, None), folder)
    portal.command("demo").check_returncode()
    portal.command("createuser", "hanako", "--admin", "--password-stdin", stdin=PASSWORD).check_returncode()
    yield portal.start()
    portal.stop()


def pages_of_jobs(demo: RunningPortal) -> dict[str, str]:
    """A job of each verdict, and the settings of one."""
    jobs = demo.database.rows("SELECT verdict, min(id) FROM job GROUP BY verdict")
    pages = {f"job-{verdict}": f"/jobs/{number}" for verdict, number in jobs}
    return pages | {"job-settings": f"{pages['job-error']}/settings"}


def pages_of_incidents(demo: RunningPortal) -> dict[str, str]:
    """An open incident of each kind, one that is over, and the past ones."""
    open_ones = demo.database.rows(
        "SELECT CASE WHEN closed_at IS NOT NULL THEN 'closed' WHEN acknowledged_at IS NOT NULL THEN 'acknowledged'"
        " WHEN muted_until IS NOT NULL THEN 'muted' ELSE verdict END, min(id)"
        " FROM incident WHERE resolved_at IS NULL GROUP BY 1"
    )
    ((past,),) = demo.database.rows("SELECT max(id) FROM incident WHERE resolved_at IS NOT NULL AND gist IS NOT NULL")
    pages = {f"incident-{kind}": f"/incidents/{number}" for kind, number in open_ones}
    assert pages.keys() >= {f"incident-{kind}" for kind in ("closed", "acknowledged", "muted", "error", "missed")}
    return pages | {"incident-past": f"/incidents/{past}", "incidents-past": "/incidents/past"}


@pytest.mark.parametrize(("theme", "language", "width"), LOOKS)
def test_every_page_is_accessible_and_fits_its_width(
    demo: RunningPortal, visit: Callable[..., Page], theme: str, language: str, width: str
) -> None:
    page = visit(demo, locale=language, color_scheme=theme, viewport={"width": WIDTHS[width], "height": 900})
    for name, path in {**PAGES, **pages_of_jobs(demo), **pages_of_incidents(demo)}.items():
        page.goto(path)
        picture(page, f"{name}-{theme}-{language}-{width}", full_page=width == "wide")
        assert_fits_and_is_accessible(page, name)
