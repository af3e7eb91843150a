"""What a reporter may tell of a run besides its result: output, metrics, log lines, progress, and of itself.

None of it is worth losing a report for: what cannot be taken is left out, and said so in a warning.
"""

from datetime import datetime
from math import isfinite
from typing import Any

from tc_portal.core.instant import parse_instant
from tc_portal.core.report import LogLine, Metric, Output, Sender
from tc_portal.core.text import cut, cut_bytes, last_bytes, storable

OUTPUT_HEAD_BYTES = 65_536
OUTPUT_TAIL_BYTES = 196_608
METRICS_LIMIT = 100
METRIC_NAME_LIMIT = 100
LOG_LINES_LIMIT = 200
LOG_LINE_LIMIT = 2_000
PROGRESS_LIMIT = 200
REPORTER_LIMIT = 100
EXIT_MEANING_LIMIT = 500
COUNT_LIMIT = 2**53


def output_in(value: Any, warnings: list[str]) -> Output | None:
    if value is None:
        return None
    head, tail = (value.get("head"), value.get("tail", "")) if isinstance(value, dict) else (None, None)
    if not isinstance(head, str) or not isinstance(tail or "", str):
        warnings.append("output must have head and tail as text: recorded without it")
        return None
    assert isinstance(value, dict)
    head, tail = storable(head), storable(tail or "")
    is_cut = value.get("truncated") is True
    told = len(head.encode()) + len(tail.encode())
    size = count_in(value.get("size"))
    if size is None:
        if value.get("size") is not None:
            warnings.append("output.size is not a number of bytes: recorded as the size of head and tail")
        size = told
    if told > OUTPUT_HEAD_BYTES + OUTPUT_TAIL_BYTES:
        warnings.append(
            f"output is longer than {OUTPUT_HEAD_BYTES + OUTPUT_TAIL_BYTES} bytes: recorded without its middle"
        )
        whole_tail = tail or head
        head, tail, is_cut = cut_bytes(head, OUTPUT_HEAD_BYTES), last_bytes(whole_tail, OUTPUT_TAIL_BYTES), True
    return Output(head, tail, size, is_cut)


def metrics_in(value: Any, warnings: list[str]) -> tuple[Metric, ...]:
    """The first hundred numbers, by name."""
    if value is None:
        return ()
    if not isinstance(value, dict):
        warnings.append("metrics is not an object of numbers: recorded without it")
        return ()
    found: dict[str, float] = {}
    refused = 0
    for name, number in value.items():
        amount = _number(number)
        key = cut(storable(name), METRIC_NAME_LIMIT)
        if amount is None or not key:
            refused += 1
        elif len(found) < METRICS_LIMIT or key in found:
            found[key] = amount
    if refused:
        warnings.append(f"{refused} metrics are not numbers: recorded without them")
    if len(value) - refused > METRICS_LIMIT:
        warnings.append(f"there are more than {METRICS_LIMIT} metrics: recorded without the rest")
    return tuple(Metric(name, amount) for name, amount in found.items())


def log_in(value: Any, received_at: datetime, warnings: list[str]) -> tuple[LogLine, ...]:
    """The last two hundred lines. A line without an instant is of when it arrived."""
    if value is None:
        return ()
    if not isinstance(value, list):
        warnings.append("log is not a list of lines: recorded without it")
        return ()
    if len(value) > LOG_LINES_LIMIT:
        warnings.append(f"log has more than {LOG_LINES_LIMIT} lines: recorded without the first ones")
    lines: list[LogLine] = []
    refused = 0
    for line in value[-LOG_LINES_LIMIT:]:
        text = line.get("text") if isinstance(line, dict) else line
        if not isinstance(text, str):
            refused += 1
            continue
        at = line.get("at") if isinstance(line, dict) else None
        instant = parse_instant(at) if isinstance(at, str) else None
        lines.append(LogLine(instant or received_at, cut(storable(text), LOG_LINE_LIMIT)))
    if refused:
        warnings.append(f"{refused} lines of log have no text: recorded without them")
    return tuple(lines)


def progress_in(value: Any, warnings: list[str]) -> str | None:
    """A share from 0 to 1 as a percentage, or any text."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return cut(storable(value), PROGRESS_LIMIT) or None
    share = _number(value)
    if share is None or not 0 <= share <= 1:
        warnings.append("progress is neither a number from 0 to 1 nor text: recorded without it")
        return None
    return f"{share:.0%}"


def exit_meaning_in(value: Any, warnings: list[str]) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        warnings.append("exit_meaning is not text: recorded without it")
        return None
    return cut(storable(value), EXIT_MEANING_LIMIT) or None


def heartbeat_seconds_in(value: Any, longest: int, warnings: list[str]) -> int | None:
    """How often a heartbeat is promised; one that comes more seldom than ``longest`` is no sign of life in time."""
    if value is None:
        return None
    seconds = _number(value)
    if seconds is None or not 1 <= seconds <= longest:
        warnings.append(f"heartbeat_seconds is not a number from 1 to {longest}: no heartbeat is waited for")
        return None
    return round(seconds)


def sender_in(sent_at: Any, reporter: Any, held_back: Any, warnings: list[str]) -> Sender | None:
    """What the reporter says of itself; None where it says nothing."""
    if sent_at is None and reporter is None and held_back is None:
        return None
    instant = parse_instant(sent_at) if isinstance(sent_at, str) else None
    if sent_at is not None and instant is None:
        warnings.append("sent_at is not valid ISO 8601: recorded without it")
    version = cut(storable(reporter), REPORTER_LIMIT) if isinstance(reporter, str) else None
    if reporter is not None and version is None:
        warnings.append("reporter is not text: recorded without it")
    kept = count_in(held_back)
    if held_back is not None and kept is None:
        warnings.append("held_back is not a number of reports: recorded without it")
    return Sender(instant, version or None, kept)


def count_in(value: Any) -> int | None:
    """A whole number from 0; None for anything else."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= COUNT_LIMIT
    return value if is_count else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None
