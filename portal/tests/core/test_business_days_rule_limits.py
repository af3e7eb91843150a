"""Runs by business days: where what is known ends, and what is refused."""

from datetime import UTC, datetime

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
from tc_portal.core.schedule.unschedulable import Unschedulable

JAPAN = Calendar("本社", "JP")
TWENTY_YEARS = datetime(2015, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "last_certain"),
    [
        (EveryBusinessDay(), "2027-12-31"),
        (NthBusinessDay(5), "2027-12-07"),
        (NthBusinessDay(-5), "2027-12-27"),
        (DayOfMonth(31, "before"), "2027-12-31"),
        (DayOfMonth(31, "after"), "2027-12-31"),
        (BusinessDaysBefore(2, 1), "2027-12-30"),
        (BusinessDaysBefore(3, 3), "2027-11-30"),
        (DayOfMonth(10, "anyway"), "2028-02-10"),
    ],
)
def test_a_slot_is_certain_as_long_as_the_days_that_decide_it_are_announced(day: DayChoice, last_certain: str) -> None:
    rule = BusinessDayRule("本社", "Asia/Tokyo", ("09:00",), day)
    slots = list(rule.slots(JAPAN, datetime(2027, 10, 1, tzinfo=UTC), datetime(2028, 2, 28, tzinfo=UTC)))
    assert f"{max(slot.due for slot in slots if slot.is_certain):%Y-%m-%d}" == last_certain


@pytest.mark.parametrize(
    "day", [EveryBusinessDay(), NthBusinessDay(3), DayOfMonth(31, "after"), BusinessDaysBefore(31, "last")]
)
def test_a_calendar_without_business_days_gives_no_slots(day: DayChoice) -> None:
    never = Calendar("休業中", "JP", weekly_days_off=tuple(range(7)))
    rule = BusinessDayRule("休業中", "Asia/Tokyo", ("09:00",), day)
    assert list(rule.slots(never, *TWENTY_YEARS)) == []


def test_the_ends_of_time_are_no_trouble() -> None:
    rule = BusinessDayRule("本社", "Pacific/Apia", ("47:59",), DayOfMonth(31, "after"))
    assert list(rule.slots(JAPAN, datetime.min.replace(tzinfo=UTC), datetime(1, 2, 1, tzinfo=UTC))) == []
    assert list(rule.slots(JAPAN, datetime(9999, 12, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC))) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "America"},
        {"time_zone": ""},
        {"time_zone": "x" * 10_000},
        {"at": []},
        {"at": ["48:00"]},
        {"at": ["7時半"]},
        {"at": ["07:60"]},
        {"at": ["07:30\n"]},
        {"at": ["00:00"] * 101},
        {"closing_day": 0},
        {"closing_day": 32},
        {"day": {"type": "nth_business_day", "n": 0}},
        {"day": {"type": "nth_business_day", "n": -32}},
        {"day": {"type": "day_of_month", "day": 32, "on_day_off": "skip"}},
        {"day": {"type": "business_days_before", "n": 0, "day": "last"}},
        {"day": {"type": "business_days_before", "n": 2, "day": 0}},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_in_both_languages(changed: dict[str, object]) -> None:
    sensible = {"type": "business_days", "calendar": "本社", "time_zone": "Asia/Tokyo", "at": ["07:30"],
                "day": {"type": "every_business_day"}}  # fmt: skip
    assert msgspec.convert(sensible, BusinessDayRule).at == ("07:30",)
    with pytest.raises(Unschedulable) as refused:
        msgspec.convert({**sensible, **changed}, BusinessDayRule)
    assert refused.value.ja and refused.value.en
    assert len(refused.value.ja) < 200
