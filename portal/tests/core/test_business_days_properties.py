"""Runs by business days: what holds of every rule, calendar and range."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from business_days_oracle import due
from business_days_strategies import CHOICES, INSTANTS, NUMBERS, PLACES, RULE, calendars
from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.day_choice import (
    BusinessDaysBefore,
    DayChoice,
    DayOfMonth,
    EveryBusinessDay,
    NthBusinessDay,
)
from tc_portal.core.business_days.rule import BusinessDayRule
from tc_portal.core.schedule.slot import Slot

JAPAN = Calendar("本社", "JP")
STILL_OPEN = st.dates(date(2028, 1, 1), date(2028, 3, 31))
RULES: list[tuple[DayChoice, int | None]] = [
    (EveryBusinessDay(), None),
    (NthBusinessDay(1), None),
    (NthBusinessDay(-2), 20),
    (NthBusinessDay(21), 29),
    (DayOfMonth(31, "before"), None),
    (DayOfMonth(10, "after"), 15),
    (DayOfMonth("last", "after"), 30),
    (DayOfMonth(29, "skip"), None),
    (DayOfMonth("last", "anyway"), 5),
    (BusinessDaysBefore(2, "last"), None),
    (BusinessDaysBefore(8, 3), 10),
]
TWENTY_YEARS = datetime(2015, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
SUMMER = tuple((date(year, 8, 11) + timedelta(days=n), "夏季休業") for year in range(2013, 2037) for n in range(6))


@pytest.mark.parametrize(("zone", "country"), PLACES)
@pytest.mark.parametrize(("day", "closing_day"), RULES)
def test_over_twenty_years_every_slot_is_the_one_found_the_long_way(
    zone: str, country: str, day: DayChoice, closing_day: int | None
) -> None:
    # Only Tuesdays are off each week, so that runs meet the Sundays on which clocks are changed.
    calendar = Calendar("支店", country, (1,), SUMMER, days_on=(date(2026, 1, 1), date(2027, 8, 10)))
    rule = BusinessDayRule("支店", zone, ("02:15", "26:30", "02:30"), day, closing_day)
    after, until = TWENTY_YEARS
    expected = {instant: moved for instant, moved in due(rule, calendar).items() if after < instant <= until}
    slots = list(rule.slots(calendar, after, until))
    assert {slot.due: slot.moved_from for slot in slots} == expected
    assert all(one.due < other.due for one, other in pairwise(slots)), "ascending and distinct"


@given(RULE, calendars(), st.lists(INSTANTS, min_size=3, max_size=3).map(sorted))
@settings(max_examples=150, deadline=None)
def test_a_range_gives_what_its_two_parts_give(
    rule: BusinessDayRule, calendar: Calendar, instants: list[datetime]
) -> None:
    a, b, c = instants
    whole = list(rule.slots(calendar, a, c))
    assert whole == [*rule.slots(calendar, a, b), *rule.slots(calendar, b, c)]
    assert all(a < slot.due <= c and slot.due.tzinfo is UTC for slot in whole)


@given(CHOICES, calendars(), st.none() | NUMBERS, INSTANTS)
@settings(max_examples=100, deadline=None)
def test_runs_fall_on_business_days_unless_they_are_to_run_anyway(
    day: DayChoice, calendar: Calendar, closing_day: int | None, begin: datetime
) -> None:
    rule = BusinessDayRule("c", "Asia/Tokyo", ("09:00",), day, closing_day)
    for slot in rule.slots(calendar, begin, begin + timedelta(days=120)):
        local = slot.due.astimezone(ZoneInfo("Asia/Tokyo")).date()
        assert calendar.is_business_day(local) or (isinstance(day, DayOfMonth) and day.on_day_off == "anyway")
        assert slot.moved_from is None or not calendar.is_business_day(slot.moved_from)


def certain(slots: Iterator[Slot]) -> list[datetime]:
    return [slot.due for slot in slots if slot.is_certain]


@given(CHOICES, st.none() | NUMBERS, st.sets(STILL_OPEN), st.sets(STILL_OPEN))
@settings(max_examples=100, deadline=None)
def test_what_is_certain_stays_whatever_is_still_announced(
    day: DayChoice, closing_day: int | None, off: set[date], on: set[date]
) -> None:
    rule = BusinessDayRule("本社", "Asia/Tokyo", ("09:00", "25:30"), day, closing_day)
    otherwise = msgspec.structs.replace(
        JAPAN, days_off=tuple((day, "新しい祝日") for day in off), days_on=tuple(on - off)
    )
    span = datetime(2027, 9, 1, tzinfo=UTC), datetime(2028, 3, 31, tzinfo=UTC)
    assert certain(rule.slots(JAPAN, *span)) == certain(rule.slots(otherwise, *span))


@given(RULE)
def test_a_rule_survives_json(rule: BusinessDayRule) -> None:
    assert msgspec.json.decode(msgspec.json.encode(rule), type=BusinessDayRule) == rule
