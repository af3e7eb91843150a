"""What the job's environment says about the portal: the guide's four variables, and a time limit."""

from __future__ import annotations

import os
from typing import NamedTuple, Tuple

URL = "TC_PORTAL_MONITOR_URL"
SECRET = "TC_PORTAL_WEBHOOK_SECRET"
JOB_KEY = "TC_PORTAL_JOB_KEY"
JOB_TITLE = "TC_PORTAL_JOB_TITLE"
TIMEOUT = "TC_PORTAL_TIMEOUT"

DEFAULT_JOB_KEY = "default-job"
DEFAULT_JOB_TITLE = "Default Job"
DEFAULT_TIMEOUT_SECONDS = 10.0
LONGEST_TIMEOUT_SECONDS = 300.0


class Settings(NamedTuple):
    """Where to report to, and as what. ``url`` or ``secret`` is empty where it is not set.

    ``mask_patterns`` are regular expressions of what must not leave this PC, as the user wrote them.
    """

    url: str
    secret: str
    job_key: str
    title: str
    timeout_seconds: float
    mask_patterns: Tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        return bool(self.url and self.secret)


def read_settings() -> Settings:
    """The settings as the environment has them now.

    Blanks and line ends around the URL and the secret come from pasting and are taken off; an HTTP
    header could not carry them. Source: the guide's section 7.
    """
    return Settings(
        url=os.environ.get(URL, "").strip(),
        secret=os.environ.get(SECRET, "").strip(),
        job_key=os.environ.get(JOB_KEY) or DEFAULT_JOB_KEY,
        title=os.environ.get(JOB_TITLE) or DEFAULT_JOB_TITLE,
        timeout_seconds=_timeout_seconds(os.environ.get(TIMEOUT, "")),
    )


def _timeout_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        return DEFAULT_TIMEOUT_SECONDS
    return seconds if 0 < seconds <= LONGEST_TIMEOUT_SECONDS else DEFAULT_TIMEOUT_SECONDS
