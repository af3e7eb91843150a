"""A job's history: what is known of it at an instant, and every change of verdict that follows from that.

``advance`` is the one step that store and watcher take; ``replay`` takes it over a whole past. What the portal could not
know at an instant, because it arrived later or the portal was away, has no part in the verdict of that instant.
"""

from bisect import insort
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby, takewhile

import msgspec
from msgspec.structs import replace

from .heard import Heard
from .instant import EARLIEST, LATEST
from .judge import BlindTime, Expectation, Known, LastRun, OpenRun, SlotSource, judge
from .reason import AnyReason
from .report import Result, counts_at
from .unnamed_run import ended_by, is_unnamed, without
from .verdict import Verdict

# More open runs than this are not told apart: the latest count.
MANY_OPEN = 100


class RunTold(msgspec.Struct, frozen=True):
    """A finished run, as the last report on it told it. ``received_at`` is when that first arrived."""

    run_id: str
    result: Result
    finished_at: datetime
    received_at: datetime
    started_at: datetime | None = None
    message: str | None = None

    @property
    def counts_at(self) -> datetime:
        return counts_at(self.finished_at, self.received_at)


class ExtensionTold(msgspec.Struct, frozen=True, order=True, array_like=True):
    """What a run asked for at ``received_at``: time until ``until``."""

    received_at: datetime
    until: datetime


_read_extensions = msgspec.json.Decoder(tuple[ExtensionTold, ...]).decode


def read_extensions(extensions: str) -> tuple[ExtensionTold, ...]:
    """The extensions in the JSON that ``extensions_as_json`` wrote."""
    return _read_extensions(extensions)


def extensions_as_json(extensions: Sequence[ExtensionTold]) -> str:
    """The extensions of a run as they are kept with its start."""
    return msgspec.json.encode(extensions).decode()


class StartTold(msgspec.Struct, frozen=True):
    """A run's start, each time that it asked for more, in their order, and when it was heard of, where it promised that."""

    run_id: str
    started_at: datetime
    received_at: datetime
    extensions: tuple[ExtensionTold, ...] = ()
    heartbeat_seconds: int | None = None
    heard: tuple[Heard, ...] = ()

    @property
    def began_at(self) -> datetime:
        """By the script's clock, or by ours where that runs ahead."""
        return min(self.started_at, self.received_at)


class Terms(msgspec.Struct, frozen=True):
    """What is expected from ``expected.in_force_from`` on, and the slots that this makes."""

    expected: Expectation
    slots: SlotSource


# Of a job without settings: whatever is told of it is judged as it is.
NOTHING_EXPECTED = Terms(Expectation(EARLIEST), None)


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
    due: datetime | None = None


def known_at(
    runs: Sequence[RunTold], starts: Sequence[StartTold], instant: datetime, earlier: Known | None = None
) -> Known:
    """What had arrived of ``runs`` and ``starts`` by ``instant``.

    ``earlier`` is what was known before where ``runs`` are but the latest ones: a streak that goes back to the first of
    them is as long as it was known to be.
    """
    arrived = sorted((run for run in runs if run.received_at <= instant), key=_in_order)
    ended = {run.run_id for run in arrived}
    began = {start.run_id: start for start in starts if start.received_at <= instant}
    for run_id, start in starts_of_unnamed(arrived, list(began.values())).items():
        ended.add(start.run_id)
        began[run_id] = start
    last = arrived[-1] if arrived else None
    since, failures, last_success = _streak(arrived, earlier)
    open_runs = [_open(start, instant) for run_id, start in began.items() if run_id not in ended]
    return Known(
        last=None if last is None else _last(last, began.get(last.run_id)),
        reached=max(
            [_reached(run, began.get(run.run_id)) for run in arrived] + [start.began_at for start in began.values()],
            default=None,
        ),
        since=since,
        failures=failures,
        last_success=last_success,
        open_runs=_latest(open_runs),
    )


def starts_of_unnamed(runs: Iterable[RunTold], starts: Iterable[StartTold]) -> dict[str, StartTold]:
    """The start of each run that was ended without a name, where it has one: the newest of those begun without a name that had
    arrived, and that no earlier end had taken."""
    unnamed_starts = [start for start in starts if is_unnamed(start.run_id)]
    if not unnamed_starts:
        return {}
    ends = {run.run_id: run for run in runs if is_unnamed(run.run_id)}
    told = [
        (start.received_at, 0, start.began_at, start.run_id) for start in unnamed_starts if start.run_id not in ends
    ]
    told += [(run.received_at, 1, run.counts_at, run.run_id) for run in ends.values()]
    open_starts: list[tuple[datetime, str]] = []
    began: dict[str, str] = {}
    for _, is_end, at, run_id in sorted(told):
        if not is_end:
            insort(open_starts, (at, run_id))
        elif open_starts:
            began[run_id] = open_starts.pop()[1]
    by_name = {start.run_id: start for start in unnamed_starts}
    return {run_id: by_name[start_id] for run_id, start_id in began.items()}


def last_of(runs: Iterable[RunTold]) -> RunTold | None:
    """The run whose result is the job's last, whichever arrived last."""
    return max(runs, key=_in_order, default=None)


def _in_order(run: RunTold) -> tuple[object, ...]:
    """As ``report.supersedes`` has it."""
    first_come = LATEST - run.received_at
    return run.counts_at, run.result == "error", run.message or "", run.finished_at, first_come, run.run_id


def _last(run: RunTold, start: StartTold | None) -> LastRun:
    began = _earlier(run.started_at, None if start is None else start.started_at)
    return LastRun(run.result, run.finished_at, run.received_at, began)


def _reached(run: RunTold, start: StartTold | None) -> datetime:
    began = _earlier(run.started_at, None if start is None else start.began_at)
    return min(began or run.finished_at, run.received_at)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _open(start: StartTold, instant: datetime) -> OpenRun:
    asked = [each for each in start.extensions if each.received_at <= instant]
    # Within a time in which it was heard of again and again, it is known at once until when that goes on: the verdict is the
    # same at each instant of it.
    heard = [each.until for each in start.heard if each.since <= instant]
    return OpenRun(
        start.run_id,
        start.began_at,
        max(asked).until if asked else None,
        None if start.started_at == start.began_at else start.started_at,
        start.heartbeat_seconds,
        None if start.heartbeat_seconds is None else max([start.received_at, *heard]),
    )


def _latest(open_runs: Iterable[OpenRun]) -> tuple[OpenRun, ...]:
    return tuple(sorted(open_runs, key=lambda run: (run.started_at, run.run_id))[-MANY_OPEN:])


def _streak(in_order: Sequence[RunTold], earlier: Known | None) -> tuple[datetime | None, int, datetime | None]:
    """The end of the first run of the streak that the last run is in, how many failed in it, and the last success."""
    earlier = earlier or Known()
    success = next((run.counts_at for run in reversed(in_order) if run.result == "success"), earlier.last_success)
    if not in_order:
        return None, 0, success
    result = in_order[-1].result
    streak = list(takewhile(lambda run: run.result == result, reversed(in_order)))
    since = streak[-1].counts_at
    failures = len(streak) if result == "error" else 0
    was = earlier.last
    if len(streak) == len(in_order) and was is not None and was.result == result and earlier.since is not None:
        return min(since, earlier.since), max(failures, earlier.failures if failures else 0), success
    return since, failures, success


def with_run(known: Known, run: RunTold) -> Known | None:
    """What is known once ``run``, the newest to arrive, is known too; None where that takes all the runs to say."""
    old = known.last
    if len(known.open_runs) >= MANY_OPEN or (old is not None and run.counts_at <= old.counts_at):
        return None
    still_open = known.open_runs
    open_run = ended_by(run.run_id, still_open) if still_open else None
    start = None
    if open_run is not None:
        start = StartTold(run.run_id, open_run.by_own_clock or open_run.started_at, open_run.started_at)
        still_open = without(open_run, still_open)
    is_streak = old is not None and run.result == old.result
    failures = (known.failures if is_streak else 0) + 1 if run.result == "error" else 0
    reached = _reached(run, start)
    return Known(
        last=_last(run, start),
        reached=max(reached, known.reached or reached),
        since=known.since if is_streak else run.counts_at,
        failures=failures,
        last_success=run.counts_at if run.result == "success" else known.last_success,
        open_runs=still_open,
    )


def with_start(known: Known, start: StartTold, instant: datetime) -> Known | None:
    """What is known at ``instant`` once ``start`` is known too, of a run that has not ended; None where that takes all
    the starts to say."""
    if len(known.open_runs) >= MANY_OPEN or any(open.run_id == start.run_id for open in known.open_runs):
        return None
    return replace(
        known,
        reached=max(start.began_at, known.reached or start.began_at),
        open_runs=_latest((*known.open_runs, _open(start, instant))),
    )


def with_extension(known: Known, run_id: str, until: datetime) -> Known:
    """What is known once an open run has asked for time until ``until``."""
    return replace(
        known,
        open_runs=tuple(
            replace(open, extended_until=until) if open.run_id == run_id else open for open in known.open_runs
        ),
    )


def with_heartbeat(known: Known, run_id: str, heard_at: datetime) -> Known:
    """What is known once an open run has been heard of at ``heard_at``: nothing new where it did not promise that."""

    def heard(run: OpenRun) -> OpenRun:
        if run.run_id != run_id or run.heartbeat_seconds is None:
            return run
        return replace(run, heard_at=max(heard_at, run.heard_at or heard_at))

    return replace(known, open_runs=tuple(heard(run) for run in known.open_runs))


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
    said = judge(terms.expected, known, terms.slots, blind_until(instant, blind_times), instant)
    after = Judged(said.verdict, said.is_bad, said.since, said.look_again_at, said.reasons, said.due)
    if (said.verdict, said.is_bad) == (judged.verdict, judged.is_bad):
        return after, []
    return after, [Transition(instant, judged.verdict, said.verdict, said.is_bad, said.reasons)]


def blind_until(instant: datetime, blind_times: Sequence[BlindTime]) -> list[BlindTime]:
    """The blind times as they are known at ``instant``: of one that goes on, only that it began."""
    if not blind_times:
        return []
    undrained = instant + datetime.resolution
    return [
        blind if blind.ended_at <= instant else BlindTime(blind.started_at, instant, undrained)
        for blind in blind_times
        if blind.started_at < instant
    ]


def able_to_judge_at(instant: datetime, blind_times: Sequence[BlindTime]) -> datetime:
    """The instant itself, or the end of the blind times, which may overlap, that it falls into."""
    for blind in sorted(blind_times, key=lambda blind: blind.started_at):
        if blind.started_at < instant < blind.ended_at:
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
    earlier: Known | None = None,
) -> tuple[Judged, list[Transition]]:
    """Every transition after ``since`` (None: from the beginning) up to ``until``. ``terms`` are in the order of their time.

    ``judged`` is where the judge stood at ``since``; for ``earlier`` see ``known_at``.
    """
    judged, transitions = judged or Judged(), list[Transition]()
    known = Known() if since is None else known_at(runs, starts, since, earlier)
    ended = {run.run_id: run.received_at for run in runs}
    instants = {each.expected.in_force_from for each in terms}
    instants |= {able_to_judge_at(blind.ended_at, blind_times) for blind in blind_times}
    arrivals = {instant: list(each) for instant, each in groupby(_arrivals(runs, starts), lambda each: each[0])}
    for instant in sorted(instants | arrivals.keys()):
        if instant > until:
            break
        if since is not None and instant <= since:
            continue
        before = instant - datetime.resolution
        judged, waited = advance(judged, in_force(terms, before), known, blind_times, before)
        learnt: Known | None = known
        for _, _, told in arrivals.get(instant, ()):
            learnt = None if learnt is None else _learnt(learnt, told, ended, instant)
        known = known_at(runs, starts, instant, earlier) if learnt is None else learnt
        judged, changes = look(judged, in_force(terms, instant), known, blind_times, instant)
        transitions += waited + changes
    judged, changes = advance(judged, in_force(terms, until), known, blind_times, until)
    return judged, transitions + changes


_Told = StartTold | tuple[str, ExtensionTold | Heard] | RunTold


def _arrivals(runs: Sequence[RunTold], starts: Sequence[StartTold]) -> list[tuple[datetime, int, _Told]]:
    """All that arrived, in its order; at the same instant a run's start before what it asked for, and its end last."""
    arrivals: list[tuple[datetime, int, _Told]] = [(run.received_at, 2, run) for run in runs]
    for start in starts:
        arrivals.append((start.received_at, 0, start))
        arrivals += [(each.received_at, 1, (start.run_id, each)) for each in sorted(start.extensions)]
        arrivals += [(each.since, 1, (start.run_id, each)) for each in start.heard]
    return sorted(arrivals, key=lambda arrival: arrival[:2])


def _learnt(known: Known, told: _Told, ended: dict[str, datetime], instant: datetime) -> Known | None:
    if isinstance(told, RunTold):
        return with_run(known, told)
    if isinstance(told, StartTold):
        is_over = told.run_id in ended and ended[told.run_id] < instant
        return None if is_over else with_start(known, told, instant)
    run_id, each = told
    if isinstance(each, Heard):
        return with_heartbeat(known, run_id, each.until)
    return with_extension(known, run_id, each.until)


def in_force(terms: Sequence[Terms], instant: datetime) -> Terms:
    """What is expected at ``instant``: nothing before the first of ``terms``."""
    for each in reversed(terms):
        if each.expected.in_force_from <= instant:
            return each
    return NOTHING_EXPECTED
