"""Where a request of a Sentry client carries the public key of its DSN: the portal's token."""

import re
from base64 import b64decode
from binascii import Error
from urllib.parse import urlsplit

from tc_portal.ingest.ping_dialect import PingRequest

_KEY = re.compile(r"""\bsentry_key\s*=\s*"?([^",\s]+)""")


def public_key_of(request: PingRequest) -> str | None:
    """The key in ``X-Sentry-Auth``, ``Authorization`` or the query; None where there is none."""
    for name in (b"x-sentry-auth", b"authorization"):
        text = request.headers.get(name, b"").decode("latin-1")
        if (found := _KEY.search(text)) is not None:
            return found[1]
    return _user_of_basic(request) or request.asked("sentry_key") or None


def _user_of_basic(request: PingRequest) -> str | None:
    scheme, _, credentials = request.headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        return b64decode(credentials).decode().partition(":")[0]
    except (Error, ValueError):
        return None


def public_key_in(dsn: object) -> str | None:
    """The key in a DSN, ``https://<key>@<host>/<project>``; None where it is none."""
    try:
        return urlsplit(dsn).username if isinstance(dsn, str) else None
    except ValueError:
        return None
