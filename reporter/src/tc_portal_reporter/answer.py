"""The server's answer, as it comes in over a socket."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Dict, Mapping, NamedTuple, Tuple

if TYPE_CHECKING:
    import socket

HEAD_LIMIT_BYTES = 65_536
PIECE_BYTES = 65_536
REMOTE_CLOSED = "Remote end closed connection without response"


class Answer(NamedTuple):
    """What the server answered. ``headers`` have lower-case names."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes = b""


class NoAnswer(OSError):
    """Nothing came, or nothing that is an answer."""


class Incoming:
    """What comes in over a connected socket. All that waits raises ``OSError``, a timeout at ``until`` at the latest."""

    def __init__(self, opened: socket.socket, until: float) -> None:
        self.until = until
        self.received = b""
        self._socket = opened

    def line(self, room: int = HEAD_LIMIT_BYTES) -> str:
        """The next line, without its end."""
        while b"\n" not in self.received:
            if len(self.received) > room:
                raise NoAnswer(f"got more than {HEAD_LIMIT_BYTES} bytes when reading header line")
            self._receive_more()
        line, _, self.received = self.received.partition(b"\n")
        return line.rstrip(b"\r").decode("latin-1")

    def exactly(self, length: int) -> bytes:
        while len(self.received) < length:
            self._receive_more()
        data, self.received = self.received[:length], self.received[length:]
        return data

    def until_closed(self, limit: int) -> bytes:
        try:
            return self.exactly(limit)
        except NoAnswer:
            return self.received

    def _receive_more(self) -> None:
        self._socket.settimeout(seconds_until(self.until))
        piece = self._socket.recv(PIECE_BYTES)
        if not piece:
            raise NoAnswer(REMOTE_CLOSED)
        self.received += piece


def seconds_until(until: float) -> float:
    """How long to wait for something that must be there ``until``. Raises ``TimeoutError`` where that is over."""
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def read_head(incoming: Incoming) -> Answer:
    """The head of the answer; those that only say to go on waiting are passed over."""
    room = HEAD_LIMIT_BYTES
    while True:
        line = incoming.line(room)
        status, reason = _status(line)
        headers: Dict[str, str] = {}
        while True:
            room -= len(line) + 1
            line = incoming.line(room)
            if not line:
                break
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        if status >= 200:
            return Answer(status, reason, headers)


def read_body(incoming: Incoming, answer: Answer, limit: int) -> Tuple[bytes, bool]:
    """The body of ``answer``, at most ``limit`` bytes, and whether another answer may follow it."""
    may_follow = "close" not in answer.headers.get("connection", "").lower()
    if "chunked" in answer.headers.get("transfer-encoding", "").lower():
        body, is_whole = _chunks(incoming, limit)
        return body, is_whole and may_follow
    if "content-length" in answer.headers:
        length = _whole_number(answer.headers["content-length"])
        return incoming.exactly(min(length, limit)), length <= limit and may_follow
    if answer.status == 204:
        return b"", may_follow
    return incoming.until_closed(limit), False


def _chunks(incoming: Incoming, limit: int) -> Tuple[bytes, bool]:
    body = b""
    while True:
        try:
            length = int(incoming.line().partition(";")[0].strip(), 16)
        except ValueError:
            raise NoAnswer("a chunk without its length") from None
        if length <= 0:
            while incoming.line():
                pass
            return body, True
        body += incoming.exactly(min(length, limit - len(body)))
        if len(body) >= limit:
            return body, False
        incoming.line()


def _status(line: str) -> Tuple[int, str]:
    version, _, rest = line.partition(" ")
    status, _, reason = rest.strip().partition(" ")
    if not version.startswith("HTTP/1.") or len(status) != 3 or not (status.isascii() and status.isdigit()):
        raise NoAnswer(line[:200] or "an empty status line")
    return int(status), reason.strip()


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise NoAnswer("an answer without a proper Content-Length")
    return int(text)
