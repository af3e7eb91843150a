"""Are the variables set as they should be? The doctor's first look, at this PC only."""

from __future__ import annotations

import os
import sys
from typing import Iterator, Optional

from .address import parse_address
from .finding import Finding, bad, doubtful, good
from .settings import DEFAULT_JOB_KEY, JOB_KEY, SECRET, URL, Settings

REPORT_PATH = "/api/monitor/job-report"
QUOTES = "\"'“”‘’「」"
CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def check_variables(settings: Settings) -> Iterator[Finding]:
    """What is missing, and what pasting and ``set`` leave around a value."""
    from pathlib import Path

    for name, value, in_file in ((URL, settings.url, "url"), (SECRET, settings.secret, "secret")):
        if settings.config.text(in_file):
            yield from _check_configured(in_file, value)
        elif value:
            yield from _check_value(name, value)
        elif _registered(name, machine_wide=True) or _registered(name, machine_wide=False):
            yield bad("variable_not_here_yet", name=name)
        else:
            yield bad("variable_missing", name=name)
    if settings.secret and not (settings.secret.isascii() and settings.secret.isprintable()):
        yield bad("secret_not_ascii")
    yield _check_key(settings.job_key)
    for name in CERTIFICATE_VARIABLES:
        path = os.environ.get(name, "")
        if path and not any(Path(part).exists() for part in path.split(os.pathsep)):
            yield doubtful("cert_file_missing", name=name, path=path)


def check_url(settings: Settings) -> Iterator[Finding]:
    """Is the address one that reports can be sent to?"""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(settings.url)
        port = parts.port
        if "@" not in parts.netloc:
            parse_address(settings.url)
    except ValueError:
        parts, port = urlsplit(""), None
    if "@" in parts.netloc:
        yield bad("url_credentials")
        return
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        yield bad("url_malformed")
        return
    origin = f"{parts.scheme}://{parts.netloc}"
    if not parts.path.endswith(REPORT_PATH):
        prefix, api, _ = parts.path.partition("/api/")
        suggestion = origin + (prefix if api else "") + REPORT_PATH
        yield bad("url_path", path=parts.path or "/", suggestion=suggestion)
        return
    yield good("url_ok", url=origin + parts.path)
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        yield doubtful("url_http")


def _check_value(name: str, value: str) -> Iterator[Finding]:
    if value[0] in QUOTES or value[-1] in QUOTES:
        yield bad("variable_quoted", name=name)
        return
    if os.environ.get(name) != value:
        yield doubtful("variable_spaced", name=name)
    yield good("variable_set", name=name)


def _check_configured(name: str, value: str) -> Iterator[Finding]:
    quoted = value[0] in QUOTES or value[-1] in QUOTES
    yield bad("config_quoted", name=name) if quoted else good("config_value", name=name)


def _check_key(key: str) -> Finding:
    if _registered(JOB_KEY, machine_wide=True):
        return doubtful("key_machine_wide", key=key)
    if key == DEFAULT_JOB_KEY:
        return doubtful("key_default")
    return good("key_set", key=key)


def _registered(name: str, machine_wide: bool) -> Optional[str]:
    """The variable as Windows has it for the whole machine or for this user; None elsewhere.

    A process has the variables as they were when its session or service began, which may be long ago.
    """
    if sys.platform != "win32":
        return None
    import winreg

    root, path = (
        (winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment")
        if machine_wide
        else (winreg.HKEY_CURRENT_USER, "Environment")
    )
    try:
        with winreg.OpenKey(root, path) as key:
            return str(winreg.QueryValueEx(key, name)[0])
    except OSError:
        return None
