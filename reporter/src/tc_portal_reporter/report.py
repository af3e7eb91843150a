"""The guide's ``report_job_status``: same variables, same request, same printed lines."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Dict, Optional

from .console import say
from .sending import REDIRECTS, Answer, post
from .settings import Settings, read_settings
from .text import head_and_tail, text_of


def report_job_status(
    status: str,
    message: object = None,
    *,
    job_key: Optional[str] = None,
    title: Optional[str] = None,
    run_id: Optional[str] = None,
) -> None:
    """Report to TC Portal that a job ended: ``status`` is ``"success"`` or ``"error"``.

    ``job_key`` and ``title`` go before the variables ``TC_PORTAL_JOB_KEY`` and ``TC_PORTAL_JOB_TITLE``.
    Reports with the same ``run_id`` are of one run; without it each call is a run of its own.

    Prints one line saying how it went. Never raises, and returns within about 10 seconds
    (``TC_PORTAL_TIMEOUT``) whatever the network does. Without ``TC_PORTAL_MONITOR_URL`` and
    ``TC_PORTAL_WEBHOOK_SECRET`` it does nothing but say so. Source: the guide's section 8.
    """
    try_to_report(status, message, job_key, title, run_id)


def try_to_report(
    status: object,
    message: object = None,
    job_key: Optional[str] = None,
    title: Optional[str] = None,
    run_id: Optional[str] = None,
) -> bool:
    """``report_job_status`` that tells whether the portal recorded the report."""
    settings = read_settings()
    if not settings.is_complete:
        say("[TC Portal] 環境変数未設定のためスキップ")
        return False
    try:
        members = _members(settings, status, message, job_key, title, run_id)
        answer = post(settings.url, members, settings.secret, settings.timeout_seconds)
        recorded, line = answer.status == 200, _line(text_of(status), answer)
    except Exception as error:
        recorded, line = False, f"[TC Portal] 報告エラー: {text_of(error)}"
    say(line if recorded else _without_secrets(line, settings.secret))
    return recorded


def new_run_id() -> str:
    from uuid import uuid4

    return uuid4().hex


def _members(
    settings: Settings,
    status: object,
    message: object,
    job_key: Optional[str],
    title: Optional[str],
    run_id: Optional[str],
) -> Dict[str, object]:
    members: Dict[str, object] = {
        "job_key": text_of(job_key or settings.job_key),
        "title": text_of(title or settings.title),
        "status": text_of(status),
        "finished_at": datetime.now(timezone.utc).isoformat(),
        "message": None if message is None else head_and_tail(text_of(message)),
        "run_id": text_of(run_id or new_run_id()),
    }
    host = _host()
    if host:
        members["host"] = host
    return members


def _host() -> str:
    import socket

    try:
        return text_of(socket.gethostname())
    except (OSError, UnicodeError):
        return ""


def _line(status: str, answer: Answer) -> str:
    """The guide's line for this answer: its urllib took a status of 400 and above for an exception."""
    if answer.status == 200:
        return f"[TC Portal] 報告成功: {status}"
    if 200 < answer.status < 300 or answer.status in REDIRECTS:
        return f"[TC Portal] 報告失敗: HTTP {answer.status}"
    return f"[TC Portal] 報告エラー: HTTP Error {answer.status}: {answer.reason}"


def _without_secrets(line: str, secret: str) -> str:
    """``line`` without the secret, and without the ``user:password@`` that urllib quotes from a URL."""
    import re

    return re.sub(r"[^\s/'\"<>]+@", "***@", line.replace(secret, "***"))
