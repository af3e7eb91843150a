"""When an attempt follows another, when it ends, and what a storm becomes."""

from datetime import datetime, timedelta

import pytest
from alert_messages import NOON
from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.alerts.pacing import GIVE_UP_AFTER, WINDOW, next_try, share_of

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 10), (2, 20), (3, 40), (8, 1280), (9, 1800), (50, 1800)])
def test_each_pause_is_twice_the_one_before_up_to_half_an_hour(attempts: int, seconds: int) -> None:
    assert next_try(attempts, NOON, NOON, 1.0) == NOON + seconds * SECOND
    assert next_try(attempts, NOON, NOON, 0.0) == NOON + 0.75 * seconds * SECOND


def test_a_service_that_asks_to_wait_is_not_tried_sooner() -> None:
    assert next_try(1, NOON, NOON, 1.0, 300 * SECOND) == NOON + 300 * SECOND
    assert next_try(9, NOON, NOON, 1.0, SECOND) == NOON + 1800 * SECOND
    assert next_try(1, NOON, NOON, 1.0, timedelta(days=9)) == NOON + timedelta(hours=6)


@given(chances=st.lists(st.floats(0, 1), min_size=100, max_size=100), asked=st.none() | st.integers(0, 100_000))
def test_after_a_day_there_is_one_last_attempt_and_then_an_end(chances: list[float], asked: int | None) -> None:
    now, attempts = NOON, 0
    retry_after = None if asked is None else asked * SECOND
    while True:
        attempts += 1
        again = next_try(attempts, NOON, now, chances[attempts % 100], retry_after)
        if again is None:
            break
        assert now < again <= NOON + GIVE_UP_AFTER
        now = again
    assert now == NOON + GIVE_UP_AFTER
    assert attempts < 100


def test_what_fits_into_the_minute_is_sent_singly() -> None:
    assert share_of(20, [], 20, True, NOON) == (20, False, None)
    assert share_of(5, [NOON - 30 * SECOND] * 15, 20, True, NOON) == (5, False, None)


def test_what_does_not_fit_becomes_one_summary_the_last_of_the_minute() -> None:
    assert share_of(300, [], 20, True, NOON) == (19, True, None)
    assert share_of(3, [NOON - 30 * SECOND] * 19, 20, True, NOON) == (0, True, None)


def test_a_full_minute_waits_for_its_oldest_message_to_leave_it() -> None:
    lately = [NOON - n * SECOND for n in range(20)]
    assert share_of(3, lately, 20, True, NOON) == (0, False, NOON + 41 * SECOND)


def test_what_opens_and_closes_something_is_never_summed_up() -> None:
    assert share_of(300, [], 100, False, NOON) == (100, False, None)


@settings(deadline=None, max_examples=50)
@given(
    owed=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 40)), min_size=1, max_size=8),
    per_minute=st.integers(1, 20),
    may_sum_up=st.booleans(),
)
def test_no_minute_holds_more_than_the_limit_and_nothing_is_left(
    owed: list[tuple[int, int]], per_minute: int, may_sum_up: bool
) -> None:
    sent: list[datetime] = []
    due, now = 0, NOON
    arriving = sorted(owed)
    while arriving or due:
        while arriving and NOON + arriving[0][0] * SECOND <= now:
            due += arriving.pop(0)[1]
        share = share_of(due, sent[-per_minute:], per_minute, may_sum_up, now)
        assert share.singly <= due
        due = 0 if share.sums_up else due - share.singly
        sent += [now] * (share.singly + share.sums_up)
        assert share.room_at is None or share.room_at > now
        now = share.room_at if share.room_at is not None and due else now + SECOND
    for at in set(sent):
        assert sum(at - WINDOW < other <= at for other in sent) <= per_minute
