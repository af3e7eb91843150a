"""One job through one batch: what is told of it, in the order in which it arrived, and what the judge says of that."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

import msgspec
from msgspec.structs import replace

from tc_portal.core.history import (
    NOTHING_EXPECTED,
    Judged,
    RunTold,
    StartTold,
    Terms,
    Transition,
    able_to_judge_at,
    advance,
    blind_until,
    in_force,
    known_at,
    look,
    replay,
    with_extension,
    with_heartbeat,
    with_run,
    with_start,
)
from tc_portal.core.judge import BlindTime, Known, LastRun, judge
from tc_portal.core.reason import AnyReason
from tc_portal.core.report import Extension, Heartbeat, Report, Start, Telling, counts_at
from tc_portal.core.unnamed_run import ended_by, is_unnamed

from .past import Past
from .statements import IncidentRow, JobChange, LockedJob, TransitionRow

AN_INSTANT = datetime.resolution

_encode = msgspec.json.encode
_read_known = msgspec.json.Decoder(Known).decode
_read_reasons = msgspec.json.Decoder(tuple[AnyReason, ...]).decode


class Course:
    """Takes what is told of ``job`` and notes every transition. ``doubt`` is the earliest instant, if any, from which on
    only the whole history can say what was: something arrived out of turn, or was told twice."""

    def __init__(self, job: LockedJob, terms: Terms | None, blind_times: Sequence[BlindTime]) -> None:
        self.job = job
        self.terms = terms
        self.blind_times = blind_times
        self.known = self.known_before = known_of(job)
        self.judged = Judged(job.verdict, job.is_bad, job.since, job.deadline, reasons_of(job), job.due)
        self.judged_at = max((each for each in (job.judged_at, job.updated_at) if each is not None), default=None)
        self.transitions: list[Transition] = []
        self.is_written = False
        self.has_ended = False
        self.as_found = JobChange(
            job.id,
            job.title,
            job.tool_id,
            job.tool_stated_at,
            job.verdict,
            job.since,
            job.is_bad,
            job.reasons,
            job.known,
            job.judged_at,
            job.deadline,
            job.host,
            job.due,
        )
        self.doubt: datetime | None = None
        # When the runs began that were ended without a name, by the name of the end.
        self.began: dict[str, datetime] = {}

    @property
    def is_tracked(self) -> bool:
        """Whether more is known, or needed to judge it, than its last result says."""
        return self.job.settings is not None or self.known != _known_by_last_result(self.job, self.judged.since)

    def tell(self, tellings: Iterable[Telling], out_of_turn: set[str]) -> None:
        """Take the tellings. ``out_of_turn`` are the runs, among those that start here, of which more is known already."""
        in_order = sorted(tellings, key=_in_turn)
        for instant, together in groupby(in_order, key=lambda telling: telling.received_at):
            if self.judged_at is not None and instant <= self.judged_at:
                self.doubt_from(instant)
            if self.doubt is None or instant <= self.doubt:
                self._note(*advance(self.judged, self._terms, self.known, self.blind_times, instant - AN_INSTANT))
            if self._is_sure_of(instant):
                for telling in together:
                    self._learn(telling, out_of_turn)
            if self._is_sure_of(instant):
                self._note(*look(self.judged, self._terms, self.known, self.blind_times, instant))
            self.judged_at = max(instant, self.judged_at or instant)

    def wait_until(self, now: datetime) -> None:
        """Judge the deadlines that have passed."""
        self._note(*advance(self.judged, self._terms, self.known, self.blind_times, now))
        again = self.judged.look_again_at
        if again is not None and again <= now:
            # A clock that was set back has left a blind time that ends later than now: nobody is to ask again before.
            self.judged = replace(self.judged, look_again_at=able_to_judge_at(again, self.blind_times))
        self.judged_at = max(now, self.judged_at or now)

    def after_all_judged(self, now: datetime) -> datetime:
        """``now``, or the first instant that nothing has been said of yet, where a clock is behind."""
        return now if self.judged_at is None or self.judged_at < now else self.judged_at + AN_INSTANT

    def change_terms(self, terms: Terms, definition: str) -> None:
        """Judge by ``terms``, which are those of the settings ``definition``, from when they are in force."""
        instant = terms.expected.in_force_from
        self._note(*advance(self.judged, self._terms, self.known, self.blind_times, instant - AN_INSTANT))
        self.terms, self.job.settings, self.job.in_force_from = terms, definition, instant
        if self.doubt is None:
            self._note(*look(self.judged, terms, self.known, self.blind_times, instant))
        self.judged_at = instant

    def doubt_from(self, instant: datetime) -> None:
        self.doubt = instant if self.doubt is None else min(self.doubt, instant)

    def _is_sure_of(self, instant: datetime) -> bool:
        return self.doubt is None or instant < self.doubt

    def settle(self, past: Past) -> None:
        """Judge anew from the doubt on, by all that there is."""
        assert self.doubt is not None and self.judged_at is not None
        before = self.doubt - AN_INSTANT
        sure = [each for each in self.transitions if each.at < self.doubt and not self.is_written]
        stood = sure[-1] if sure else past.stood
        earlier = None if past.is_whole_from is None else self.known_before
        terms, known = in_force(past.terms, before), known_at(past.runs, past.starts, before, earlier)
        said = judge(terms.expected, known, terms.slots, blind_until(before, self.blind_times), before)
        judged = Judged(stood.verdict, stood.is_bad, said.since, said.look_again_at, said.reasons, said.due)
        judged, anew = replay(
            past.terms, past.runs, past.starts, self.blind_times, self.judged_at, judged, before, earlier
        )
        self.known = known_at(past.runs, past.starts, self.judged_at, earlier)
        self.judged, changes = look(
            judged, in_force(past.terms, self.judged_at), self.known, self.blind_times, self.judged_at
        )
        self.transitions = sure + anew + changes
        self.job.incident_opened_at = past.incident_opened_at

    def reopened(self) -> list[datetime]:
        """When the incidents opened that the judging anew came to."""
        assert self.doubt is not None
        return [row.opened_at for row in self.incident_rows() if row.opened_at >= self.doubt]

    def transition_rows(self) -> list[TransitionRow]:
        return [
            TransitionRow(self.job.id, each.at, each.before, each.verdict, each.is_bad, _encode(each.reasons).decode())
            for each in self.transitions
        ]

    def incident_rows(self) -> list[IncidentRow]:
        """The incidents that the transitions open, change and resolve."""
        rows: dict[datetime, IncidentRow] = {}
        opened_at = self.job.incident_opened_at
        if self.doubt is not None and opened_at is not None:
            # What was said of it since the doubt may have been wrong.
            rows[opened_at] = IncidentRow(self.job.id, opened_at, None, self.judged.verdict)
        for each in self.transitions:
            if each.is_bad:
                opened_at = opened_at or each.at
                rows[opened_at] = IncidentRow(self.job.id, opened_at, None, each.verdict)
            elif opened_at is not None:
                rows[opened_at] = IncidentRow(self.job.id, opened_at, each.at, each.before)
                opened_at = None
        return list(rows.values())

    @property
    def is_noticeable(self) -> bool:
        """Whether something has happened that somebody may have to be told."""
        has_been_bad = self.judged.is_bad or self.as_found.is_bad or any(each.is_bad for each in self.transitions)
        return has_been_bad and (self.has_ended or self.doubt is not None or bool(self.transitions))

    @property
    def _terms(self) -> Terms:
        return self.terms or NOTHING_EXPECTED

    def _note(self, judged: Judged, transitions: list[Transition]) -> None:
        self.judged = judged
        self.transitions += transitions

    def _learn(self, telling: Telling, out_of_turn: set[str]) -> None:
        known: Known | None
        if isinstance(telling, Report):
            known = with_run(self.known, run_told(telling))
            # Also a success: one that came too soon is another error, and no change of verdict.
            self.has_ended = True
            out_of_turn.add(telling.run_id)
            if self.known.open_runs and is_unnamed(telling.run_id):
                self._note_beginning(telling.run_id)
        elif isinstance(telling, Start):
            start = StartTold(
                telling.run_id,
                telling.started_at,
                telling.received_at,
                heartbeat_seconds=telling.heartbeat_seconds,
            )
            is_plain = telling.run_id not in out_of_turn
            known = with_start(self.known, start, telling.received_at) if is_plain else None
        elif isinstance(telling, Heartbeat):
            known = with_heartbeat(self.known, telling.run_id, telling.received_at)
        else:
            known = with_extension(self.known, telling.run_id, telling.until)
        if known is None:
            self.doubt_from(telling.received_at)
        else:
            self.known = known

    def _note_beginning(self, run_id: str) -> None:
        ended = ended_by(run_id, self.known.open_runs)
        if ended is not None:
            self.began[run_id] = ended.by_own_clock or ended.started_at


def _in_turn(telling: Telling) -> tuple[datetime, int, datetime, str]:
    """By arrival; at the same instant a run's start before what it asks for, and its end last."""
    if isinstance(telling, Start):
        return telling.received_at, 0, telling.started_at, telling.run_id
    if isinstance(telling, Extension):
        return telling.received_at, 1, telling.until, telling.run_id
    if isinstance(telling, Heartbeat):
        return telling.received_at, 1, telling.received_at, telling.run_id
    return telling.received_at, 2, counts_at(telling.finished_at, telling.received_at), telling.run_id


def run_told(report: Report) -> RunTold:
    return RunTold(
        report.run_id, report.status, report.finished_at, report.received_at, report.started_at, report.message
    )


def known_of(job: LockedJob) -> Known:
    """What the job's row says that is known of it."""
    return _read_known(job.known) if job.known is not None else _known_by_last_result(job, job.since)


def _known_by_last_result(job: LockedJob, since: datetime | None) -> Known:
    """All that is known of most jobs; of the others, what more is known is kept with them."""
    if job.last_status is None or job.last_finished_at is None or job.updated_at is None:
        return Known()
    last = LastRun(job.last_status, job.last_finished_at, job.updated_at)
    return Known(
        last=last,
        reached=min(last.finished_at, last.received_at),
        since=since,
        failures=1 if last.result == "error" else 0,
        last_success=last.counts_at if last.result == "success" else None,
    )


def reasons_of(job: LockedJob) -> tuple[AnyReason, ...]:
    return () if job.reasons is None else _read_reasons(job.reasons)


def as_json(value: Known | tuple[AnyReason, ...]) -> str:
    return _encode(value).decode()
