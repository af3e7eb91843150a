"""DESIGN's fifth rule, on both databases: our outage is not their failure."""

from datetime import timedelta
from typing import Any

from databases import Database
from job_lives import DRAIN, HOURLY, MINUTE, at, told_again, transitions_in
from stores import empty, store, tables
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.report import Report, Start, Telling
from tc_portal.store.batches import Store
from tc_portal.store.changing_settings import SettingsChange

__all__ = ["store", "tables"]

JOBS = 250
# Every so many jobs there is one whose script did not run, and one that started before the outage and never ended.
SILENT, HUNG = 31, 41
AWAY_FROM, BACK_AT = 50, 170


def is_silent(job: int) -> bool:
    return job % SILENT == 0


def is_hung(job: int) -> bool:
    return not is_silent(job) and job % HUNG == 0


def look(store: Store, minute: float) -> None:
    store.beat(at(minute), DRAIN)
    while store.watch(at(minute)):
        pass


def there(store: Store, begin: int, end: int, looks_at: tuple[float, ...]) -> None:
    """The portal beats from ``begin`` to ``end`` minutes, without which it would be away, and looks at some of them."""
    for seconds in range(begin * 60, end * 60 + 1, 12):
        store.beat(at(seconds / 60), DRAIN)
        if seconds / 60 in looks_at:
            while store.watch(at(seconds / 60)):
                pass


def run(job: int, slot: int, arrives: float) -> list[Telling]:
    began, ended = at(slot + 1), at(slot + 6)
    return [
        Start(f"job {job}", "題", f"{slot}", began, at(arrives)),
        Report(f"job {job}", "題", "success", ended, at(arrives), f"{slot}"),
    ]


def incidents(tables: Database) -> set[tuple[Any, ...]]:
    return set(
        tables.rows("SELECT job_key, incident.verdict, resolved_at IS NULL FROM incident JOIN job ON job.id = job_id")
    )


def test_an_outage_of_two_hours_raises_an_incident_for_each_true_miss_and_for_nothing_else(
    tables: Database, store: Store
) -> None:
    """Two slots of each of 250 jobs fall into the outage: 500 in all."""
    empty(tables)
    expected = JobSettings(grace=10 * MINUTE, max_runtime=30 * MINUTE, schedules=(HOURLY,))
    keys = [f"job {job}" for job in range(JOBS)]
    store.beat(at(1), DRAIN)
    for begin in range(0, JOBS, 100):
        store.change_settings([SettingsChange(key, expected, "題") for key in keys[begin : begin + 100]], at(1), None)
    there(store, 1, AWAY_FROM, (45,))
    store.record([Start(f"job {job}", "題", "hangs", at(45), at(46)) for job in range(JOBS) if is_hung(job)])
    look(store, AWAY_FROM)

    # The slots at 60 and 120 run meanwhile, and their reports are kept.
    there(store, BACK_AT, BACK_AT + 1, (BACK_AT, BACK_AT + 1))
    assert incidents(tables) == set()
    assert tables.rows("SELECT count(*) FROM blind_time") == [(1,)]
    kept = [
        told
        for job in range(JOBS)
        if not is_silent(job) and not is_hung(job)
        for slot in (60, 120)
        for told in run(job, slot, BACK_AT + 1 + job % 13)
    ]
    for minute in range(BACK_AT + 1, BACK_AT + 14):
        there(store, minute, minute + 1, (minute, minute + 1))
        store.record([told for told in kept if told.received_at == at(minute)][::-1])
    assert incidents(tables) == set()

    # Drained now.
    there(store, BACK_AT + 15, BACK_AT + 16, (BACK_AT + 15, BACK_AT + 16))
    silent = {(f"job {job}", "missed", True) for job in range(JOBS) if is_silent(job)}
    hung = {(f"job {job}", "overdue", True) for job in range(JOBS) if is_hung(job)}
    assert {(key, verdict, bool(is_open)) for key, verdict, is_open in incidents(tables)} == silent | hung
    for job in (0, 1, HUNG):
        _, transitions = told_again(tables, f"job {job}", at(BACK_AT + 16))
        assert transitions_in(tables, f"job {job}") == transitions


def test_a_run_whose_end_may_have_come_while_the_portal_was_away_is_not_overdue_before_that_is_drained(
    tables: Database, store: Store
) -> None:
    empty(tables)
    store.beat(at(0), DRAIN)
    store.change_settings([SettingsChange("a", JobSettings(max_runtime=20 * MINUTE), "題")], at(0), None)
    store.record([Start("a", "題", "r", at(0.1), at(0.1))])
    there(store, 1, 10, (10,))
    there(store, 40, 41, (40, 41))
    assert tables.rows("SELECT verdict FROM job") == [("unknown",)]
    store.record([Report("a", "題", "success", at(15), at(42), "r")])
    there(store, 42, 60, (42, 55, 60))
    assert [each.verdict for each in transitions_in(tables, "a")] == ["running", "unknown", "ok"]
    assert incidents(tables) == set()


def test_a_deadline_at_the_last_beat_before_an_outage_was_judged(tables: Database, store: Store) -> None:
    empty(tables)
    store.beat(at(0), DRAIN)
    expected = JobSettings(grace=timedelta(), schedules=(HOURLY,))
    store.change_settings([SettingsChange("a", expected, "題")], at(1), None)
    there(store, 1, 60, ())
    look(store, 120)
    assert [(each.at, each.verdict) for each in transitions_in(tables, "a")][:1] == [(at(60), "missed")]
    assert transitions_in(tables, "a") == told_again(tables, "a", at(120))[1]


def test_settings_that_are_changed_while_the_portal_is_away_do_not_judge_the_silence(
    tables: Database, store: Store
) -> None:
    empty(tables)
    store.beat(at(0), DRAIN)
    expected = JobSettings(grace=10 * MINUTE, schedules=(HOURLY,))
    store.change_settings([SettingsChange("a", expected, "題")], at(1), None)
    there(store, 1, 50, ())
    store.change_settings(
        [SettingsChange("a", JobSettings(grace=20 * MINUTE, schedules=(HOURLY,)), "題")], at(100), None
    )
    look(store, 110)
    assert transitions_in(tables, "a") == []
    there(store, 110, 141, (140, 141))
    assert [(each.at, each.verdict) for each in transitions_in(tables, "a")] == [(at(140), "missed")]
    assert transitions_in(tables, "a") == told_again(tables, "a", at(141))[1]


def test_settings_that_are_changed_while_the_portal_is_away_call_no_run_overdue_that_may_have_ended(
    tables: Database, store: Store
) -> None:
    empty(tables)
    store.beat(at(0), DRAIN)
    store.record([Start("a", "題", "r", at(0.1), at(0.1))])
    store.change_settings([SettingsChange("a", JobSettings(max_runtime=20 * MINUTE), "題")], at(40), None)
    assert tables.rows("SELECT verdict FROM job") == [("unknown",)]
    there(store, 80, 81, (80, 81))
    store.record([Report("a", "題", "success", at(15), at(82), "r")])
    assert [each.verdict for each in transitions_in(tables, "a")] == ["running", "unknown", "ok"]
    assert transitions_in(tables, "a") == told_again(tables, "a", at(82))[1]
    assert incidents(tables) == set()
