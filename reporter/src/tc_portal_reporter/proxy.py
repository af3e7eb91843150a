"""Through which proxy to go: the one that is set, or the one that urllib would find."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple, Optional

from .address import Address

NO_PROXY = "none"
INTERNET_SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"


class Proxy(NamedTuple):
    """``credentials`` is what its address had before the ``@``: ``user:password``, quoted as in URLs, or empty."""

    host: str
    port: int
    credentials: str = ""


def proxy_for(address: Address, configured: str) -> Optional[Proxy]:
    """The proxy to use for ``address``. Raises ``ValueError`` where one is set that cannot be used.

    ``configured`` is the config file's word: an address, or ``"none"``. Where it says nothing, the
    variables count, and where there are none, the settings of the Windows or macOS user. May look up names.
    """
    if configured.lower() == NO_PROXY:
        return None
    if configured:
        return _parsed_proxy(configured)
    if not _may_have_proxy():
        return None
    from urllib.request import getproxies, proxy_bypass

    found = getproxies().get(address.scheme, "")
    if not found or proxy_bypass(address.host_and_port):
        return None
    return _parsed_proxy(found)


def _may_have_proxy() -> bool:
    """Whether urllib, whose import is dear, is worth asking."""
    if any(name.lower().endswith("_proxy") and value for name, value in os.environ.items()):
        return True
    if sys.platform == "win32":
        return _windows_user_has_proxy()
    return sys.platform == "darwin"


def _windows_user_has_proxy() -> bool:
    if sys.platform != "win32":
        return False
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, INTERNET_SETTINGS) as key:
            return bool(winreg.QueryValueEx(key, "ProxyEnable")[0])
    except OSError:
        return False


def _parsed_proxy(text: str) -> Proxy:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        port = parts.port
    except ValueError:
        raise ValueError("プロキシのアドレスが読めません") from None
    if parts.scheme not in ("", "http", "https") or not parts.hostname:
        raise ValueError(f"このプロキシには対応していません: {parts.scheme}://{parts.hostname or ''}")
    credentials = parts.netloc.rpartition("@")[0]
    return Proxy(parts.hostname, port or (443 if parts.scheme == "https" else 80), credentials)
