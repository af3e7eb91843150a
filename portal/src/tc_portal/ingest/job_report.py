"""The guide's dialect: ``POST /api/monitor/job-report`` (the guide's section 3), read into a Report."""

from datetime import UTC, datetime
from json import JSONDecodeError, dumps, loads
from typing import Any, NoReturn
from uuid import UUID

import msgspec

from tc_portal.core.instant import parse_instant
from tc_portal.core.report import Report, run_id_of
from tc_portal.core.text import (
    HOST_LIMIT,
    JOB_KEY_LIMIT,
    RUN_ID_LIMIT,
    TITLE_LIMIT,
    cut,
    head_and_tail,
    storable,
)

from .body import decode_body

INT64 = range(-(2**63), 2**63)


class Rejected(Exception):
    """The report cannot be recorded as it is; the text says why, in the guide's words where it has them."""


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


_decode = msgspec.json.Decoder(JobReport).decode
_encode = msgspec.json.encode


def read_job_report(body: bytes, content_type: bytes | None, received_at: datetime) -> tuple[Report, list[str]]:
    """The report in the body, and what was put right in it. Raises ``Rejected``.

    The checks are the guide's, in the guide's order.
    """
    given = _parse(body, content_type)
    warnings: list[str] = []
    job_key = _required_text(given.job_key, "job_key")
    title = _required_text(given.title, "title")
    if given.status != "success" and given.status != "error":
        raise Rejected("status must be 'success' or 'error'")
    finished_at = _finished_at(given.finished_at)
    if len(job_key) > JOB_KEY_LIMIT:
        raise Rejected(f"job_key must be at most {JOB_KEY_LIMIT} characters")
    message = _message(given.message)
    report = Report(
        job_key=job_key,
        title=cut(title, TITLE_LIMIT),
        status=given.status,
        finished_at=finished_at,
        received_at=received_at,
        run_id=_run_id(given.run_id) or run_id_of(job_key, finished_at, given.status, message),
        message=None if message is None else head_and_tail(message),
        tool_id=_tool_id(given.tool_id, warnings),
        started_at=_started_at(given.started_at, warnings),
        exit_code=_exit_code(given.exit_code, warnings),
        host=cut(storable(given.host), HOST_LIMIT) if isinstance(given.host, str) and given.host else None,
    )
    return report, warnings


def read_echo(body: bytes, content_type: bytes | None) -> str | None:
    """The body's ``text`` as a report's message would arrive. Raises ``Rejected``."""
    return _message(_members(body, content_type).get("text"))


def _parse(body: bytes, content_type: bytes | None) -> JobReport:
    try:
        # The common case first: UTF-8 that msgspec takes. A declared charset or a stray byte goes the long way.
        if content_type is None or b"charset" not in content_type.lower() or b"utf-8" in content_type.lower():
            return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    members = _members(body, content_type)
    return JobReport(**{name: members.get(name) for name in JobReport.__struct_fields__})


def _members(body: bytes, content_type: bytes | None) -> dict[str, Any]:
    try:
        members = loads(decode_body(body, content_type), parse_constant=_refuse_constant)
    except (JSONDecodeError, RecursionError, ValueError):
        raise Rejected("Invalid JSON body") from None
    if not isinstance(members, dict):
        raise Rejected("Invalid JSON body")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _required_text(value: Any, name: str) -> str:
    text = storable(value) if isinstance(value, str) else ""
    if not text:
        raise Rejected(f"{name} is required")
    return text


def _finished_at(value: Any) -> datetime:
    if value is None or value == "" or value is False or (type(value) in (int, float) and value == 0):
        raise Rejected("finished_at is required")
    instant = parse_instant(value) if isinstance(value, str) else None
    if instant is None:
        raise Rejected("finished_at must be valid ISO 8601")
    return instant


def _message(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return storable(value if isinstance(value, str) else _as_json(value)) or None


def _as_json(value: Any) -> str:
    try:
        return _encode(value).decode()
    except UnicodeEncodeError:
        # Half of a surrogate pair inside: json lets it pass, for ``storable`` to replace.
        return dumps(value, ensure_ascii=False, separators=(",", ":"))


def _run_id(value: Any) -> str | None:
    if value is None or value == "":
        return None
    text = storable(value if isinstance(value, str) else _as_json(value))
    return text if len(text) <= RUN_ID_LIMIT else run_id_of(text, datetime.min, "success", None)


def _tool_id(value: Any, warnings: list[str]) -> UUID | None:
    if value is None or value == "":
        return None
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        warnings.append("tool_id is not a UUID: recorded without it")
        return None


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


def now() -> datetime:
    return datetime.now(UTC)
