"""Any schedule narrowed to business days: what holds of every schedule, calendar and range."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from business_days_oracle import business_days, clock, nearest
from business_days_strategies import INSTANTS, PLACES, calendars, every
from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.business_days.calendar import LONGEST_RUN_OFF, Calendar
from tc_portal.core.business_days.narrowed import OnDayOff, on_day_off
from tc_portal.core.schedule.slot import Slot

JAPAN = Calendar("本社", "JP")
POLICIES: list[OnDayOff] = ["skip", "before", "after"]
STEPS = st.sampled_from([timedelta(hours=7), timedelta(hours=24), timedelta(hours=25), timedelta(days=3)])


@given(calendars(), st.sampled_from(PLACES), st.sampled_from(POLICIES), STEPS, INSTANTS, st.integers(0, 60))
@settings(max_examples=150, deadline=None)
def test_every_slot_is_the_one_found_the_long_way(
    calendar: Calendar, place: tuple[str, str], policy: OnDayOff, step: timedelta, after: datetime, days: int
) -> None:
    until = after + timedelta(days=days, hours=5)
    zone, instant_of, worked = ZoneInfo(place[0]), clock(place[0]), business_days(calendar)
    expected: dict[datetime, date | None] = {}
    for slot in every(step)(after - timedelta(days=100), until + timedelta(days=100)):
        shown = slot.due.astimezone(zone).replace(tzinfo=None, fold=0)
        day = shown.date()
        target = (
            day
            if nearest(worked, day, "before") == day
            else None
            if policy == "skip"
            else nearest(worked, day, policy)
        )
        if target is None:
            continue
        due = slot.due if target == day else instant_of(datetime.combine(target, shown.time()))
        moved_from = None if target == day else day
        known = expected.get(due, date.max)
        expected[due] = None if known is None or moved_from is None else min(known, moved_from)
    found = list(on_day_off(every(step), calendar, place[0], policy, after, until))
    assert {slot.due: slot.moved_from for slot in found} == {d: m for d, m in expected.items() if after < d <= until}
    assert all(one.due < other.due for one, other in pairwise(found)), "ascending and distinct"


@given(
    calendars(), st.sampled_from(PLACES), st.sampled_from(POLICIES), STEPS, st.lists(INSTANTS, min_size=3, max_size=3)
)
@settings(max_examples=100, deadline=None)
def test_a_range_gives_what_its_two_parts_give(
    calendar: Calendar, place: tuple[str, str], policy: OnDayOff, step: timedelta, instants: list[datetime]
) -> None:
    a, b, c = sorted(instants)
    first, second, whole = (
        list(on_day_off(every(step), calendar, place[0], policy, begin, end))
        for begin, end in ((a, b), (b, c), (a, c))
    )
    assert whole == first + second


@given(calendars(), st.sampled_from(POLICIES), INSTANTS, st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_the_range_asked_for_is_wider_by_a_run_of_days_off_at_most(
    calendar: Calendar, policy: OnDayOff, after: datetime, days: int
) -> None:
    asked: list[tuple[datetime, datetime]] = []
    until = after + timedelta(days=days)

    def slots(begin: datetime, end: datetime) -> Iterator[Slot]:
        asked.append((begin, end))
        return every(timedelta(days=1))(begin, end)

    list(on_day_off(slots, calendar, "Asia/Tokyo", policy, after, until))
    spare = timedelta(days=LONGEST_RUN_OFF + 3)
    assert len(asked) <= 1
    assert all(after - spare <= begin <= after and until <= end <= until + spare for begin, end in asked)


def test_a_clock_put_back_over_midnight_keeps_the_order() -> None:
    # In St John's the clock went from 00:01 back to 23:01 on 7 November 2010, a Sunday.
    span = datetime(2010, 11, 5, tzinfo=UTC), datetime(2010, 11, 10, tzinfo=UTC)
    for policy in POLICIES:
        found = list(on_day_off(every(timedelta(minutes=1)), JAPAN, "America/St_Johns", policy, *span))
        assert found == sorted(found, key=lambda slot: slot.due) and len({slot.due for slot in found}) == len(found)
        days = {slot.due.astimezone(ZoneInfo("America/St_Johns")).date() for slot in found}
        assert all(JAPAN.is_business_day(day) for day in days)
