"""``POST /api/monitor/job-heartbeat``: a run that has begun goes on, read into a Heartbeat."""

from datetime import datetime
from typing import Any

import msgspec

from tc_portal.core.report import Heartbeat

from .details import log_in, metrics_in, progress_in, sender_in
from .members import host_in, members_reader, required_run_id, required_text, within_key_limit


class JobHeartbeat(msgspec.Struct):
    """The body's members as they came; others are passed over."""

    job_key: Any = None
    run_id: Any = None
    host: Any = None
    progress: Any = None
    metrics: Any = None
    log: Any = None
    sent_at: Any = None
    reporter: Any = None
    held_back: Any = None


_read = members_reader(JobHeartbeat)


def read_job_heartbeat(body: bytes, content_type: bytes | None, received_at: datetime) -> tuple[Heartbeat, list[str]]:
    """The heartbeat in the body, and what was put right in it. Raises ``Rejected``."""
    given = _read(body, content_type)
    warnings: list[str] = []
    job_key = required_text(given.job_key, "job_key")
    heartbeat = Heartbeat(
        job_key=within_key_limit(job_key),
        run_id=required_run_id(given.run_id),
        received_at=received_at,
        host=host_in(given.host),
        progress=progress_in(given.progress, warnings),
        metrics=metrics_in(given.metrics, warnings),
        log=log_in(given.log, received_at, warnings),
        sender=sender_in(given.sent_at, given.reporter, given.held_back, warnings),
    )
    return heartbeat, warnings
