"""The judge: what to say of a job now, why, and when to look again. There is no second place that decides.

``judge`` is a function of what is known, not of what was said before, so that neither the order of reports nor
the number of looks makes a difference.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from .reason import (
    AnyReason,
    Failed,
    NeverRan,
    NoHeartbeat,
    NoReport,
    Paused,
    PortalWasAway,
    Running,
    RunsTooLong,
    Succeeded,
    TooFast,
)
from .report import Result, counts_at
from .schedule.slot import Slot
from .slot_search import NO_SLOTS, SlotsAround, slots_around
from .verdict import Verdict

BAD: frozenset[Verdict] = frozenset({"error", "missed", "overdue"})
# A run that has not said how long it may take is not thought to be running for ever.
RUNNING_IS_BELIEVED = timedelta(days=1)
# One heartbeat that is lost on the way is no death, nor are two.
HEARTBEATS_MISSED = 3

# None is a job without a schedule.
SlotSource = Callable[[datetime, datetime], Iterable[Slot]] | None


class Expectation(msgspec.Struct, frozen=True):
    """What is expected of a job from ``in_force_from`` on.

    ``grace`` is how late a run may start, or report where it does not say that it starts. ``max_runtime`` counts from
    its start. A report up to ``early`` before a slot counts for it. An incident takes ``tolerance`` failures in a row.
    """

    in_force_from: datetime
    grace: timedelta = timedelta(minutes=30)
    early: timedelta = timedelta(minutes=15)
    max_runtime: timedelta | None = None
    min_runtime: timedelta | None = None
    tolerance: int = 1
    is_paused: bool = False


class LastRun(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The last finished run. ``began_at``, as ``finished_at`` by the script's clock, is None where it did not say."""

    result: Result
    finished_at: datetime
    received_at: datetime
    began_at: datetime | None = None

    @property
    def counts_at(self) -> datetime:
        return counts_at(self.finished_at, self.received_at)


class OpenRun(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A run that has started and not ended. ``extended_until`` is the time that it asked for.

    ``started_at`` is by the script's clock, or when it arrived where that clock runs ahead; ``by_own_clock`` is what the
    clock said then. One that promised a heartbeat each ``heartbeat_seconds`` was last heard of at ``heard_at``, by our clock.
    """

    run_id: str
    started_at: datetime
    extended_until: datetime | None = None
    by_own_clock: datetime | None = None
    heartbeat_seconds: int | None = None
    heard_at: datetime | None = None


class Known(msgspec.Struct, frozen=True, array_like=True):
    """What the judge knows of a job's runs. It is kept with the job as one array: a field may be added at the end only.

    ``reached`` is the latest instant at which a run began or, where only its end is known, ended, never later than it was
    received: a clock that runs ahead fills no slots to come. ``since`` is the end of the first run of the present streak of one
    result, and ``failures`` how many failed in a row up to the last one.
    """

    last: LastRun | None = None
    reached: datetime | None = None
    since: datetime | None = None
    failures: int = 0
    last_success: datetime | None = None
    open_runs: tuple[OpenRun, ...] = ()


class BlindTime(msgspec.Struct, frozen=True):
    """監視停止: when the portal could not receive, and until when reports that were kept meanwhile may still arrive."""

    started_at: datetime
    ended_at: datetime
    drained_at: datetime


class Judgement(msgspec.Struct, frozen=True):
    """The verdict with its reasons, most telling first. ``look_again_at`` is when it may change without a report.

    ``is_bad`` says that it is bad and has been so often enough to be an incident. ``due`` is when the next run is, which may have
    come already while it is waited for.
    """

    verdict: Verdict
    since: datetime | None
    reasons: tuple[AnyReason, ...]
    is_bad: bool
    look_again_at: datetime | None
    due: datetime | None = None


def judge(
    expected: Expectation, known: Known, slots: SlotSource, blind_times: Sequence[BlindTime], now: datetime
) -> Judgement:
    """Where the job stands at ``now``. ``slots`` yields the job's slots after one instant and until another."""
    if expected.is_paused:
        paused = (Paused(since=expected.in_force_from),)
        return Judgement("paused", expected.in_force_from, paused, is_bad=False, look_again_at=None)
    if slots is None and not known.open_runs:
        return _by_last_run_alone(expected, known)
    around = slots_around(expected, known.reached, slots, now)
    unsure = [(slot, blind) for slot in around.unfilled if (blind := _blind_at(slot, expected, blind_times, now))]
    excused = {slot for slot, _ in unsure}
    missed = [slot for slot in around.unfilled if slot not in excused]
    bounds = [_bound(run, expected, blind_times) for run in known.open_runs]
    hung = [bound for bound in bounds if _is_overdue(bound, known.last, now)]
    unheard = [(bound, blind) for bound in hung if (blind := _blind_while(bound, blind_times, now))]
    in_doubt = _in_doubt(unsure, unheard)
    hung = [bound for bound in hung if bound not in [each for each, _ in unheard]]
    verdict, since, reasons, failures = _said(expected, known, around, missed, (bounds, hung), in_doubt, now)
    return Judgement(
        verdict,
        since,
        reasons,
        is_bad=verdict in BAD and failures >= expected.tolerance,
        look_again_at=_look_again_at(
            bounds, around, [blind for _, blind in unsure] + [blind for _, blind in unheard], now
        ),
        due=around.awaited,
    )


def _by_last_run_alone(expected: Expectation, known: Known) -> Judgement:
    """Of a job that nothing is due of and that does not run: most of the jobs that report, so that it is told apart early."""
    verdict, since, reasons, failures = _of_last_run(expected, known, NO_SLOTS) or _waiting(NO_SLOTS)
    is_bad = verdict in BAD and failures >= expected.tolerance
    return Judgement(verdict, since, reasons, is_bad=is_bad, look_again_at=None)


class _Bound(msgspec.Struct, frozen=True):
    """Until when an open run is believed: ``limit`` is how long it may take, ``silent_at`` when it has been silent too long."""

    run: OpenRun
    limit: datetime | None
    silent_at: datetime | None

    @property
    def ends_at(self) -> datetime | None:
        return min((each for each in (self.limit, self.silent_at) if each is not None), default=None)

    @property
    def reason(self) -> RunsTooLong | NoHeartbeat:
        run = self.run
        if self.silent_at is not None and self.ends_at == self.silent_at:
            every = timedelta(seconds=run.heartbeat_seconds or 0)
            heard_at = run.heard_at or run.started_at
            return NoHeartbeat(
                run_id=run.run_id, started_at=run.started_at, heard_at=heard_at, every=every, limit=self.silent_at
            )
        assert self.limit is not None
        return RunsTooLong(run_id=run.run_id, started_at=run.started_at, limit=self.limit)


def _bound(run: OpenRun, expected: Expectation, blind_times: Sequence[BlindTime]) -> _Bound:
    return _Bound(run, limit_of(run, expected), silent_at(run, blind_times))


def _in_doubt(unsure: list[tuple[Slot, BlindTime]], unheard: list[tuple[_Bound, BlindTime]]) -> PortalWasAway | None:
    """That a slot was to be filled, or else a run to end, while the portal was away: the latest of them."""
    if unsure:
        slot, blind = unsure[-1]
        due = slot.due
    elif unheard:
        bound, blind = max(unheard, key=lambda each: (each[0].ends_at or each[0].run.started_at, each[0].run.run_id))
        due = bound.ends_at or bound.run.started_at
    else:
        return None
    return PortalWasAway(due=due, away_from=blind.started_at, away_until=blind.ended_at, drained_at=blind.drained_at)


def _look_again_at(
    bounds: list[_Bound], around: SlotsAround, unsure: list[BlindTime], now: datetime
) -> datetime | None:
    instants = [around.next_deadline, *(blind.drained_at for blind in unsure)]
    for bound in bounds:
        instants += [bound.limit, bound.silent_at, bound.run.started_at + RUNNING_IS_BELIEVED]
    return min((instant for instant in instants if instant is not None and instant > now), default=None)


_Said = tuple[Verdict, datetime | None, tuple[AnyReason, ...], int]


def _said(
    expected: Expectation,
    known: Known,
    around: SlotsAround,
    missed: list[Slot],
    open_runs: tuple[list[_Bound], list[_Bound]],
    in_doubt: PortalWasAway | None,
    now: datetime,
) -> _Said:
    ended = _of_last_run(expected, known, around)
    failures = ended[3] if ended is not None else 0
    bounds, hung = open_runs
    if hung:
        first = min(hung, key=lambda bound: (bound.ends_at or now, bound.run.run_id))
        return "overdue", first.ends_at, (first.reason,), failures + 1
    if missed:
        silent = NoReport(due=missed[-1].due, grace=expected.grace, slots=len(missed), last_success=known.last_success)
        return "missed", deadline_of(missed[0], expected), (silent,), failures + len(missed)
    if ended is not None and ended[0] == "error":
        return ended
    if in_doubt is not None:
        return "unknown", in_doubt.away_from, (in_doubt,), 0
    running = [bound for bound in bounds if _is_running(bound, now)]
    if running:
        first = min(running, key=lambda bound: (bound.run.started_at, bound.run.run_id))
        goes_on = Running(started_at=first.run.started_at, limit=first.limit)
        return "running", first.run.started_at, (goes_on,), 0
    return ended or _waiting(around)


def _waiting(around: SlotsAround) -> _Said:
    return "waiting", None, (NeverRan(due=around.next_due),), 0


def _of_last_run(expected: Expectation, known: Known, around: SlotsAround) -> _Said | None:
    last = known.last
    if last is None:
        return None
    if last.result == "error":
        return "error", known.since, (Failed(finished_at=last.finished_at, failures=known.failures),), known.failures
    took = None if last.began_at is None else last.finished_at - last.began_at
    if took is not None and expected.min_runtime is not None and took < expected.min_runtime:
        too_fast = TooFast(finished_at=last.finished_at, took=took, minimum=expected.min_runtime)
        return "error", last.counts_at, (too_fast,), 1
    filled = around.filled
    late_for = filled.due if filled is not None and last.received_at > deadline_of(filled, expected) else None
    return "ok", known.since, (Succeeded(finished_at=last.finished_at, late_for=late_for),), 0


def deadline_of(slot: Slot, expected: Expectation) -> datetime:
    """When the slot is missed if no run has begun or reported."""
    return slot.due + slot.may_start_late_by + expected.grace


def limit_of(run: OpenRun, expected: Expectation) -> datetime | None:
    """When the run is overdue; None where it may take as long as it likes."""
    limits = [run.extended_until] if run.extended_until is not None else []
    if expected.max_runtime is not None:
        limits.append(run.started_at + expected.max_runtime)
    return max(limits, default=None)


def silent_at(run: OpenRun, blind_times: Sequence[BlindTime]) -> datetime | None:
    """When the run has been silent for too long; None where it promised no heartbeats. Those of a time in which the portal
    was away are lost: from its end on, the run has as long again."""
    if run.heartbeat_seconds is None:
        return None
    patience = timedelta(seconds=HEARTBEATS_MISSED * run.heartbeat_seconds)
    until = (run.heard_at or run.started_at) + patience
    for blind in sorted(blind_times, key=lambda blind: blind.started_at):
        if blind.started_at < until < blind.ended_at + patience:
            until = blind.ended_at + patience
    return until


def _is_overdue(bound: _Bound, last: LastRun | None, now: datetime) -> bool:
    limit = bound.ends_at
    if limit is None or now < limit:
        return False
    # A run that began after this one was given up, and went well, shows that the job is well again.
    began = None if last is None else min(last.began_at or last.finished_at, last.received_at)
    return not (last is not None and last.result == "success" and began is not None and began >= limit)


def _is_running(bound: _Bound, now: datetime) -> bool:
    return now < (bound.ends_at or bound.run.started_at + RUNNING_IS_BELIEVED)


def _blind_at(slot: Slot, expected: Expectation, blind_times: Sequence[BlindTime], now: datetime) -> BlindTime | None:
    """The blind time that the slot's report may have been lost in, while it may still arrive."""
    return _blind_between(slot.due - expected.early, deadline_of(slot, expected), blind_times, now)


def _blind_while(bound: _Bound, blind_times: Sequence[BlindTime], now: datetime) -> BlindTime | None:
    """The blind time that the run's end may have been lost in, while its report may still arrive."""
    ends_at = bound.ends_at
    is_by_silence = bound.limit is None or ends_at != bound.limit
    began = (bound.run.heard_at if is_by_silence else None) or bound.run.started_at
    return None if ends_at is None else _blind_between(began, ends_at, blind_times, now)


def _blind_between(
    opens: datetime, closes: datetime, blind_times: Sequence[BlindTime], now: datetime
) -> BlindTime | None:
    return next(
        (
            blind
            for blind in blind_times
            if blind.started_at < closes and opens <= blind.ended_at and now < blind.drained_at
        ),
        None,
    )
