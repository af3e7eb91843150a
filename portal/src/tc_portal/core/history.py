"""A job's history: what is known of it at an instant, and every change of verdict that follows from that.

``advance`` is the one step that store and watcher take; ``replay`` takes it over a whole past. What the portal could not
know at an instant, because it arrived later or the portal was away, has no part in the verdict of that instant.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from .judge import BlindTime, Expectation, Known, LastRun, OpenRun, SlotSource, judge
from .reason import AnyReason
from .report import CLOCK_TOLERANCE, Outcome, Result, supersedes
from .verdict import Verdict


class RunTold(msgspec.Struct, frozen=True):
    """A finished run, as the last report on it told it. ``received_at`` is when that first arrived."""

    run_id: str
    result: Result
    finished_at: datetime
    received_at: datetime
    started_at: datetime | None = None
    message: str | None = None


class StartTold(msgspec.Struct, frozen=True):
    """A run's start. ``extended_until`` counts from ``extended_at`` on, when the run asked for it."""

    run_id: str
    started_at: datetime
    received_at: datetime
    extended_until: datetime | None = None
    extended_at: datetime | None = None


class Terms(msgspec.Struct, frozen=True):
    """What is expected from ``expected.in_force_from`` on, and the slots that this makes."""

    expected: Expectation
    slots: SlotSource


class Transition(msgspec.Struct, frozen=True):
    """One change of verdict, or of whether it is an incident, with its reasons."""

    at: datetime
    before: Verdict
    verdict: Verdict
    is_bad: bool
    reasons: tuple[AnyReason, ...]


class Judged(msgspec.Struct, frozen=True):
    """Where the judge left a job: what it said at ``at``."""

    verdict: Verdict = "waiting"
    is_bad: bool = False
    since: datetime | None = None
    look_again_at: datetime | None = None
    reasons: tuple[AnyReason, ...] = ()


def known_at(runs: Sequence[RunTold], starts: Sequence[StartTold], instant: datetime) -> Known:
    """What had arrived of ``runs`` and ``starts`` by ``instant``."""
    arrived = [run for run in runs if run.received_at <= instant]
    ended = {run.run_id for run in arrived}
    began = {start.run_id: start for start in starts if start.received_at <= instant}
    last: RunTold | None = None
    for run in arrived:
        if last is None or supersedes(_outcome(run), _outcome(last)):
            last = run
    since, failures = _streak(arrived, last)
    return Known(
        last=None if last is None else LastRun(last.result, last.finished_at, last.received_at, _began(last, began)),
        reached=max(
            [min(_began(run, began) or run.finished_at, run.received_at) for run in arrived]
            + [min(start.started_at, start.received_at) for start in began.values()],
            default=None,
        ),
        since=since,
        failures=failures,
        last_success=max((run.finished_at for run in arrived if run.result == "success"), default=None),
        open_runs=tuple(_open(start, instant) for start in began.values() if start.run_id not in ended),
    )


def _began(run: RunTold, starts: dict[str, StartTold]) -> datetime | None:
    if run.started_at is not None:
        return run.started_at
    start = starts.get(run.run_id)
    return None if start is None else min(start.started_at, start.received_at)


def _open(start: StartTold, instant: datetime) -> OpenRun:
    is_extended = start.extended_at is not None and start.extended_at <= instant
    # Its limit counts from the start by the script's clock, or by ours where that runs ahead.
    started_at = min(start.started_at, start.received_at)
    return OpenRun(start.run_id, started_at, start.extended_until if is_extended else None)


def with_run(known: Known, run: RunTold) -> Known | None:
    """What is known once ``run``, the newest to arrive, is known too; None where that takes all the runs to say."""
    new, old = _outcome(run), known.last
    began = run.started_at or next((open.started_at for open in known.open_runs if open.run_id == run.run_id), None)
    is_streak = False
    if old is not None:
        was_ahead = old.finished_at > old.received_at + CLOCK_TOLERANCE
        if new.is_ahead or was_ahead or run.finished_at <= old.finished_at:
            return None
        is_streak = run.result == old.result
    failures = (known.failures if is_streak else 0) + 1 if run.result == "error" else 0
    reached = min(began or run.finished_at, run.received_at)
    return Known(
        last=LastRun(run.result, run.finished_at, run.received_at, began),
        reached=max(reached, known.reached or reached),
        since=known.since if is_streak else run.finished_at,
        failures=failures,
        last_success=run.finished_at if run.result == "success" else known.last_success,
        open_runs=tuple(open for open in known.open_runs if open.run_id != run.run_id),
    )


def with_start(known: Known, start: StartTold) -> Known | None:
    """What is known once ``start`` is known too, of a run that has not ended; None where it was told before."""
    if any(open.run_id == start.run_id for open in known.open_runs):
        return None
    began = min(start.started_at, start.received_at)
    return replace(
        known,
        reached=max(began, known.reached or began),
        open_runs=(*known.open_runs, _open(start, start.received_at)),
    )


def with_extension(known: Known, run_id: str, until: datetime) -> Known:
    """What is known once an open run has asked for time until ``until``."""
    return replace(
        known,
        open_runs=tuple(
            replace(open, extended_until=until) if open.run_id == run_id else open for open in known.open_runs
        ),
    )


def _streak(runs: Sequence[RunTold], last: RunTold | None) -> tuple[datetime | None, int]:
    """The end of the first run of the streak that ``last`` is in, and how many failed in it."""
    if last is None:
        return None, 0
    until = [run for run in runs if run.finished_at <= last.finished_at]
    broken_at = max((run.finished_at for run in until if run.result != last.result), default=None)
    streak = [run.finished_at for run in until if broken_at is None or run.finished_at > broken_at]
    failures = max(len(streak), 1) if last.result == "error" else 0
    return min(streak, default=last.finished_at), failures


def _outcome(run: RunTold) -> Outcome:
    return Outcome(run.result, run.finished_at, run.received_at, run.message, title="")


def advance(
    judged: Judged, terms: Terms, known: Known, blind_times: Sequence[BlindTime], until: datetime
) -> tuple[Judged, list[Transition]]:
    """Judge at each instant, up to and with ``until``, at which the verdict may change although nothing arrives."""
    transitions: list[Transition] = []
    while judged.look_again_at is not None and judged.look_again_at <= until:
        instant = able_to_judge_at(judged.look_again_at, blind_times)
        if instant > until:
            break
        judged, changes = look(judged, terms, known, blind_times, instant)
        transitions += changes
    return judged, transitions


def look(
    judged: Judged, terms: Terms, known: Known, blind_times: Sequence[BlindTime], instant: datetime
) -> tuple[Judged, list[Transition]]:
    """Judge at ``instant``."""
    over = [blind for blind in blind_times if blind.ended_at <= instant]
    said = judge(terms.expected, known, terms.slots, over, instant)
    after = Judged(said.verdict, said.is_bad, said.since, said.look_again_at, said.reasons)
    if (said.verdict, said.is_bad) == (judged.verdict, judged.is_bad):
        return after, []
    return after, [Transition(instant, judged.verdict, said.verdict, said.is_bad, said.reasons)]


def able_to_judge_at(instant: datetime, blind_times: Sequence[BlindTime]) -> datetime:
    """The instant itself, or the end of the blind times, which may overlap, that it falls into."""
    for blind in sorted(blind_times, key=lambda blind: blind.started_at):
        if blind.started_at <= instant < blind.ended_at:
            instant = blind.ended_at
    return instant


def replay(
    terms: Sequence[Terms],
    runs: Sequence[RunTold],
    starts: Sequence[StartTold],
    blind_times: Sequence[BlindTime],
    until: datetime,
    judged: Judged | None = None,
    since: datetime | None = None,
) -> tuple[Judged, list[Transition]]:
    """Every transition after ``since`` (None: from the beginning) up to ``until``. ``terms`` are in the order of their time.

    ``judged`` is where the judge stood at ``since``.
    """
    judged = judged or Judged()
    transitions: list[Transition] = []
    instants = {run.received_at for run in runs} | {start.received_at for start in starts}
    instants |= {start.extended_at for start in starts if start.extended_at is not None}
    instants |= {each.expected.in_force_from for each in terms} | {blind.ended_at for blind in blind_times}
    for instant in sorted({able_to_judge_at(each, blind_times) for each in instants}):
        if instant > until:
            break
        if since is not None and instant <= since:
            continue
        judged, changes = _step(judged, terms, runs, starts, blind_times, instant)
        transitions += changes
    in_force = _in_force(terms, until)
    judged, changes = advance(judged, in_force, known_at(runs, starts, until), blind_times, until)
    return judged, transitions + changes


def _step(
    judged: Judged,
    terms: Sequence[Terms],
    runs: Sequence[RunTold],
    starts: Sequence[StartTold],
    blind_times: Sequence[BlindTime],
    instant: datetime,
) -> tuple[Judged, list[Transition]]:
    """Come to ``instant`` with what was known and expected just before it, then judge with what is so now."""
    before = instant - datetime.resolution
    judged, waited = advance(judged, _in_force(terms, before), known_at(runs, starts, before), blind_times, before)
    judged, changes = look(judged, _in_force(terms, instant), known_at(runs, starts, instant), blind_times, instant)
    return judged, waited + changes


def _in_force(terms: Sequence[Terms], instant: datetime) -> Terms:
    for each in reversed(terms):
        if each.expected.in_force_from <= instant:
            return each
    return Terms(Expectation(instant), None)
