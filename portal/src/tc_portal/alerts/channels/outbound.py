"""The way out: while a message is sent, this sees to where it goes, how long it takes and what is answered.

Services are spoken to by Apprise's plug-ins, which use ``requests`` or a library's sockets and tell only whether it went
well. So it is watched below them: an audit hook sees every connection that Python opens, with the very address (no
second look-up can lead elsewhere), and ``requests``' transport shows the answers. Only what happens in a thread that is
sending is touched. Import this only in a process that sends: an audit hook cannot be taken away again.
"""

import contextlib
import logging
import socket
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from tc_portal.alerts.trouble import Trouble

from .addresses import is_private

SECONDS_A_SEND = 15.0
LONGEST_ANSWER = 65_536
# Answers that ask for peace: whatever else the plug-in had in mind can wait.
_ASK_TO_WAIT = (429, 503)


class AddressRefused(OSError):
    """The address is a private one, which the channel does not allow."""


class AskedToWait(Exception):
    """The service has had enough for now."""


class Exchange:
    """What has happened while one message was sent. ``headers`` travel with each of its HTTP requests."""

    def __init__(self, allows_private: bool) -> None:
        self.allows_private = allows_private
        self.headers: dict[str, str] = {}
        self.ends_at = time.monotonic() + SECONDS_A_SEND
        self.trouble: Trouble | None = None
        self.answer: requests.Response | None = None
        self.notes: list[str] = []
        self.is_over = False
        self._proxies: set[str] = set()
        self._connections: list[socket.socket] = []
        self._lock = threading.Lock()

    def check(self, address: object) -> None:
        """Raise ``AddressRefused`` unless a connection may be opened to the address."""
        host = address[0] if isinstance(address, tuple) and address else ""
        if not self.allows_private and is_private(str(host)) and host not in self._proxies:
            self.trouble = Trouble(kind="refused_address")
            raise AddressRefused("a private address")

    def allow_proxy(self, url: str) -> None:
        """A proxy that the machine is configured to use may be a private address: nobody chose it through a channel."""
        host = urlsplit(url if "://" in url else f"http://{url}").hostname
        if host:
            with contextlib.suppress(OSError):
                self._proxies |= {str(found[4][0]) for found in socket.getaddrinfo(host, None)}

    def note_connection(self, connection: socket.socket) -> None:
        """Keep a second handle: the first goes to TLS or into a library, and time may run out meanwhile."""
        with self._lock, contextlib.suppress(OSError):
            if not self.is_over:
                self._connections.append(connection.dup())

    def end(self) -> None:
        """Time is up: break every connection, so that whoever waits for an answer stops waiting."""
        with self._lock:
            self.is_over = True
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()


_local = threading.local()


def present_exchange() -> Exchange | None:
    """The one that goes on in this thread."""
    return getattr(_local, "exchange", None)


@contextlib.contextmanager
def exchange(*, allows_private: bool) -> Iterator[Exchange]:
    """Watch over all that this thread sends meanwhile."""
    _watch()
    going_on = Exchange(allows_private)
    watchdog = threading.Timer(SECONDS_A_SEND, going_on.end)
    watchdog.daemon = True
    watchdog.start()
    _local.exchange = going_on
    try:
        yield going_on
    finally:
        _local.exchange = None
        watchdog.cancel()
        going_on.close()


def retry_after(answer: requests.Response, now: datetime) -> timedelta | None:
    """How long a service asks to wait: ``Retry-After`` in seconds or as a date (RFC 9110), or what Chatwork and LINE WORKS
    say in its place: an instant in Unix time, or seconds."""
    said = answer.headers.get("Retry-After", "").strip()
    try:
        seconds = float(said or _rate_limit_reset(answer, now))
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(said).astimezone(UTC) - now).total_seconds()
        except (ValueError, TypeError):
            return None
    return timedelta(seconds=min(max(seconds, 0.0), 864_000.0)) if seconds == seconds else None


def _rate_limit_reset(answer: requests.Response, now: datetime) -> str:
    if answer.status_code != 429:
        return ""
    said = answer.headers.get("X-RateLimit-Reset") or answer.headers.get("RateLimit-Reset") or ""
    return str(int(said) - now.timestamp()) if said.isdecimal() and len(said) > 9 else said


class _Notes(logging.Handler):
    """Keeps what a library tells of an exchange: for SMTP it is the only word on why it failed."""

    def emit(self, record: logging.LogRecord) -> None:
        going_on = present_exchange()
        if going_on is not None and len(going_on.notes) < 50:
            with contextlib.suppress(Exception):
                going_on.notes.append(record.getMessage()[:1000])


_watched = threading.Lock()
_is_watching = False


def _watch() -> None:
    global _is_watching
    with _watched:
        if _is_watching:
            return
        sys.addaudithook(_on_event)
        HTTPAdapter.send = _sending(HTTPAdapter.send)  # type: ignore[method-assign]
        logging.getLogger("apprise").addHandler(_Notes())
        _is_watching = True


def _on_event(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        return
    going_on = present_exchange()
    if going_on is None:
        return
    going_on.check(arguments[1])
    if event == "socket.connect" and arguments[0].type & 0xF == socket.SOCK_STREAM:
        going_on.note_connection(arguments[0])


def _sending(send: Any) -> Any:
    def watched(adapter: HTTPAdapter, request: Any, *arguments: Any, **options: Any) -> requests.Response:
        going_on = present_exchange()
        if going_on is None:
            return send(adapter, request, *arguments, **options)  # type: ignore[no-any-return]
        request.headers.update(going_on.headers)
        _mind_proxies(going_on, request.url, options.get("proxies") or {})
        options["timeout"] = max(going_on.ends_at - time.monotonic(), 0.1)
        try:
            answer = send(adapter, request, *arguments, **{**options, "stream": True})
            _read(answer)
        except Exception as error:
            going_on.trouble = going_on.trouble or _trouble_of(error, going_on.is_over)
            raise
        _note_answer(going_on, answer)
        return answer  # type: ignore[no-any-return]

    return watched


def _mind_proxies(going_on: Exchange, url: str, proxies: dict[str, str]) -> None:
    proxy = requests.utils.select_proxy(url, proxies)
    if not proxy:
        return
    going_on.allow_proxy(proxy)
    host = urlsplit(url).hostname or ""
    with contextlib.suppress(socket.gaierror):
        # The proxy looks the name up itself, once more; what it finds then cannot be seen from here.
        for found in socket.getaddrinfo(host, None):
            going_on.check(found[4])


def _read(answer: requests.Response) -> None:
    content = b""
    while len(content) < LONGEST_ANSWER and (
        piece := answer.raw.read(LONGEST_ANSWER - len(content), decode_content=True)
    ):
        content += piece
    answer._content, answer._content_consumed = content, True  # type: ignore[attr-defined]
    answer.close()


def _note_answer(going_on: Exchange, answer: requests.Response) -> None:
    going_on.answer = answer
    status = answer.status_code
    if 300 <= status < 400:
        going_on.trouble = Trouble(kind="redirected", status=status)
    elif status >= 400:
        waits = retry_after(answer, datetime.now(UTC))
        going_on.trouble = Trouble(kind="answered", status=status, detail=answer.text[:2000], retry_after=waits)
    if status in _ASK_TO_WAIT:
        raise AskedToWait


def _trouble_of(error: BaseException, is_over: bool) -> Trouble:
    if is_over or isinstance(error, (requests.Timeout, TimeoutError)) or "timed out" in str(error):
        return Trouble(kind="timed_out")
    if "NameResolutionError" in str(error) or isinstance(error, socket.gaierror):
        return Trouble(kind="unknown_name")
    if isinstance(error, requests.exceptions.SSLError):
        return Trouble(kind="insecure")
    return Trouble(kind="disconnected")
