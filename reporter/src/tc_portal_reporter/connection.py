"""HTTP/1.1 as far as a POST to the portal needs it, each step within one deadline.

Not ``http.client``: importing it takes longer than everything else that a report costs, it has no
limit for a whole exchange, and it cannot try a host's addresses in turn within one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .address import Address, parse_address
from .answer import Answer, Incoming, NoAnswer, read_body, read_head, seconds_until
from .proxy import Proxy, proxy_for
from .version import __version__

if TYPE_CHECKING:
    import socket
    import ssl

SECRET_HEADER = "X-TC-Portal-Webhook-Secret"
BODY_BYTES = 4096
BROKEN_OFF = (BrokenPipeError, ConnectionResetError, ConnectionAbortedError)


class Unreachable(OSError):
    """No connection, or none that a request could be sent over; its text is the one that urllib would give."""

    def __init__(self, reason: object) -> None:
        super().__init__(f"<urlopen error {reason}>")
        self.reason = reason


class Connection:
    """A connection to the portal, made at the first POST and kept for further ones where the server allows it."""

    def __init__(self, url: str, secret: str, proxy: str = "", ca_file: str = "") -> None:
        self._url = url
        self._secret = secret
        self._proxy_setting = proxy
        self._ca_file = ca_file
        self._through: Optional[Proxy] = None
        self._socket: Optional[socket.socket] = None
        self._incoming: Optional[Incoming] = None
        self._has_body_to_come = False

    def post(self, name: str, data: bytes, until: float, is_last: bool = True) -> Answer:
        """POST ``data`` to the path that ends in ``name``; the answer comes without its body.

        ``until`` is by ``time.monotonic()``. Raises ``OSError``, and ``ValueError`` for settings that no
        request can be made of. With ``is_last`` the server is told that nothing more follows.
        """
        if not (self._secret.isascii() and self._secret.isprintable()):
            raise ValueError("TC_PORTAL_WEBHOOK_SECRET に改行や全角文字などの使えない文字があります")
        address = parse_address(self._url)
        if self._has_body_to_come:
            self.close()
        is_reused = self._socket is not None
        try:
            answer = self._post(address, name, data, until, is_last)
        except (NoAnswer, Unreachable, *BROKEN_OFF):
            if not is_reused or (self._incoming is not None and self._incoming.received):
                raise
            # The server had closed the idle connection. It is safe to send again: a report names its run.
            self.close()
            answer = self._post(address, name, data, until, is_last)
        self._has_body_to_come = True
        return answer

    def with_body(self, answer: Answer, limit: int = BODY_BYTES) -> Answer:
        """``answer``, the last one, with at most ``limit`` bytes of its body if they come; never raises."""
        self._has_body_to_come = False
        if self._incoming is None:
            return answer
        try:
            body, may_follow = read_body(self._incoming, answer, limit)
        except OSError:
            self.close()
            return answer
        if not may_follow:
            self.close()
        return answer._replace(body=body)

    def close(self) -> None:
        opened, self._socket, self._incoming = self._socket, None, None
        self._has_body_to_come = False
        if opened is not None:
            opened.close()

    def _post(self, address: Address, name: str, data: bytes, until: float, is_last: bool) -> Answer:
        try:
            if self._socket is None:
                self._open(address, until)
            sent_whole = self._send(self._request(address, name, data, is_last), until)
        except OSError as error:
            self.close()
            raise Unreachable(error) from error
        assert self._socket is not None
        if self._incoming is None:
            self._incoming = Incoming(self._socket, until)
        self._incoming.until = until
        try:
            return read_head(self._incoming)
        except OSError as error:
            raise error if sent_whole else Unreachable(error) from error

    def _request(self, address: Address, name: str, data: bytes, is_last: bool) -> bytes:
        path, more = address.path_of(name), ""
        if self._through is not None and address.scheme == "http":
            path = f"http://{address.host_and_port}{path}"
            more = _proxy_authorization(self._through)
        head = (
            f"POST {path} HTTP/1.1\r\n"
            f"Host: {address.host_and_port}\r\n"
            f"User-Agent: tc-portal-reporter/{__version__}\r\n"
            "Accept-Encoding: identity\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n"
            f"{SECRET_HEADER}: {self._secret}\r\n"
            f"{more}"
            f"Connection: {'close' if is_last else 'keep-alive'}\r\n\r\n"
        )
        return head.encode("ascii") + data

    def _send(self, data: bytes, until: float) -> bool:
        """Whether all was sent. A server that refuses a body may close before it has read it, having answered."""
        assert self._socket is not None
        self._socket.settimeout(seconds_until(until))
        try:
            self._socket.sendall(data)
        except BROKEN_OFF:
            return False
        return True

    def _open(self, address: Address, until: float) -> None:
        """Connect, directly or through a proxy, and shake hands where it is https."""
        self._through = proxy_for(address, self._proxy_setting)
        if self._through is None:
            self._socket = _connected(address.host, address.port, until)
        else:
            self._socket = _connected(self._through.host, self._through.port, until)
        if address.scheme == "https":
            if self._through is not None:
                _tunnel(self._socket, self._through, address, until)
            self._socket.settimeout(seconds_until(until))
            self._socket = _tls_context(self._ca_file).wrap_socket(self._socket, server_hostname=address.host)


def _connected(host: str, port: int, until: float) -> socket.socket:
    """Try the host's addresses in turn, each with its share of the time that is left."""
    import socket

    # As bytes, a name that is plain ASCII does not make Python import its codec for international names.
    name = host.encode("ascii") if host.isascii() else host
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    for number, (family, kind, protocol, _, place) in enumerate(found, 1):
        opened = socket.socket(family, kind, protocol)
        try:
            opened.settimeout(seconds_until(until) / (len(found) - number + 1))
            opened.connect(place)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            opened.close()
            if number == len(found):
                raise
        else:
            return opened
    raise OSError("getaddrinfo returns an empty list")


def _tunnel(opened: socket.socket, proxy: Proxy, address: Address, until: float) -> None:
    """Have the proxy connect to the portal, so that TLS reaches from here to there."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    place = f"{host}:{address.port}"
    opened.settimeout(seconds_until(until))
    opened.sendall(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{_proxy_authorization(proxy)}\r\n".encode("ascii"))
    answer = read_head(Incoming(opened, until))
    if answer.status != 200:
        raise OSError(f"Tunnel connection failed: {answer.status} {answer.reason}")


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
