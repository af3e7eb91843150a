"""The tokens that stand in the addresses of other monitors' clients. They open less than the webhook secret does, and are never it."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from hashlib import sha256
from typing import Literal
from uuid import UUID

import msgspec

# uuid: ``1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed``, as Healthchecks names a check.
# hex: 32 hexadecimal digits, as the public key of a Sentry DSN, an Uptime Kuma push token, a Cronitor API key.
# short: 22 characters of A-Z a-z 0-9 - _, as a Healthchecks ping key.
TokenForm = Literal["uuid", "hex", "short"]
TokenKind = Literal["job", "portal"]

VALUE_BYTES = 16
# What a client may send as a token: longer than any monitor's, and no work to hash.
TOKEN_LIMIT = 200

_HEX = re.compile("[0-9a-fA-F]{32}")
_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SHORT = re.compile("[A-Za-z0-9_-]{22}")


class PingToken(msgspec.Struct, frozen=True):
    """A token that is valid. One of a job speaks for ``job_key``; one of the portal (``job_key`` is None) for any job.

    ``title`` is what the token's job is called now or, while there is no such job, what it is to be called. ``last_used_on`` is a day in UTC.
    """

    digest: str
    job_key: str | None
    title: str
    last_used_on: date | None = None

    @property
    def kind(self) -> TokenKind:
        return "portal" if self.job_key is None else "job"


def token_as(value: bytes, form: TokenForm) -> str:
    """One value of 128 random bits, written as a dialect needs it."""
    if form == "uuid":
        return str(UUID(bytes=value))
    if form == "hex":
        return value.hex()
    return urlsafe_b64encode(value).decode().rstrip("=")


def token_digest(token: str) -> str:
    """What is kept of a token: the SHA-256 of its value, in hexadecimal. The value is random and long, so that a fast digest
    tells nothing of it. The same value has the same digest in all three forms; any other text is a value by itself, so
    that a token which another monitor gave out can be kept."""
    return sha256(_value_of(token)).hexdigest()


def _value_of(token: str) -> bytes:
    if len(token) in (32, 36) and (_HEX.fullmatch(token) or _UUID.fullmatch(token)):
        return bytes.fromhex(token.replace("-", ""))
    if len(token) == 22 and _SHORT.fullmatch(token):
        value = urlsafe_b64decode(token + "==")
        # The last character has four bits to spare: a text that uses them is not how the value is written.
        if token_as(value, "short") == token:
            return value
    return token.encode(errors="surrogatepass")
