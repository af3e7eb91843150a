"""The judge, case by case: what it says of a job, why, and when it will look again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tc_portal.core.judge import BlindTime, Expectation, Judgement, Known, LastRun, OpenRun, judge
from tc_portal.core.reason import Failed, NoReport, PortalWasAway, Running, RunsTooLong, Succeeded, TooFast
from tc_portal.core.schedule.slot import Slot

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    """ "03 02:00" is the third of March 2026, 02:00 UTC."""
    return datetime.strptime(f"2026-03-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def nightly(after: datetime, until: datetime) -> Iterator[Slot]:
    """Due each day at 02:00 UTC."""
    due = after.replace(hour=2, minute=0, second=0, microsecond=0)
    while due <= until:
        if due > after:
            yield Slot(due)
        due += timedelta(days=1)


def never(after: datetime, until: datetime) -> Iterator[Slot]:
    return iter(())


def knows(result: str | None, began: str | None, ended: str = "", received: str = "", **more: Any) -> Known:
    """Known by its last run; without ``began`` only its end was reported."""
    if result is None:
        return Known(**more)
    finished_at = at(ended)
    received_at = at(received or ended)
    began_at = at(began) if began else None
    last = LastRun(result, finished_at, received_at, began_at)  # type: ignore[arg-type]
    failures = more.pop("failures", 1 if result == "error" else 0)
    return Known(last, min(began_at or finished_at, received_at), finished_at, failures, **more)


def said(
    known: Known, now: str, slots: Any = nightly, blind: list[BlindTime] | None = None, **expected: Any
) -> Judgement:
    return judge(Expectation(LONG_AGO, **expected), known, slots, blind or [], at(now))


def test_a_job_without_runs_waits_for_its_first_slot() -> None:
    judged = judge(Expectation(at("03 00:00")), Known(), nightly, [], at("03 01:00"))
    assert (judged.verdict, judged.look_again_at) == ("waiting", at("03 02:30"))


def test_a_job_that_never_ran_is_missed_after_its_first_deadline() -> None:
    judged = judge(Expectation(at("03 00:00")), Known(), nightly, [], at("03 02:30"))
    assert (judged.verdict, judged.since, judged.is_bad) == ("missed", at("03 02:30"), True)


def test_slots_before_the_settings_were_in_force_are_not_judged() -> None:
    assert judge(Expectation(at("03 02:00")), Known(), nightly, [], at("04 02:29")).verdict == "waiting"


def test_a_job_without_a_schedule_is_as_its_last_run() -> None:
    assert said(Known(), "03 12:00", never).verdict == "waiting"
    assert said(knows("success", None, "03 02:00"), "09 12:00", never).verdict == "ok"
    assert said(knows("error", None, "03 02:00"), "09 12:00", never).verdict == "error"
    assert said(knows("success", None, "03 02:00"), "09 12:00", never).look_again_at is None


@pytest.mark.parametrize(
    ("now", "verdict", "look_again"),
    [
        ("03 02:10", "ok", "04 02:30"),
        ("04 01:59", "ok", "04 02:30"),
        ("04 02:29", "ok", "04 02:30"),
        ("04 02:30", "missed", "05 02:30"),
        ("05 02:30", "missed", "06 02:30"),
    ],
)
def test_a_slot_is_missed_when_its_grace_has_passed(now: str, verdict: str, look_again: str) -> None:
    judged = said(knows("success", None, "03 02:05"), now)
    assert (judged.verdict, judged.look_again_at) == (verdict, at(look_again))


def test_missing_tells_the_slot_the_grace_and_the_last_success() -> None:
    judged = said(knows("success", None, "03 02:05", last_success=at("03 02:05")), "05 02:31")
    assert judged.since == at("04 02:30")
    assert judged.reasons == (NoReport(due=at("05 02:00"), grace=30 * MINUTE, slots=2, last_success=at("03 02:05")),)


def test_a_report_somewhat_before_its_slot_counts_for_it() -> None:
    early = said(knows("success", None, "04 01:50"), "04 02:31")
    assert (early.verdict, early.look_again_at) == ("ok", at("05 02:30"))
    assert said(knows("success", None, "04 01:44"), "04 02:31").verdict == "missed"


def test_where_slots_are_near_each_other_a_report_counts_for_the_nearer_one() -> None:
    def each_ten_minutes(after: datetime, until: datetime) -> Iterator[Slot]:
        due = after.replace(minute=0, second=0, microsecond=0)
        while due <= until:
            if due > after:
                yield Slot(due)
            due += 10 * MINUTE

    judged = said(knows("success", None, "03 02:04"), "03 02:14", each_ten_minutes, grace=3 * MINUTE)
    assert judged.reasons[0] == NoReport(due=at("03 02:10"), grace=3 * MINUTE, last_success=None)
    assert said(knows("success", None, "03 02:06"), "03 02:14", each_ten_minutes, grace=3 * MINUTE).verdict == "ok"


def test_a_report_that_comes_late_fills_its_own_slot_and_says_so() -> None:
    judged = said(knows("success", None, "04 02:10", received="04 09:00"), "04 09:00")
    assert (judged.verdict, judged.reasons) == (
        "ok",
        (Succeeded(finished_at=at("04 02:10"), late_for=at("04 02:00")),),
    )
    assert said(knows("success", None, "03 02:10", received="04 09:00"), "04 09:00").verdict == "missed"


def test_a_clock_ahead_fills_no_slots_to_come() -> None:
    assert said(knows("success", None, "20 02:00", received="03 02:01"), "04 02:31").verdict == "missed"


def test_an_error_lasts_until_a_success_or_a_missed_slot() -> None:
    judged = said(knows("error", None, "03 02:05"), "04 02:00")
    assert (judged.verdict, judged.is_bad, judged.since) == ("error", True, at("03 02:05"))
    assert said(knows("error", None, "03 02:05"), "04 02:30").verdict == "missed"


def test_tolerance_counts_failures_and_missed_slots_in_a_row() -> None:
    failed = knows("error", None, "03 02:05", failures=2)
    assert not said(failed, "03 12:00", tolerance=3).is_bad
    assert said(failed, "04 02:30", tolerance=3).is_bad
    assert said(failed, "03 12:00").reasons == (Failed(finished_at=at("03 02:05"), failures=2),)
    good = knows("success", None, "03 02:05")
    assert [said(good, f"0{day} 02:30", tolerance=3).is_bad for day in (4, 5, 6)] == [False, False, True]


def test_a_run_faster_than_the_minimum_is_an_error_and_says_so() -> None:
    judged = said(knows("success", "03 02:00", "03 02:01"), "03 02:02", min_runtime=5 * MINUTE)
    assert (judged.verdict, judged.reasons) == (
        "error",
        (TooFast(finished_at=at("03 02:01"), took=MINUTE, minimum=5 * MINUTE),),
    )
    assert said(knows("success", None, "03 02:01"), "03 02:02", min_runtime=5 * MINUTE).verdict == "ok"


def test_a_start_in_time_fills_the_slot_however_long_the_run_takes() -> None:
    running = Known(reached=at("04 02:01"), open_runs=(OpenRun("r", at("04 02:01")),))
    judged = said(running, "04 09:00", max_runtime=8 * HOUR)
    assert (judged.verdict, judged.look_again_at) == ("running", at("04 10:01"))
    assert judged.reasons == (Running(started_at=at("04 02:01"), limit=at("04 10:01")),)


def test_a_run_longer_than_its_limit_is_overdue() -> None:
    running = Known(reached=at("04 02:01"), open_runs=(OpenRun("r", at("04 02:01")),))
    judged = said(running, "04 04:01", max_runtime=2 * HOUR)
    assert (judged.verdict, judged.since, judged.is_bad) == ("overdue", at("04 04:01"), True)
    assert judged.reasons == (RunsTooLong(run_id="r", started_at=at("04 02:01"), limit=at("04 04:01")),)


def test_a_run_may_ask_for_more_time() -> None:
    running = Known(reached=at("04 02:01"), open_runs=(OpenRun("r", at("04 02:01"), extended_until=at("04 06:00")),))
    judged = said(running, "04 05:00", max_runtime=2 * HOUR)
    assert (judged.verdict, judged.look_again_at) == ("running", at("04 06:00"))


def test_overlapping_runs_are_each_timed_on_their_own() -> None:
    slow, quick = OpenRun("slow", at("04 02:00")), OpenRun("quick", at("04 03:00"))
    both = Known(reached=at("04 03:00"), open_runs=(slow, quick))
    assert said(both, "04 03:30", max_runtime=2 * HOUR).look_again_at == at("04 04:00")
    after_quick = knows("success", "04 03:00", "04 03:10", open_runs=(slow,))
    assert said(after_quick, "04 04:00", max_runtime=2 * HOUR).verdict == "overdue"


def test_a_run_given_up_is_forgotten_when_a_later_one_goes_well() -> None:
    lost = OpenRun("lost", at("03 02:00"))
    tonight = knows("success", "04 02:00", "04 02:10", open_runs=(lost,))
    assert said(tonight, "04 02:10", max_runtime=2 * HOUR).verdict == "ok"


def test_a_paused_job_is_not_judged() -> None:
    judged = said(knows("error", None, "03 02:05"), "09 12:00", is_paused=True)
    assert (judged.verdict, judged.is_bad, judged.look_again_at) == ("paused", False, None)


AWAY = BlindTime(at("04 01:00"), at("04 05:00"), at("04 05:15"))


def test_a_slot_in_blind_time_is_unknown_until_the_spools_have_drained() -> None:
    known = knows("success", None, "03 02:05")
    judged = said(known, "04 05:00", blind=[AWAY])
    assert (judged.verdict, judged.is_bad, judged.look_again_at) == ("unknown", False, at("04 05:15"))
    assert judged.reasons == (
        PortalWasAway(
            due=at("04 02:00"), away_from=AWAY.started_at, away_until=AWAY.ended_at, drained_at=AWAY.drained_at
        ),
    )
    assert said(known, "04 05:15", blind=[AWAY]).verdict == "missed"
    arrived = knows("success", None, "04 02:05", received="04 05:03")
    assert said(arrived, "04 05:15", blind=[AWAY]).verdict == "ok"


def test_a_slot_missed_before_the_blind_time_stays_missed() -> None:
    known = knows("success", None, "02 02:05")
    assert said(known, "04 05:00", blind=[AWAY]).verdict == "missed"


def test_an_error_from_before_the_blind_time_stays() -> None:
    assert said(knows("error", None, "03 02:05"), "04 05:00", blind=[AWAY]).verdict == "error"


def test_an_optional_slot_may_be_left_empty() -> None:
    def optional(after: datetime, until: datetime) -> Iterator[Slot]:
        return (Slot(slot.due, is_optional=True) for slot in nightly(after, until))

    assert said(knows("success", None, "03 02:05"), "09 12:00", optional).verdict == "ok"


def test_a_slot_may_start_as_late_as_its_schedule_allows() -> None:
    def delayed(after: datetime, until: datetime) -> Iterator[Slot]:
        return (Slot(slot.due, may_start_late_by=2 * HOUR) for slot in nightly(after, until))

    known = knows("success", None, "03 02:05")
    assert [said(known, now, delayed).verdict for now in ("04 04:29", "04 04:30")] == ["ok", "missed"]


@pytest.mark.parametrize(
    ("now", "due"),
    [("04 01:00", "04 02:00"), ("04 02:10", "04 02:00"), ("04 02:30", "05 02:00"), ("04 03:00", "05 02:00")],
    ids=["to come", "waited for", "at its deadline", "missed"],
)
def test_what_is_due_is_the_run_that_is_waited_for_or_comes_next(now: str, due: str) -> None:
    assert said(knows("success", None, "03 02:00"), now).due == at(due)


def test_nothing_is_due_of_a_job_that_is_paused_or_without_a_schedule() -> None:
    assert said(knows("success", None, "03 02:00"), "04 01:00", is_paused=True).due is None
    assert said(knows("success", None, "03 02:00"), "04 01:00", None).due is None
