"""What failed runs said: the text of an error event of the same trace, which Sentry's clients send by itself, before or after the
check-in. Remembered for a minute, in this process alone: without it a run has no message, and is recorded all the same."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from tc_portal.core.report import Report
from tc_portal.core.text import head_and_tail, storable

REMEMBERED_FOR = timedelta(minutes=1)
MANY_TRACES = 1_000
# A text is remembered by a thousand at once.
LONGEST_TEXT = 8_000

T = TypeVar("T")
Trace = tuple[str, str]


class _Kept(NamedTuple, Generic[T]):
    at: datetime
    value: T


class _Memory(Generic[T]):
    def __init__(self) -> None:
        self._kept: OrderedDict[Trace, _Kept[T]] = OrderedDict()

    def keep(self, trace: Trace, value: T, at: datetime) -> None:
        self._kept[trace] = _Kept(at, value)
        self._kept.move_to_end(trace)
        while len(self._kept) > MANY_TRACES:
            self._kept.popitem(last=False)

    def take(self, trace: Trace, since: datetime) -> T | None:
        """What was kept since then; it is kept no more."""
        kept = self._kept.pop(trace, None)
        return kept.value if kept is not None and kept.at >= since else None


class FailureTexts:
    """Brings failed runs and error events of the same trace together. A trace is named by its token's digest and its id."""

    def __init__(self) -> None:
        self._texts = _Memory[str]()
        self._failed = _Memory[Report]()

    def text_of(self, trace: Trace, report: Report) -> str | None:
        """What an event said while the run went on; without one, the next event of the trace is its."""
        # Of a run whose beginning is not told, nothing that was said before is surely its own.
        took = timedelta() if report.started_at is None else report.finished_at - report.started_at
        text = self._texts.take(trace, report.received_at - min(took, REMEMBERED_FOR))
        if text is None:
            self._failed.keep(trace, report, report.received_at)
        return text

    def failed_run_of(self, trace: Trace, text: str, at: datetime) -> Report | None:
        """The failed run that an event tells of; without one, the text waits for it."""
        report = self._failed.take(trace, at - REMEMBERED_FOR)
        if report is None:
            self._texts.keep(trace, text, at)
        return report


def text_of_event(members: Mapping[str, Any]) -> str | None:
    """What an event says went wrong: the last exception, as ``ValueError: no rows``, or its message."""
    exception = members.get("exception")
    values = exception.get("values") if isinstance(exception, dict) else exception
    if isinstance(values, list) and values and isinstance(values[-1], dict):
        parts = (values[-1].get("type"), values[-1].get("value"))
        said = ": ".join(part for part in parts if isinstance(part, str) and part)
        if said:
            return head_and_tail(storable(said), LONGEST_TEXT, LONGEST_TEXT // 4)
    entry = members.get("logentry")
    entry = entry if isinstance(entry, dict) else {"message": members.get("message")}
    message = entry.get("formatted") or entry.get("message")
    if not isinstance(message, str) or not message:
        return None
    return head_and_tail(storable(message), LONGEST_TEXT, LONGEST_TEXT // 4)
