"""What settings would have raised over runs that are past: the same as a replay, in time that grows with the runs."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tc_portal.core.history import ExtensionTold, RunTold, StartTold, Terms, able_to_judge_at
from tc_portal.core.history import replay as replayed
from tc_portal.core.job_settings import JobSettings, terms_of
from tc_portal.core.judge import BlindTime
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.core.what_if import PastIncident, incidents_in, incidents_under

START = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minute: float) -> datetime:
    return START + minute * MINUTE


def hourly(**settings: object) -> Terms:
    wanted = {"grace": 10 * MINUTE, "schedules": (JobSchedule(Interval(60 * MINUTE, START)),), **settings}
    return terms_of(JobSettings(**wanted), START, {})  # type: ignore[arg-type]


def run(minute: float, result: str = "success", arrives: float | None = None, took: float | None = None) -> RunTold:
    began = None if took is None else at(minute - took)
    return RunTold(f"r{minute}", result, at(minute), at(minute if arrives is None else arrives), began)  # type: ignore[arg-type]


def shown(incidents: list[PastIncident]) -> list[tuple[int, int | None, str]]:
    return [
        (
            (each.opened_at - START) // MINUTE,
            None if each.resolved_at is None else (each.resolved_at - START) // MINUTE,
            each.verdict,
        )
        for each in incidents
    ]


def test_a_missed_slot_is_an_incident_until_the_next_run() -> None:
    runs = [run(61), run(181)]
    assert shown(incidents_under(hourly(), runs, [], [], at(185))) == [(130, 181, "missed")]


def test_what_is_still_bad_in_the_end_is_not_resolved() -> None:
    assert shown(incidents_under(hourly(), [run(61)], [], [], at(200))) == [(130, None, "missed")]


def test_a_longer_grace_raises_fewer() -> None:
    runs = [run(60 * hour + 20 * (hour % 2)) for hour in range(1, 20)]
    until = at(60 * 19 + 21)
    counts = [
        len(incidents_under(hourly(grace=grace * MINUTE, early=timedelta()), runs, [], [], until))
        for grace in (10, 30)
    ]
    assert counts == [10, 0]


def test_tolerance_and_minimum_runtime_count() -> None:
    runs = [run(61, "error"), run(121), run(181, "error"), run(241, "error"), run(301)]
    assert len(incidents_under(hourly(), runs, [], [], at(302))) == 2
    assert len(incidents_under(hourly(tolerance=2), runs, [], [], at(302))) == 1
    quick = [run(61, took=0.5), run(121, took=5)]
    assert shown(incidents_under(hourly(min_runtime=MINUTE), quick, [], [], at(122))) == [(61, 121, "error")]


def test_a_hung_run_is_found_and_blind_time_is_no_miss() -> None:
    start = StartTold("hangs", at(60), at(60))
    assert shown(incidents_under(hourly(max_runtime=20 * MINUTE), [], [start], [], at(90))) == [(80, None, "overdue")]
    away = BlindTime(at(55), at(100), at(115))
    assert incidents_under(hourly(), [], [], [away], at(114)) == []
    assert shown(incidents_under(hourly(), [], [], [away], at(116))) == [(115, None, "missed")]


def test_without_a_schedule_only_failures_are_incidents() -> None:
    runs = [run(61), run(500, "error"), run(900)]
    assert shown(incidents_under(hourly(schedules=()), runs, [], [], at(1000))) == [(500, 900, "error")]


@st.composite
def a_run(draw: st.DrawFn) -> tuple[StartTold | None, RunTold | None]:
    began, took = draw(st.integers(1, 590)), draw(st.integers(1, 80))
    late_start, late_end = draw(st.sampled_from([0, 0, 0, 30, 200])), draw(st.sampled_from([0, 0, 0, 90]))
    name = f"r{draw(st.integers(0, 10_000))}"
    said = draw(st.sampled_from([(True, True), (False, True), (True, False)]))
    extended = draw(st.sampled_from([None, None, 40]))
    start = StartTold(
        name,
        at(began),
        at(began + late_start),
        () if extended is None else (ExtensionTold(at(began + late_start + 1), at(began + late_start + extended)),),
    )
    result = draw(st.sampled_from(["success", "success", "error"]))
    end = RunTold(name, result, at(began + took), at(began + took + late_end), at(began) if said[0] else None)  # type: ignore[arg-type]
    return start if said[0] else None, end if said[1] else None


lives = st.lists(a_run(), max_size=12, unique_by=lambda told: (told[0] or told[1]).run_id)  # type: ignore[union-attr]
absences = st.lists(st.integers(0, 500), max_size=2).map(
    lambda begins: [BlindTime(at(begin), at(begin + 40), at(begin + 55)) for begin in sorted(begins)]
)


@settings(max_examples=250, deadline=None)
@given(lives, absences, st.sampled_from([1, 2]))
def test_it_comes_to_the_same_as_a_replay(
    life: list[tuple[StartTold | None, RunTold | None]], away: list[BlindTime], tolerance: int
) -> None:
    terms = hourly(max_runtime=45 * MINUTE, min_runtime=3 * MINUTE, tolerance=tolerance)
    starts = [replace(s, received_at=able_to_judge_at(s.received_at, away)) for s, _ in life if s]
    runs = [replace(r, received_at=able_to_judge_at(r.received_at, away)) for _, r in life if r]
    _, transitions = replayed([terms], runs, starts, away, at(650))
    assert incidents_under(terms, runs, starts, away, at(650)) == incidents_in(transitions)


def test_thousands_of_runs_are_taken_one_by_one() -> None:
    every_quarter = terms_of(
        JobSettings(grace=5 * MINUTE, schedules=(JobSchedule(Interval(15 * MINUTE, START)),)), START, {}
    )
    runs = [run(15 * number + 1) for number in range(1, 3000) if number % 100]
    assert len(incidents_under(every_quarter, runs, [], [], at(15 * 2999 + 2))) == 29
