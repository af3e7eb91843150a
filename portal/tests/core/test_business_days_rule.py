"""Runs by business days: when they are due."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.day_choice import (
    BusinessDaysBefore,
    DayChoice,
    DayOfMonth,
    EveryBusinessDay,
    NthBusinessDay,
)
from tc_portal.core.business_days.rule import BusinessDayRule

YEAR_END = tuple((date(2026, 12, 29) + timedelta(days=n), "年末年始休業") for n in range(6))
JAPAN = Calendar("本社", "JP", days_off=YEAR_END)


def local_times(
    day: DayChoice, begin: date, end: date, *, at: tuple[str, ...] = ("09:00",), closing_day: int | None = None
) -> list[str]:
    """What is due in Tokyo from ``begin`` to ``end``, in local time."""
    rule, tokyo = BusinessDayRule("本社", "Asia/Tokyo", at, day, closing_day), ZoneInfo("Asia/Tokyo")
    after = datetime(begin.year, begin.month, begin.day, tzinfo=tokyo) - timedelta(microseconds=1)
    until = datetime(end.year, end.month, end.day, 23, 59, tzinfo=tokyo)
    return [f"{slot.due.astimezone(tokyo):%Y-%m-%d %H:%M}" for slot in rule.slots(JAPAN, after, until)]


def local_days(day: DayChoice, begin: date, end: date, closing_day: int | None = None) -> list[str]:
    return [time.removesuffix(" 09:00") for time in local_times(day, begin, end, closing_day=closing_day)]


def test_every_business_day_leaves_out_weekends_holidays_and_the_companys_days_off() -> None:
    assert local_days(EveryBusinessDay(), date(2026, 9, 18), date(2026, 9, 28)) == [
        "2026-09-18", "2026-09-24", "2026-09-25", "2026-09-28"
    ]  # fmt: skip
    assert local_days(EveryBusinessDay(), date(2026, 12, 28), date(2027, 1, 5)) == [
        "2026-12-28", "2027-01-04", "2027-01-05"
    ]  # fmt: skip


def test_half_past_25_is_half_past_one_of_the_day_after_even_where_that_is_a_day_off() -> None:
    friday_to_monday = local_times(EveryBusinessDay(), date(2026, 11, 13), date(2026, 11, 16), at=("25:30", "23:00"))
    assert friday_to_monday == ["2026-11-13 01:30", "2026-11-13 23:00", "2026-11-14 01:30", "2026-11-16 23:00"]


def test_a_time_two_nights_long_interleaves_with_the_days_that_follow() -> None:
    times = local_times(EveryBusinessDay(), date(2026, 11, 17), date(2026, 11, 18), at=("47:59", "00:00", "24:00"))
    assert times == ["2026-11-17 00:00", "2026-11-17 23:59", "2026-11-18 00:00", "2026-11-18 23:59"]


@pytest.mark.parametrize(
    ("n", "closing_day", "expected"),
    [
        (1, None, ["2026-11-02", "2026-12-01", "2027-01-04"]),
        (3, None, ["2026-11-05", "2026-12-03", "2027-01-06"]),
        (-1, None, ["2026-11-30", "2026-12-28", "2027-01-29"]),
        (-2, None, ["2026-11-27", "2026-12-25", "2027-01-28"]),
        (1, 20, ["2026-11-24", "2026-12-21", "2027-01-21"]),
        (-1, 20, ["2026-11-20", "2026-12-18", "2027-01-20"]),
        (20, None, ["2026-12-28"]),
    ],
)
def test_the_nth_business_day_of_a_month_goes_by_the_closing_day(
    n: int, closing_day: int | None, expected: list[str]
) -> None:
    assert local_days(NthBusinessDay(n), date(2026, 11, 1), date(2027, 1, 31), closing_day) == expected


@pytest.mark.parametrize(
    ("day", "on_day_off", "closing_day", "expected"),
    [
        (25, "before", None, ["2026-09-25", "2026-10-23", "2026-11-25", "2026-12-25"]),
        (25, "after", None, ["2026-09-25", "2026-10-26", "2026-11-25", "2026-12-25"]),
        (25, "skip", None, ["2026-09-25", "2026-11-25", "2026-12-25"]),
        (25, "anyway", None, ["2026-09-25", "2026-10-25", "2026-11-25", "2026-12-25"]),
        (31, "before", None, ["2026-09-30", "2026-10-30", "2026-11-30", "2026-12-28"]),
        ("last", "before", None, ["2026-09-30", "2026-10-30", "2026-11-30", "2026-12-28"]),
        ("last", "after", None, ["2026-09-30", "2026-11-02", "2026-11-30"]),
        ("last", "after", 20, ["2026-09-24", "2026-10-20", "2026-11-20", "2026-12-21"]),
        ("last", "before", 20, ["2026-09-18", "2026-10-20", "2026-11-20", "2026-12-18"]),
        (25, "before", 20, ["2026-09-25", "2026-10-23", "2026-11-25", "2026-12-25"]),
    ],
)
def test_a_day_of_the_month_that_is_off_is_moved_left_out_or_kept(
    day: int, on_day_off: str, closing_day: int | None, expected: list[str]
) -> None:
    choice = msgspec.convert({"type": "day_of_month", "day": day, "on_day_off": on_day_off}, DayOfMonth)
    assert local_days(choice, date(2026, 9, 1), date(2026, 12, 31), closing_day) == expected


def test_a_month_end_moved_back_over_the_year_end_comes_after_the_new_year() -> None:
    assert local_days(DayOfMonth("last", "after"), date(2027, 1, 1), date(2027, 1, 10)) == ["2027-01-04"]


@pytest.mark.parametrize(
    ("n", "day", "closing_day", "expected"),
    [
        (2, "last", None, ["2026-09-28", "2026-10-29", "2026-11-26", "2026-12-25"]),
        (2, 5, None, ["2026-09-03", "2026-10-01", "2026-11-02", "2026-12-03", "2026-12-28"]),
        (3, 20, None, ["2026-09-16", "2026-10-15", "2026-11-17", "2026-12-16"]),
        (1, "last", 20, ["2026-09-18", "2026-10-19", "2026-11-19", "2026-12-18"]),
    ],
)
def test_business_days_before_a_day_do_not_count_the_day_itself(
    n: int, day: int, closing_day: int | None, expected: list[str]
) -> None:
    choice = msgspec.convert({"type": "business_days_before", "n": n, "day": day}, BusinessDaysBefore)
    assert local_days(choice, date(2026, 9, 1), date(2026, 12, 31), closing_day) == expected


def test_a_moved_slot_names_the_day_off_that_it_was_moved_from() -> None:
    rule = BusinessDayRule("本社", "Asia/Tokyo", ("09:00",), DayOfMonth(25, "before"))
    slots = list(rule.slots(JAPAN, datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)))
    assert [slot.moved_from for slot in slots] == [date(2026, 10, 25), None]


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        # The clock is put forward from 02:00 to 03:00 on 29 March, and back from 03:00 to 02:00 on 25 October.
        ("Europe/Berlin", ("02:30",), ["2026-03-29 01:00", "2026-10-25 00:30"]),
        ("Europe/Berlin", ("02:30", "03:00", "26:30"), ["2026-03-29 01:00", "2026-03-30 00:30", "2026-10-25 00:30",
                                                        "2026-10-25 02:00", "2026-10-26 01:30"]),
        # By half an hour only: forward at 02:00 on 4 October, back at 02:00 on 5 April.
        ("Australia/Lord_Howe", ("02:15",), ["2026-03-28 15:15", "2026-10-24 15:15"]),
    ],
)  # fmt: skip
def test_a_time_that_the_clock_skips_runs_after_the_gap_and_one_that_comes_twice_runs_once(
    zone: str, at: tuple[str, ...], expected: list[str]
) -> None:
    sundays = Calendar("日曜だけ", None, weekly_days_off=(0, 1, 2, 3, 4, 5))
    rule = BusinessDayRule("日曜だけ", zone, at, EveryBusinessDay())
    found = [
        f"{slot.due:%Y-%m-%d %H:%M}"
        for day in (date(2026, 3, 29), date(2026, 10, 25))
        for slot in rule.slots(
            sundays,
            datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=12),
            datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=36),
        )
    ]
    assert found == expected


def test_lord_howes_half_hour_gap_ends_at_half_past_two() -> None:
    sundays = Calendar("日曜だけ", None, weekly_days_off=(0, 1, 2, 3, 4, 5))
    rule = BusinessDayRule("日曜だけ", "Australia/Lord_Howe", ("02:15",), EveryBusinessDay())
    slots = list(rule.slots(sundays, datetime(2026, 10, 3, tzinfo=UTC), datetime(2026, 10, 5, tzinfo=UTC)))
    assert [slot.due for slot in slots] == [datetime(2026, 10, 3, 15, 30, tzinfo=UTC)]
