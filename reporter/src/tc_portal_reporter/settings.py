"""Where to report to and how: the machine's config file, then the environment with the guide's four variables."""

from __future__ import annotations

import os
from typing import NamedTuple, Optional, Tuple

from .config_file import ConfigFile, read_config

URL = "TC_PORTAL_MONITOR_URL"
SECRET = "TC_PORTAL_WEBHOOK_SECRET"
JOB_KEY = "TC_PORTAL_JOB_KEY"
JOB_TITLE = "TC_PORTAL_JOB_TITLE"
TIMEOUT = "TC_PORTAL_TIMEOUT"
SPOOL_DIR = "TC_PORTAL_SPOOL_DIR"

DEFAULT_JOB_KEY = "default-job"
DEFAULT_JOB_TITLE = "Default Job"
DEFAULT_TIMEOUT_SECONDS = 10.0
LONGEST_TIMEOUT_SECONDS = 300.0
DEFAULT_SPOOL_MAX_REPORTS = 20_000
DEFAULT_SPOOL_MAX_MB = 200


class Settings(NamedTuple):
    """Where to report to, and as what. ``url`` or ``secret`` is empty where it is not set.

    ``mask_patterns`` are regular expressions of what must not leave this PC, as the user wrote them.
    ``spool_dir``, ``proxy`` and ``ca_file`` are empty where the usual holds; ``proxy`` may be ``"none"``.
    ``spool_max_bytes`` and ``spool_max_reports`` bound one folder of kept reports. ``config`` is the file.
    """

    url: str
    secret: str
    job_key: str
    title: str
    timeout_seconds: float
    mask_patterns: Tuple[str, ...] = ()
    spool_dir: str = ""
    spool_max_reports: int = DEFAULT_SPOOL_MAX_REPORTS
    spool_max_bytes: int = DEFAULT_SPOOL_MAX_MB << 20
    proxy: str = ""
    ca_file: str = ""
    config: ConfigFile = ConfigFile()

    @property
    def is_complete(self) -> bool:
        return bool(self.url and self.secret)


def read_settings() -> Settings:
    """The settings as they are now.

    The config file goes before the variables, which a service or a scheduled task has as they were when
    its session began. Only ``TC_PORTAL_SPOOL_DIR`` goes before the file: it moves one process's reports.
    Blanks and line ends around the URL and the secret come from pasting and are taken off; an HTTP
    header could not carry them. Source: the guide's section 7.
    """
    config = read_config()
    return Settings(
        url=config.text("url") or _variable(URL),
        secret=config.text("secret") or _variable(SECRET),
        job_key=os.environ.get(JOB_KEY) or DEFAULT_JOB_KEY,
        title=os.environ.get(JOB_TITLE) or DEFAULT_JOB_TITLE,
        timeout_seconds=_timeout_seconds(config.number("timeout"), os.environ.get(TIMEOUT, "")),
        mask_patterns=config.texts("mask"),
        spool_dir=_variable(SPOOL_DIR) or config.text("spool_dir"),
        spool_max_reports=int(config.number("spool_max_reports") or DEFAULT_SPOOL_MAX_REPORTS),
        spool_max_bytes=int((config.number("spool_max_mb") or DEFAULT_SPOOL_MAX_MB) * (1 << 20)),
        proxy=config.text("proxy"),
        ca_file=config.text("ca_file"),
        config=config,
    )


def _variable(name: str) -> str:
    return os.environ.get(name, "").strip()


def _timeout_seconds(configured: Optional[float], text: str) -> float:
    try:
        seconds = float(text) if configured is None else configured
    except ValueError:
        return DEFAULT_TIMEOUT_SECONDS
    return seconds if 0 < seconds <= LONGEST_TIMEOUT_SECONDS else DEFAULT_TIMEOUT_SECONDS
