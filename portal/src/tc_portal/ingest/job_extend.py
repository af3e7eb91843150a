"""``POST /api/monitor/job-extend``: a run that has begun asks for time, read into an Extension."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from tc_portal.core.report import Extension

from .members import Rejected, members_reader, required_instant, required_run_id, required_text, within_key_limit

# From its arrival. Whoever needs longer asks again.
LONGEST_EXTENSION = timedelta(days=31)


class JobExtend(msgspec.Struct):
    """The body's members as they came; others are passed over."""

    job_key: Any = None
    run_id: Any = None
    until: Any = None
    seconds: Any = None


_read = members_reader(JobExtend)


def read_job_extend(body: bytes, content_type: bytes | None, received_at: datetime) -> tuple[Extension, list[str]]:
    """The extension in the body, and what was put right in it. Raises ``Rejected``."""
    given = _read(body, content_type)
    warnings: list[str] = []
    job_key = required_text(given.job_key, "job_key")
    run_id = required_run_id(given.run_id)
    until = _until(given, received_at, warnings)
    return Extension(within_key_limit(job_key), run_id, until, received_at), warnings


def _until(given: JobExtend, received_at: datetime, warnings: list[str]) -> datetime:
    longest = received_at + LONGEST_EXTENSION
    if given.until is not None and given.until != "":
        until = required_instant(given.until, "until")
    elif given.seconds is not None and given.seconds != "":
        # No further than what is too long: the number may be of any size.
        seconds = min(_seconds(given.seconds), LONGEST_EXTENSION.total_seconds() + 1)
        until = received_at + timedelta(seconds=seconds)
    else:
        raise Rejected("until or seconds is required")
    if until > longest:
        warnings.append(f"an extension is {LONGEST_EXTENSION.days} days at most: recorded as that")
    return min(until, longest)


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise Rejected("seconds must be a number above 0")
    return value
