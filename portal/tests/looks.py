"""How pages look: the themes, languages and widths they are seen in, what must hold in each, and pictures for people."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = {"wide": 1280, "narrow": 390}
# Each theme in each language, each width in each of either.
LOOKS = [("light", "ja", "wide"), ("dark", "en", "wide"), ("dark", "ja", "narrow"), ("light", "en", "narrow")]
PICTURES = Path(__file__).parents[2] / "test-artifacts" / "screenshots"


def assert_fits_and_is_accessible(page: Page, name: str) -> None:
    """No sideways scrolling at this width, and nothing that axe calls serious or critical."""
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{name} scrolls sideways by {overflow} px"
    serious = [
        (violation["id"], [node["target"] for node in violation["nodes"]][:3])
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == [], name


def picture(page: Page, name: str, full_page: bool = True) -> None:
    """Keep a picture of the page for people to look at, where ``make pictures`` asks for them: no test looks at one."""
    if os.environ.get("TC_PORTAL_TEST_PICTURES"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=full_page)
