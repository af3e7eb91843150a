"""The guide's dialect: ``POST /api/monitor/job-report`` (the guide's section 3), read into a Report."""

from datetime import datetime
from typing import Any

import msgspec

from tc_portal.core.instant import parse_instant
from tc_portal.core.report import Report, run_id_of
from tc_portal.core.text import TITLE_LIMIT, cut, head_and_tail

from .details import exit_meaning_in, log_in, metrics_in, output_in, sender_in
from .members import (
    Rejected,
    host_in,
    members_reader,
    required_instant,
    required_text,
    run_id_in,
    text_or_json,
    tool_id_in,
    within_key_limit,
)

INT64 = range(-(2**63), 2**63)


class JobReport(msgspec.Struct):
    """The body's members as they came; others are passed over."""

    job_key: Any = None
    title: Any = None
    status: Any = None
    finished_at: Any = None
    tool_id: Any = None
    message: Any = None
    run_id: Any = None
    started_at: Any = None
    exit_code: Any = None
    host: Any = None
    exit_meaning: Any = None
    output: Any = None
    metrics: Any = None
    log: Any = None
    sent_at: Any = None
    reporter: Any = None
    held_back: Any = None


_read = members_reader(JobReport)


def read_job_report(body: bytes, content_type: bytes | None, received_at: datetime) -> tuple[Report, list[str]]:
    """The report in the body, and what was put right in it. Raises ``Rejected``.

    The checks are the guide's, in the guide's order.
    """
    given = _read(body, content_type)
    warnings: list[str] = []
    job_key = required_text(given.job_key, "job_key")
    title = required_text(given.title, "title")
    if given.status != "success" and given.status != "error":
        raise Rejected("status must be 'success' or 'error'")
    finished_at = required_instant(given.finished_at, "finished_at")
    within_key_limit(job_key)
    message = text_or_json(given.message)
    report = Report(
        job_key=job_key,
        title=cut(title, TITLE_LIMIT),
        status=given.status,
        finished_at=finished_at,
        received_at=received_at,
        run_id=run_id_in(given.run_id) or run_id_of(job_key, finished_at, given.status, message),
        message=None if message is None else head_and_tail(message),
        tool_id=tool_id_in(given.tool_id, warnings),
        started_at=_started_at(given.started_at, warnings),
        exit_code=_exit_code(given.exit_code, warnings),
        host=host_in(given.host),
        exit_meaning=exit_meaning_in(given.exit_meaning, warnings),
        output=output_in(given.output, warnings),
        metrics=metrics_in(given.metrics, warnings),
        log=log_in(given.log, received_at, warnings),
        sender=sender_in(given.sent_at, given.reporter, given.held_back, warnings),
    )
    return report, warnings


def _started_at(value: Any, warnings: list[str]) -> datetime | None:
    if value is None or value == "":
        return None
    instant = parse_instant(value) if isinstance(value, str) else None
    if instant is None:
        warnings.append("started_at is not valid ISO 8601: recorded without it")
    return instant


def _exit_code(value: Any, warnings: list[str]) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value in INT64:
        return value
    warnings.append("exit_code is not an integer: recorded without it")
    return None
