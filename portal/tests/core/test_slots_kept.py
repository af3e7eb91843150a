"""Which slots a run began for, and which none did."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.kind_of_day import kind_of_day
from tc_portal.core.schedule.slot import Slot
from tc_portal.core.slots_kept import slots_seen

EARLY, GRACE = timedelta(minutes=15), timedelta(minutes=30)


def at(hour: float) -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hour)


def states(slots: list[float], begins: list[float], now: float) -> list[str]:
    seen = slots_seen([Slot(at(each)) for each in slots], [at(each) for each in begins], EARLY, GRACE, at(now))
    return [each.state for each in seen]


def test_a_slot_is_kept_by_a_run_from_a_little_before_it_on() -> None:
    assert states([1, 2, 3], [0.8, 2.4, 2.8], now=12) == ["kept", "kept", "kept"]


def test_a_slot_without_a_run_is_unfilled_once_its_grace_is_over() -> None:
    assert states([1, 2], [1], now=2.4) == ["kept", "coming"]
    assert states([1, 2], [1], now=2.5) == ["kept", "unfilled"]
    assert states([1], [0.7], now=12) == ["unfilled"]


def test_what_is_still_to_come_is_coming() -> None:
    assert states([1, 30], [1], now=3) == ["kept", "coming"]


def test_one_run_keeps_one_slot() -> None:
    assert states([1, 2, 3], [2], now=12) == ["unfilled", "kept", "unfilled"]


def test_a_run_counts_for_the_nearer_of_two_slots_that_are_close() -> None:
    assert states([1, 1.1], [1.04], now=12) == ["kept", "unfilled"]
    assert states([1, 1.1], [1.06], now=12) == ["unfilled", "kept"]


def test_a_run_within_the_schedules_own_leave_is_not_late() -> None:
    slot = Slot(at(1), may_start_late_by=timedelta(hours=2))
    assert slots_seen([slot], [], EARLY, GRACE, at(3))[0].state == "coming"
    assert slots_seen([slot], [], EARLY, GRACE, at(3.5))[0].state == "unfilled"


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 24), "business_day"),
        (date(2026, 11, 23), "day_off"),
        (date(2026, 11, 22), "day_off"),
        (date(2026, 11, 30), "month_end"),
        # The last business day of a month that ends on a Sunday.
        (date(2026, 5, 29), "month_end"),
        (date(2026, 5, 31), "day_off"),
    ],
)
def test_the_kind_of_a_day_is_by_the_calendar(day: date, kind: str) -> None:
    assert kind_of_day(day, Calendar("本社", "JP")) == kind
