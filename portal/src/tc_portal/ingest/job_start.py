"""``POST /api/monitor/job-start``: a run has begun, read into a Start."""

from datetime import datetime
from typing import Any

import msgspec

from tc_portal.core.report import Start
from tc_portal.core.text import TITLE_LIMIT, cut

from .details import heartbeat_seconds_in, sender_in
from .members import (
    host_in,
    members_reader,
    required_instant,
    required_run_id,
    required_text,
    tool_id_in,
    within_key_limit,
)

# Three of them are waited for.
LONGEST_HEARTBEAT_SECONDS = 3_600


class JobStart(msgspec.Struct):
    """The body's members as they came; others are passed over."""

    job_key: Any = None
    title: Any = None
    run_id: Any = None
    started_at: Any = None
    tool_id: Any = None
    host: Any = None
    heartbeat_seconds: Any = None
    sent_at: Any = None
    reporter: Any = None
    held_back: Any = None


_read = members_reader(JobStart)


def read_job_start(body: bytes, content_type: bytes | None, received_at: datetime) -> tuple[Start, list[str]]:
    """The start in the body, and what was put right in it. Raises ``Rejected``."""
    given = _read(body, content_type)
    warnings: list[str] = []
    job_key = required_text(given.job_key, "job_key")
    title = required_text(given.title, "title")
    run_id = required_run_id(given.run_id)
    started_at = required_instant(given.started_at, "started_at")
    start = Start(
        job_key=within_key_limit(job_key),
        title=cut(title, TITLE_LIMIT),
        run_id=run_id,
        started_at=started_at,
        received_at=received_at,
        tool_id=tool_id_in(given.tool_id, warnings),
        host=host_in(given.host),
        heartbeat_seconds=heartbeat_seconds_in(given.heartbeat_seconds, LONGEST_HEARTBEAT_SECONDS, warnings),
        sender=sender_in(given.sent_at, given.reporter, given.held_back, warnings),
    )
    return start, warnings
