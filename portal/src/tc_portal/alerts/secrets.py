"""What channels prove themselves with: encrypted where it is kept, and taken out of whatever is told of a failure."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# Other uses of the portal's key have other labels: none can read what another wrote.
_LABEL = b"tc-portal channel settings 1"
_LONGEST_TOLD = 300
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"'<>]+", re.IGNORECASE)
# Keys and tokens are long and hold digits; words are not both.
_TOKEN = re.compile(r"(?=[\w+/=.~-]*\d)[\w+/=.~-]{20,}", re.ASCII)
_TAKEN_OUT = "…"


class Unreadable(Exception):
    """The settings were written with a key that this portal no longer has."""


def sealed(values: Mapping[str, str]) -> str:
    """A channel's settings as they are kept."""
    return _cipher().encrypt(json.dumps(dict(values)).encode()).decode()


def opened(kept: str) -> dict[str, str]:
    """A channel's settings as they were entered. Raises ``Unreadable``."""
    try:
        values: dict[str, str] = json.loads(_cipher().decrypt(kept.encode()))
    except (InvalidToken, ValueError):
        # The original quotes what it could not read.
        raise Unreadable from None
    return values


def without_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """A service's or a library's words in one line that may be kept and shown: no address, no token, none of ``secrets``."""
    for secret in sorted((each for each in secrets if len(each) > 3), key=len, reverse=True):
        text = text.replace(secret, _TAKEN_OUT)
    text = _TOKEN.sub(_TAKEN_OUT, _ADDRESS.sub(_TAKEN_OUT, text))
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if len(text) <= _LONGEST_TOLD else text[: _LONGEST_TOLD - 1] + "…"


def _cipher() -> MultiFernet:
    return _cipher_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _cipher_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_LABEL).derive(key.encode())
