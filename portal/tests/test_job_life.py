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
from tc_portal.core.history import known_at
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.judge import Known
from tc_portal.core.report import Extension, Report, Start, Telling
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

    @rule(job=JOBS, run=RUNS, ago=AGO, wrong=WRONG)
    def a_run_starts(self, job: str, run: str, ago: int, wrong: int) -> None:
        self.tell(Start(job, "題", run, at(self.now - ago + wrong), at(self.now)))

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
    def nobody_is_judged_in_the_future(self) -> None:
        for _, _, _, judged_at, _ in self.jobs():
            assert judged_at is None or instant(judged_at) <= self.latest()

    def latest(self) -> datetime:
        """Settings are in force from the first instant that nothing has been said of: just after now, at the earliest."""
        return at(self.now) + 1000 * datetime.resolution

    @invariant()
    def transitions_follow_one_another_up_to_where_the_job_stands(self) -> None:
        for job_key, verdict, is_bad, _, _ in self.jobs():
            stood = ("waiting", False)
            last_at = at(-YEAR)
            for each in transitions_in(self.tables, job_key):
                assert each.before == stood[0] and (each.verdict, each.is_bad) != stood
                assert last_at <= each.at <= self.latest()
                stood, last_at = (each.verdict, each.is_bad), each.at
            assert stood == (verdict, bool(is_bad))

    @invariant()
    def incidents_are_where_the_transitions_say(self) -> None:
        for job_key, _, is_bad, _, _ in self.jobs():
            expected: list[list[datetime | None]] = []
            is_open = False
            for each in transitions_in(self.tables, job_key):
                if each.is_bad and not is_open:
                    expected.append([each.at, None])
                elif is_open and not each.is_bad:
                    expected[-1][1] = each.at
                is_open = each.is_bad
            found = self.tables.rows(
                "SELECT opened_at, resolved_at FROM incident JOIN job ON job.id = job_id"
                f" WHERE job_key = '{job_key}' ORDER BY opened_at"
            )
            assert [[instant(opened), instant(resolved)] for opened, resolved in found] == expected
            assert is_open == bool(is_bad)

    @invariant()
    def the_tables_replayed_come_to_the_same(self) -> None:
        for job_key, _, _, judged_at, _ in self.jobs():
            # Nothing arrives after now, and deadlines are judged up to when the watcher looked.
            until = instant(judged_at) if judged_at is not None else at(self.now)
            _, transitions = told_again(self.tables, job_key, until)
            assert transitions_in(self.tables, job_key) == transitions

    @invariant()
    def what_a_job_is_known_by_is_what_its_runs_say(self) -> None:
        for job_key, _, _, judged_at, known in self.jobs():
            if known is not None:
                runs, starts = runs_and_starts_in(self.tables, job_key)
                assert read_known(known) == known_at(runs, starts, instant(judged_at))

    @invariant()
    def the_last_result_is_that_of_the_runs(self) -> None:
        for job_key, status, finished, received in self.tables.rows(
            "SELECT job_key, last_status, last_finished_at, updated_at FROM job_status"
        ):
            last = known_at(*runs_and_starts_in(self.tables, job_key), self.latest()).last
            assert last is not None
            assert (status, instant(finished), instant(received)) == (last.result, last.finished_at, last.received_at)


def test_whatever_happens_what_is_said_of_a_job_holds_together(tables: Database, store: Store) -> None:
    life: Callable[[], JobLife] = lambda: JobLife(tables, store)  # noqa: E731
    run_state_machine_as_test(life, settings=settings(examples(6), stateful_step_count=30))
