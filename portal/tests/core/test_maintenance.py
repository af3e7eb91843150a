"""Planned quiet: when it is on, when it comes next, when it is over."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tc_portal.core.maintenance import (
    Everything,
    Maintenance,
    Once,
    OneJob,
    Recurring,
    Scope,
    Tagged,
    Window,
    is_on,
    maintenance_as_json,
    over_at,
    read_maintenance,
    window_at,
    windows_ahead,
)
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.core.schedule.unschedulable import Unschedulable

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def once(begin: float, end: float, ended: float | None = None) -> Maintenance:
    ended_at = None if ended is None else NOON + ended * HOUR
    return Maintenance(Everything(), Once(NOON + begin * HOUR, NOON + end * HOUR), ended_at)


def recurring(line: str, lasts: timedelta, zone: str = "Asia/Tokyo") -> Maintenance:
    return Maintenance(Everything(), Recurring(JobSchedule(Cron((line,), zone)), lasts))


def test_once_it_is_on_from_its_beginning_up_to_its_end() -> None:
    plan = once(0, 2)
    assert [is_on(plan, {}, NOON + hour) for hour in (-SECOND, 0 * HOUR, HOUR, 2 * HOUR - SECOND, 2 * HOUR)] == [
        *(False, True, True, True, False)
    ]
    assert over_at(plan) == NOON + 2 * HOUR


def test_a_window_that_was_ended_early_is_over_from_then_on() -> None:
    plan = once(0, 2, ended=1)
    assert [is_on(plan, {}, NOON + hour * HOUR) for hour in (0.5, 1, 1.5)] == [True, False, False]
    assert over_at(plan) == NOON + HOUR


@pytest.mark.parametrize("ended", [-1, 2, 3])
def test_ending_outside_of_a_window_changes_nothing(ended: float) -> None:
    assert is_on(once(0, 2, ended), {}, NOON + HOUR)


def test_a_recurring_one_that_was_ended_comes_again() -> None:
    # Sundays at 02:00 in Tokyo.
    plan = recurring("0 2 * * 0", 3 * HOUR)
    sunday = datetime(2026, 2, 28, 17, 0, tzinfo=UTC)
    assert window_at(plan, {}, sunday + HOUR) == Window(sunday, sunday + 3 * HOUR)
    ended = replace(plan, ended_at=sunday + HOUR)
    week = timedelta(days=7)
    assert not is_on(ended, {}, sunday + 2 * HOUR)
    assert is_on(ended, {}, sunday + week + 2 * HOUR)
    assert over_at(ended) is None
    assert windows_ahead(plan, {}, sunday, 2) == [
        Window(sunday + week * n, sunday + week * n + 3 * HOUR) for n in (1, 2)
    ]


def test_the_clocks_time_holds_when_the_clock_is_put_forward() -> None:
    # Berlin's clock goes from 02:00 to 03:00 on 29 March 2026.
    plan = recurring("30 23 * * *", 6 * HOUR, "Europe/Berlin")
    berlin = ZoneInfo("Europe/Berlin")
    for day in (27, 28, 29, 30):
        begins = datetime(2026, 3, day, 23, 30, tzinfo=berlin).astimezone(UTC)
        assert window_at(plan, {}, begins) == Window(begins, begins + 6 * HOUR)
        assert not is_on(plan, {}, begins - SECOND)


def test_windows_that_overlap_are_on_until_the_last_ends() -> None:
    plan = Maintenance(Everything(), Recurring(JobSchedule(Interval(HOUR, NOON)), 2 * HOUR))
    assert window_at(plan, {}, NOON + HOUR / 2) == Window(NOON, NOON + 2 * HOUR)
    assert is_on(plan, {}, NOON + timedelta(days=400))


@settings(deadline=None)
@given(
    every=st.integers(1, 300), lasts=st.integers(1, 300), offset=st.integers(-1000, 1000), ended=st.integers(0, 600)
)
def test_it_is_on_within_its_windows_and_nowhere_else(every: int, lasts: int, offset: int, ended: int) -> None:
    minute = timedelta(minutes=1)
    schedule = JobSchedule(Interval(every * minute, NOON))
    plan = Maintenance(Everything(), Recurring(schedule, lasts * minute), NOON + ended * minute)
    begins = [NOON + number * every * minute for number in range(-(1_400 // every) - 1, 1_000 // every + 2)]
    instant = NOON + offset * minute
    by_hand = any(
        begin <= instant < begin + lasts * minute
        and not (begin <= NOON + ended * minute < begin + lasts * minute and instant >= NOON + ended * minute)
        for begin in begins
    )
    assert is_on(plan, {}, instant) == by_hand


def test_the_next_windows_come_in_order_however_far_they_are() -> None:
    plan = recurring("0 3 29 2 *", HOUR)
    assert [window.begins_at.date().isoformat() for window in windows_ahead(plan, {}, NOON, 2)] == ["2028-02-28"]
    yearly = windows_ahead(recurring("0 3 1 1 *", HOUR), {}, NOON, 3)
    assert [window.begins_at.year for window in yearly] == [2026, 2027]
    minutes = windows_ahead(recurring("*/5 * * * *", HOUR), {}, NOON, 30)
    assert all(after.begins_at - before.begins_at == HOUR / 12 for before, after in pairwise(minutes))
    assert len(minutes) == 30


@pytest.mark.parametrize("scope", [Everything(), OneJob("売上日報"), Tagged("経理")])
def test_a_plan_is_kept_as_it_is(scope: Scope) -> None:
    for plan in (Maintenance(scope, once(0, 1).when), replace(recurring("0 2 * * 0", HOUR), scope=scope)):
        assert read_maintenance(maintenance_as_json(plan)) == plan


@pytest.mark.parametrize("lasts", [timedelta(), SECOND, timedelta(days=32)])
def test_a_length_that_makes_no_sense_is_refused(lasts: timedelta) -> None:
    with pytest.raises(Unschedulable):
        recurring("0 2 * * 0", lasts)


def test_an_end_before_the_beginning_is_refused() -> None:
    with pytest.raises(Unschedulable):
        once(1, 1)
