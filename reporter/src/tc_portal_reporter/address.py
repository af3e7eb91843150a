"""The portal's address, taken apart without urllib, whose import costs more than a whole report."""

from __future__ import annotations

from typing import NamedTuple

DEFAULT_PORTS = {"http": 80, "https": 443}
REPORT_NAME = "job-report"


class Address(NamedTuple):
    """``folder`` is the path down to its last slash, ``last`` what follows; ``query`` is empty or begins with ``?``."""

    scheme: str
    host: str
    port: int
    folder: str
    last: str
    query: str = ""

    @property
    def host_and_port(self) -> str:
        """As in the header ``Host`` and in URLs; the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS.get(self.scheme) else f"{host}:{self.port}"

    @property
    def base(self) -> str:
        """The folder's URL, without anything that may be secret: what tells one portal from another."""
        return f"{self.scheme}://{self.host_and_port}{self.folder}"

    def path_of(self, name: str) -> str:
        """Where messages of this ``name`` go: reports to the very address that is set, all else beside it."""
        return f"{self.folder}{self.last if name == REPORT_NAME else name}{self.query}"


def parse_address(url: str) -> Address:
    """The address of the portal whose ``job-report`` is at ``url``. Raises ``ValueError`` in urllib's words."""
    scheme, found, rest = url.partition("://")
    if not found or not scheme.replace("+", "").replace("-", "").replace(".", "").isalnum() or not scheme.isascii():
        raise ValueError(f"unknown url type: {url!r}")
    scheme = scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise ValueError(f"<urlopen error unknown url type: {scheme}>")
    if not rest.isascii() or any(character <= " " or character == "\x7f" for character in rest):
        raise ValueError("URL に空白や全角文字は使えません")
    rest = rest.partition("#")[0]
    ends = [rest.index(mark) for mark in "/?" if mark in rest]
    netloc = rest[: min(ends)] if ends else rest
    path, question_mark, query = rest[len(netloc) :].partition("?")
    if "@" in netloc:
        raise ValueError("URL に user:password@ は書けません")
    host, port = _host_and_port(netloc, DEFAULT_PORTS[scheme])
    folder, _, last = path.rpartition("/")
    return Address(scheme, host, port, folder + "/", last, question_mark + query)


def base_of(url: str) -> str:
    """The portal's base, as in ``Address.base``; empty where ``url`` is no address."""
    try:
        return parse_address(url).base
    except ValueError:
        return ""


def _host_and_port(netloc: str, default: int) -> "tuple[str, int]":
    bracketed, closing, after = netloc.partition("]")
    if closing and bracketed.startswith("["):
        host, port = bracketed[1:], after.lstrip(":")
    else:
        host, _, port = netloc.partition(":")
    if not host:
        raise ValueError("<urlopen error no host given>")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"nonnumeric port: {port!r}")
    return host, int(port or default)
