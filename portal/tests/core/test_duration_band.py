"""What is usual for a job's durations, and what is far out of it."""

from hypothesis import given
from hypothesis import strategies as st
from tc_portal.core.duration_band import ENOUGH, LOOKED_BACK, Lasted, bands_before


def successes(*seconds: float, kind: str = "") -> list[Lasted]:
    return [Lasted(each, True, kind) for each in seconds]


def test_too_few_runs_say_nothing_of_what_is_usual() -> None:
    runs = successes(*[60.0] * (ENOUGH + 1))
    assert [band is None for band in bands_before(runs)] == [True] * ENOUGH + [False]


def test_the_band_holds_eight_of_ten_runs_around_their_median() -> None:
    band = bands_before(successes(*range(10, 31), 20))[-1]
    assert band is not None
    assert (band.low, band.median, band.high) == (12.0, 20.0, 28.0)


def test_a_run_far_beyond_the_middle_half_is_an_outlier_and_one_near_it_is_not() -> None:
    band = bands_before(successes(*range(10, 31), 20))[-1]
    assert band is not None
    # The middle half goes from 15 to 25 s, 16 to 26 with the second that is added: a ratio of 1.625, whose cube is 4.29.
    assert [band.is_outlier(each) for each in (2.7, 2.8, 110.0, 111.0)] == [True, False, False, True]


def test_one_run_of_ten_hours_does_not_move_what_is_usual_after_it() -> None:
    calm = bands_before(successes(*[60.0, 62.0] * 10, 60.0))[-1]
    after = bands_before(successes(*[60.0, 62.0] * 10, 36_000.0, 60.0))[-1]
    assert calm is not None
    assert after is not None
    assert abs(after.median - calm.median) <= 2
    assert after.is_outlier(36_000.0)


def test_a_second_more_is_no_outlier_of_a_job_that_takes_always_as_long() -> None:
    band = bands_before(successes(*[3.0] * 20, 4.0))[-1]
    assert band is not None
    assert not band.is_outlier(4.0)
    assert band.is_outlier(10.0)


def test_half_the_usual_time_can_be_an_outlier() -> None:
    band = bands_before(successes(*[600.0] * 20, 300.0))[-1]
    assert band is not None
    assert band.is_outlier(300.0)


def test_runs_on_days_of_one_kind_are_compared_with_each_other() -> None:
    week = [*successes(*[600.0] * 5, kind="business_day"), *successes(*[60.0] * 2, kind="day_off")]
    runs = [*week * 6, *successes(60.0, kind="day_off"), *successes(600.0, kind="business_day")]
    day_off, business_day = bands_before(runs)[-2:]
    assert day_off is not None
    assert business_day is not None
    assert (day_off.median, business_day.median) == (60.0, 600.0)
    assert day_off.is_like
    assert day_off.is_outlier(600.0)


def test_where_too_few_days_are_of_the_kind_all_runs_are_looked_at() -> None:
    runs = [*successes(*[600.0] * 20, kind="business_day"), *successes(600.0, kind="month_end")]
    band = bands_before(runs)[-1]
    assert band is not None
    assert not band.is_like
    assert band.median == 600.0


def test_failures_have_no_part_in_what_is_usual() -> None:
    runs = [*successes(*[60.0] * 20), *[Lasted(1.0, False)] * 30, *successes(60.0)]
    band = bands_before(runs)[-1]
    assert band is not None
    assert band.low == 60.0


def test_what_was_usual_long_ago_is_forgotten() -> None:
    band = bands_before(successes(*[600.0] * 100, *[60.0] * LOOKED_BACK, 60.0))[-1]
    assert band is not None
    assert band.high == 60.0


@given(
    st.lists(
        st.builds(Lasted, st.floats(0, 1e7), st.booleans(), st.sampled_from(["business_day", "day_off"])), max_size=60
    )
)
def test_each_band_is_in_order_and_rests_on_what_came_before(runs: list[Lasted]) -> None:
    bands = bands_before(runs)
    assert len(bands) == len(runs)
    for number, band in enumerate(bands):
        if band is None:
            continue
        assert 0 <= band.least <= band.low <= band.median <= band.high <= band.most
        assert bands_before(runs[: number + 1])[-1] == band
