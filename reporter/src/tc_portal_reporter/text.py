"""Any value as text that JSON, UTF-8 and a database will take."""

from __future__ import annotations

HEAD_BYTES = 16_000
TAIL_BYTES = 48_000
LIMIT_BYTES = 65_536


def text_of(value: object) -> str:
    """``value`` as text that can be sent; never raises.

    Lone surrogates (file names and output that could not be decoded) are written out as ``\\udcXX``,
    and NUL, which PostgreSQL refuses, as ``\\x00``.
    """
    try:
        text = str.__str__(value) if isinstance(value, str) else str(value)
    except Exception as error:
        text = f"<{type(value).__name__}: {type(error).__name__}>"
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


def head_and_tail(text: str) -> str:
    """``text`` at most 64 KB long in UTF-8: the cause stands at the end, what it was about at the beginning."""
    data = text.encode("utf-8")
    if len(data) <= LIMIT_BYTES:
        return text
    head = data[:HEAD_BYTES].decode("utf-8", "ignore")
    tail = data[-TAIL_BYTES:].decode("utf-8", "ignore")
    left_out = len(text) - len(head) - len(tail)
    return f"{head}\n……（{left_out:,} 文字を省略）……\n{tail}"


def without_secrets(line: str, secret: str) -> str:
    """``line`` without the secret, and without the ``user:password@`` that an address may hold."""
    if secret:
        line = line.replace(secret, "***")
    if "@" not in line:
        return line
    import re

    return re.sub(r"[^\s/'\"<>]+@", "***@", line)
