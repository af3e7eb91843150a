"""Runs whose client names neither their start nor their end: an end is taken to be that of the newest that is still open."""

import re
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

# No client that names its runs names one so.
_UNNAMED = re.compile("[0-9a-f]{32}~")
_MARK = "~"


class _Named(Protocol):
    @property
    def run_id(self) -> str: ...


AnyRun = TypeVar("AnyRun", bound=_Named)


def unnamed(run_id: str) -> str:
    """``run_id``, of 32 hexadecimal digits, as that of a start or an end that its client gave no name. It is of this start, or of
    this end, alone: told twice, it is the same one."""
    return run_id + _MARK


def is_unnamed(run_id: str) -> bool:
    return run_id.endswith(_MARK) and _UNNAMED.fullmatch(run_id) is not None


def ended_by(run_id: str, open_runs: Sequence[AnyRun]) -> AnyRun | None:
    """Which of the open runs, the newest last, an end of the name ``run_id`` ends."""
    named = next((run for run in open_runs if run.run_id == run_id), None)
    return newest_unnamed(open_runs) if named is None and is_unnamed(run_id) else named


def newest_unnamed(open_runs: Sequence[AnyRun]) -> AnyRun | None:
    """The last of those that were begun without a name."""
    return next((run for run in reversed(open_runs) if is_unnamed(run.run_id)), None)


def without(run: AnyRun | None, open_runs: Iterable[AnyRun]) -> tuple[AnyRun, ...]:
    return tuple(open_run for open_run in open_runs if open_run is not run)
