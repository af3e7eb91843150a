"""Reading a request's body: under a limit, and in whatever encoding it came."""

import asyncio
import codecs
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

BODY_LIMIT = 1_048_576
READ_TIMEOUT = 30.0

# Windows says Shift_JIS and means its own code page 932, which has more characters.
_CODE_PAGE_932 = {
    "shift_jis",
    "shift-jis",
    "sjis",
    "x-sjis",
    "ms932",
    "windows-31j",
    "csshiftjis",
    "cp932",
    "ms_kanji",
}
_OTHER_CHARSETS = {"euc-jp", "euc_jp", "iso-2022-jp", "utf-16", "utf-16le", "utf-16be", "utf-8", "utf8"}

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class TooLarge(Exception):
    """The body is over the limit; what follows of it was not read."""


class Disconnected(Exception):
    """The client went away, or took too long to send, before the body was whole."""


async def read_body(receive: Receive, content_length: bytes | None, limit: int = BODY_LIMIT) -> bytes:
    """The whole body. Raises ``TooLarge`` before reading past ``limit`` bytes, ``Disconnected`` at a broken one."""
    if content_length is not None and content_length.isdigit() and int(content_length) > limit:
        raise TooLarge
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Disconnected
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        body = await _read_on(receive, body, limit)
    if len(body) > limit:
        raise TooLarge
    return body


async def _read_on(receive: Receive, begun: bytes, limit: int) -> bytes:
    chunks, size = [begun], len(begun)
    async for chunk in body_chunks(receive):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise TooLarge
    return b"".join(chunks)


async def body_chunks(receive: Receive) -> AsyncIterator[bytes]:
    """What is left of the body, as it arrives. Raises ``Disconnected`` at a broken one and at one that takes too long."""
    give_up_at = asyncio.get_running_loop().time() + READ_TIMEOUT
    more = True
    while more:
        try:
            async with asyncio.timeout_at(give_up_at):
                message = await receive()
        except TimeoutError as error:
            raise Disconnected from error
        if message["type"] == "http.disconnect":
            raise Disconnected
        more = message.get("more_body", False)
        yield message.get("body", b"")


def decode_body(body: bytes, content_type: bytes | None) -> str:
    """The body as text: by its byte order mark, as UTF-8 if it surely is, by its declared charset, else UTF-8 or CP932.

    A byte sequence that is none of these loses only the bytes that cannot be read (U+FFFD).
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(codec, "replace")
    declared = _declared_codec(content_type)
    if declared not in (None, "utf-8") and _is_surely_utf8(body):
        declared = None
    for codec in (declared or "utf-8", "utf-8", "cp932"):
        try:
            return body.decode(codec)
        except UnicodeDecodeError:
            continue
    return body.decode("utf-8", "replace")


def _is_surely_utf8(body: bytes) -> bool:
    """Whether it is UTF-8 with a character of three bytes or more, such as any Japanese one.

    Pairs of half-width katakana in CP932 are UTF-8 by chance, but of two bytes; and a body that is ASCII alone may be
    ISO-2022-JP, or what it declares.
    """
    try:
        return max(body.decode("utf-8"), default="") >= "\u0800"
    except UnicodeDecodeError:
        return False


def _declared_codec(content_type: bytes | None) -> str | None:
    if content_type is None or b"charset" not in content_type.lower():
        return None
    for parameter in content_type.decode("latin-1").lower().split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            charset = value.strip().strip("\"'")
            if charset in _CODE_PAGE_932:
                return "cp932"
            return charset if charset in _OTHER_CHARSETS else None
    return None
