"""What is kept of a command's output for the report: its beginning, its end, and its true size."""

from __future__ import annotations

from typing import Dict, NamedTuple

from .decoding import Cut, decode
from .masking import Mask

OUTPUT_HEAD_BYTES = 16_384
OUTPUT_TAIL_BYTES = 49_152
# More is kept than is told, so that a secret that the edge goes through is whole when it is looked for.
MARGIN_BYTES = 8_192
# Up to here a line is held together, so that what comes on the other stream cannot get into it.
LONGEST_LINE_BYTES = 8_192
# How much may be left out so that what is told begins and ends with a line.
LINE_SEARCH = 1_000


class Excerpt(NamedTuple):
    """``size`` is in bytes, of all that came out. ``tail`` is empty where ``head`` is all of it."""

    head: str
    tail: str
    size: int
    truncated: bool

    @property
    def members(self) -> Dict[str, object]:
        """The report's ``output``."""
        return {"head": self.head, "tail": self.tail, "size": self.size, "truncated": self.truncated}


class KeptOutput:
    """Takes the output as it comes, from several threads, and holds a bounded part of it."""

    def __init__(self) -> None:
        from threading import Lock

        self._lock = Lock()
        self._begun: Dict[str, bytes] = {}
        self._head = bytearray()
        self._tail = bytearray()
        self._size = 0

    def take(self, stream: str, data: bytes) -> None:
        """Keep ``data``, which came out on ``stream``. Lines of several streams are not mixed."""
        with self._lock:
            self._size += len(data)
            begun = self._begun.get(stream, b"") + data
            end = _end_of_lines(begun)
            if len(begun) - end > LONGEST_LINE_BYTES:
                end = len(begun)
            self._begun[stream] = begun[end:]
            self._keep(begun[:end])

    def excerpt(self, mask: Mask) -> Excerpt:
        """What is to be told, without secrets. Lines that have begun count as they are."""
        with self._lock:
            for stream in list(self._begun):
                self._keep(self._begun.pop(stream))
            head, tail, size = bytes(self._head), bytes(self._tail), self._size
        if size == len(head) + len(tail):
            return _excerpt_of_all(mask(decode(head + tail)), size)
        return Excerpt(_told_head(head, mask), _told_tail(tail, mask), size, truncated=True)

    def _keep(self, data: bytes) -> None:
        room = OUTPUT_HEAD_BYTES + MARGIN_BYTES - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        surplus = len(self._tail) - MARGIN_BYTES - OUTPUT_TAIL_BYTES
        if surplus > OUTPUT_TAIL_BYTES:
            del self._tail[:surplus]


def _end_of_lines(data: bytes) -> int:
    """Where the last whole line in ``data`` ends."""
    end = data.rfind(b"\n") + 1
    if end and data[end : end + 1] == b"\0":
        end += 1
    return end


def _excerpt_of_all(text: str, size: int) -> Excerpt:
    if len(text.encode("utf-8")) <= OUTPUT_HEAD_BYTES + OUTPUT_TAIL_BYTES:
        return Excerpt(text, "", size, truncated=False)
    return Excerpt(_first(text, OUTPUT_HEAD_BYTES), _last(text, OUTPUT_TAIL_BYTES), size, truncated=True)


def _told_head(kept: bytes, mask: Mask) -> str:
    text = mask(decode(kept, Cut(after=True)))
    margin = len(decode(kept[OUTPUT_HEAD_BYTES:], Cut(before=True, after=True)))
    return _first(text[: len(text) - margin], OUTPUT_HEAD_BYTES)


def _told_tail(kept: bytes, mask: Mask) -> str:
    text = mask(decode(kept, Cut(before=True)))
    margin = len(decode(kept[:MARGIN_BYTES], Cut(before=True, after=True)))
    return _last(text[margin:], OUTPUT_TAIL_BYTES)


def _first(text: str, limit: int) -> str:
    """The beginning of ``text``, up to the end of a line if one is near."""
    text = text.encode("utf-8", "backslashreplace")[:limit].decode("utf-8", "ignore")
    end = text.rfind("\n", len(text) - LINE_SEARCH if len(text) > LINE_SEARCH else 0) + 1
    return text[:end] if end else text


def _last(text: str, limit: int) -> str:
    """The end of ``text``, from the beginning of a line if one is near."""
    text = text.encode("utf-8", "backslashreplace")[-limit:].decode("utf-8", "ignore")
    return text[text.find("\n", 0, LINE_SEARCH) + 1 :]
