"""How many runs go on at once, and how those of one row are laid beside each other."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tc_portal.core.at_once import running_each_minute, side_by_side

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_a_run_counts_for_each_minute_that_it_went_on_in() -> None:
    assert running_each_minute([(at(1.5), at(3.2))], NOON, at(6), at(6)) == [0, 1, 1, 1, 0, 0]


def test_runs_at_the_same_minute_add_up() -> None:
    spans = [(at(0), at(4.9)), (at(2), at(2.5)), (at(2.1), at(3.1))]
    assert running_each_minute(spans, NOON, at(5), at(5)) == [1, 1, 3, 2, 1]


def test_what_began_before_or_ends_after_counts_within() -> None:
    assert running_each_minute([(at(-90), at(90))], NOON, at(3), at(3)) == [1, 1, 1]
    assert running_each_minute([(at(-9), at(-1)), (at(3), at(4))], NOON, at(3), at(3)) == [0, 0, 0]


def test_a_run_of_which_only_the_end_is_known_counts_for_that_minute() -> None:
    assert running_each_minute([(None, at(1.9))], NOON, at(3), at(3)) == [0, 1, 0]


def test_a_run_that_goes_on_counts_until_now() -> None:
    assert running_each_minute([(at(1), None)], NOON, at(5), at(2.5)) == [0, 1, 1, 0, 0]


def test_a_run_that_ends_before_it_began_counts_for_its_end() -> None:
    assert running_each_minute([(at(4), at(1))], NOON, at(5), at(5)) == [0, 1, 0, 0, 0]


def test_runs_that_overlap_lie_beside_each_other_and_others_in_one_lane() -> None:
    assert side_by_side([(at(0), at(10)), (at(5), at(15)), (at(12), at(20)), (at(20), at(30))]) == [0, 1, 0, 0]


SPANS = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 30)).map(lambda it: (at(it[0]), at(it[0] + it[1]))))


@given(SPANS)
def test_no_two_runs_of_one_lane_overlap(spans: list[tuple[datetime, datetime]]) -> None:
    lanes = side_by_side(spans)
    for number, (began, ended) in enumerate(spans):
        for other in range(number):
            if lanes[other] == lanes[number]:
                assert ended <= spans[other][0] or spans[other][1] <= began


@given(SPANS)
def test_each_minute_counts_exactly_the_runs_that_touch_it(spans: list[tuple[datetime, datetime]]) -> None:
    counted = running_each_minute(spans, NOON, at(60), at(60))
    expected = [sum(began < at(minute + 1) and ended >= at(minute) for began, ended in spans) for minute in range(60)]
    assert counted == expected
