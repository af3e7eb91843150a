"""The guide's ``report_job_status``: same variables, same request, same printed lines."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Dict, Mapping, Optional

from .settings import Settings, read_settings
from .telling import say_delivery, say_error, say_skipped
from .text import head_and_tail, text_of
from .version import __version__


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

    Prints one line saying how it went. A report that cannot be delivered now is kept on this PC and sent
    with a later one, which a second line says. Never raises, and returns within about 10 seconds
    (``TC_PORTAL_TIMEOUT``) whatever the network does; up to 5 more where older reports are being caught up
    with, or killed runs told of. Without ``TC_PORTAL_MONITOR_URL`` and ``TC_PORTAL_WEBHOOK_SECRET`` it does nothing but say so.
    Source: the guide's section 8.
    """
    try_to_report(status, message, job_key, title, {"run_id": run_id})


def try_to_report(
    status: object,
    message: object = None,
    job_key: Optional[str] = None,
    title: Optional[str] = None,
    more: Optional[Mapping[str, object]] = None,
) -> bool:
    """``report_job_status`` that tells whether the portal recorded the report; ``more`` are further members of it."""
    settings = read_settings()
    if not settings.is_complete:
        say_skipped(settings)
        return False
    try:
        from .delivery import deliver

        said: Dict[str, object] = {"message": message, **(more or {})}
        if settings.mask_patterns:
            from .own_words import masked_words

            said = masked_words(settings.mask_patterns, said)
        members = {**run_members(settings, job_key, title), **said, **ending_members(status, said["message"])}
        members["run_id"] = text_of(members.get("run_id") or new_run_id())
        delivery = deliver(settings, "job-report", members)
        if delivery.is_recorded:
            _tell_of_the_killed(settings, delivery.more_until)
    except Exception as error:
        say_error(settings, text_of(error))
        return False
    say_delivery(settings, text_of(status), delivery)
    return delivery.is_recorded


def _tell_of_the_killed(settings: Settings, until: float) -> None:
    """Tell of runs on this PC that were killed, in what time is left, even where the disk hangs."""
    from time import monotonic

    from .sending import in_background
    from .wrapping.tombstone import report_the_dead

    seconds = until - monotonic()
    if seconds > 0:
        in_background(lambda: report_the_dead(settings, until))(seconds)


def new_run_id() -> str:
    """32 hexadecimal digits, 12 of the time in milliseconds and 20 random, so that the portal's index of runs grows at its end;
    not ``uuid``, whose import takes longer."""
    import os
    from time import time

    return f"{int(max(time(), 0) * 1000):012x}{os.urandom(10).hex()}"


def run_members(settings: Settings, job_key: Optional[str], title: Optional[str]) -> Dict[str, object]:
    """Which job, on which PC, told by which reporter."""
    members: Dict[str, object] = {
        "job_key": text_of(job_key or settings.job_key),
        "title": text_of(title or settings.title),
        "reporter": __version__,
    }
    host = this_host()
    if host:
        members["host"] = host
    return members


def ending_members(status: object, message: object) -> Dict[str, object]:
    return {
        "status": text_of(status),
        "finished_at": datetime.now(timezone.utc).isoformat(),
        "message": None if message is None else head_and_tail(text_of(message)),
    }


def this_host() -> str:
    """This PC's name; empty where the system does not say."""
    import socket

    try:
        return text_of(socket.gethostname())
    except (OSError, UnicodeError):
        return ""
