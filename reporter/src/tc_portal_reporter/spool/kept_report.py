"""A report on disk: how its file is named, and what stands in it.

The first line is the report, as JSON in ASCII, without the secret. Each further line tells of a try
that failed; such a line is not synced to disk, and one that is torn is passed over.
"""

from __future__ import annotations

import json
import os
from typing import Dict, Mapping, NamedTuple, Optional, Tuple

from ..wire import to_json

KEPT_ENDING = ".json"
REFUSED_ENDING = ".refused"
UNREADABLE_ENDING = ".unreadable"
UNFINISHED_ENDING = ".tmp"
ERROR = "e"
OTHER = "s"
FORMAT = 1
# Where the size stands in a name: after the stamp's 20 digits and the kind, before 16 hexadecimal digits and the ending.
SIZE_PLACE = slice(23, -22)


class FileName(NamedTuple):
    """What a file's name says, so that a full folder can be looked over without opening any file.

    ``stamp`` is when it was kept, in nanoseconds since 1970 by this PC's clock; ``size`` is in bytes.
    """

    stamp: int
    kind: str
    size: int
    text: str


class Try(NamedTuple):
    """A try that failed: when by this PC's clock, why, and whether for good."""

    at: str
    reason: str
    is_final: bool


class KeptReport(NamedTuple):
    """What stands in a file. ``address`` is that of the portal it was meant for, empty where that made no sense."""

    name: str
    address: str
    members: Dict[str, object]
    tries: Tuple[Try, ...] = ()

    @property
    def is_refused(self) -> bool:
        return bool(self.tries) and self.tries[-1].is_final


def new_file_name(stamp: int, is_error: bool, size: int) -> str:
    """A name that no other file has; nothing of the report is in it but whether it tells of an error."""
    return f"{stamp:020d}-{ERROR if is_error else OTHER}-{size}-{os.urandom(8).hex()}{KEPT_ENDING}"


def read_file_name(text: str) -> Optional[FileName]:
    """What a name says, whatever its ending; None for a name that is not ours."""
    parts = text.partition(".")[0].split("-")
    if len(parts) != 4 or parts[1] not in (ERROR, OTHER) or not (parts[0].isdigit() and parts[2].isdigit()):
        return None
    return FileName(int(parts[0]), parts[1], int(parts[2]), text)


def to_line(report: KeptReport, secret: str) -> bytes:
    """The first line of the file, without ``secret``."""
    envelope = {"format": FORMAT, "name": report.name, "address": report.address, "members": report.members}
    return to_json(envelope, secret) + b"\n"


def try_to_line(failed: Try) -> bytes:
    """A further line of the file."""
    line = {"tried_at": failed.at, "reason": failed.reason, "refused": failed.is_final}
    return json.dumps(line).encode("ascii") + b"\n"


def read_report(data: bytes) -> KeptReport:
    """What ``data``, a file's content, holds. Raises ``ValueError`` where it is no whole report of ours."""
    first, line_end, rest = data.partition(b"\n")
    try:
        envelope = json.loads(first)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not line_end or not isinstance(envelope, dict) or envelope.get("format") != FORMAT:
        raise ValueError("not a whole report")
    name, address, members = envelope.get("name"), envelope.get("address"), envelope.get("members")
    if not (isinstance(name, str) and _is_wire_name(name)):
        raise ValueError("not a name of the wire")
    if not (isinstance(address, str) and isinstance(members, dict)):
        raise ValueError("not a whole report")
    tries = (_read_try(line) for line in rest.splitlines())
    return KeptReport(name, address, members, tuple(failed for failed in tries if failed is not None))


def is_error(members: Mapping[str, object]) -> bool:
    return members.get("status") == "error"


def _is_wire_name(name: str) -> bool:
    return bool(name) and all(part.isascii() and part.isalpha() for part in name.split("-"))


def _read_try(line: bytes) -> Optional[Try]:
    try:
        told = json.loads(line)
        return Try(str(told["tried_at"]), str(told["reason"]), told["refused"] is True)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
