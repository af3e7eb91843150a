"""Order, repetition and the number of looks make no difference; a late report, an outage and new settings do what they should."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tc_portal.core.heard import Heard, joined
from tc_portal.core.history import (
    Judged,
    RunTold,
    StartTold,
    Terms,
    Transition,
    able_to_judge_at,
    advance,
    known_at,
    look,
    replay,
)
from tc_portal.core.judge import BlindTime, Expectation
from tc_portal.core.schedule.slot import Slot

START = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
END = START + 600 * MINUTE


def hourly(after: datetime, until: datetime) -> Iterator[Slot]:
    due = after.replace(minute=0, second=0, microsecond=0)
    while due <= until:
        if due > after:
            yield Slot(due)
        due += 60 * MINUTE


def terms(**expected: object) -> Terms:
    return Terms(Expectation(START, grace=10 * MINUTE, max_runtime=45 * MINUTE, **expected), hourly)  # type: ignore[arg-type]


@st.composite
def a_run(draw: st.DrawFn) -> tuple[StartTold | None, RunTold | None]:
    began = draw(st.integers(1, 590))
    took = draw(st.integers(1, 80))
    name = f"r{draw(st.integers(0, 10_000))}"
    late = draw(st.sampled_from([0, 0, 0, 0, 30, 200]))
    started = START + began * MINUTE
    finished = started + took * MINUTE
    says_start, says_end = draw(st.sampled_from([(True, True), (False, True), (False, True), (True, False)]))
    start = StartTold(name, started, started + late * MINUTE) if says_start else None
    result = draw(st.sampled_from(["success", "success", "error"]))
    end = RunTold(name, result, finished, finished + (late + 1) * MINUTE, started if says_start else None)  # type: ignore[arg-type]
    return start, end if says_end else None


lives = st.lists(a_run(), max_size=12, unique_by=lambda told: (told[0] or told[1]).run_id)  # type: ignore[union-attr]
blind_times = st.lists(st.integers(0, 500), max_size=2).map(
    lambda starts: [
        BlindTime(START + a * MINUTE, START + (a + 40) * MINUTE, START + (a + 55) * MINUTE) for a in sorted(starts)
    ]
)


def told(
    life: list[tuple[StartTold | None, RunTold | None]], blind: list[BlindTime] | None = None
) -> tuple[list[RunTold], list[StartTold]]:
    """Runs and starts as they arrive: nothing does while the portal is away."""
    arrived = [
        tuple(each and replace(each, received_at=able_to_judge_at(each.received_at, blind or [])) for each in pair)
        for pair in life
    ]
    return [run for _, run in arrived if run], [start for start, _ in arrived if start]  # type: ignore[misc]


@settings(max_examples=150, deadline=None)
@given(lives, blind_times, st.randoms(use_true_random=False))
def test_the_order_in_which_it_is_told_makes_no_difference(
    life: list[tuple[StartTold | None, RunTold | None]], blind: list[BlindTime], chance: random.Random
) -> None:
    expected = replay([terms()], *told(life, blind), blind, END)
    shuffled = list(life)
    chance.shuffle(shuffled)
    assert replay([terms()], *told(shuffled, blind), blind, END) == expected


@settings(max_examples=150, deadline=None)
@given(lives, blind_times, st.lists(st.integers(0, 600), max_size=30))
def test_looking_more_often_makes_no_difference(
    life: list[tuple[StartTold | None, RunTold | None]], blind: list[BlindTime], looks: list[int]
) -> None:
    runs, starts = told(life, blind)
    expected = replay([terms()], runs, starts, blind, END)
    judged, transitions = Judged(), list[Transition]()
    since: datetime | None = None
    for minute in [*sorted(looks), 600]:
        judged, changes = replay([terms()], runs, starts, blind, START + minute * MINUTE, judged, since)
        since = START + minute * MINUTE
        transitions += changes
    assert (judged, transitions) == expected


@settings(max_examples=100, deadline=None)
@given(lives, st.integers(1, 599))
def test_what_arrives_later_changes_nothing_that_was_said_before(
    life: list[tuple[StartTold | None, RunTold | None]], minute: int
) -> None:
    runs, starts = told(life)
    instant = START + minute * MINUTE
    arrived = [run for run in runs if run.received_at <= instant], [s for s in starts if s.received_at <= instant]
    _, said_then = replay([terms()], *arrived, [], instant)
    _, said_in_the_end = replay([terms()], runs, starts, [], END)
    assert [each for each in said_in_the_end if each.at <= instant] == said_then


@settings(max_examples=100, deadline=None)
@given(lives, blind_times)
def test_every_transition_changes_something_and_follows_the_one_before(
    life: list[tuple[StartTold | None, RunTold | None]], blind: list[BlindTime]
) -> None:
    judged, transitions = replay([terms()], *told(life, blind), blind, END)
    verdict, is_bad = "waiting", False
    for each in transitions:
        assert each.before == verdict
        assert (each.verdict, each.is_bad) != (verdict, is_bad)
        assert not any(pause.started_at < each.at < pause.ended_at for pause in blind)
        verdict, is_bad = each.verdict, each.is_bad
    assert (verdict, is_bad) == (judged.verdict, judged.is_bad)
    assert [each.at for each in transitions] == sorted(each.at for each in transitions)


def at(minute: int) -> datetime:
    return START + minute * MINUTE


def run(name: str, minute: int, result: str = "success", received: int | None = None) -> RunTold:
    return RunTold(name, result, at(minute), at(minute if received is None else received))  # type: ignore[arg-type]


def changes(transitions: list[Transition]) -> list[tuple[int, str]]:
    return [((each.at - START) // MINUTE, each.verdict) for each in transitions]


def test_a_late_report_resolves_the_missed_slot_and_history_keeps_that_it_was_missed() -> None:
    _, transitions = replay([terms()], [run("one", 61), run("two", 121, received=150)], [], [], at(160))
    assert changes(transitions) == [(61, "ok"), (130, "missed"), (150, "ok")]


def test_new_settings_judge_from_now_on() -> None:
    daily = Terms(Expectation(at(140), grace=10 * MINUTE), lambda after, until: ())
    _, transitions = replay([terms(), daily], [run("one", 61)], [], [], at(400))
    assert changes(transitions) == [(61, "ok"), (130, "missed"), (140, "ok")]


def promised(*heard: int) -> StartTold:
    """A run that began at 1 and promised a heartbeat each four minutes."""
    times = joined([Heard(at(minute), at(minute)) for minute in (1, *heard)], 240)
    return StartTold("r", at(1), at(1), (), 240, times)


UNBOUND = Terms(Expectation(START), None)


def test_a_run_that_misses_three_heartbeats_is_overdue_until_it_is_heard_of_again() -> None:
    _, transitions = replay([UNBOUND], [run("r", 60)], [promised(5, 9, 40)], [], at(100))
    assert changes(transitions) == [(1, "running"), (21, "overdue"), (40, "running"), (52, "overdue"), (60, "ok")]


def test_heartbeats_lost_while_the_portal_was_away_are_waited_for_anew_from_its_return() -> None:
    blind = [BlindTime(at(10), at(30), at(35))]
    _, transitions = replay([UNBOUND], [], [promised(5, 9)], blind, at(100))
    assert changes(transitions) == [(1, "running"), (42, "overdue")]


def test_an_outage_over_many_jobs_raises_only_what_was_truly_missed() -> None:
    blind = [BlindTime(at(115), at(235), at(250))]
    true_misses = 0
    raised = 0
    for job in range(500):
        is_miss = job % 37 == 0
        true_misses += is_miss
        # The slots at 120 and 180 fall into the outage; the spool delivers after it.
        kept = [run("before", 61)] + [run(f"{slot}", slot + 1, received=240) for slot in (120, 180) if not is_miss]
        after = [run("240", 241)] if not is_miss else []
        _, transitions = replay([terms()], kept + after, [], blind, at(249))
        assert all(each.verdict != "missed" for each in transitions)
        _, transitions = replay([terms()], kept + after, [], blind, at(255))
        raised += sum(each.verdict == "missed" for each in transitions)
    assert raised == true_misses == 14


def test_step_by_step_is_the_same_as_all_at_once() -> None:
    runs = [run("one", 61), run("two", 121, "error"), run("three", 185)]
    judged, collected = look(Judged(), terms(), known_at([], [], START), [], START)
    for each in runs:
        judged, waited = advance(judged, terms(), known_at(runs, [], each.received_at - MINUTE), [], each.received_at)
        judged, changed = look(judged, terms(), known_at(runs, [], each.received_at), [], each.received_at)
        collected += waited + changed
    assert collected == replay([terms()], runs, [], [], at(185))[1]
