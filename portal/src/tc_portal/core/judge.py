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
from .slot_search import SlotsAround, slots_around
from .verdict import Verdict

BAD: frozenset[Verdict] = frozenset({"error", "missed", "overdue"})
# A run that has not said how long it may take is not thought to be running for ever.
RUNNING_IS_BELIEVED = timedelta(days=1)

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
    clock said then.
    """

    run_id: str
    started_at: datetime
    extended_until: datetime | None = None
    by_own_clock: datetime | None = None


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

    ``is_bad`` says that it is bad and has been so often enough to be an incident.
    """

    verdict: Verdict
    since: datetime | None
    reasons: tuple[AnyReason, ...]
    is_bad: bool
    look_again_at: datetime | None


def judge(
    expected: Expectation, known: Known, slots: SlotSource, blind_times: Sequence[BlindTime], now: datetime
) -> Judgement:
    """Where the job stands at ``now``. ``slots`` yields the job's slots after one instant and until another."""
    if expected.is_paused:
        paused = (Paused(since=expected.in_force_from),)
        return Judgement("paused", expected.in_force_from, paused, is_bad=False, look_again_at=None)
    around = slots_around(expected, known.reached, slots, now)
    unsure = [(slot, blind) for slot in around.unfilled if (blind := _blind_at(slot, expected, blind_times, now))]
    excused = {slot for slot, _ in unsure}
    missed = [slot for slot in around.unfilled if slot not in excused]
    hung = [run for run in known.open_runs if _is_overdue(run, expected, known.last, now)]
    unheard = [(run, blind) for run in hung if (blind := _blind_while(run, expected, blind_times, now))]
    in_doubt = _in_doubt(unsure, unheard, expected)
    hung = [run for run in hung if run not in [each for each, _ in unheard]]
    verdict, since, reasons, failures = _said(expected, known, around, missed, hung, in_doubt, now)
    return Judgement(
        verdict,
        since,
        reasons,
        is_bad=verdict in BAD and failures >= expected.tolerance,
        look_again_at=_look_again_at(
            expected, known, around, [blind for _, blind in unsure] + [blind for _, blind in unheard], now
        ),
    )


def _in_doubt(
    unsure: list[tuple[Slot, BlindTime]], unheard: list[tuple[OpenRun, BlindTime]], expected: Expectation
) -> PortalWasAway | None:
    """That a slot was to be filled, or else a run to end, while the portal was away: the latest of them."""
    if unsure:
        slot, blind = unsure[-1]
        due = slot.due
    elif unheard:
        run, blind = max(unheard, key=lambda each: (limit_of(each[0], expected) or each[0].started_at, each[0].run_id))
        due = limit_of(run, expected) or run.started_at
    else:
        return None
    return PortalWasAway(due=due, away_from=blind.started_at, away_until=blind.ended_at, drained_at=blind.drained_at)


def _look_again_at(
    expected: Expectation, known: Known, around: SlotsAround, unsure: list[BlindTime], now: datetime
) -> datetime | None:
    instants = [around.next_deadline, *(blind.drained_at for blind in unsure)]
    for run in known.open_runs:
        instants += [limit_of(run, expected), run.started_at + RUNNING_IS_BELIEVED]
    return min((instant for instant in instants if instant is not None and instant > now), default=None)


_Said = tuple[Verdict, datetime | None, tuple[AnyReason, ...], int]


def _said(
    expected: Expectation,
    known: Known,
    around: SlotsAround,
    missed: list[Slot],
    hung: list[OpenRun],
    in_doubt: PortalWasAway | None,
    now: datetime,
) -> _Said:
    ended = _of_last_run(expected, known, around)
    failures = ended[3] if ended is not None else 0
    if hung:
        limit, _, first = min((limit_of(run, expected) or now, run.run_id, run) for run in hung)
        reason = RunsTooLong(run_id=first.run_id, started_at=first.started_at, limit=limit)
        return "overdue", limit, (reason,), failures + 1
    if missed:
        silent = NoReport(due=missed[-1].due, grace=expected.grace, slots=len(missed), last_success=known.last_success)
        return "missed", deadline_of(missed[0], expected), (silent,), failures + len(missed)
    if ended is not None and ended[0] == "error":
        return ended
    if in_doubt is not None:
        return "unknown", in_doubt.away_from, (in_doubt,), 0
    running = [run for run in known.open_runs if _is_running(run, expected, now)]
    if running:
        first = min(running, key=lambda run: (run.started_at, run.run_id))
        goes_on = Running(started_at=first.started_at, limit=limit_of(first, expected))
        return "running", first.started_at, (goes_on,), 0
    return ended or ("waiting", None, (NeverRan(due=around.next_due),), 0)


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


def _is_overdue(run: OpenRun, expected: Expectation, last: LastRun | None, now: datetime) -> bool:
    limit = limit_of(run, expected)
    if limit is None or now < limit:
        return False
    # A run that began after this one was given up, and went well, shows that the job is well again.
    began = None if last is None else min(last.began_at or last.finished_at, last.received_at)
    return not (last is not None and last.result == "success" and began is not None and began >= limit)


def _is_running(run: OpenRun, expected: Expectation, now: datetime) -> bool:
    return now < (limit_of(run, expected) or run.started_at + RUNNING_IS_BELIEVED)


def _blind_at(slot: Slot, expected: Expectation, blind_times: Sequence[BlindTime], now: datetime) -> BlindTime | None:
    """The blind time that the slot's report may have been lost in, while it may still arrive."""
    return _blind_between(slot.due - expected.early, deadline_of(slot, expected), blind_times, now)


def _blind_while(
    run: OpenRun, expected: Expectation, blind_times: Sequence[BlindTime], now: datetime
) -> BlindTime | None:
    """The blind time that the run's end may have been lost in, while its report may still arrive."""
    limit = limit_of(run, expected)
    return None if limit is None else _blind_between(run.started_at, limit, blind_times, now)


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
