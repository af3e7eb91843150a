"""A schedule proposed from when a job ran: the one it keeps, or none."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from run_histories import CHAOS, DAY, MINUTE, TOKYO, chaos, days, runs_on
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.day_choice import DayChoice, DayOfMonth, EveryBusinessDay, NthBusinessDay
from tc_portal.core.business_days.rule import BusinessDayRule
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule_proposal.proposing import Proposal, proposal_from
from tc_portal.core.schedule_proposal.run_seen import RunSeen

JAPAN = Calendar("日本の営業日", "JP")
FIRST = date(2026, 1, 5)
SEEDS = range(12)


def proposed(runs: list[RunSeen], zone: str = TOKYO, calendar: Calendar | None = JAPAN) -> Proposal | None:
    return proposal_from(runs, zone, calendar, "7")


def schedule_of(proposal: Proposal | None) -> object:
    assert proposal is not None
    (one,) = proposal.settings.schedules
    assert one.narrowed is None
    return one.schedule


def by_business_days(at: str, day: DayChoice) -> BusinessDayRule:
    return BusinessDayRule("7", TOKYO, (at,), day)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_each_night_with_jitter_misses_late_runs_and_reruns(seed: int) -> None:
    chance = Random(seed)
    runs = runs_on(days(FIRST, 90), "02:00", chance=chance, missed=0.03, late=0.03, reruns=0.04)
    proposal = proposed(runs)
    assert schedule_of(proposal) == Cron(("0 2 * * *",), TOKYO)
    assert proposal is not None and proposal.of == 60 and proposal.fits >= 50


def test_how_many_of_the_last_runs_fit_is_told_with_grace_and_maximum_runtime() -> None:
    runs = runs_on(days(FIRST, 40), "02:00", chance=Random(1), jitter=3)
    for number in (5, 20):
        runs[number] = RunSeen(runs[number].at + timedelta(hours=5), runs[number].took)
    proposal = proposed(runs)
    assert proposal is not None and (proposal.fits, proposal.of) == (38, 40)
    assert proposal.settings.grace == 15 * MINUTE
    assert proposal.settings.max_runtime == 15 * MINUTE


def test_without_durations_no_maximum_runtime_is_proposed() -> None:
    proposal = proposed(runs_on(days(FIRST, 30), "02:00", chance=Random(1), took=None))
    assert proposal is not None and proposal.settings.max_runtime is None


@pytest.mark.parametrize("seed", SEEDS)
def test_business_days_with_japanese_holidays(seed: int) -> None:
    runs = runs_on(days(date(2026, 3, 2), 80, JAPAN.is_business_day), "07:30", chance=Random(seed), missed=0.03)
    proposal = proposed(runs)
    assert schedule_of(proposal) == by_business_days("07:30", EveryBusinessDay())
    assert proposal is not None and proposal.calendar == JAPAN


def test_monday_to_friday_through_holidays_is_not_called_business_days() -> None:
    runs = runs_on(days(date(2026, 3, 30), 84, lambda day: day.weekday() < 5), "07:30", chance=Random(1))
    assert schedule_of(proposed(runs)) == Cron(("30 7 * * MON,TUE,WED,THU,FRI",), TOKYO)


def test_without_a_calendar_the_days_of_the_week_are_said() -> None:
    runs = runs_on(days(FIRST, 30, lambda day: day.weekday() < 5), "07:30", chance=Random(1))
    assert schedule_of(proposed(runs, calendar=None)) == Cron(("30 7 * * MON,TUE,WED,THU,FRI",), TOKYO)


@pytest.mark.parametrize("seed", SEEDS)
def test_twice_a_day(seed: int) -> None:
    runs = runs_on(days(FIRST, 40), "06:10", "18:40", chance=Random(seed), missed=0.02, jitter=1.5)
    proposal = proposed(runs)
    assert schedule_of(proposal) == Cron(("10 6 * * *", "40 18 * * *"), TOKYO)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("every", [5, 15, 60, 180])
def test_every_so_many_minutes_on_the_beat(seed: int, every: int) -> None:
    chance = Random(seed)
    begin = datetime(2026, 1, 5, 0, 2, tzinfo=UTC)
    runs = [
        RunSeen(begin + (number * every + chance.uniform(0, 0.7)) * MINUTE, MINUTE)
        for number in range(80)
        if chance.random() > 0.03
    ]
    schedule = schedule_of(proposed(runs))
    assert isinstance(schedule, Interval) and schedule.every == every * MINUTE
    assert (begin - schedule.anchor) % schedule.every == timedelta()


@pytest.mark.parametrize(
    ("is_on", "cron"),
    [
        (lambda day: day.weekday() == 0, "0 9 * * MON"),
        (lambda day: day.weekday() in (1, 4), "0 9 * * TUE,FRI"),
        (lambda day: day.weekday() == 1 and 8 <= day.day <= 14, "0 9 * * TUE#2"),
        (lambda day: day.weekday() == 4 and (day + 7 * DAY).month != day.month, "0 9 * * 5L"),
        (lambda day: day.day == 10, "0 9 10 * *"),
        (lambda day: day.day == monthrange(day.year, day.month)[1], "0 9 L * *"),
    ],
    ids=["weekly", "twice a week", "second Tuesday", "last Friday", "monthly", "end of the month"],
)
@pytest.mark.parametrize("seed", SEEDS)
def test_weekly_and_monthly_days(seed: int, is_on: object, cron: str) -> None:
    runs = runs_on(days(FIRST, 400, is_on), "09:00", chance=Random(seed), jitter=1)  # type: ignore[arg-type]
    assert schedule_of(proposed(runs)) == Cron((cron,), TOKYO)


@pytest.mark.parametrize(
    "choice",
    [NthBusinessDay(1), NthBusinessDay(5), NthBusinessDay(-1), DayOfMonth(25, "before"), DayOfMonth(25, "after")],
    ids=str,
)
@pytest.mark.parametrize("seed", SEEDS)
def test_business_days_of_the_month(seed: int, choice: DayChoice) -> None:
    chosen = (each.day for each in choice.days(JAPAN, None, FIRST, date(2026, 12, 30)))
    runs = runs_on(chosen, "10:00", chance=Random(seed), jitter=1)
    assert schedule_of(proposed(runs)) == by_business_days("10:00", choice)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_a_job_by_the_clock_keeps_its_time_when_the_clock_is_changed(zone: str) -> None:
    runs = runs_on(days(date(2026, 2, 20), 50), "06:00", chance=Random(3), zone=zone)
    assert schedule_of(proposed(runs, zone, None)) == Cron(("0 6 * * *",), zone)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_about_midnight_belongs_to_one_day(seed: int) -> None:
    chance = Random(seed)
    midnight = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
    runs = [RunSeen(midnight + number * DAY + chance.uniform(-0.2, 0.8) * MINUTE, MINUTE) for number in range(30)]
    assert schedule_of(proposed(runs)) == Cron(("0 0 * * *",), TOKYO)


def test_only_the_last_runs_count_when_the_schedule_was_changed() -> None:
    chance = Random(2)
    before = runs_on(days(FIRST, 60), "14:00", chance=chance)
    after = runs_on(days(FIRST + 60 * DAY, 70), "02:00", chance=chance)
    assert schedule_of(proposed(before + after)) == Cron(("0 2 * * *",), TOKYO)


def test_too_few_runs_say_nothing() -> None:
    assert proposed([]) is None
    assert proposed(runs_on(days(FIRST, 6), "02:00", chance=Random(1))) is None


def test_of_five_hundred_histories_that_keep_to_nothing_none_is_given_a_schedule() -> None:
    given = [(kind, seed) for kind in CHAOS for seed in range(100) if proposed(chaos(Random(seed), kind)) is not None]
    assert given == []
