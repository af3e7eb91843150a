"""JSON answers over plain ASGI."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_encode = msgspec.json.encode


async def answer(send: Send, status: int, body: Any, *headers: tuple[bytes, bytes]) -> None:
    """Send one JSON answer."""
    content = _encode(body)
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(content)).encode()),
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": content})
