"""HTTP/1.1 as far as a POST to the portal needs it, each step within one deadline.

Not ``http.client``: importing it takes longer than everything else that a report costs, it has no
limit for a whole exchange, and it cannot try a host's addresses in turn within one.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Dict, Mapping, NamedTuple, Optional, Tuple

from .address import Address, parse_address
from .proxy import Proxy, proxy_for
from .version import __version__

if TYPE_CHECKING:
    import socket
    import ssl

SECRET_HEADER = "X-TC-Portal-Webhook-Secret"
HEAD_LIMIT_BYTES = 65_536
BODY_BYTES = 4096
NOWHERE = Address("", "", 0, "", "")
PIECE_BYTES = 65_536


class Answer(NamedTuple):
    """What the server answered. ``headers`` have lower-case names."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes = b""


class Unreachable(OSError):
    """No connection, or none that a request could be sent over; its text is the one that urllib would give."""

    def __init__(self, reason: object) -> None:
        super().__init__(f"<urlopen error {reason}>")
        self.reason = reason


class NoAnswer(OSError):
    """A connection, but nothing over it that is an answer."""


class Connection:
    """A connection to the portal, made at the first POST and kept for further ones where the server allows it."""

    def __init__(self, url: str, secret: str, proxy: str = "", ca_file: str = "") -> None:
        self._url = url
        self._address = NOWHERE
        self._secret = secret
        self._proxy_setting = proxy
        self._ca_file = ca_file
        self._prefix = ""
        self._more_headers = ""
        self._socket: Optional[socket.socket] = None
        self._received = b""
        self._until = 0.0
        self._unread: Optional[Answer] = None

    def post(self, name: str, data: bytes, until: float, is_last: bool = True) -> Answer:
        """POST ``data`` to the path that ends in ``name``; the answer comes without its body.

        ``until`` is by ``time.monotonic()``. Raises ``OSError``, and ``ValueError`` for settings that no
        request can be made of. With ``is_last`` the server is told that nothing more follows.
        """
        if not (self._secret.isascii() and self._secret.isprintable()):
            raise ValueError("TC_PORTAL_WEBHOOK_SECRET に改行や全角文字などの使えない文字があります")
        self._address = parse_address(self._url)
        self._until = until
        is_fresh = self._socket is None
        try:
            return self._post(name, data, is_last)
        except (NoAnswer, Unreachable, ConnectionResetError, ConnectionAbortedError):
            if is_fresh or self._received:
                raise
            # The server had closed the idle connection. It is safe to send again: a report names its run.
            self.close()
            return self._post(name, data, is_last)

    def with_body(self, answer: Answer) -> Answer:
        """``answer``, the last one, with as much of its body as is worth reading; never raises."""
        try:
            return answer._replace(body=self.read_body(BODY_BYTES))
        except OSError:
            self.close()
            return answer

    def read_body(self, limit: int) -> bytes:
        """The body of the last answer, at most ``limit`` bytes; the connection ends where there is more."""
        answer, self._unread = self._unread, None
        if answer is None:
            return b""
        if "chunked" in answer.headers.get("transfer-encoding", "").lower():
            body, is_whole = self._chunks(limit)
        elif "content-length" in answer.headers:
            length = _whole_number(answer.headers["content-length"])
            body, is_whole = self._exactly(min(length, limit)), length <= limit
        elif answer.status == 204:
            body, is_whole = b"", True
        else:
            body, is_whole = self._until_closed(limit), False
        if not is_whole or "close" in answer.headers.get("connection", "").lower():
            self.close()
        return body

    def close(self) -> None:
        opened, self._socket, self._unread, self._received = self._socket, None, None, b""
        if opened is not None:
            opened.close()

    def _post(self, name: str, data: bytes, is_last: bool) -> Answer:
        if self._unread is not None:
            self.close()
        if self._socket is None:
            self._open()
        head = (
            f"POST {self._prefix}{self._address.path_of(name)} HTTP/1.1\r\n"
            f"Host: {self._address.host_and_port}\r\n"
            f"User-Agent: tc-portal-reporter/{__version__}\r\n"
            "Accept-Encoding: identity\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n"
            f"{SECRET_HEADER}: {self._secret}\r\n"
            f"{self._more_headers}"
            f"Connection: {'close' if is_last else 'keep-alive'}\r\n\r\n"
        )
        try:
            self._send(head.encode("ascii") + data)
        except (BrokenPipeError, ConnectionResetError, ConnectionAbortedError) as error:
            # A server that refuses a body may close before it has read all of it: its answer may be here.
            try:
                answer = self._answer()
            except OSError:
                raise Unreachable(error) from error
        except OSError as error:
            raise Unreachable(error) from error
        else:
            answer = self._answer()
        self._unread = answer
        return answer

    def _open(self) -> None:
        """Connect, directly or through a proxy, and shake hands where it is https."""
        proxy = proxy_for(self._address, self._proxy_setting)
        try:
            self._connect(proxy.host if proxy else self._address.host, proxy.port if proxy else self._address.port)
            if self._address.scheme == "https":
                if proxy:
                    self._tunnel(proxy)
                self._shake_hands()
            elif proxy:
                self._prefix = f"http://{self._address.host_and_port}"
                self._more_headers = _proxy_authorization(proxy)
        except OSError as error:
            self.close()
            raise Unreachable(error) from error

    def _connect(self, host: str, port: int) -> None:
        """Try the host's addresses in turn, each with its share of the time that is left."""
        import socket

        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for number, (family, kind, protocol, _, place) in enumerate(found):
            opened = socket.socket(family, kind, protocol)
            try:
                opened.settimeout(self._left() / (len(found) - number))
                opened.connect(place)
            except OSError:
                opened.close()
                if number == len(found) - 1:
                    raise
            else:
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._socket = opened
                return

    def _tunnel(self, proxy: Proxy) -> None:
        host = f"{self._address.host}:{self._address.port}"
        if ":" in self._address.host:
            host = f"[{self._address.host}]:{self._address.port}"
        self._send(f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n{_proxy_authorization(proxy)}\r\n".encode("ascii"))
        answer = self._answer()
        if answer.status != 200:
            raise OSError(f"Tunnel connection failed: {answer.status} {answer.reason}")

    def _shake_hands(self) -> None:
        opened = self._socket
        assert opened is not None
        opened.settimeout(self._left())
        self._socket = _tls_context(self._ca_file).wrap_socket(opened, server_hostname=self._address.host)

    def _send(self, data: bytes) -> None:
        assert self._socket is not None
        self._socket.settimeout(self._left())
        self._socket.sendall(data)

    def _answer(self) -> Answer:
        """The head of the answer; those that only say to wait are passed over."""
        room = HEAD_LIMIT_BYTES
        while True:
            line, room = self._line(room)
            status, reason = _status(line)
            headers: Dict[str, str] = {}
            while True:
                line, room = self._line(room)
                if not line:
                    break
                name, _, value = line.partition(":")
                headers[name.strip().lower()] = value.strip()
            if status >= 200 or status == 101:
                return Answer(status, reason, headers)

    def _line(self, room: int) -> Tuple[str, int]:
        while b"\n" not in self._received:
            if len(self._received) > room:
                raise NoAnswer("got more than 65536 bytes when reading the head of the answer")
            self._receive_more()
        line, _, self._received = self._received.partition(b"\n")
        return line.rstrip(b"\r").decode("latin-1"), room - len(line)

    def _receive_more(self) -> None:
        assert self._socket is not None
        self._socket.settimeout(self._left())
        piece = self._socket.recv(PIECE_BYTES)
        if not piece:
            raise NoAnswer("Remote end closed connection without response")
        self._received += piece

    def _exactly(self, length: int) -> bytes:
        while len(self._received) < length:
            self._receive_more()
        body, self._received = self._received[:length], self._received[length:]
        return body

    def _chunks(self, limit: int) -> Tuple[bytes, bool]:
        body = b""
        while True:
            line, _ = self._line(HEAD_LIMIT_BYTES)
            try:
                length = int(line.partition(";")[0].strip(), 16)
            except ValueError:
                raise NoAnswer("a chunk without its length") from None
            if length == 0:
                while self._line(HEAD_LIMIT_BYTES)[0]:
                    pass
                return body, True
            body += self._exactly(min(length, limit - len(body)))
            if len(body) >= limit:
                return body, False
            self._line(HEAD_LIMIT_BYTES)

    def _until_closed(self, limit: int) -> bytes:
        try:
            return self._exactly(limit)
        except NoAnswer:
            return self._received

    def _left(self) -> float:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


def _tls_context(ca_file: str) -> ssl.SSLContext:
    """What Python trusts by itself (Windows' store, SSL_CERT_FILE), and the company's CA besides."""
    import ssl

    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:
            raise OSError(f"ca_file {ca_file}: {error}") from error
    return context


def _proxy_authorization(proxy: Proxy) -> str:
    if not proxy.credentials:
        return ""
    from base64 import b64encode
    from urllib.parse import unquote

    return f"Proxy-Authorization: Basic {b64encode(unquote(proxy.credentials).encode()).decode('ascii')}\r\n"


def _status(line: str) -> Tuple[int, str]:
    version, _, rest = line.partition(" ")
    status, _, reason = rest.strip().partition(" ")
    if not version.startswith("HTTP/1.") or len(status) != 3 or not status.isdigit():
        raise NoAnswer(line[:200] or "an empty status line")
    return int(status), reason.strip()


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise NoAnswer("an answer without a proper Content-Length")
    return int(text)
