"""朝の一覧: exactly one a business day, whatever happens to the process and its clock, and no time left out."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from alert_lives import JAPAN, TOKYO
from tc_portal.core.digest import Digest, covered_from, day_due, next_due
from tc_portal.core.hours import Clock

MADE = datetime(2024, 12, 31, 15, 0, tzinfo=UTC)
END = datetime(2027, 12, 31, 15, 0, tzinfo=UTC)
DIGEST = Digest("08:30", 1)


def clock(now: datetime) -> Clock:
    return Clock(now, TOKYO, JAPAN)


@pytest.mark.parametrize("seed", range(3))
def test_three_years_with_restarts_and_a_clock_that_steps_have_one_digest_a_business_day(seed: int) -> None:
    """The process is down for up to four hours at a time, and its clock is put back or forward by up to an hour and a half.

    ``sent`` is what the database keeps: one row a day at most, as its constraint has it.
    """
    chance = random.Random(seed)
    sent: dict[date, tuple[datetime, datetime]] = {}
    true_now, skew = MADE, timedelta()
    while true_now < END:
        now = true_now + skew
        last = max((end for _begin, end in sent.values()), default=None)
        day = day_due(DIGEST, clock(now), MADE)
        if day is not None and day not in sent:
            sent[day] = covered_from(DIGEST, clock(now), last), now
        match chance.randrange(40):
            case 0:
                true_now += timedelta(minutes=chance.randint(1, 240))
            case 1:
                skew = timedelta(minutes=chance.randint(-90, 90))
            case _:
                true_now += timedelta(minutes=chance.randint(1, 60))
    days = (date(2025, 1, 1) + timedelta(days=distance) for distance in range(3 * 365))
    assert sorted(sent) == [day for day in days if JAPAN[1].is_business_day(day)]
    print(f"{len(sent)} digests in three years")
    spans = sorted(sent.values(), key=lambda span: span[1])
    assert all(begin <= before[1] <= end for before, (begin, end) in pairwise(spans))


def test_without_a_calendar_it_is_due_every_day() -> None:
    saturday = datetime(2026, 3, 7, 0, 0, tzinfo=UTC)
    assert day_due(Digest("08:30"), clock(saturday), MADE) == date(2026, 3, 7)
    assert day_due(DIGEST, clock(saturday), MADE) is None


def test_one_that_is_set_up_after_its_time_begins_the_next_day() -> None:
    afternoon = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    assert day_due(DIGEST, clock(afternoon), afternoon) is None
    assert next_due(DIGEST, clock(afternoon)) == datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


def test_on_monday_it_covers_the_weekend() -> None:
    monday = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
    friday_half_past_eight = datetime(2026, 2, 26, 23, 30, tzinfo=UTC)
    assert covered_from(DIGEST, clock(monday), None) == friday_half_past_eight
    assert covered_from(DIGEST, clock(monday), friday_half_past_eight) == friday_half_past_eight


def test_a_clock_that_was_put_back_covers_nothing_rather_than_less_than_nothing() -> None:
    monday = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
    assert covered_from(DIGEST, clock(monday), monday + timedelta(hours=1)) == monday
