"""What the Task Scheduler's own tools wrote: as they print it just now, or as it was recorded in files."""

from __future__ import annotations

import os
from typing import NamedTuple, Optional

LARGEST_FILE_BYTES = 50 << 20

LOG_READ = "read"
LOG_OFF = "off"
LOG_UNREAD = "unread"


class Recorded(NamedTuple):
    """``xml`` is of ``schtasks /Query /XML ONE``, ``csv`` of ``schtasks /Query /V /FO CSV``, ``events`` of ``wevtutil``.

    ``event_log`` says whether the log was read, is off, or was not read.
    """

    xml: bytes = b""
    csv: bytes = b""
    events: bytes = b""
    event_log: str = LOG_UNREAD


class Unrecorded(Exception):
    """Nothing could be read; the texts say why, and what to do."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(ja)
        self.ja = ja
        self.en = en


def recorded_in_files(xml: Optional[str], csv: Optional[str], events: Optional[str]) -> Recorded:
    """What stands in the files of these paths. Raises ``Unrecorded``."""
    return Recorded(
        _content(xml) if xml else b"",
        _content(csv) if csv else b"",
        _content(events) if events else b"",
        LOG_READ if events else LOG_UNREAD,
    )


def _content(path: str) -> bytes:
    try:
        if os.path.getsize(path) > LARGEST_FILE_BYTES:
            limit = LARGEST_FILE_BYTES >> 20
            raise Unrecorded(f"{path}: 大きすぎます（{limit} MB まで）。", f"{path} is too large; {limit} MB at most.")
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        why = error.strerror or str(error)
        raise Unrecorded(f"{path} を読めません: {why}", f"{path} cannot be read: {why}") from None
