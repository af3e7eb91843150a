"""The report of a run that is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Dict, FrozenSet, Optional

from ..text import text_of
from .ending import Ending
from .kept_output import Excerpt
from .masking import Mask
from .signs_of_life import RunFacts

SUCCESS_MESSAGE_LENGTH = 500
ERROR_MESSAGE_LENGTH = 3_000
# A clock that went otherwise than a steady one by more than this was set, and does not tell how long the run took.
STEADY_CLOCK_TOLERANCE_SECONDS = 1.0


def result_members(
    facts: RunFacts,
    ending: Ending,
    excerpt: Optional[Excerpt],
    ok_codes: FrozenSet[int],
    mask: Mask,
    finished_at: datetime,
    seconds: float,
) -> Dict[str, object]:
    """What the portal is told of the end, with nothing secret in it.

    ``finished_at`` is by this PC's clock, ``seconds`` how long the run took by a steady one. If the PC's
    clock was set during the run, the start is told by the clock as it is now.
    """
    is_success = ending.is_exit_code and ending.code in ok_codes
    members: Dict[str, object] = {
        **facts.job,
        "status": "success" if is_success else "error",
        "finished_at": finished_at.isoformat(),
        "message": _success_message(excerpt) if is_success else mask(_error_message(ending, excerpt)),
        "run_id": facts.run_id,
        "started_at": _started_at(facts, finished_at, seconds).isoformat(),
        "exit_code": ending.code,
    }
    if ending.meaning:
        members["exit_meaning"] = text_of(mask(ending.meaning))
    if excerpt is not None:
        members["output"] = excerpt.members
    return members


def _started_at(facts: RunFacts, finished_at: datetime, seconds: float) -> datetime:
    by_steady_clock = finished_at - timedelta(seconds=seconds)
    off = abs((by_steady_clock - facts.started_at).total_seconds())
    return facts.started_at if off <= STEADY_CLOCK_TOLERANCE_SECONDS else by_steady_clock


def _success_message(excerpt: Optional[Excerpt]) -> Optional[str]:
    """The last line that the command wrote: most say there what they have done."""
    line = _last_line(excerpt)
    return _cut(line, SUCCESS_MESSAGE_LENGTH) if line else None


def _error_message(ending: Ending, excerpt: Optional[Excerpt]) -> str:
    """First what happened, with the last line of the output, which mostly says why; then the output's end."""
    line = _last_line(excerpt)
    first = ending.what
    if line and not ending.meaning:
        first = f"{first}: {_cut(line, SUCCESS_MESSAGE_LENGTH)}"
    if excerpt is None or not line:
        return text_of(first)
    output = (excerpt.tail or excerpt.head).rstrip()
    if len(output) > ERROR_MESSAGE_LENGTH:
        output = "…" + output[-ERROR_MESSAGE_LENGTH:]
    return text_of(first if output == line and line in first else f"{first}\n\n{output}")


def _last_line(excerpt: Optional[Excerpt]) -> str:
    if excerpt is None:
        return ""
    return next((line.strip() for line in reversed((excerpt.tail or excerpt.head).split("\n")) if line.strip()), "")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + "…"
