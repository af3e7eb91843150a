"""A check-in of a Sentry client, as what it tells: a run's start or its end, and what is expected of its job."""

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tc_portal.core.client_settings import ClientSettings
from tc_portal.core.instant import parse_instant
from tc_portal.core.report import Report, Result, Start
from tc_portal.core.text import HOST_LIMIT, TITLE_LIMIT, cut, storable
from tc_portal.core.unnamed_run import unnamed
from tc_portal.ingest.ping_dialect import new_run_id

from .monitor_config import client_settings

SOURCE = "sentry"
LONGEST_SLUG = 50
LONGEST_ENVIRONMENT = 64
# What 31 bits of milliseconds hold.
LONGEST_DURATION = 2**31 / 1000
DEFAULT_ENVIRONMENT = "production"

_RESULTS: dict[object, Result] = {"ok": "success", "error": "error"}


class NotACheckIn(Exception):
    """The check-in tells nothing that can be recorded; the text says what to send instead."""


class CheckIn(NamedTuple):
    """``settings`` are what its ``monitor_config`` asks for, if that can be."""

    telling: Report | Start
    settings: ClientSettings | None
    trace_id: str | None


def read_check_in(members: Mapping[str, Any], sent_at: object, received_at: datetime) -> CheckIn:
    """The check-in of these members, in an envelope that was sent at ``sent_at`` as its header says. Raises ``NotACheckIn``."""
    job_key, title = _job(members)
    at = _instant(members.get("timestamp")) or _instant(sent_at) or received_at
    run_id = _run_id(members.get("check_in_id"), received_at)
    host = members.get("server_name")
    host = storable(host)[:HOST_LIMIT] or None if isinstance(host, str) else None
    duration = _duration(members.get("duration"))
    status = members.get("status")
    telling: Report | Start
    if status == "in_progress":
        telling = Start(job_key, title, run_id, at, received_at, host=host)
    elif isinstance(status, str) and status in _RESULTS:
        telling = Report(
            job_key=job_key,
            title=title,
            status=_RESULTS[status],
            finished_at=at,
            received_at=received_at,
            run_id=run_id,
            started_at=None if duration is None else at - duration,
            host=host,
            source=SOURCE,
        )
    else:
        raise NotACheckIn("status must be in_progress, ok or error")
    config = members.get("monitor_config")
    settings = None if config is None else client_settings(config, (job_key, title), SOURCE, received_at)
    return CheckIn(telling, settings, trace_id_of(members))


def trace_id_of(members: Mapping[str, Any]) -> str | None:
    """The trace that an item belongs to."""
    contexts = members.get("contexts")
    trace = contexts.get("trace") if isinstance(contexts, dict) else None
    trace_id = trace.get("trace_id") if isinstance(trace, dict) else None
    return trace_id if isinstance(trace_id, str) and 0 < len(trace_id) <= 64 else None


def _job(members: Mapping[str, Any]) -> tuple[str, str]:
    """Key and title. What runs in the environment ``production`` is the job of the slug's name; others are jobs of their own."""
    named = members.get("monitor_slug")
    slug = slug_of(named) if isinstance(named, str) else ""
    if not slug:
        raise NotACheckIn("monitor_slug is required, with at least one letter or digit of ASCII")
    environment = members.get("environment") or DEFAULT_ENVIRONMENT
    if not isinstance(environment, str) or len(environment) > LONGEST_ENVIRONMENT:
        raise NotACheckIn(f"environment must be a text of at most {LONGEST_ENVIRONMENT} characters")
    title, environment = storable(str(named)), storable(environment)
    if environment == DEFAULT_ENVIRONMENT:
        return slug, cut(title, TITLE_LIMIT)
    return f"{slug}@{environment}", cut(f"{title} ({environment})", TITLE_LIMIT)


def slug_of(name: str) -> str:
    """The name as Sentry makes a slug of it."""
    plain = unicodedata.normalize("NFKD", name[:1_000]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain)).strip("-")[:LONGEST_SLUG].strip("-")


def _run_id(check_in_id: object, received_at: datetime) -> str:
    """The id in 32 digits; with one of zeros, or none, the newest run that was begun so is meant."""
    try:
        value = UUID(str(check_in_id)) if check_in_id else UUID(int=0)
    except ValueError:
        raise NotACheckIn("check_in_id must be a UUID") from None
    return value.hex if value.int else unnamed(new_run_id(received_at))


def _duration(seconds: object) -> timedelta | None:
    if seconds is None:
        return None
    if type(seconds) not in (int, float) or not 0 <= seconds <= LONGEST_DURATION:  # type: ignore[operator]
        raise NotACheckIn("duration must be a number of seconds, not below 0")
    return timedelta(seconds=seconds)  # type: ignore[arg-type]


def _instant(value: object) -> datetime | None:
    if isinstance(value, str):
        return parse_instant(value)
    if type(value) in (int, float) and math.isfinite(value) and 0 < value < 1e11:  # type: ignore[arg-type, operator]
        return datetime.fromtimestamp(value, UTC)  # type: ignore[arg-type]
    return None
