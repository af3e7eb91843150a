"""The one part that calls Windows: its own tools print what they know, and nothing is made of it here."""

from __future__ import annotations

import os
import sys
from typing import List, NamedTuple

from .recorded import LOG_OFF, LOG_READ, LOG_UNREAD, Recorded, Unrecorded

EVENT_LOG = "Microsoft-Windows-TaskScheduler/Operational"
MOST_EVENTS_ASKED_FOR = 5000
TOOL_SECONDS = 120
WITHOUT_A_WINDOW = 0x08000000
# GetLocaleInfo's LOCALE_USER_DEFAULT and LOCALE_IDATE.
USERS_LOCALE, SHORT_DATE_ORDER = 0x0400, 0x0021
DATE_ORDERS = {"0": "mdy", "1": "dmy", "2": "ymd"}


class _Printed(NamedTuple):
    output: bytes
    errors: bytes
    exit_code: int


def record() -> Recorded:
    """Have Windows' tools print the tasks of this PC and their events. Raises ``Unrecorded``."""
    if sys.platform != "win32":
        raise Unrecorded(
            "タスク スケジューラは Windows にしかありません。記録した出力を渡すには --xml と --csv を使ってください。",
            "Only Windows has a Task Scheduler. To give what was recorded there, use --xml and --csv.",
        )
    xml = _asked("schtasks.exe", ["/Query", "/XML", "ONE"])
    csv = _asked("schtasks.exe", ["/Query", "/V", "/FO", "CSV"])
    if _is_log_off():
        return Recorded(xml, csv, b"", LOG_OFF)
    query = ["qe", EVENT_LOG, "/f:xml", "/rd:true", f"/c:{MOST_EVENTS_ASKED_FOR}", "/uni:true"]
    printed = _printed("wevtutil.exe", query)
    if printed.exit_code:
        return Recorded(xml, csv, b"", LOG_UNREAD)
    return Recorded(xml, csv, printed.output, LOG_READ)


def users_date_order() -> str:
    """In which order this user's Windows writes a date: ``"ymd"``, ``"mdy"`` or ``"dmy"``; empty where it does not say."""
    if sys.platform != "win32":
        return ""
    import ctypes

    answer = ctypes.create_unicode_buffer(4)
    ctypes.windll.kernel32.GetLocaleInfoW(USERS_LOCALE, SHORT_DATE_ORDER, answer, len(answer))
    return DATE_ORDERS.get(answer.value, "")


def _is_log_off() -> bool:
    """wevtutil's own names are the same in every language."""
    printed = _printed("wevtutil.exe", ["gl", EVENT_LOG])
    return b"enabled:false" in printed.output.replace(b"\0", b"").replace(b" ", b"").lower()


def _asked(tool: str, arguments: List[str]) -> bytes:
    from ..wrapping.decoding import decode

    printed = _printed(tool, arguments)
    if printed.exit_code or not printed.output:
        why = decode(printed.errors or printed.output).strip() or f"{tool}: {printed.exit_code}"
        raise Unrecorded(f"タスク スケジューラを読めません: {why}", f"The Task Scheduler cannot be read: {why}")
    return printed.output


def _printed(tool: str, arguments: List[str]) -> _Printed:
    """By its full path: what lies in the working folder or on the PATH under that name is not Windows'."""
    import subprocess

    program = os.path.join(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", tool)
    try:
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=TOOL_SECONDS,
            creationflags=WITHOUT_A_WINDOW,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return _Printed(b"", str(error).encode("utf-8", "backslashreplace"), 1)
    return _Printed(done.stdout, done.stderr, done.returncode)
