"""What an answer of the server's means for a message: recorded, never, or not now."""

from __future__ import annotations

from typing import Mapping

from .address import REPORT_NAME
from .answer import Answer

RECORDED = "recorded"
REFUSED = "refused"
NOT_NOW = "not now"
UNKNOWN = "unknown"

# About the message, which will be the same the next time.
NEVER = (400, 413, 415, 422)
# About the message, or about the portal: which of the two cannot be told.
MAYBE_THE_MESSAGE = 500
NO_SUCH_NAME = (404, 405, 501)
REDIRECTS = (301, 302, 303, 307, 308)


def outcome_of(name: str, answer: Answer) -> str:
    """``"recorded"``, ``"refused"`` (will never pass), ``"not now"``, or ``"unknown"``: a name that this portal lacks.

    A wrong secret, a wrong address, a redirect and a refusal by something in between are put right some day,
    and the report with them. So is a page that a proxy or a login shows in the portal's place.
    """
    if answer.status == 200:
        return NOT_NOW if is_page(answer.headers) else RECORDED
    if answer.status in NEVER:
        return REFUSED
    if name != REPORT_NAME and answer.status in NO_SUCH_NAME:
        return UNKNOWN
    return NOT_NOW


def is_page(headers: Mapping[str, str]) -> bool:
    """Whether the answer is a page for people, which the portal never gives to a report."""
    return headers.get("content-type", "").lower().startswith(("text/html", "application/xhtml"))


def reason_of(answer: Answer) -> str:
    """The answer in one line."""
    line = f"HTTP {answer.status} {answer.reason}".rstrip()
    if answer.status == 200:
        return f"{line}: {answer.headers.get('content-type', '')}"
    error = _error_text(answer.body)
    return f"{line}: {error}" if error else line


def _error_text(body: bytes) -> str:
    from json import loads

    try:
        members = loads(body)
    except (ValueError, RecursionError):
        return ""
    error = members.get("error") if isinstance(members, dict) else None
    return error[:300] if isinstance(error, str) else ""
