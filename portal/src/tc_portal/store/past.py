"""A job's past as its rows tell it, as far back as the judge looks when it has to judge anew."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from tc_portal.core.heard import read_heard
from tc_portal.core.history import RunTold, StartTold, Terms, last_of, read_extensions
from tc_portal.core.verdict import Verdict

from .statements import IncidentRow, RunRow, SettingsRow, StartRow, TransitionRow

# As many of its latest runs, and of its latest starts, are read. Where there are more, the first of these are there to
# say what had come before the others, so that nothing is judged anew by half of what was known.
RUNS_READ = 500
RUNS_FOR_CONTEXT = 200

# Makes of settings (JSON) and since when they are in force what the judge goes by.
TermsReader = Callable[[str, datetime], Terms]


class Stood(msgspec.Struct, frozen=True):
    """What the last transition before the doubt came to."""

    verdict: Verdict = "waiting"
    is_bad: bool = False


class Past(msgspec.Struct):
    """``is_whole_from`` is the first instant that can be judged anew, None for any; ``last_row`` that of the last result."""

    runs: list[RunTold]
    starts: list[StartTold]
    terms: list[Terms]
    stood: Stood
    incident_opened_at: datetime | None
    is_whole_from: datetime | None
    last_row: RunRow | None


def past_of(
    found: tuple[list[RunRow], list[StartRow], list[SettingsRow], list[TransitionRow], list[IncidentRow]],
    read_terms: TermsReader,
) -> Past:
    """The past in the rows that ``FindHistory`` reads."""
    runs, starts, settings, transitions, incidents = found
    told = [
        RunTold(row.run_id, row.result, row.finished_at, row.received_at, row.started_at, row.message) for row in runs
    ]
    last = last_of(told)
    return Past(
        told,
        [start_told(row, row.started_at) for row in starts if row.started_at is not None],
        [read_terms(row.definition, row.in_force_from) for row in settings],
        Stood(transitions[-1].verdict, transitions[-1].is_bad) if transitions else Stood(),
        incidents[-1].opened_at if incidents else None,
        max((each for each in (_whole_from(runs), _whole_from(starts)) if each is not None), default=None),
        next((row for row in runs if last is not None and row.run_id == last.run_id), None),
    )


def start_told(row: StartRow, started_at: datetime) -> StartTold:
    """The start that the row holds, which has arrived: at ``started_at``."""
    extensions, heard = read_extensions(row.extensions), read_heard(row.heard)
    return StartTold(row.run_id, started_at, row.received_at, extensions, row.heartbeat_seconds, heard)


def _whole_from(latest_first: Sequence[RunRow] | Sequence[StartRow]) -> datetime | None:
    if len(latest_first) < RUNS_READ:
        return None
    return max(row.received_at for row in latest_first[-RUNS_FOR_CONTEXT:])
