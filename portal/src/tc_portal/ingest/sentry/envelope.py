"""An envelope of a Sentry client: unpacked under a limit, and cut into its items."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from tc_portal.ingest.ping_dialect import PingRequest

try:
    import brotli  # type: ignore[import-untyped, import-not-found, unused-ignore]
except ImportError:
    brotli = None

# What a body of the largest size that is kept may unpack to. A check-in is 1 KiB.
UNPACKED_LIMIT = 8_388_608
MANY_ITEMS = 1_000

_decode = msgspec.json.Decoder().decode


class NotAnEnvelope(Exception):
    """The body cannot be read: ``status`` and the text say why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Item(NamedTuple):
    type: str
    payload: bytes


class Envelope(NamedTuple):
    header: Mapping[str, Any]
    items: list[Item]


def read_envelope(request: PingRequest) -> Envelope:
    """The envelope in the request's body. Raises ``NotAnEnvelope``."""
    content = _unpacked(request)
    line, _, rest = content.partition(b"\n")
    return Envelope(_object(line), list(_items(rest)))


def _unpacked(request: PingRequest) -> bytes:
    body = request.body
    if not body.is_whole:
        raise NotAnEnvelope(413, "the envelope is too large: the portal takes 1 MiB")
    encoding = request.headers.get(b"content-encoding", b"").strip().lower().decode("latin-1")
    if encoding in ("", "identity", "utf-8"):
        return body.head
    unpack = _UNPACK.get(encoding)
    if unpack is None:
        taken = ", ".join(_UNPACK)
        raise NotAnEnvelope(415, f"the content encoding {encoding[:20]!r} cannot be read here, but {taken} can")
    content = unpack(body.head)
    if len(content) > UNPACKED_LIMIT:
        raise NotAnEnvelope(413, f"the envelope is too large: the portal takes {UNPACKED_LIMIT} bytes unpacked")
    return content


def _with_zlib(packed: bytes) -> bytes:
    for format_bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        unpacking = zlib.decompressobj(format_bits)
        try:
            content = unpacking.decompress(packed, UNPACKED_LIMIT + 1)
        except zlib.error:
            continue
        if unpacking.eof or len(content) > UNPACKED_LIMIT:
            return content
    raise _not_readable()


def _with_brotli(packed: bytes) -> bytes:
    unpacking = brotli.Decompressor()
    content = bytearray()
    try:
        content += unpacking.process(packed, output_buffer_limit=UNPACKED_LIMIT)
        while not unpacking.is_finished() and len(content) <= UNPACKED_LIMIT:
            piece = unpacking.process(b"", output_buffer_limit=UNPACKED_LIMIT)
            if not piece:
                raise _not_readable()
            content += piece
    except brotli.error:
        raise _not_readable() from None
    return bytes(content)


def _not_readable() -> NotAnEnvelope:
    return NotAnEnvelope(400, "the body is not packed as its content encoding says")


_UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": _with_zlib, "deflate": _with_zlib}
if brotli is not None:
    _UNPACK["br"] = _with_brotli


def _items(content: bytes) -> Iterator[Item]:
    at = found = 0
    while at < len(content):
        line, at = _line(content, at)
        if not line.strip():
            continue
        found += 1
        if found > MANY_ITEMS:
            raise NotAnEnvelope(413, f"the envelope holds more than {MANY_ITEMS} items")
        header = _object(line)
        length = header.get("length")
        if type(length) is int and length >= 0:
            if at + length > len(content):
                raise NotAnEnvelope(400, "an item of the envelope is shorter than its length says")
            payload, at = content[at : at + length], at + length
        else:
            payload, at = _line(content, at)
        yield Item(str(header.get("type")), payload)


def _line(content: bytes, at: int) -> tuple[bytes, int]:
    """The line that begins there, and where the next one does."""
    end = content.find(b"\n", at)
    return (content[at:], len(content)) if end < 0 else (content[at:end], end + 1)


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NotAnEnvelope(400, "the body is not a Sentry envelope: a line is not a JSON object")
    return found
