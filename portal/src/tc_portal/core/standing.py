"""Where a job stands: its last result, the verdict that follows from it, and since when."""

from datetime import datetime
from typing import Literal

import msgspec

from .report import Outcome, Report, Result, outcome_of, supersedes

Verdict = Literal["waiting", "running", "ok", "error", "missed", "overdue", "paused", "unknown"]


class Standing(msgspec.Struct, frozen=True, gc=False):
    """A job's last outcome, its verdict, and the ``finished_at`` of the first run of the present streak.

    ``is_streak_unsure`` asks for ``since`` to be read from the runs: a late report may have lengthened
    the streak or cut it in two, which the last outcome alone cannot tell.
    """

    outcome: Outcome | None
    verdict: Verdict
    since: datetime | None
    is_streak_unsure: bool = False


def verdict_of(result: Result) -> Verdict:
    return "error" if result == "error" else "ok"


def after(standing: Standing, report: Report) -> Standing:
    """Where the job stands once ``report`` is known too, whichever reports came before it."""
    new, old, since = outcome_of(report), standing.outcome, standing.since
    if old is None:
        return Standing(new, verdict_of(new.status), new.finished_at)
    is_same_result = new.status == old.status
    if supersedes(new, old):
        return Standing(
            new,
            verdict_of(new.status),
            since if is_same_result else new.finished_at,
            standing.is_streak_unsure or since is None or new.is_ahead or old.is_ahead,
        )
    may_move_the_start = since is None or is_same_result == (new.finished_at < since)
    if may_move_the_start and not standing.is_streak_unsure:
        return msgspec.structs.replace(standing, is_streak_unsure=True)
    return standing
