"""``POST /api/monitor/echo``: says what arrived, so that ``tc-report doctor`` can see whether text comes through whole."""

from typing import Any

import msgspec

from .members import members_reader, text_or_json


class Echo(msgspec.Struct):
    """The body's members as they came; others are passed over."""

    text: Any = None


_read = members_reader(Echo)


def read_echo(body: bytes, content_type: bytes | None) -> str | None:
    """The body's ``text`` as a report's message would arrive. Raises ``Rejected``."""
    return text_or_json(_read(body, content_type).text)
