"""How an incident stands: which error it is, whether somebody is at it, and what ends that."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tc_portal.core.incident import (
    Acknowledged,
    AnyAction,
    Assigned,
    Closed,
    Commented,
    Course,
    Error,
    Failure,
    Muted,
    Standing,
    Unacknowledged,
    Unmuted,
    VerdictChange,
    action_as_json,
    endings,
    history,
    news,
    read_action,
    standing,
)

OPENED = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return OPENED + timedelta(minutes=minute)


def failed(minute: float, error: str = "A", **more: Any) -> Failure:
    return Failure(at(minute), error, f"gist of {error}", "PC-1", **more)


def became(minute: float, verdict: Any) -> VerdictChange:
    return VerdictChange(at(minute), verdict)


def course(*facts: Failure | VerdictChange, verdict: Any = "error", **more: Any) -> Course:
    failures = [fact for fact in facts if isinstance(fact, Failure)]
    changes = [fact for fact in facts if isinstance(fact, VerdictChange)]
    return Course(OPENED, verdict, failures, changes, **more)


def acknowledged(minute: float, since: float = 0, until: float | None = None, **more: Any) -> Acknowledged:
    ends, seen = None if until is None else at(until), at(since)
    return Acknowledged(at=at(minute), by="hanako", error_since=seen, news_at=seen, until=ends, **more)


def closed(minute: float, seen: float = 0, since: float = 0, **more: Any) -> Closed:
    return Closed(at=at(minute), by="hanako", seen_until=at(seen), error_since=at(since), **more)


def stands(course: Course, *actions: AnyAction, now: float = 1000) -> Standing:
    return standing(course, actions, at(now))


def test_the_error_is_that_of_the_run_that_the_incident_opened_with() -> None:
    found = stands(course(failed(-0.01), failed(-60, "B")))
    assert found.error == Error(OPENED, "error", "A", "gist of A", "PC-1")
    assert (found.news_at, found.over_at) == (OPENED, None)


def test_what_is_missed_has_no_fingerprint_whatever_failed_before() -> None:
    assert stands(course(failed(-60), verdict="missed")).error == Error(OPENED, "missed")


def test_the_same_error_again_is_no_news_and_another_one_is() -> None:
    assert stands(course(failed(0), failed(5), failed(9))).news_at == OPENED
    found = stands(course(failed(0), failed(5), failed(9, "B"), failed(12, "B")))
    assert (found.error.fingerprint, found.news_at) == ("B", at(9))


def test_a_change_of_verdict_is_another_error() -> None:
    found = stands(course(failed(0), became(30, "missed")))
    assert found.error == Error(at(30), "missed")
    back = stands(course(failed(0), became(30, "missed"), failed(40), became(40, "error")))
    assert (back.error.fingerprint, back.news_at) == ("A", at(40))


def test_a_success_that_came_too_soon_is_another_error_than_a_failure_that_says_nothing() -> None:
    silent = Failure(at(0))
    assert stands(course(silent, Failure(at(5)))).news_at == OPENED
    assert stands(course(silent, Failure(at(5), kind="too_fast"))).news_at == at(5)


def test_a_run_that_fails_while_the_job_is_overdue_is_news() -> None:
    found = stands(course(failed(10), verdict="overdue"))
    assert (found.error.verdict, found.news_at) == ("overdue", at(10))
    assert stands(course(failed(10), failed(20), verdict="overdue")).news_at == at(10)


def test_an_acknowledgement_stands_while_the_error_is_the_same() -> None:
    found = stands(course(failed(0), failed(5)), acknowledged(2, note="調査中"))
    assert found.acknowledged is not None
    assert (found.acknowledged.by, found.acknowledged.note) == ("hanako", "調査中")


def test_it_ends_when_the_error_changes_also_where_it_changes_back() -> None:
    assert stands(course(failed(0), failed(5, "B")), acknowledged(2)).acknowledged is None
    assert stands(course(failed(0), failed(5, "B"), failed(6)), acknowledged(2)).acknowledged is None


def test_an_error_that_was_under_way_while_somebody_acknowledged_another_ends_it() -> None:
    assert stands(course(failed(0), failed(1.9, "B"), failed(1.95)), acknowledged(2)).acknowledged is None


def test_it_ends_when_an_error_that_was_under_way_is_what_came_back_or_was_there_before_another_verdict() -> None:
    known = (failed(0), became(20, "missed"), became(30, "error"))
    seen = acknowledged(31, since=30, history=history(course(*known)))
    assert stands(course(*known), seen).acknowledged is seen
    assert stands(course(*known, failed(10)), seen).acknowledged is seen
    assert stands(course(*known, failed(10, "B")), seen).acknowledged is None
    assert stands(course(*known, failed(10, "B"), failed(11)), seen).acknowledged is None


def test_it_ends_when_it_is_learnt_which_error_it_was() -> None:
    known = (became(20, "error"),)
    seen = acknowledged(31, since=20, history=history(course(*known, verdict="missed")))
    assert stands(course(*known, verdict="missed"), seen).acknowledged is seen
    assert stands(course(*known, failed(10), verdict="missed"), seen).acknowledged is None


def test_it_ends_at_its_expiry_by_hand_at_the_recovery_and_when_the_incident_is_closed() -> None:
    lasts = acknowledged(2, until=60)
    assert stands(course(failed(0)), lasts, now=59.9).acknowledged is not None
    assert stands(course(failed(0)), lasts, now=60).acknowledged is None
    withdrawn = Unacknowledged(at=at(3), by="taro")
    assert stands(course(failed(0)), acknowledged(2), withdrawn).acknowledged is None
    assert stands(course(failed(0), resolved_at=at(9)), acknowledged(2)).acknowledged is None
    assert stands(course(failed(0)), acknowledged(2), closed(3)).acknowledged is None


def test_how_each_acknowledgement_ended_is_known() -> None:
    facts = course(failed(0), failed(5, "B"), resolved_at=at(50))
    done = [acknowledged(2), acknowledged(6, since=5, until=10), acknowledged(20, since=5)]
    assert [(each.at, each.by) for each in endings(facts, done, at(100))] == [
        (at(5), "changed"),
        (at(10), "expired"),
        (at(50), "recovered"),
    ]
    assert [each.by for each in endings(facts, done, at(7))] == ["changed"]


def test_a_closed_incident_is_over_until_something_happens_that_was_not_known() -> None:
    assert stands(course(failed(0)), closed(3)).over_at == at(3)
    again = stands(course(failed(0), failed(8)), acknowledged(2), closed(3))
    assert (again.over_at, again.closed, again.news_at) == (None, None, at(8))
    assert again.acknowledged is None
    assert stands(course(failed(0), became(8, "missed")), closed(3)).over_at is None
    assert stands(course(failed(0), failed(8)), closed(3), closed(9, seen=8)).over_at == at(9)


def test_another_error_that_was_under_way_and_is_over_by_what_was_known_opens_it_again() -> None:
    known, under_way = [failed(0), failed(2)], failed(1, "B")
    assert stands(course(*known), closed(3, seen=2)).over_at == at(3)
    assert stands(course(*known, under_way), closed(3, seen=2)).over_at is None


def test_another_error_that_was_there_before_another_verdict_opens_it_again_and_the_same_does_not() -> None:
    known = (failed(0), became(20, "missed"))
    by_hand = closed(21, seen=20, since=20, history=history(course(*known)))
    assert stands(course(*known, failed(10)), by_hand).over_at == at(21)
    assert stands(course(*known, failed(10, "B")), by_hand).over_at is None


def test_a_failure_that_was_under_way_while_it_was_closed_opens_it_again() -> None:
    assert stands(course(failed(0), failed(2.9)), closed(3)).news_at == at(3)


def test_what_is_new_is_told_in_order() -> None:
    told = news(course(failed(0), failed(5, "B"), failed(9, "B")), [closed(6, seen=5, since=5)])
    assert [(each.at, each.kind, each.error.fingerprint) for each in told] == [
        (at(0), "opened", "A"),
        (at(5), "changed", "B"),
        (at(9), "reopened", "B"),
    ]


def test_a_mute_holds_whatever_happens_until_it_runs_out_or_is_lifted() -> None:
    muted = Muted(at=at(1), by="taro", until=at(60))
    facts = course(failed(0), failed(5, "B"))
    assert stands(facts, muted, now=59).muted == muted
    assert stands(facts, muted, now=60).muted is None
    assert stands(facts, muted, Unmuted(at=at(2), by="taro"), now=59).muted is None


def test_it_is_whose_it_was_given_to_last() -> None:
    given = [Assigned(at=at(1), by="hanako", to="taro"), Assigned(at=at(2), by="hanako", to="jiro")]
    assert stands(course(failed(0)), *given).assigned_to == "jiro"
    assert stands(course(failed(0)), *given, Assigned(at=at(3), by="jiro", to=None)).assigned_to is None


def test_where_only_the_last_runs_are_read_the_error_is_as_old_as_it_was_found_to_be() -> None:
    known = Error(OPENED, "error", "A", "gist of A", "PC-1")
    same = course(failed(500), failed(505), known_before=known)
    assert stands(same, acknowledged(2)).news_at == OPENED
    assert stands(same, acknowledged(2)).acknowledged is not None
    changed = course(failed(500), failed(505, "B"), failed(510), known_before=known)
    assert stands(changed, acknowledged(2)).news_at == at(510)
    assert stands(same, closed(506, seen=505)).over_at == at(506)
    reopened = course(failed(500), failed(505), known_before=Error(at(9), "error", "A"))
    assert (stands(reopened, closed(3)).news_at, stands(reopened, closed(3)).over_at) == (at(9), None)
    overdue = course(failed(500), failed(505), known_before=Error(at(10), "overdue"))
    assert stands(overdue).news_at == at(10)


@pytest.mark.parametrize(
    "action",
    [
        acknowledged(1, until=5, note="ログイン"),
        closed(2),
        Commented(at=at(1), by="a", note="x"),
        Assigned(at=at(1), by="a", to=None),
    ],
)
def test_an_action_is_read_as_it_was_written(action: AnyAction) -> None:
    assert read_action(action_as_json(action)) == action
