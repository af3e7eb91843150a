"""One run as the script sees it: what it says on the way, for its report and for whoever watches."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timezone
from typing import Callable, Deque, Dict, List, NamedTuple, Optional, Union

from .report import new_run_id
from .text import text_of

MOST_LINES = 500
MOST_LINE_CHARACTERS = 2000
MOST_LOG_CHARACTERS = 48_000
MOST_METRICS = 100
MOST_NAME_CHARACTERS = 100
MOST_PROGRESS_CHARACTERS = 200
LARGEST_WHOLE = 2**63 - 1


class LogLine(NamedTuple):
    """A line of the log: ``at`` is when, by this PC's clock, as ISO 8601; ``number`` counts from 1."""

    number: int
    at: str
    text: str


class Run:
    """One run inside ``with monitor() as run``; ``current_run()`` finds it from anywhere.

    Set ``message`` to say something with the result; ``run_id`` names the run in the report. None of the
    methods raises or waits.
    """

    def __init__(self, tell: Optional[Callable[[Run], None]] = None) -> None:
        self.run_id: str = new_run_id()
        self.message: Optional[str] = None
        self.started_at: str = _now()
        self.metrics: Dict[str, Union[int, float]] = {}
        self.progress_told: Union[int, float, str, None] = None
        self.thread_failures: List[str] = []
        self._tell = tell
        self._lines: Deque[LogLine] = deque(maxlen=MOST_LINES)
        self._line_count = 0

    def log(self, text: object) -> None:
        """Add a line to the run's log, which the portal shows with the run; the last 500 are kept."""
        self.log_at(_now(), text)
        self._told()

    def log_at(self, at: str, text: object) -> None:
        """``log`` for a line of the instant ``at``, in ISO 8601; it goes with the report, or the next news."""
        self._line_count += 1
        self._lines.append(LogLine(self._line_count, at, text_of(text)[:MOST_LINE_CHARACTERS]))

    def metric(self, name: object, value: object) -> None:
        """Tell a number that the run came to: ``run.metric("rows", 123)``. The last of each name counts."""
        number = _number(value)
        if number is None:
            self.log(f"metric {text_of(name)}: {text_of(value)}: 数ではありません / not a number")
        elif len(self.metrics) < MOST_METRICS or text_of(name) in self.metrics:
            self.metrics[text_of(name)[:MOST_NAME_CHARACTERS]] = number
            self._told()

    def progress(self, value: object) -> None:
        """Tell how far the run has come: from 0 to 1, or any text. It is sent at once, but not every moment."""
        number = None if isinstance(value, str) else _number(value)
        is_share = number is not None and 0 <= number <= 1
        self.progress_told = number if is_share else text_of(value)[:MOST_PROGRESS_CHARACTERS]
        self._told()

    def lines(self, after: int = 0) -> List[LogLine]:
        """The last lines of the log, those with a ``number`` above ``after``, as many as may be sent."""
        chosen: List[LogLine] = []
        room = MOST_LOG_CHARACTERS
        for line in reversed(tuple(self._lines)):
            room -= len(line.text) + 1
            if room < 0 or line.number <= after:
                break
            chosen.append(line)
        return chosen[::-1]

    def members(self) -> Dict[str, object]:
        """What the run adds to its report."""
        members: Dict[str, object] = {"run_id": self.run_id, "started_at": self.started_at}
        if self.metrics:
            members["metrics"] = dict(self.metrics)
        lines = self.lines()
        if lines:
            members["log"] = log_members(lines, self._line_count)
        return members

    def _told(self) -> None:
        if self._tell is not None:
            self._tell(self)


def log_members(lines: List[LogLine], count: int) -> List[Dict[str, str]]:
    """Lines as they go over the wire; the first says how many before it are gone, if any of ``count`` are."""
    members = [{"at": line.at, "text": line.text} for line in lines]
    gone = count - len(lines)
    if gone:
        members.insert(0, {"at": lines[0].at, "text": f"……（{gone:,} 行を省略）……"})
    return members


def _now() -> str:
    return datetime.now(timezone.utc).isoformat()


def _number(value: object) -> Union[int, float, None]:
    if isinstance(value, int):
        whole = int(value)
        return whole if -LARGEST_WHOLE <= whole <= LARGEST_WHOLE else None
    try:
        number = float(value)  # type: ignore[arg-type]
    except Exception:
        return None
    return number if float("-inf") < number < float("inf") else None
