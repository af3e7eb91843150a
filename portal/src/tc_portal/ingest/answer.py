"""JSON answers: what is answered, and how it goes over plain ASGI."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

import msgspec

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_encode = msgspec.json.encode


class Answer(NamedTuple):
    """``body`` is what becomes JSON."""

    status: int
    body: Any
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def as_http(self) -> tuple[list[tuple[bytes, bytes]], bytes]:
        """Its headers and its body as they go out."""
        content = _encode(self.body)
        length = str(len(content)).encode()
        return [(b"content-type", b"application/json"), (b"content-length", length), *self.headers], content


async def answer(send: Send, status: int, body: Any, *headers: tuple[bytes, bytes]) -> None:
    """Send one JSON answer."""
    sent_headers, content = Answer(status, body, headers).as_http()
    await send({"type": "http.response.start", "status": status, "headers": sent_headers})
    await send({"type": "http.response.body", "body": content})
