"""What a failed run says in its message: first what happened, then where, then how it came to that."""

from __future__ import annotations

from types import TracebackType
from typing import List, Optional

from .text import text_of

MESSAGE_LENGTH = 3000
REASON_LIMIT = 1000


def is_success(exception: BaseException) -> bool:
    """Whether a run that ended with ``exception`` ended well; only ``sys.exit()`` and ``sys.exit(0)`` did."""
    if not isinstance(exception, SystemExit):
        return False
    return exception.code is None or (isinstance(exception.code, int) and exception.code == 0)


def describe_failure(
    exception: BaseException, traceback: Optional[TracebackType], note: Optional[str], leaving_out: str
) -> str:
    """The message for a run that ended with ``exception``; never raises.

    ``note`` is what the script had to say itself. Frames of the file ``leaving_out`` that come first in
    the traceback are not the script's and are not shown.
    """
    said = [] if note is None else [text_of(note)]
    if isinstance(exception, SystemExit):
        return "\n".join([_exit_reason(exception.code), *said])
    reason = type(exception).__name__
    text = text_of(exception)
    if text:
        reason = f"{reason}: {text}"
    if len(reason) > REASON_LIMIT:
        reason = reason[:REASON_LIMIT] + "…"
    try:
        traceback = _without_leading(traceback, leaving_out)
        lines = [reason, *_place(traceback), *said, ""]
        return "\n".join([*lines, _trace(exception, traceback, MESSAGE_LENGTH - len(reason))])
    except Exception:
        return "\n".join([reason, *said])


def _exit_reason(code: object) -> str:
    if isinstance(code, int):
        return f"終了コード {int(code)}"
    return text_of(code) or "終了コード 1"


def _without_leading(traceback: Optional[TracebackType], file: str) -> Optional[TracebackType]:
    rest = traceback
    while rest is not None and rest.tb_frame.f_code.co_filename == file:
        rest = rest.tb_next
    return rest or traceback


def _place(traceback: Optional[TracebackType]) -> List[str]:
    if traceback is None:
        return []
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    code = traceback.tb_frame.f_code
    return [f"{code.co_filename}:{traceback.tb_lineno} in {code.co_name}"]


def _trace(exception: BaseException, traceback: Optional[TracebackType], room: int) -> str:
    from traceback import format_exception

    text = "".join(format_exception(type(exception), exception, traceback)).rstrip()
    return text if len(text) <= room else "…" + text[-room:]
