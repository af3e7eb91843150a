"""A model of an incident with people at it: no new error stays silent, and facts count in whatever order they come."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tc_portal.core.incident import (
    Acknowledged,
    AnyAction,
    Closed,
    Course,
    Failure,
    Muted,
    Unacknowledged,
    Unmuted,
    VerdictChange,
    endings,
    history,
    standing,
)

OPENED = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ERRORS = st.sampled_from(["A", "B", "C", None])
BAD: list[Any] = ["error", "missed", "overdue"]


class IncidentWithPeople(RuleBasedStateMachine):
    """Facts are recorded some time after they arrived, as they are in life; people act on what is recorded then.

    The model knows nothing of how the fold does it. It remembers what had happened when somebody acknowledged, and what was
    recorded after that.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = OPENED
        self.failures: list[Failure] = []
        self.changes: list[VerdictChange] = []
        self.under_way: list[Failure] = []
        self.actions: list[AnyAction] = []
        self.resolved_at: datetime | None = None
        self.verdict: Any = "error"
        # Of the acknowledgement: the error that the person saw, and the errors that were recorded since.
        self.seen_error: tuple[Any, str | None] | None = None
        self.recorded_since: list[tuple[Any, str | None]] = []
        self.is_as_it_was_seen = False
        self.until: datetime | None = None
        self.has_happened_since_closing = True
        self.known_until = OPENED

    @initialize(verdict=st.sampled_from(BAD), error=ERRORS)
    def open_incident(self, verdict: Any, error: str | None) -> None:
        self.opened_with: Any = verdict
        self.verdict = verdict
        self.last_error = error if verdict == "error" else None
        if verdict == "error":
            self.failures.append(Failure(OPENED, error))

    @property
    def course(self) -> Course:
        return Course(OPENED, self.opened_with, tuple(self.failures), tuple(self.changes), self.resolved_at)

    def look(self) -> Any:
        return standing(self.course, self.actions, self.now)

    @rule(seconds=st.integers(1, 100))
    def pass_time(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @precondition(lambda self: self.resolved_at is None)
    @rule(error=ERRORS)
    def receive_failure(self, error: str | None) -> None:
        self.now += SECOND
        self.under_way.append(Failure(self.now, error))

    @precondition(lambda self: self.under_way and self.resolved_at is None)
    @rule(data=st.data())
    def record_failure(self, data: st.DataObject) -> None:
        failure = self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))
        is_known = self.is_like_what_is_beside(failure)
        self.failures.append(failure)
        # An old failure of an error that was known to last then tells nothing new.
        self._happened((self.verdict, failure.fingerprint), failure.received_at > self.known_until, is_known)

    def is_like_what_is_beside(self, failure: Failure) -> bool:
        earlier = [each for each in self.failures if each.received_at < failure.received_at]
        later = [each for each in self.failures if each.received_at > failure.received_at]
        beside = [max(earlier, key=lambda each: each.received_at)] if earlier else []
        beside += [min(later, key=lambda each: each.received_at)] if later else []
        return failure.fingerprint in {each.fingerprint for each in beside}

    @precondition(lambda self: self.resolved_at is None)
    @rule(verdict=st.sampled_from(BAD))
    def change_verdict(self, verdict: Any) -> None:
        if verdict != self.verdict:
            self.now += SECOND
            self.verdict = verdict
            self.changes.append(VerdictChange(self.now, verdict))
            self._happened((verdict, "another verdict"), is_later=True, is_known=False)

    def _happened(self, what: tuple[Any, str | None], is_later: bool, is_known: bool) -> None:
        self.is_as_it_was_seen = False
        if is_later or not is_known:
            self.recorded_since.append(what)
            self.has_happened_since_closing = True

    @precondition(lambda self: self.resolved_at is None and self.look().closed is None)
    @rule(minutes=st.none() | st.integers(1, 5))
    def acknowledge(self, minutes: int | None) -> None:
        self.now += SECOND
        seen = self.look()
        self.until = None if minutes is None else self.now + timedelta(minutes=minutes)
        self.actions.append(
            Acknowledged(
                at=self.now,
                by="a",
                error_since=seen.error.since,
                news_at=seen.news_at,
                history=history(self.course),
                until=self.until,
            )
        )
        self.seen_error = (seen.error.verdict, seen.error.fingerprint)
        self.recorded_since = []
        self.is_as_it_was_seen = True
        self.known_until = self.course.seen_until

    @rule()
    def withdraw(self) -> None:
        self.now += SECOND
        self.actions.append(Unacknowledged(at=self.now, by="a"))
        self.seen_error = None

    @rule(seconds=st.integers(1, 200))
    def mute(self, seconds: int) -> None:
        self.now += SECOND
        self.actions.append(Muted(at=self.now, by="a", until=self.now + seconds * SECOND))

    @rule()
    def unmute(self) -> None:
        self.now += SECOND
        self.actions.append(Unmuted(at=self.now, by="a"))

    @precondition(lambda self: self.resolved_at is None)
    @rule()
    def close(self) -> None:
        self.now += SECOND
        begun, been = self.look().error.since, history(self.course)
        known = self.course.seen_until
        self.actions.append(Closed(at=self.now, by="a", seen_until=known, error_since=begun, history=been))
        self.known_until = self.course.seen_until
        self.has_happened_since_closing = False
        self.seen_error = None

    @rule()
    def recover(self) -> None:
        self.now += SECOND
        self.resolved_at = self.resolved_at or self.now

    @invariant()
    def no_new_error_is_silent(self) -> None:
        found = self.look() if hasattr(self, "opened_with") else None
        if found is None or found.acknowledged is None:
            return
        assert self.seen_error is not None
        assert self.resolved_at is None
        assert self.until is None or self.now < self.until
        assert (found.error.verdict, found.error.fingerprint) == self.seen_error
        seen_verdict, seen_fingerprint = self.seen_error
        for verdict, error in self.recorded_since:
            assert verdict == seen_verdict
            assert seen_verdict != "error" or error == seen_fingerprint

    @invariant()
    def an_acknowledgement_of_what_is_the_same_still_stands(self) -> None:
        if self.seen_error is not None and self.is_as_it_was_seen and self.resolved_at is None:
            is_running = self.until is None or self.now < self.until
            is_closed = self.look().closed is not None
            assert (self.look().acknowledged is not None) == (is_running and not is_closed)

    @invariant()
    def what_was_closed_is_open_again_once_anything_happens(self) -> None:
        if hasattr(self, "opened_with") and self.has_happened_since_closing:
            assert self.look().over_at == self.resolved_at

    @invariant()
    def what_does_not_stand_has_an_ending(self) -> None:
        given = [action for action in self.actions if isinstance(action, Acknowledged)]
        if given and hasattr(self, "opened_with"):
            ended = {each.acknowledged for each in endings(self.course, self.actions, self.now)}
            stands = self.look().acknowledged
            assert set(given) - ended == ({stands} if stands is not None else set())

    @invariant()
    def order_and_repetition_make_no_difference(self) -> None:
        if not hasattr(self, "opened_with"):
            return
        randomness = Random(len(self.failures) * 31 + len(self.actions))
        failures, changes, actions = self.failures * 2, self.changes * 2, self.actions * 2
        for facts in (failures, changes, actions):
            randomness.shuffle(facts)  # type: ignore[arg-type]
        shuffled = Course(OPENED, self.opened_with, tuple(failures), tuple(changes), self.resolved_at)
        assert standing(shuffled, actions, self.now) == self.look()


TestIncidentWithPeople = IncidentWithPeople.TestCase
TestIncidentWithPeople.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
