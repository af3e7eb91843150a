"""Which Chromium the browser tests drive."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_executable() -> str | None:
    """The system's Chromium, else the one that Playwright downloaded, else None."""
    if (found := next((path for name in NAMES if (path := shutil.which(name))), None)) is not None:
        return found
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous API wants no running event loop, and Django none of its checks here.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None
