"""Can the portal be reached from here? Proxy, name lookup, connection."""

from __future__ import annotations

from typing import Iterator, NamedTuple

from .address import parse_address
from .finding import Finding, bad, good
from .proxy import proxy_for
from .sending import within
from .settings import Settings


class _Place(NamedTuple):
    host: str
    port: int


def check_route(settings: Settings) -> Iterator[Finding]:
    """Go the way that a report goes: to the proxy if there is one, else to the portal itself."""
    import socket

    portal = parse_address(settings.url)
    try:
        proxy = within(settings.timeout_seconds, lambda: proxy_for(portal, settings.proxy))
    except ValueError as error:
        yield bad("proxy_unusable", error=error)
        return
    except OSError:
        proxy = None
    if proxy is None:
        place = _Place(portal.host, portal.port)
        yield good("proxy_none")
    else:
        place = _Place(proxy.host, proxy.port)
        name = "proxy_configured" if settings.proxy else "proxy"
        yield good(name, proxy=f"{place.host}:{place.port}", host=portal.host)
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
