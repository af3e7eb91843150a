"""Any schedule narrowed to business days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from business_days_strategies import SlotsBetween
from tc_portal.core.business_days.calendar import LONGEST_RUN_OFF, Calendar
from tc_portal.core.business_days.narrowed import OnDayOff, on_day_off
from tc_portal.core.schedule.slot import Slot

JAPAN = Calendar("本社", "JP")
NEVER = Calendar("休業中", "JP", weekly_days_off=tuple(range(7)))
TOKYO = ZoneInfo("Asia/Tokyo")
POLICIES: list[OnDayOff] = ["skip", "before", "after"]


def daily_at(*hours: int) -> SlotsBetween:
    """A schedule that is due at these hours of each day in Tokyo."""

    def slots(after: datetime, until: datetime) -> Iterator[Slot]:
        for distance in range((until - after).days + 3):
            day = after.astimezone(TOKYO).date() + timedelta(days=distance)
            for hour in hours:
                due = datetime.combine(day, time(hour), TOKYO).astimezone(UTC)
                if after < due <= until:
                    yield Slot(due)

    return slots


def local(slots: SlotsBetween, policy: OnDayOff, begin: datetime, end: datetime) -> list[str]:
    found = on_day_off(slots, JAPAN, "Asia/Tokyo", policy, begin, end)
    return [f"{slot.due.astimezone(TOKYO):%m-%d %H}" for slot in found]


WEEKEND = datetime(2026, 11, 20, 0, tzinfo=TOKYO), datetime(2026, 11, 25, 0, tzinfo=TOKYO)  # 23 November is a holiday


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("skip", ["11-20 08", "11-20 20", "11-24 08", "11-24 20"]),
        ("before", ["11-20 08", "11-20 20", "11-24 08", "11-24 20"]),
        ("after", ["11-20 08", "11-20 20", "11-24 08", "11-24 20"]),
    ],
)
def test_what_falls_together_with_a_business_days_own_becomes_one(policy: OnDayOff, expected: list[str]) -> None:
    assert local(daily_at(8, 20), policy, *WEEKEND) == expected
    assert not any(slot.moved_from for slot in on_day_off(daily_at(8, 20), JAPAN, "Asia/Tokyo", policy, *WEEKEND))


def sundays_at_nine(after: datetime, until: datetime) -> Iterator[Slot]:
    return (slot for slot in daily_at(9)(after, until) if slot.due.astimezone(TOKYO).weekday() == 6)


@pytest.mark.parametrize(("policy", "expected"), [("skip", []), ("before", ["11-20 09"]), ("after", ["11-24 09"])])
def test_a_slot_on_a_day_off_is_left_out_or_moved(policy: OnDayOff, expected: list[str]) -> None:
    assert local(sundays_at_nine, policy, *WEEKEND) == expected


def test_a_moved_slot_names_its_day_off_and_keeps_its_leave() -> None:
    def slots(after: datetime, until: datetime) -> Iterator[Slot]:
        for slot in sundays_at_nine(after, until):
            yield msgspec.structs.replace(slot, may_start_late_by=timedelta(minutes=7), is_optional=True)

    (slot,) = on_day_off(slots, JAPAN, "Asia/Tokyo", "after", *WEEKEND)
    assert slot == Slot(datetime(2026, 11, 24, 0, tzinfo=UTC), timedelta(minutes=7), date(2026, 11, 22), True, True)


def test_slots_are_moved_into_the_range_from_outside_it() -> None:
    friday, tuesday = datetime(2026, 11, 20, 8, 59, tzinfo=TOKYO), datetime(2026, 11, 24, 8, 59, tzinfo=TOKYO)
    minute = timedelta(minutes=1)
    assert local(sundays_at_nine, "before", friday, friday + minute) == ["11-20 09"]
    assert local(sundays_at_nine, "after", tuesday, tuesday + minute) == ["11-24 09"]


def test_slots_are_moved_out_of_the_range() -> None:
    sunday = datetime(2026, 11, 22, 0, tzinfo=TOKYO), datetime(2026, 11, 23, 0, tzinfo=TOKYO)
    assert [local(sundays_at_nine, policy, *sunday) for policy in POLICIES] == [[], [], []]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_calendar_without_business_days_leaves_nothing_and_asks_for_nothing(policy: OnDayOff) -> None:
    def slots(after: datetime, until: datetime) -> Iterator[Slot]:
        raise AssertionError("asked all the same")

    assert list(on_day_off(slots, NEVER, "Asia/Tokyo", policy, *WEEKEND)) == []


def test_a_slot_a_season_away_from_any_business_day_is_left_out() -> None:
    run = tuple((date(2026, 7, 1) + timedelta(days=n), "閉鎖") for n in range(2 * LONGEST_RUN_OFF))
    closed = Calendar("学校", None, weekly_days_off=(), days_off=run)
    span = datetime(2026, 6, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
    moved = [slot.moved_from for slot in on_day_off(noon_once, closed, "UTC", "before", *span)]
    assert moved == [None]


def noon_once(after: datetime, until: datetime) -> Iterator[Slot]:
    days = (date(2026, 6, 30), date(2026, 7, 1) + timedelta(days=LONGEST_RUN_OFF + 1))
    dues = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in days]
    return (Slot(due) for due in dues if after < due <= until)


@pytest.mark.parametrize("policy", POLICIES)
def test_slots_that_rest_on_holidays_to_be_announced_are_uncertain(policy: OnDayOff) -> None:
    span = datetime(2027, 12, 30, tzinfo=TOKYO), datetime(2028, 1, 5, tzinfo=TOKYO)
    found = {
        slot.due.astimezone(TOKYO).date(): slot.is_certain
        for slot in on_day_off(daily_at(9), JAPAN, "Asia/Tokyo", policy, *span)
    }
    assert found == {
        date(2027, 12, 30): True,
        date(2027, 12, 31): True,
        date(2028, 1, 3): False,
        date(2028, 1, 4): False,
    }
