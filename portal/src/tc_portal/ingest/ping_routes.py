"""Which dialect a path speaks. Paths that other monitors' clients use, and no dialect takes, are answered 404: never by a page,
whose login would redirect them."""

import re
from typing import NamedTuple

from .dialects.better_stack import BETTER_STACK
from .dialects.cronitor import CRONITOR
from .dialects.cronitor_monitors import CRONITOR_MONITORS
from .dialects.dead_mans_snitch import DEAD_MANS_SNITCH
from .dialects.healthchecks import HEALTHCHECKS_BY_SLUG, HEALTHCHECKS_BY_UUID
from .dialects.sentry_cron import SENTRY_CRON
from .dialects.sentry_envelope import SENTRY_ENVELOPE
from .dialects.uptime_kuma import UPTIME_KUMA
from .ping_dialect import PingDialect, PingRequest

# No page lives below these, nor where the address of a Sentry DSN with a path ends.
RESERVED = ("/api/", "/ping/", "/p/", "/snitch/")
_OF_A_DSN = re.compile("/.+/api/[0-9]+/(?:envelope|cron)(?:/.*)?")

_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_SIGNAL = "start|fail|log|[0-9]{1,18}"

_SLASHES = re.compile("/{2,}")


class PingRoute(NamedTuple):
    """A path that a dialect takes; the groups of ``path``, empty where they are missing, become ``PingRequest.parts``. Where other
    dialects have such paths too, the query has one of ``asking``."""

    path: re.Pattern[str]
    dialect: PingDialect
    asking: frozenset[str] = frozenset()

    def parts_of(self, request: PingRequest) -> tuple[str, ...] | None:
        """None where the dialect does not take the request."""
        found = self.path.fullmatch(request.path)
        if found is None or (self.asking and not any(name in self.asking for name, _ in request.query)):
            return None
        return tuple(found.groups(""))


# The first that matches the whole path is taken.
ROUTES = (
    PingRoute(re.compile("/api/push/([^/]+)/?"), UPTIME_KUMA),
    PingRoute(re.compile("/api/v1/heartbeat/([^/]+)(?:/(fail|-?[0-9]{1,18})?)?"), BETTER_STACK),
    PingRoute(re.compile("/ping/([^/]+)/(.+?)/?"), CRONITOR, frozenset({"state", "stamp"})),
    PingRoute(re.compile(f"/ping/({_UUID})(?:/({_SIGNAL})?)?"), HEALTHCHECKS_BY_UUID),
    PingRoute(re.compile(f"/ping/([-A-Za-z0-9_]+)/([-A-Za-z0-9_]+)(?:/({_SIGNAL}))?"), HEALTHCHECKS_BY_SLUG),
    PingRoute(re.compile("/snitch/([^/]+)/?"), DEAD_MANS_SNITCH),
    PingRoute(re.compile("/p/([^/]+)/(.+?)/?"), CRONITOR),
    PingRoute(re.compile("/api/(monitors)"), CRONITOR_MONITORS),
    PingRoute(re.compile(r"/api/(monitors)/(.+?)(?:/(pause)(?:/([0-9]{1,9}))?)?/?"), CRONITOR_MONITORS),
    PingRoute(re.compile("(?:/.+)?/api/[0-9]+/envelope/?"), SENTRY_ENVELOPE),
    PingRoute(re.compile("(?:/.+)?/api/[0-9]+/cron/([^/]+)(?:/([^/]+))?/?"), SENTRY_CRON),
)


def with_single_slashes(path: str) -> str:
    """The path with repeated slashes as one: a client that is given an address with a slash at its end sends two."""
    return _SLASHES.sub("/", path) if "//" in path else path


def is_of_pings(path: str) -> bool:
    """Whether a path, its slashes single, is one that no page may answer."""
    return path.startswith(RESERVED) or ("/api/" in path and _OF_A_DSN.fullmatch(path) is not None)


def dialect_of(request: PingRequest) -> tuple[PingDialect, PingRequest] | None:
    """The dialect that takes the request, and the request with its ``parts``."""
    for route in ROUTES:
        parts = route.parts_of(request)
        if parts is not None:
            return route.dialect, request._replace(parts=parts)
    return None
