"""A job's life, step by step, on both databases: whatever happens, what the tables say of it holds together."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from databases import Database
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from job_lives import (
    DRAIN,
    YEAR,
    at,
    beat_until,
    examples,
    instant,
    job_settings,
    runs_and_starts_in,
    told_again,
    transitions_in,
)
from stores import empty, store, tables
from tc_portal.core.history import Transition, known_at
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.judge import Known
from tc_portal.core.report import Extension, Heartbeat, Report, Start, Telling
from tc_portal.store.batches import Store
from tc_portal.store.changing_settings import SettingsChange

__all__ = ["store", "tables"]

read_known = msgspec.json.Decoder(Known).decode
JOBS = st.sampled_from(["a", "b"])
RUNS = st.sampled_from(["r1", "r2", "r3"])
AGO = st.sampled_from([0, 0, 1, 20, 90])
WRONG = st.sampled_from([0, 0, 0, 8, -40, YEAR])


class JobLife(RuleBasedStateMachine):
    """``now`` is the portal's clock in minutes. Scripts, people and the clock take turns."""

    def __init__(self, tables: Database, store: Store) -> None:
        super().__init__()
        self.tables, self.store = tables, store
        self.now = 1.0
        self.told: list[Telling] = []

    @initialize()
    def begin(self) -> None:
        empty(self.tables)
        self.store.beat(at(self.now), DRAIN)

    def tell(self, telling: Telling) -> None:
        self.told.append(telling)
        self.store.record([telling])

    @rule(job=JOBS, run=RUNS, ago=AGO, wrong=WRONG, every=st.sampled_from([None, 60, 240]))
    def a_run_starts(self, job: str, run: str, ago: int, wrong: int, every: int | None) -> None:
        self.tell(Start(job, "題", run, at(self.now - ago + wrong), at(self.now), heartbeat_seconds=every))

    @rule(job=JOBS, run=RUNS)
    def a_run_gives_a_sign_of_life(self, job: str, run: str) -> None:
        self.tell(Heartbeat(job, run, at(self.now)))

    @rule(job=JOBS, run=RUNS, ago=AGO, wrong=WRONG, result=st.sampled_from(["success", "success", "error"]))
    def a_run_ends(self, job: str, run: str, ago: int, wrong: int, result: Any) -> None:
        self.tell(Report(job, "題", result, at(self.now - ago + wrong), at(self.now), run))

    @rule(job=JOBS, run=RUNS, minutes=st.integers(-5, 90))
    def a_run_asks_for_time(self, job: str, run: str, minutes: int) -> None:
        self.tell(Extension(job, run, at(self.now + minutes), at(self.now)))

    @precondition(lambda self: self.told)
    @rule(chance=st.data(), arrives_now=st.booleans())
    def something_is_told_again(self, chance: st.DataObject, arrives_now: bool) -> None:
        telling = chance.draw(st.sampled_from(self.told))
        self.tell(msgspec.structs.replace(telling, received_at=at(self.now)) if arrives_now else telling)

    @rule(job=JOBS, wanted=job_settings)
    def somebody_changes_settings(self, job: str, wanted: JobSettings) -> None:
        self.store.change_settings([SettingsChange(job, wanted, "題")], at(self.now), "admin")

    @rule(minutes=st.sampled_from([0.1, 1, 5, 30, 70]))
    def time_passes(self, minutes: float) -> None:
        self.now += minutes
        beat_until(self.tables, self.now)
        self.watch()

    @rule(minutes=st.sampled_from([1, 20, 100]), job=st.none() | JOBS, wanted=job_settings)
    def the_portal_is_away(self, minutes: int, job: str | None, wanted: JobSettings) -> None:
        """And somebody may change settings meanwhile: that takes the database alone."""
        self.now += minutes / 2
        if job is not None:
            self.store.change_settings([SettingsChange(job, wanted, "題")], at(self.now), "admin")
        self.now += minutes / 2
        self.store.beat(at(self.now), DRAIN)
        self.watch()

    def watch(self) -> None:
        while self.store.watch(at(self.now)):
            pass

    def jobs(self) -> list[Any]:
        return self.tables.rows("SELECT job_key, verdict, is_bad, judged_at, known FROM job ORDER BY job_key")

    @invariant()
    def what_the_tables_say_holds_together(self) -> None:
        for job_key, verdict, is_bad, judged_at, known in self.jobs():
            transitions = transitions_in(self.tables, job_key)
            self.nobody_is_judged_in_the_future(judged_at)
            self.transitions_follow_one_another(transitions, (verdict, bool(is_bad)))
            self.incidents_are_where_the_transitions_say(job_key, transitions)
            # Nothing arrives after now, and deadlines are judged up to when the watcher looked.
            until = instant(judged_at) if judged_at is not None else at(self.now)
            assert transitions == told_again(self.tables, job_key, until)[1]
            self.known_is_what_the_runs_say(job_key, known, until)

    def nobody_is_judged_in_the_future(self, judged_at: Any) -> None:
        assert judged_at is None or instant(judged_at) <= self.latest()

    def latest(self) -> datetime:
        """Settings are in force from the first instant that nothing has been said of: just after now, at the earliest."""
        return at(self.now) + 1000 * datetime.resolution

    def transitions_follow_one_another(self, transitions: list[Transition], stands: tuple[str, bool]) -> None:
        stood, last_at = ("waiting", False), at(-YEAR)
        for each in transitions:
            assert each.before == stood[0] and (each.verdict, each.is_bad) != stood
            assert last_at <= each.at <= self.latest()
            stood, last_at = (each.verdict, each.is_bad), each.at
        assert stood == stands

    def incidents_are_where_the_transitions_say(self, job_key: str, transitions: list[Transition]) -> None:
        """So that there is an open one, and one alone, exactly where the job is bad."""
        expected: list[list[datetime | None]] = []
        was_bad = False
        for each in transitions:
            if each.is_bad and not was_bad:
                expected.append([each.at, None])
            elif was_bad and not each.is_bad:
                expected[-1][1] = each.at
            was_bad = each.is_bad
        found = self.tables.rows(
            "SELECT opened_at, resolved_at FROM incident JOIN job ON job.id = job_id"
            f" WHERE job_key = '{job_key}' ORDER BY opened_at"
        )
        assert [[instant(opened), instant(resolved)] for opened, resolved in found] == expected

    def known_is_what_the_runs_say(self, job_key: str, known: str | None, until: datetime) -> None:
        said = known_at(*runs_and_starts_in(self.tables, job_key), until)
        if known is not None:
            assert read_known(known) == said
        status = self.tables.rows(
            f"SELECT last_status, last_finished_at, updated_at FROM job_status WHERE job_key = '{job_key}'"
        )
        if said.last is None:
            assert status == []
        else:
            last = (said.last.result, said.last.finished_at, said.last.received_at)
            assert [(result, instant(finished), instant(received)) for result, finished, received in status] == [last]


def test_whatever_happens_what_is_said_of_a_job_holds_together(tables: Database, store: Store) -> None:
    life: Callable[[], JobLife] = lambda: JobLife(tables, store)  # noqa: E731
    run_state_machine_as_test(life, settings=settings(examples(4), stateful_step_count=30))
