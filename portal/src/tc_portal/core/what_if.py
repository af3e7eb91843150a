"""What would have been: the incidents that settings would have raised over runs that are past."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter

import msgspec

from .history import (
    Judged,
    RunTold,
    StartTold,
    Terms,
    Transition,
    able_to_judge_at,
    advance,
    known_at,
    look,
    with_extension,
    with_run,
    with_start,
)
from .judge import BlindTime, Known
from .reason import AnyReason
from .verdict import Verdict


class PastIncident(msgspec.Struct, frozen=True):
    """From going bad to recovery; ``resolved_at`` is None where it still lasted at the end."""

    opened_at: datetime
    resolved_at: datetime | None
    verdict: Verdict
    reasons: tuple[AnyReason, ...]


def incidents_under(
    terms: Terms,
    runs: Sequence[RunTold],
    starts: Sequence[StartTold],
    blind_times: Sequence[BlindTime],
    until: datetime,
) -> list[PastIncident]:
    """The incidents that ``terms`` would have raised, from when they are in force until ``until``, had they been so then.

    It is what ``history.replay`` comes to, in time that grows with the runs and not with their square.
    """
    return incidents_in(_transitions(terms, runs, starts, blind_times, until))


def incidents_in(transitions: Sequence[Transition]) -> list[PastIncident]:
    """The incidents that the transitions, in their order, opened and resolved. One keeps its first verdict and reasons."""
    incidents: list[PastIncident] = []
    opened: Transition | None = None
    for each in transitions:
        if each.is_bad and opened is None:
            opened = each
        elif not each.is_bad and opened is not None:
            incidents.append(PastIncident(opened.at, each.at, opened.verdict, opened.reasons))
            opened = None
    if opened is not None:
        incidents.append(PastIncident(opened.at, None, opened.verdict, opened.reasons))
    return incidents


# An instant, and what becomes known at it: None where it takes all the runs to say.
_Learning = Callable[[Known], Known | None]
_Event = tuple[datetime, _Learning]


def _transitions(
    terms: Terms,
    runs: Sequence[RunTold],
    starts: Sequence[StartTold],
    blind_times: Sequence[BlindTime],
    until: datetime,
) -> list[Transition]:
    begin = terms.expected.in_force_from
    known, judged = known_at(runs, starts, begin), Judged()
    transitions: list[Transition] = []
    looks = {able_to_judge_at(begin, blind_times), *(blind.ended_at for blind in blind_times)}
    events: list[_Event] = [event for event in _events(runs, starts) if event[0] > begin]
    events += [(instant, lambda known: known) for instant in looks if instant >= begin]
    for instant, together in groupby(sorted(events, key=itemgetter(0)), key=itemgetter(0)):
        if instant > until:
            break
        judged, waited = advance(judged, terms, known, blind_times, instant - datetime.resolution)
        learnt: Known | None = known
        for _, learn in together:
            learnt = None if learnt is None else learn(learnt)
        known = known_at(runs, starts, instant) if learnt is None else learnt
        transitions += waited
        if able_to_judge_at(instant, blind_times) == instant:
            judged, changes = look(judged, terms, known, blind_times, instant)
            transitions += changes
    return transitions + advance(judged, terms, known, blind_times, until)[1]


def _events(runs: Sequence[RunTold], starts: Sequence[StartTold]) -> list[_Event]:
    ended = {run.run_id: run.received_at for run in runs}
    events: list[_Event] = []
    for start in starts:
        over_at = ended.get(start.run_id)
        is_open = over_at is None or start.received_at < over_at
        events.append((start.received_at, partial(_with_start, start) if is_open else _out_of_turn))
        if start.extended_at is not None and start.extended_until is not None:
            events.append((start.extended_at, partial(_with_extension, start.run_id, start.extended_until)))
    return events + [(run.received_at, partial(_with_run, run)) for run in runs]


def _with_start(start: StartTold, known: Known) -> Known | None:
    return with_start(known, start)


def _with_extension(run_id: str, until: datetime, known: Known) -> Known:
    return with_extension(known, run_id, until)


def _with_run(run: RunTold, known: Known) -> Known | None:
    return with_run(known, run)


def _out_of_turn(_: Known) -> None:
    return None
