"""What would have been: the incidents that settings would have raised over runs that are past."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from .history import RunTold, StartTold, Terms, Transition, replay
from .judge import BlindTime
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
    """The incidents that ``terms`` would have raised, from when they are in force until ``until``, had they been so then."""
    before = terms.expected.in_force_from - datetime.resolution
    return incidents_in(replay([terms], runs, starts, blind_times, until, since=before)[1])


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
