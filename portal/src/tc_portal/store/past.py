"""A job's past as its rows tell it, as far back as the judge looks when it has to judge anew."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from tc_portal.core.heard import read_heard
from tc_portal.core.history import RunTold, StartTold, Terms, last_of, read_extensions, starts_of_unnamed
from tc_portal.core.unnamed_run import is_unnamed
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
    """``is_whole_from`` is the first instant that can be judged anew, None for any; ``last_row`` that of the last result.

    ``begun_otherwise`` are the rows, put right, of the runs ended without a name whose start is another than they say.
    """

    runs: list[RunTold]
    starts: list[StartTold]
    terms: list[Terms]
    stood: Stood
    incident_opened_at: datetime | None
    is_whole_from: datetime | None
    last_row: RunRow | None
    begun_otherwise: list[RunRow]


def past_of(
    found: tuple[list[RunRow], list[StartRow], list[SettingsRow], list[TransitionRow], list[IncidentRow]],
    read_terms: TermsReader,
) -> Past:
    """The past in the rows that ``FindHistory`` reads."""
    runs, starts, settings, transitions, incidents = found
    starts_told = [start_told(row, row.started_at) for row in starts if row.started_at is not None]
    begun_otherwise = _begun_otherwise(runs, starts_told)
    told = [_run_told(row, row.started_at) for row in runs]
    last = last_of(told)
    return Past(
        told,
        starts_told,
        [read_terms(row.definition, row.in_force_from) for row in settings],
        Stood(transitions[-1].verdict, transitions[-1].is_bad) if transitions else Stood(),
        incidents[-1].opened_at if incidents else None,
        max((each for each in (_whole_from(runs), _whole_from(starts)) if each is not None), default=None),
        next((row for row in runs if last is not None and row.run_id == last.run_id), None),
        begun_otherwise,
    )


def _run_told(row: RunRow, started_at: datetime | None) -> RunTold:
    return RunTold(row.run_id, row.result, row.finished_at, row.received_at, started_at, row.message)


def _begun_otherwise(runs: Sequence[RunRow], starts: Sequence[StartTold]) -> list[RunRow]:
    """Put right when the runs began that were ended without a name, and return the rows that this changes. What such a run says
    itself stands; what a start is known by was told by that start."""
    taken = {start.started_at for start in starts if is_unnamed(start.run_id)}
    if not taken:
        return []
    unnamed = [row for row in runs if is_unnamed(row.run_id)]
    said = {row.run_id: None if row.started_at in taken else row.started_at for row in unnamed}
    begun = starts_of_unnamed([_run_told(row, said[row.run_id]) for row in unnamed], starts)
    changed = []
    for row in unnamed:
        start = begun.get(row.run_id)
        right = said[row.run_id] or (None if start is None else start.started_at)
        if row.started_at != right:
            row.started_at = right
            changed.append(row)
    return changed


def start_told(row: StartRow, started_at: datetime) -> StartTold:
    """The start that the row holds, which has arrived: at ``started_at``."""
    extensions, heard = read_extensions(row.extensions), read_heard(row.heard)
    return StartTold(row.run_id, started_at, row.received_at, extensions, row.heartbeat_seconds, heard)


def _whole_from(latest_first: Sequence[RunRow] | Sequence[StartRow]) -> datetime | None:
    if len(latest_first) < RUNS_READ:
        return None
    return max(row.received_at for row in latest_first[-RUNS_FOR_CONTEXT:])
