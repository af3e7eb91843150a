"""A month in figures."""

from datetime import UTC, datetime, timedelta

import pytest
from tc_portal.core.month_report import JobMonth, percent, recoveries_of, together

HOUR = timedelta(hours=1)


def a_month(runs: int = 0, errors: int = 0, **more: object) -> JobMonth:
    return JobMonth(runs, errors, **{"missed": 0, "longest": None, "recoveries": (), **more})


def test_the_success_rate_is_of_the_runs_and_none_without_any() -> None:
    assert a_month(10, 1).success_rate == 0.9
    assert a_month().success_rate is None


def test_of_runs_that_were_not_all_counted_no_rate_is_said() -> None:
    assert a_month(50_000, 3, is_cut=True).success_rate is None


@pytest.mark.parametrize(
    ("share", "said"),
    [(1.0, "100.0%"), (0.9999, "99.9%"), (0.99951, "99.9%"), (0.985, "98.5%"), (0.0001, "0.1%"), (0.0, "0.0%")],
)
def test_a_rate_is_whole_only_where_nothing_failed(share: float, said: str) -> None:
    assert percent(share) == said


def test_the_time_to_recover_is_the_median_of_the_incidents_that_are_over() -> None:
    began = datetime(2026, 3, 1, tzinfo=UTC)
    recoveries, unrecovered = recoveries_of(
        [(began, began + HOUR), (began, began + 100 * HOUR), (began, began + 3 * HOUR)]
    )
    assert a_month(recoveries=recoveries).time_to_recover == 3 * HOUR
    assert recoveries_of([(began, None), (began, began + HOUR)]) == ((HOUR,), 1)
    assert unrecovered == 0
    assert a_month().time_to_recover is None


def test_jobs_together_are_the_sum_of_their_runs_not_the_mean_of_their_rates() -> None:
    all_of_them = together(
        [
            a_month(90, 0, missed=1, longest=HOUR, recoveries=(HOUR,)),
            a_month(10, 10, missed=2, longest=2 * HOUR, recoveries=(3 * HOUR,), unrecovered=1),
            a_month(),
        ]
    )
    assert (all_of_them.runs, all_of_them.errors, all_of_them.missed) == (100, 10, 3)
    assert all_of_them.success_rate == 0.9
    assert all_of_them.longest == 2 * HOUR
    assert all_of_them.time_to_recover == 2 * HOUR
    assert all_of_them.incidents == 3
