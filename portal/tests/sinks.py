"""Services on loopback that take what the portal sends: HTTP with or without TLS, and names that lead to them."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Request:
    """What a sink was sent."""

    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}


@dataclass
class Reply:
    """What a sink answers. ``hangs``: seconds in which it says nothing; ``is_cut``: it breaks off in the middle."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    hangs: float = 0.0
    is_cut: bool = False
    drips: float = 0.0


class HttpSink:
    """A server on a free port of loopback. ``answer`` decides what each request gets; the default takes everything."""

    def __init__(
        self, answer: Callable[[Request], Reply] = lambda request: Reply(), tls: ssl.SSLContext | None = None
    ):
        self.requests: list[Request] = []
        self.answer = answer
        self._over = threading.Event()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                request = Request(self.command, self.path, self.headers, self.rfile.read(length))
                sink.requests.append(request)
                sink.give(self, sink.answer(request))

            do_GET = do_PUT = do_POST

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def give(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        self._over.wait(reply.hangs) if reply.hangs else None
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        length = len(reply.body) + (100 if reply.is_cut else 0)
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        if reply.drips:
            for byte in reply.body:
                if self._over.wait(reply.drips):
                    break
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
        else:
            handler.wfile.write(reply.body)
        handler.close_connection = reply.is_cut or handler.close_connection

    def close(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def http_sink(answer: Callable[[Request], Reply] = lambda request: Reply()) -> Iterator[HttpSink]:
    sink = HttpSink(answer)
    try:
        yield sink
    finally:
        sink.close()


class Internet:
    """Names that lead to sinks on loopback, with certificates that this machine trusts for the time of a test.

    Only what the operating system and a certificate authority would answer is replaced; all of the portal's own code runs.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._authority_key = ec.generate_private_key(ec.SECP256R1())
        self._authority = self._certificate("An authority of the tests", self._authority_key, None)
        bundle = folder / "authority.pem"
        bundle.write_bytes(self._authority.public_bytes(serialization.Encoding.PEM))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
        monkeypatch.setenv("NO_PROXY", "*")
        self.addresses: dict[str, list[tuple[str, int]]] = {}
        self.looked_up: list[str] = []
        self._sinks: list[HttpSink] = []
        asked = socket.getaddrinfo

        def getaddrinfo(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            if name not in self.addresses:
                return asked(host, port, *arguments, **options)
            self.looked_up.append(name)
            led_to = self.addresses[name]
            address = led_to[min(self.looked_up.count(name), len(led_to)) - 1]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    def service(self, name: str, answer: Callable[[Request], Reply] = lambda request: Reply()) -> HttpSink:
        """A service of that name, over TLS."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(name, key, self._authority)
        chain, private = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(chain, private)
        sink = HttpSink(answer, tls)
        self._sinks.append(sink)
        self.addresses[name] = [("127.0.0.1", sink.port)]
        return sink

    def close(self) -> None:
        for sink in self._sinks:
            sink.close()

    def _certificate(
        self, name: str, key: ec.EllipticCurvePrivateKey, authority: x509.Certificate | None
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:60])])
        now = datetime.now(UTC)
        signing = self._authority_key if authority is not None else key
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if authority is None else authority.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        )
        if authority is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        return builder.sign(signing, hashes.SHA256())


def wait_until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something that comes about by itself."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)
