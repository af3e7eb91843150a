"""uvicorn's HTTP protocol, with reports answered at once, answers sent in one write and requests that never become whole cut off."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .http_report import ReportExchange, TakesReports, is_plain_report

# How long a client may take to send a request, from its connection or its first byte to its last.
REQUEST_TIMEOUT = 60.0
SWEEP_PAUSE = 5.0


class PortalProtocol(HttpToolsProtocol):
    """``sweep_for_ever`` must run in the same loop for the time limit to hold. Reports are answered at once if the application says
    by its ``reports`` who takes them."""

    _waits_since: float | None = None
    _arriving: ReportExchange | None = None
    _holder: "HeadHolder"

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._waits_since = self.loop.time()
        self._holder = HeadHolder(transport, self.loop)
        super().connection_made(self._holder)  # type: ignore[arg-type]

    def on_message_begin(self) -> None:
        self._waits_since = self.loop.time()
        super().on_message_begin()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._arriving is not None:
            self._take_the_long_way(self._arriving)

    def on_headers_complete(self) -> None:
        headers = dict(self.headers)
        if self._reports is None or not is_plain_report(self.parser.get_method(), self.url, headers, self._is_free()):
            super().on_headers_complete()
            return
        stays_open = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
        self._arriving = ReportExchange(self.client, headers, bool(stays_open), self._answer_report)

    def on_body(self, body: bytes) -> None:
        if self._arriving is not None:
            self._arriving.body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._waits_since = None
        if self._arriving is None:
            super().on_message_complete()
            return
        exchange, self._arriving = self._arriving, None
        self.cycle = exchange  # type: ignore[assignment]
        exchange.take(self._reports)

    @property
    def _reports(self) -> TakesReports | None:
        found: TakesReports | None = getattr(self.app, "reports", None)
        return found

    def _is_free(self) -> bool:
        """Whether no request before it is under way, and the client reads its answers."""
        return (self.cycle is None or self.cycle.response_complete) and not self.flow.write_paused

    def _take_the_long_way(self, exchange: ReportExchange) -> None:
        self._arriving = None
        if not self.transport.is_closing():
            super().on_headers_complete()
            if exchange.body:
                super().on_body(bytes(exchange.body))

    def _answer_report(self, lines: list[bytes], stays_open: bool) -> None:
        """``lines`` are the answer's: its status, its headers, an empty one and the body."""
        defaults = [b"%s: %s\r\n" % header for header in self.server_state.default_headers]
        self._holder.write_now(b"".join(lines[:1] + defaults + lines[1:]))
        if not stays_open:
            self.transport.close()
        self.on_response_complete()

    def is_stuck(self, now: float) -> bool:
        """Whether its client has begun a request, or opened the connection, and not gone on for too long."""
        return self._waits_since is not None and now - self._waits_since > REQUEST_TIMEOUT


async def sweep_for_ever(connections: set[Any]) -> None:
    """Close the connections on which a request has been under way for too long. ``connections`` are uvicorn's."""
    while True:
        await asyncio.sleep(SWEEP_PAUSE)
        now = asyncio.get_running_loop().time()
        for connection in [each for each in connections if isinstance(each, PortalProtocol) and each.is_stuck(now)]:
            connection.transport.close()


class HeadHolder:
    """A transport that joins an answer's head to the write that follows, in the same turn of the loop at the latest.

    uvicorn writes them apart, each a system call of its own.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head = b""

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(b"HTTP/1.1 200"):
            self._head = data
            self._loop.call_soon(self._flush)
            return
        self._transport.write(data)

    def write_now(self, whole: bytes) -> None:
        """Send an answer that is whole."""
        self._flush()
        self._transport.write(whole)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
