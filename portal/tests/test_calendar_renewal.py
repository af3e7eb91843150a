"""Jobs go by a calendar's newest revision: in slices, from now on, whatever else happens to them meanwhile."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from databases import Database
from stores import empty, store, tables
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.day_choice import EveryBusinessDay
from tc_portal.core.business_days.rule import BusinessDayRule
from tc_portal.core.job_settings import JobSettings, calendars_of, read_settings
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule, Narrowing
from tc_portal.store.batches import Store
from tc_portal.store.changing_settings import CalendarRenewal, SettingsChange

__all__ = ["store", "tables"]

# A Monday, 12:00 in Japan.
NOON = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def no_jobs(tables: Database) -> None:
    empty(tables)


def revision(tables: Database, calendar: Calendar) -> str:
    text = msgspec.json.encode(calendar).decode().replace("'", "''")
    tables.execute(f"INSERT INTO calendar_revision (made_at, definition) VALUES ('2026-03-01T00:00:00Z', '{text}');")
    return str(tables.rows("SELECT max(id) FROM calendar_revision")[0][0])


def at_half_past_twelve(name: str) -> JobSchedule:
    return JobSchedule(BusinessDayRule(name, "Asia/Tokyo", ("12:30",), EveryBusinessDay()))


def settings_of(tables: Database, key: str) -> list[JobSettings]:
    rows = tables.rows(
        f"SELECT definition FROM job_settings JOIN job ON job.id = job_id WHERE job_key = '{key}' ORDER BY job_settings.id"
    )
    return [read_settings(definition) for (definition,) in rows]


def verdict(tables: Database, key: str) -> str:
    return str(tables.rows(f"SELECT verdict FROM job WHERE job_key = '{key}'")[0][0])


def test_only_jobs_that_go_by_an_older_revision_get_new_settings(tables: Database, store: Store) -> None:
    old, other = revision(tables, Calendar("a", "JP")), revision(tables, Calendar("b", "JP"))
    narrowed = JobSchedule(Interval(60 * MINUTE, NOON), Narrowing(old, "skip", "Asia/Tokyo"))
    wanted = {
        "rule": (at_half_past_twelve(old),),
        "both": (narrowed, at_half_past_twelve(other)),
        "other": (at_half_past_twelve(other),),
        "none": (),
    }
    changes = [SettingsChange(key, JobSettings(schedules=schedules)) for key, schedules in wanted.items()]
    store.change_settings(changes, NOON, "hanako")
    new = revision(tables, Calendar("a", "JP", days_off=((date(2026, 3, 2), "創立記念日"),)))
    renewal = CalendarRenewal(frozenset({old}), new)
    assert store.renew_calendar([*wanted, "not there"], renewal, NOON + MINUTE, "taro") == 2
    assert calendars_of(settings_of(tables, "rule")[-1]) == {new}
    assert calendars_of(settings_of(tables, "both")[-1]) == {new, other}
    assert [len(settings_of(tables, key)) for key in wanted] == [2, 2, 1, 1]
    assert store.renew_calendar(list(wanted), renewal, NOON + 2 * MINUTE, "taro") == 0


def test_the_changed_calendar_judges_from_now_on(tables: Database, store: Store) -> None:
    old = revision(tables, Calendar("a", "JP"))
    keys = ["free", "works"]
    store.change_settings(
        [SettingsChange(key, JobSettings(grace=10 * MINUTE, schedules=(at_half_past_twelve(old),))) for key in keys],
        NOON,
        "hanako",
    )
    new = revision(tables, Calendar("a", "JP", days_off=((date(2026, 3, 2), "創立記念日"),)))
    assert store.renew_calendar(["free"], CalendarRenewal(frozenset({old}), new), NOON + MINUTE, "taro") == 1
    for beat in range(38 * 5, 42 * 5):
        store.beat(NOON + beat / 5 * MINUTE, 15 * MINUTE)
    store.watch(NOON + 41 * MINUTE)
    assert (verdict(tables, "free"), verdict(tables, "works")) == ("waiting", "missed")


def test_what_else_was_changed_meanwhile_stays(tables: Database, store: Store) -> None:
    old = revision(tables, Calendar("a", "JP"))
    settings = JobSettings(schedules=(at_half_past_twelve(old),))
    store.change_settings([SettingsChange("a", settings)], NOON, "hanako")
    store.change_settings([SettingsChange("a", msgspec.structs.replace(settings, is_paused=True))], NOON + MINUTE, "x")
    new = revision(tables, Calendar("a", None))
    store.renew_calendar(["a"], CalendarRenewal(frozenset({old}), new), NOON + 2 * MINUTE, "taro")
    renewed = settings_of(tables, "a")[-1]
    assert renewed.is_paused and calendars_of(renewed) == {new}
