"""Can the portal be reached from here? Proxy, name lookup, connection."""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional

from .finding import Finding, bad, good
from .sending import within
from .settings import Settings

DEFAULT_PORTS = {"http": 80, "https": 443}


class _Place(NamedTuple):
    host: str
    port: int


def check_route(settings: Settings) -> Iterator[Finding]:
    """Go the way that a report goes: to the proxy if urllib would use one, else to the portal itself."""
    import socket
    from urllib.parse import urlsplit

    portal = urlsplit(settings.url)
    host = portal.hostname or ""
    try:
        proxy = within(settings.timeout_seconds, lambda: _proxy_for(portal.scheme, portal.netloc))
    except OSError:
        proxy = None
    if proxy is None:
        place = _Place(host, portal.port or DEFAULT_PORTS[portal.scheme])
        yield good("proxy_none")
    else:
        place = proxy
        yield good("proxy", proxy=f"{place.host}:{place.port}", host=host)
    try:
        found = within(
            settings.timeout_seconds, lambda: socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        )
    except (OSError, UnicodeError) as error:
        yield bad("dns_failed", host=place.host, error=error)
        return
    yield good("dns_ok", host=place.host, address=found[0][4][0])
    yield _connection(place, settings.timeout_seconds)


def _connection(place: _Place, seconds: float) -> Finding:
    import socket

    def connect() -> None:
        socket.create_connection(place, timeout=seconds).close()

    try:
        within(seconds, connect)
    except ConnectionRefusedError:
        return bad("tcp_refused", host=place.host, port=place.port)
    except OSError as error:
        return bad("tcp_failed", host=place.host, port=place.port, error=error)
    return good("tcp_ok", host=place.host, port=place.port)


def _proxy_for(scheme: str, netloc: str) -> Optional[_Place]:
    """The proxy that urllib would use, without the password its address may hold."""
    from urllib.parse import urlsplit
    from urllib.request import getproxies, proxy_bypass

    address = getproxies().get(scheme, "")
    if not address or proxy_bypass(netloc):
        return None
    parts = urlsplit(address if "//" in address else f"//{address}")
    return _Place(parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 80))
