"""Schedules, starts and the portal's own absence, judged where they are recorded, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from databases import Database
from stores import empty, store, tables
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.report import Extension, Report, Start
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.store.batches import Store
from tc_portal.store.changing_settings import SettingsChange

__all__ = ["store", "tables"]

NOON = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOURLY = JobSchedule(Interval(60 * MINUTE, NOON))


@pytest.fixture(autouse=True)
def no_jobs(tables: Database) -> None:
    empty(tables)


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


def expect(store: Store, minute: float, **settings: Any) -> None:
    wanted = JobSettings(**{"grace": 10 * MINUTE, "schedules": (HOURLY,), **settings})
    store.change_settings([SettingsChange("a", wanted, "題")], at(minute), "admin")


def pass_time(store: Store, begin: int, end: int) -> None:
    """The portal is there, and looks each five seconds of the last minute and each minute before."""
    for minute in range(begin, end + 1):
        store.beat(at(minute), 15 * MINUTE) if minute == begin else None
        for second in range(0, 60, 12):
            store.beat(at(minute) + timedelta(seconds=second), 15 * MINUTE)
        while store.watch(at(minute)):
            pass


def report(store: Store, minute: float, status: Any = "success", arrives: float | None = None, **more: Any) -> None:
    run_id = more.pop("run_id", f"run of {minute}")
    store.record([Report("a", "題", status, at(minute), at(minute if arrives is None else arrives), run_id, **more)])


def transitions(tables: Database) -> list[Any]:
    return [verdict for (verdict,) in tables.rows("SELECT verdict FROM transition ORDER BY at, id")]


def verdict(tables: Database) -> str:
    ((found,),) = tables.rows("SELECT verdict FROM job")
    return str(found)


def open_incidents(tables: Database) -> int:
    ((count,),) = tables.rows("SELECT count(*) FROM incident WHERE resolved_at IS NULL")
    return int(count)


def test_a_job_that_never_ran_is_missed_when_its_grace_is_over(tables: Database, store: Store) -> None:
    expect(store, 1)
    assert verdict(tables) == "waiting"
    pass_time(store, 1, 69)
    assert verdict(tables) == "waiting"
    pass_time(store, 70, 71)
    assert (verdict(tables), open_incidents(tables)) == ("missed", 1)


def test_a_late_report_resolves_the_missed_slot(tables: Database, store: Store) -> None:
    expect(store, 1)
    pass_time(store, 1, 71)
    report(store, 62, arrives=75)
    assert (verdict(tables), open_incidents(tables)) == ("ok", 0)
    assert transitions(tables) == ["missed", "ok"]


def test_the_time_in_which_the_portal_was_away_is_blind_and_its_slots_unknown_until_it_is_drained(
    tables: Database, store: Store
) -> None:
    expect(store, 1)
    pass_time(store, 1, 50)
    pass_time(store, 100, 114)
    assert len(tables.rows("SELECT * FROM blind_time")) == 1
    assert (verdict(tables), open_incidents(tables)) == ("unknown", 0)
    pass_time(store, 115, 116)
    assert (verdict(tables), open_incidents(tables)) == ("missed", 1)


def test_a_report_that_was_kept_while_the_portal_was_away_leaves_no_trace_of_trouble(
    tables: Database, store: Store
) -> None:
    expect(store, 1)
    pass_time(store, 1, 50)
    pass_time(store, 100, 105)
    report(store, 61, arrives=106)
    pass_time(store, 106, 125)
    assert transitions(tables) == ["unknown", "ok"]


def test_nobody_is_judged_while_nobody_receives(tables: Database, store: Store) -> None:
    expect(store, 1)
    pass_time(store, 1, 50)
    assert store.watch(at(100)) == 0
    assert verdict(tables) == "waiting"


def test_a_run_that_takes_too_long_is_overdue_unless_it_asked_for_time(tables: Database, store: Store) -> None:
    expect(store, 1, max_runtime=20 * MINUTE)
    store.record([Start("a", "題", "r1", at(60), at(60))])
    assert verdict(tables) == "running"
    store.record([Extension("a", "r1", at(95), at(70))])
    pass_time(store, 60, 94)
    assert verdict(tables) == "running"
    pass_time(store, 95, 95)
    assert (verdict(tables), open_incidents(tables)) == ("overdue", 1)
    report(store, 97, run_id="r1")
    assert (verdict(tables), open_incidents(tables)) == ("ok", 0)


def test_changed_settings_judge_from_now_on(tables: Database, store: Store) -> None:
    expect(store, 1)
    pass_time(store, 1, 75)
    expect(store, 76, schedules=())
    assert (verdict(tables), open_incidents(tables)) == ("waiting", 0)
    assert transitions(tables) == ["missed", "waiting"]


def test_a_paused_job_is_not_judged(tables: Database, store: Store) -> None:
    expect(store, 1)
    expect(store, 2, is_paused=True)
    pass_time(store, 2, 130)
    assert (verdict(tables), transitions(tables)) == ("paused", ["paused"])


def test_settings_for_a_job_that_had_none_leave_what_was_before_them(tables: Database, store: Store) -> None:
    report(store, 1, "error")
    assert open_incidents(tables) == 1
    expect(store, 2, is_paused=True, schedules=())
    assert (verdict(tables), open_incidents(tables)) == ("paused", 0)
    assert transitions(tables) == ["error", "paused"]
    expect(store, 3, schedules=())
    assert (verdict(tables), open_incidents(tables)) == ("error", 1)


def test_a_job_that_cannot_be_judged_yet_is_not_asked_after_again_and_again(tables: Database, store: Store) -> None:
    expect(store, 1)
    pass_time(store, 1, 50)
    in_utc = "%Y-%m-%d %H:%M:%S" if tables.kind == "sqlite" else "%Y-%m-%d %H:%M:%S+00"
    begin, end, drained, now = (at(minute).strftime(in_utc) for minute in (60, 120, 135, 100))
    # As a clock leaves it that ran ahead and was set right.
    tables.execute(
        f"INSERT INTO blind_time (started_at, ended_at, drained_at) VALUES ('{begin}', '{end}', '{drained}')"
    )
    tables.execute(f"UPDATE heartbeat SET beat_at = '{now}'")
    assert store.watch(at(100)) == 1
    assert store.watch(at(100)) == 0
    pass_time(store, 121, 136)
    assert (verdict(tables), open_incidents(tables)) == ("missed", 1)


def test_how_long_the_last_run_took_is_known_while_the_next_one_goes_on(tables: Database, store: Store) -> None:
    report(store, 2, started_at=at(1.5))
    store.record([Start("a", "題", "the next one", at(3), at(3))])
    expect(store, 4, min_runtime=2 * MINUTE)
    assert verdict(tables) == "error"


def noticed(tables: Database) -> int:
    """How many notices there are; they are taken away."""
    ((count,),) = tables.rows("SELECT count(*) FROM incident_notice")
    tables.execute("DELETE FROM incident_notice")
    return int(count)


def test_what_somebody_may_have_to_be_told_is_noticed_where_it_is_recorded(tables: Database, store: Store) -> None:
    report(store, 1)
    assert noticed(tables) == 0
    report(store, 2, "error")
    assert noticed(tables) == 1
    report(store, 3, "error")
    assert noticed(tables) == 1
    report(store, 4)
    assert noticed(tables) == 1
    report(store, 5)
    assert noticed(tables) == 0


def test_a_failure_that_is_tolerated_is_not_noticed(tables: Database, store: Store) -> None:
    expect(store, 1, tolerance=2)
    report(store, 2, "error")
    assert noticed(tables) == 0
    report(store, 3, "error")
    assert noticed(tables) == 1


def test_a_missed_slot_is_noticed_and_so_is_the_late_report(tables: Database, store: Store) -> None:
    expect(store, 1)
    pass_time(store, 1, 71)
    assert noticed(tables) == 1
    report(store, 62, arrives=75)
    assert noticed(tables) == 1


def test_an_incident_that_a_report_out_of_turn_takes_away_is_noticed(tables: Database, store: Store) -> None:
    report(store, 2, "error", arrives=10)
    noticed(tables)
    report(store, 3, arrives=9)
    assert open_incidents(tables) == 0
    assert noticed(tables) >= 1
