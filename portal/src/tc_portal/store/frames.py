"""What the portal and the process that writes say to each other, over its standard input and output.

A message is a frame: one byte for its kind, four for its length, then msgpack. To the process go one
``OPENING`` and any number of ``TELLING``, ``TASKS``, ``SETTINGS``, ``BEAT`` and ``WATCH``; from it comes an ``ANSWERS`` a commit, with one
answer for each of those, in their order.
"""

import struct
from datetime import datetime, timedelta
from typing import Any

import msgspec

from tc_portal.core.client_settings import ClientSettings
from tc_portal.core.report import Telling
from tc_portal.core.task_standing.seen_task import HostTasks

from .recording import Recorded

OPENING, TELLING, TASKS, SETTINGS, BEAT, WATCH, ANSWERS = b"O", b"T", b"S", b"C", b"B", b"W", b"A"

_HEAD = struct.Struct("!cI")


class Opening(msgspec.Struct, array_like=True):
    """What the process begins with. ``database`` is a Django ``DATABASES`` entry; for ``drain`` see ``beating``."""

    database: dict[str, Any]
    drain: timedelta


class Failure(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """Nothing was committed; ``may_pass`` tells ``Unavailable`` from ``Refused``."""

    reason: str
    may_pass: bool


# None answers a heartbeat, a PC's tasks or a client's settings that were committed, a number how many jobs were due and have been judged.
Answer = Recorded | Failure | int | None

_encode = msgspec.msgpack.encode
read_opening = msgspec.msgpack.Decoder(Opening).decode
read_telling = msgspec.msgpack.Decoder(Telling).decode
read_tasks_told = msgspec.msgpack.Decoder(HostTasks).decode
read_client_settings = msgspec.msgpack.Decoder(ClientSettings).decode
read_instant = msgspec.msgpack.Decoder(datetime).decode
read_answers = msgspec.msgpack.Decoder(list[Answer]).decode


def frame(kind: bytes, message: Any) -> bytes:
    """The message as it goes over the pipe."""
    body = _encode(message)
    return _HEAD.pack(kind, len(body)) + body


class Unframer:
    """Cuts what comes out of a pipe, piece by piece, into frames."""

    def __init__(self) -> None:
        self._left = bytearray()

    def feed(self, piece: bytes) -> list[tuple[bytes, bytes]]:
        """Kind and body of each frame that is whole now."""
        self._left += piece
        frames = []
        start, size = 0, len(self._left)
        while size - start >= _HEAD.size:
            kind, length = _HEAD.unpack_from(self._left, start)
            end = start + _HEAD.size + length
            if end > size:
                break
            frames.append((kind, bytes(self._left[start + _HEAD.size : end])))
            start = end
        del self._left[:start]
        return frames
