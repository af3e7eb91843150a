"""The body of a ping: its head and its tail where it is long, read to its end and never refused."""

import codecs
from typing import NamedTuple

from tc_portal.core.report import Output
from tc_portal.core.text import storable

from .body import BODY_LIMIT, Receive, body_chunks, decode_body
from .details import OUTPUT_HEAD_BYTES, OUTPUT_TAIL_BYTES

# More is not read: a client that goes on is cut off after its answer.
READ_LIMIT = 64 * BODY_LIMIT
MOST_BYTES_OF_A_CHARACTER = 4


class PingBody(NamedTuple):
    """``head`` is the whole body up to ``BODY_LIMIT``; of a longer one it is the first 64 KiB, and ``tail`` the last 192 KiB.
    ``size`` is how many bytes arrived."""

    head: bytes
    tail: bytes
    size: int

    @property
    def is_whole(self) -> bool:
        return self.size == len(self.head)


NO_BODY = PingBody(b"", b"", 0)


async def read_ping_body(receive: Receive) -> PingBody:
    """Read the body to its end. Raises ``Disconnected`` at a broken one."""
    body, tail, size = bytearray(), b"", 0
    async for chunk in body_chunks(receive):
        size += len(chunk)
        body += chunk
        if len(body) > BODY_LIMIT:
            # What was the middle until now is not needed any more.
            tail = (tail + bytes(body[OUTPUT_HEAD_BYTES:]))[-OUTPUT_TAIL_BYTES:]
            del body[OUTPUT_HEAD_BYTES:]
        if size > READ_LIMIT:
            break
    if size > len(body):
        tail = (tail + bytes(body[OUTPUT_HEAD_BYTES:]))[-OUTPUT_TAIL_BYTES:]
        del body[OUTPUT_HEAD_BYTES:]
    return PingBody(bytes(body), tail, size)


def output_of(body: PingBody, content_type: bytes | None) -> Output | None:
    """What the body says, as the output of the run; None where it says nothing. Of the content type, which clients set as they
    like, only the charset is heard."""
    if body.size == 0:
        return None
    if not body.is_whole:
        return Output(_text_of_head(body.head), _text_of_tail(body.tail), body.size, True)
    text = storable(decode_body(body.head, content_type))
    told = text.encode()
    if len(told) <= OUTPUT_HEAD_BYTES + OUTPUT_TAIL_BYTES:
        return Output(text, "", body.size, False) if text else None
    head, tail = told[:OUTPUT_HEAD_BYTES], told[-OUTPUT_TAIL_BYTES:]
    return Output(head.decode(errors="ignore"), tail.decode(errors="ignore"), body.size, True)


def _text_of_head(head: bytes) -> str:
    try:
        # A character that the cut went through is left out.
        return storable(codecs.getincrementaldecoder("utf-8")().decode(head))
    except UnicodeDecodeError:
        return storable(decode_body(head, None))


def _text_of_tail(tail: bytes) -> str:
    for begin in range(MOST_BYTES_OF_A_CHARACTER):
        try:
            return storable(tail[begin:].decode())
        except UnicodeDecodeError:
            continue
    return storable(decode_body(tail, None))
