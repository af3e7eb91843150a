"""Runs at a steady interval: when they are due."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.unschedulable import Unschedulable

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
ALWAYS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
INTERVALS = st.builds(
    Interval,
    st.timedeltas(timedelta(minutes=1), timedelta(days=400))
    | st.integers(1, 3000).map(lambda n: timedelta(minutes=n)),
    st.datetimes(datetime(2016, 1, 1), datetime(2036, 12, 31), timezones=st.just(UTC)),
)


def due(interval: Interval, after: datetime, until: datetime) -> list[datetime]:
    return [slot.due for slot in interval.slots(after, until)]


def due_by_counting(interval: Interval, after: datetime, until: datetime) -> list[datetime]:
    """Step by step from the anchor, backwards and forwards."""
    found, instant = [], interval.anchor
    while instant > after:
        instant -= interval.every
    while instant <= until:
        if instant > after:
            found.append(instant)
        instant += interval.every
    return found


def test_slots_lie_one_interval_apart_from_the_anchor_on() -> None:
    quarter_hours = Interval(timedelta(minutes=15), NOON)
    assert due(quarter_hours, NOON, NOON + timedelta(hours=1)) == [
        NOON + timedelta(minutes=minutes) for minutes in (15, 30, 45, 60)
    ]


def test_slots_lie_before_the_anchor_as_well() -> None:
    every_seven_hours = Interval(timedelta(hours=7), NOON)
    assert due(every_seven_hours, datetime(2026, 3, 27, 1, tzinfo=UTC), NOON) == [
        datetime(2026, 3, day, hour, tzinfo=UTC) for day, hour in ((27, 8), (27, 15), (27, 22), (28, 5), (28, 12))
    ]


def test_the_window_leaves_out_its_beginning_and_includes_its_end() -> None:
    hourly = Interval(timedelta(hours=1), NOON)
    one_o_clock = NOON + timedelta(hours=1)
    assert due(hourly, NOON, one_o_clock) == [one_o_clock]
    assert due(hourly, NOON - timedelta(microseconds=1), one_o_clock - timedelta(microseconds=1)) == [NOON]
    assert due(hourly, NOON, NOON) == []
    assert due(hourly, one_o_clock, NOON) == []


def test_a_run_each_day_is_due_each_24_hours_whatever_the_clock_does() -> None:
    # The clock in Berlin is put forward on 29 March 2026.
    days = due(Interval(timedelta(days=1), NOON), NOON, NOON + timedelta(days=3))
    assert days == [NOON + timedelta(days=n) for n in (1, 2, 3)]


@given(
    INTERVALS, st.timedeltas(timedelta(days=-900), timedelta(days=900)), st.timedeltas(timedelta(), timedelta(days=2))
)
def test_slots_are_those_counted_from_the_anchor(interval: Interval, begin: timedelta, length: timedelta) -> None:
    # No more than some thousand steps to count.
    after = interval.anchor + begin * min(1, interval.every / timedelta(days=1))
    until = after + length
    assert due(interval, after, until) == due_by_counting(interval, after, until)


@given(INTERVALS, st.lists(st.datetimes(datetime(2030, 1, 1), datetime(2030, 1, 4)), min_size=3, max_size=3))
def test_two_windows_that_adjoin_give_what_the_whole_gives(interval: Interval, instants: list[datetime]) -> None:
    begin, middle, end = (instant.replace(tzinfo=UTC) for instant in sorted(instants))
    assert due(interval, begin, middle) + due(interval, middle, end) == due(interval, begin, end)


def test_a_small_window_far_from_the_anchor_is_cheap_up_to_the_ends_of_time() -> None:
    each_minute = Interval(timedelta(minutes=1), NOON)
    first, last = ALWAYS
    assert len(due(each_minute, first, first + timedelta(hours=1))) == 60
    assert len(due(each_minute, last - timedelta(hours=1), last)) == 60
    assert next(each_minute.slots(first, last)).due == first + timedelta(minutes=1)


@pytest.mark.parametrize(
    "every", [timedelta(), timedelta(seconds=59.999999), timedelta(minutes=-5), timedelta(days=400, microseconds=1)]
)
def test_an_interval_too_short_or_too_long_is_refused_in_both_languages(every: timedelta) -> None:
    with pytest.raises(Unschedulable) as refused:
        Interval(every, NOON)
    assert "400" in refused.value.ja and "400" in refused.value.en


@pytest.mark.parametrize("anchor", [NOON.replace(tzinfo=None), NOON.replace(tzinfo=timezone(timedelta(hours=9)))])
def test_an_anchor_that_is_not_in_utc_is_refused_in_both_languages(anchor: datetime) -> None:
    with pytest.raises(Unschedulable) as refused:
        Interval(timedelta(hours=1), anchor)
    assert "UTC" in refused.value.ja and "UTC" in refused.value.en


@pytest.mark.parametrize("every", [timedelta(minutes=1), timedelta(days=400)])
def test_an_interval_is_read_as_it_was_written(every: timedelta) -> None:
    interval = Interval(every, NOON)
    assert msgspec.json.decode(msgspec.json.encode(interval), type=Interval) == interval
