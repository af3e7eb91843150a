"""A job with more runs than are read to judge it anew, and what stays the same when it is judged anew, on both databases."""

from datetime import timedelta

import msgspec
from databases import Database
from job_lives import DRAIN, MINUTE, at, instant, transitions_in
from stores import empty, store, tables
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.judge import Known
from tc_portal.core.report import Report, Start
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.store.batches import Store
from tc_portal.store.changing_settings import SettingsChange

__all__ = ["store", "tables"]

MANY = 700
EACH_MINUTE = JobSchedule(Interval(MINUTE, at(0)))


def run(minute: float, result: str = "success", arrives: float | None = None) -> Report:
    received_at = at(minute if arrives is None else arrives) + timedelta(seconds=1)
    return Report("a", "題", result, at(minute), received_at, f"r{minute}")  # type: ignore[arg-type]


def test_what_comes_late_from_before_all_that_is_read_changes_nothing_that_was_said(
    tables: Database, store: Store
) -> None:
    empty(tables)
    store.beat(at(0), DRAIN)
    expected = JobSettings(grace=2 * MINUTE, early=timedelta(), schedules=(EACH_MINUTE,))
    store.change_settings([SettingsChange("a", expected, "題")], at(0), None)
    for begin in range(1, MANY, 100):
        store.record([run(minute) for minute in range(begin, begin + 100)])
    before = transitions_in(tables, "a")
    assert [each.verdict for each in before] == ["ok"]
    end = MANY + 1
    store.record([run(50, arrives=end)])
    store.record([run(60.5, "error", arrives=end + 0.1)])
    store.record([run(MANY - 0.5, arrives=end + 0.2)])
    assert transitions_in(tables, "a") == before
    assert tables.rows("SELECT count(*) FROM incident") == [(0,)]
    ((since,),) = tables.rows("SELECT since FROM job")
    assert instant(since) == at(1)


def test_an_incident_that_is_there_again_after_judging_anew_stays_the_same_one(tables: Database, store: Store) -> None:
    empty(tables)
    store.record([run(10, "error")])
    (found,) = tables.rows("SELECT id, opened_at FROM incident")
    store.record([run(5, arrives=6)])
    store.record([run(10, "error", arrives=30)])
    assert tables.rows("SELECT id, opened_at FROM incident") == [found]
    assert [each.verdict for each in transitions_in(tables, "a")] == ["ok", "error"]


def test_a_job_that_only_ever_starts_is_judged_by_its_latest_runs(tables: Database, store: Store) -> None:
    empty(tables)
    store.beat(at(0), DRAIN)
    store.record([Start("a", "題", f"r{minute}", at(minute), at(minute)) for minute in range(300)])
    ((verdict, known),) = tables.rows("SELECT verdict, known FROM job")
    assert (verdict, len(msgspec.json.decode(known, type=Known).open_runs)) == ("running", 100)
    tables.execute("DELETE FROM heartbeat")
    store.beat(at(400), DRAIN)
    store.change_settings([SettingsChange("a", JobSettings(max_runtime=60 * MINUTE), "題")], at(400), None)
    assert tables.rows("SELECT verdict FROM job") == [("overdue",)]


def test_a_start_is_believed_for_a_day_where_nobody_says_how_long_a_run_may_take(
    tables: Database, store: Store
) -> None:
    empty(tables)
    store.record([Start("a", "題", "r", at(0), at(0))])
    for minute, verdict in [(24 * 60 - 1, "running"), (24 * 60, "waiting")]:
        tables.execute("DELETE FROM heartbeat")
        store.beat(at(minute), DRAIN)
        while store.watch(at(minute)):
            pass
        assert tables.rows("SELECT verdict FROM job") == [(verdict,)]
    assert tables.rows("SELECT count(*) FROM incident") == [(0,)]
