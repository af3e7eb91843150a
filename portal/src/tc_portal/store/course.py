"""One job through one batch: what is told of it, in the order in which it arrived, and what the judge says of that."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby

import msgspec

from tc_portal.core.history import (
    Judged,
    RunTold,
    StartTold,
    Terms,
    Transition,
    advance,
    known_at,
    look,
    replay,
    with_extension,
    with_run,
    with_start,
)
from tc_portal.core.judge import BlindTime, Expectation, Known, LastRun
from tc_portal.core.reason import AnyReason
from tc_portal.core.report import Report, Start, Telling
from tc_portal.core.verdict import Verdict

from .statements import IncidentRow, JobChange, LockedJob, RunRow, SettingsRow, StartRow, TransitionRow

AN_INSTANT = datetime.resolution

_encode = msgspec.json.encode
_read_known = msgspec.json.Decoder(Known).decode
_read_reasons = msgspec.json.Decoder(tuple[AnyReason, ...]).decode

# Makes of settings (JSON) and since when they are in force what the judge goes by.
TermsReader = Callable[[str, datetime], Terms]


class Course:
    """Takes what is told of ``job`` and notes every transition. ``doubt`` is the earliest instant, if any, from which on
    only the whole history can say what was: something arrived out of turn, or was told twice."""

    def __init__(self, job: LockedJob, terms: Terms | None, blind_times: Sequence[BlindTime]) -> None:
        self.job = job
        self.terms = terms
        self.blind_times = blind_times
        self.known = known_of(job)
        self.judged = Judged(job.verdict, job.is_bad, job.since, job.deadline, reasons_of(job))
        self.judged_at = job.judged_at or job.updated_at
        self.transitions: list[Transition] = []
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
        )
        self.doubt: datetime | None = None

    @property
    def is_tracked(self) -> bool:
        """Whether more than its last result is needed to judge it."""
        return self.job.settings is not None or bool(self.known.open_runs)

    def tell(self, tellings: Iterable[Telling], ended: set[str]) -> None:
        """Take the tellings. ``ended`` are the runs, among those that start here, whose end is known already."""
        in_order = sorted(tellings, key=lambda telling: telling.received_at)
        for instant, together in groupby(in_order, key=lambda telling: telling.received_at):
            if self.judged_at is not None and instant <= self.judged_at:
                self.doubt_from(instant)
            if self.doubt is None:
                self._note(
                    *advance(self.judged, self._terms(instant), self.known, self.blind_times, instant - AN_INSTANT)
                )
                for telling in together:
                    self._learn(telling, ended)
            if self.doubt is None:
                self._note(*look(self.judged, self._terms(instant), self.known, self.blind_times, instant))
            self.judged_at = max(instant, self.judged_at or instant)

    def wait_until(self, now: datetime) -> None:
        """Judge the deadlines that have passed."""
        self._note(*advance(self.judged, self._terms(now), self.known, self.blind_times, now))
        self.judged_at = max(now, self.judged_at or now)

    def after_all_judged(self, now: datetime) -> datetime:
        """``now``, or the first instant that nothing has been said of yet, where a clock is behind."""
        return now if self.judged_at is None or self.judged_at < now else self.judged_at + AN_INSTANT

    def change_terms(self, terms: Terms, definition: str) -> None:
        """Judge by ``terms``, which are those of the settings ``definition``, from when they are in force."""
        instant = terms.expected.in_force_from
        if self.job.settings is None and self.job.known is None:
            # Only its last result was kept ready so far.
            self.doubt_from(instant)
        else:
            self._note(*advance(self.judged, self._terms(instant), self.known, self.blind_times, instant - AN_INSTANT))
        self.terms, self.job.settings, self.job.in_force_from = terms, definition, instant
        if self.doubt is None:
            self._note(*look(self.judged, terms, self.known, self.blind_times, instant))
        self.judged_at = instant

    def doubt_from(self, instant: datetime) -> None:
        self.doubt = instant if self.doubt is None else min(self.doubt, instant)

    def settle(self, history: "History") -> None:
        """Judge anew from the doubt on, by all that there is."""
        assert self.doubt is not None and self.judged_at is not None
        before = self.doubt - AN_INSTANT
        judged = Judged(history.verdict, history.is_bad) if history.verdict else Judged()
        terms = next(
            (each for each in reversed(history.terms) if each.expected.in_force_from <= before),
            Terms(Expectation(before), None),
        )
        judged, _ = look(judged, terms, known_at(history.runs, history.starts, before), self.blind_times, before)
        self.judged, self.transitions = replay(
            history.terms, history.runs, history.starts, self.blind_times, self.judged_at, judged, before
        )
        self.known = known_at(history.runs, history.starts, self.judged_at)

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

    def _terms(self, instant: datetime) -> Terms:
        return self.terms or Terms(Expectation(instant), None)

    def _note(self, judged: Judged, transitions: list[Transition]) -> None:
        self.judged = judged
        self.transitions += transitions

    def _learn(self, telling: Telling, ended: set[str]) -> None:
        known: Known | None
        if isinstance(telling, Report):
            known = with_run(self.known, run_told(telling))
            ended.add(telling.run_id)
        elif isinstance(telling, Start):
            start = StartTold(telling.run_id, telling.started_at, telling.received_at)
            known = None if telling.run_id in ended else with_start(self.known, start)
        else:
            known = with_extension(self.known, telling.run_id, telling.until)
        if known is None:
            self.doubt_from(telling.received_at)
        else:
            self.known = known


class History(msgspec.Struct):
    """All that there is of a job, as far as the judge looks back; ``verdict`` is None where it had none before the doubt."""

    runs: list[RunTold]
    starts: list[StartTold]
    terms: list[Terms]
    verdict: Verdict | None
    is_bad: bool
    incident_opened_at: datetime | None


def history_of(
    found: tuple[list[RunRow], list[StartRow], list[SettingsRow], list[TransitionRow], list[IncidentRow]],
    read_terms: TermsReader,
) -> History:
    """The history in the rows that ``FindHistory`` reads."""
    runs, starts, settings, transitions, incidents = found
    last = transitions[-1] if transitions else None
    return History(
        [
            RunTold(row.run_id, row.result, row.finished_at, row.received_at, row.started_at, row.message)
            for row in runs
        ],
        [
            StartTold(row.run_id, row.started_at, row.received_at, row.extended_until, row.extended_at)
            for row in starts
        ],
        [read_terms(row.definition, row.in_force_from) for row in settings],
        None if last is None else last.verdict,
        last is not None and last.is_bad,
        incidents[-1].opened_at if incidents else None,
    )


def run_told(report: Report) -> RunTold:
    return RunTold(
        report.run_id, report.status, report.finished_at, report.received_at, report.started_at, report.message
    )


def known_of(job: LockedJob) -> Known:
    """What the job's row says that is known of it."""
    if job.known is not None:
        return _read_known(job.known)
    if job.last_status is None or job.last_finished_at is None or job.updated_at is None:
        return Known()
    return Known(
        last=LastRun(job.last_status, job.last_finished_at, job.updated_at),
        reached=min(job.last_finished_at, job.updated_at),
        since=job.since,
        failures=1 if job.last_status == "error" else 0,
        last_success=job.last_finished_at if job.last_status == "success" else None,
    )


def reasons_of(job: LockedJob) -> tuple[AnyReason, ...]:
    return () if job.reasons is None else _read_reasons(job.reasons)


def as_json(value: Known | tuple[AnyReason, ...]) -> str:
    return _encode(value).decode()
