"""A report that the HTTP protocol answers itself, without a task, an ASGI scope and messages of its own.

Reports are nearly all of the portal's requests, each some hundred bytes that arrive at once. What is unusual about one (it comes in
pieces, is of no stated length, follows another that is not answered yet) goes the long way, through the ASGI application, and is
answered the same.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol

from .ingest.answer import Answer
from .ingest.app import Client, Respond
from .ingest.body import BODY_LIMIT

logger = logging.getLogger(__name__)

REPORT_URL = b"/api/monitor/job-report"

_UNUSUAL = {b"transfer-encoding", b"expect", b"upgrade"}
_FAILED = Answer(500, {"error": "Internal Server Error"}, ((b"connection", b"close"),))
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}


class TakesReports(Protocol):
    """What ``ingest.app.Ingest`` is to an exchange."""

    def take_report(self, headers: dict[bytes, bytes], body: bytes, client: Client, respond: Respond) -> None: ...


class ReportExchange:
    """One report and its answer, in the place of uvicorn's ``RequestResponseCycle``.

    The protocol that owns it looks at ``response_complete``, sets ``disconnected`` and ``keep_alive``, and sets ``message_event``
    when there is something new, which nobody waits for here.
    """

    def __init__(
        self, client: Client, headers: dict[bytes, bytes], keep_alive: bool, write: Callable[[list[bytes], bool], None]
    ) -> None:
        """``write`` sends an answer, in lines and its body, and is told whether the connection stays."""
        self.body = bytearray()
        self.disconnected = False
        self.response_complete = False
        self.keep_alive = keep_alive
        self.message_event = self
        self._client = client
        self._headers = headers
        self._write = write

    def set(self) -> None:
        """Nobody waits."""

    def take(self, ingest: TakesReports) -> None:
        """The report has arrived whole: have it answered."""
        try:
            ingest.take_report(self._headers, bytes(self.body), self._client, self._respond)
        except Exception:
            logger.exception("a report could not be answered")
            self._respond(_FAILED)

    def _respond(self, answer: Answer) -> None:
        if self.response_complete:
            return
        self.response_complete = True
        if self.disconnected:
            return
        headers, content = answer.as_http()
        self.keep_alive = self.keep_alive and (b"connection", b"close") not in headers
        if not self.keep_alive and (b"connection", b"close") not in headers:
            headers.append((b"connection", b"close"))
        lines = [b"%s: %s\r\n" % header for header in headers]
        self._write([_STATUS_LINES[answer.status], *lines, b"\r\n", content], self.keep_alive)


def is_plain_report(method: bytes, url: bytes, headers: dict[bytes, bytes], is_free: bool) -> bool:
    """Whether it is a report as nearly all are, on a connection that is free to answer it."""
    if url != REPORT_URL or method != b"POST" or not is_free or not _UNUSUAL.isdisjoint(headers):
        return False
    length = headers.get(b"content-length", b"")
    return length.isdigit() and int(length) <= BODY_LIMIT
