"""uvicorn's HTTP protocol, with an answer sent in one write and requests that never become whole cut off."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# How long a client may take to send a request, from its connection or its first byte to its last.
REQUEST_TIMEOUT = 60.0
SWEEP_PAUSE = 5.0


class PortalProtocol(HttpToolsProtocol):
    """``sweep_for_ever`` must run in the same loop for the time limit to hold."""

    _waits_since: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._waits_since = self.loop.time()
        super().connection_made(HeadHolder(transport, self.loop))  # type: ignore[arg-type]

    def on_message_begin(self) -> None:
        self._waits_since = self.loop.time()
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._waits_since = None
        super().on_message_complete()

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

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
