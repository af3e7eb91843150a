"""Whatever happens to an alert in whatever order: no news of what is bad and not silent stays untold, and nothing is told twice."""

from datetime import datetime

from alert_lives import MINUTE, REMINDED, AlertLife, at, clock, route
from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.hours import Hours, are_on
from tc_portal.core.instant import LATEST
from tc_portal.core.route import Escalation
from tc_portal.core.routing import MemberNow

NIGHT = Hours("22:00", "07:00")
JOBS = (1, 2, 3)
HAPPENINGS = (
    "fails",
    "changes",
    "recovers",
    "acknowledged",
    "acknowledged a while",
    "unacknowledged",
    "maintenance",
    "over",
    "waits",
)
ROUTES = {
    "plain": [route(1)],
    "reminded and escalated": [
        route(1, reminders=REMINDED, escalation=Escalation(10 * MINUTE, 2)),
        route(2, is_for_escalation=True, reminders=REMINDED),
    ],
    "quiet at night": [route(1, quiet=NIGHT, breaks_through=("overdue",)), route(2)],
    "two that go on": [route(1, goes_on=True), route(2, channels=(1, 2), quiet=NIGHT)],
}


class WatchedLife(AlertLife):
    """Whatever is told, when it is told: nothing of what is silent, and a recovery only where the failure was told."""

    def look(self, minute: float) -> None:
        before, stand = len(self.tellings), {member.id: member for member in self.alert.members}
        super().look(minute)
        for telling in self.tellings[before:]:
            for member in (stand[number] for number in telling.members):
                entry = member.told.get(telling.route.id)
                if telling.occasion == "recovered":
                    assert member.over_at is not None and entry is not None and entry.news_at is not None
                elif member.over_at is not None:
                    assert telling.occasion == "held_back" and entry is not None and entry.is_held
                else:
                    assert not is_silent(member, at(minute))


def is_silent(member: MemberNow, now: datetime) -> bool:
    until = (member.silent_until, member.held_until)
    return member.is_in_maintenance or any(instant is not None and instant > now for instant in until)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(ROUTES)),
    st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.sampled_from(JOBS), st.integers(1, 400)), max_size=25),
)
def test_no_news_stays_silent(name: str, happenings: list[tuple[str, int, int]]) -> None:
    one = WatchedLife(ROUTES[name])
    minute = 0.0
    for happening, number, passed in happenings:
        one.passes(minute, minute + passed)
        minute += passed
        happen(one, happening, number, minute)
        check(one, minute)
    bad = [member for member in one.alert.members if member.over_at is None]
    assert one.is_over or one.look_at is not None or bad or not one.alert.members


def happen(one: AlertLife, happening: str, number: int, minute: float) -> None:
    member = next((each for each in one.alert.members if each.id == number), None)
    if member is None:
        if happening == "fails":
            one.fails(
                number,
                minute,
                rule="alone" if not one.alert.members else "host",
                verdict=("error", "missed", "overdue")[number - 1],
            )
        return
    is_over = member.over_at is not None
    match happening:
        case "fails" if is_over:
            one.becomes(number, minute, over_at=None, news_at=at(minute), silent_until=None)
        case "changes" if not is_over:
            one.becomes(number, minute, news_at=at(minute), silent_until=None)
        case "recovers":
            one.becomes(number, minute, over_at=at(minute))
        case "acknowledged":
            one.becomes(number, minute, silent_until=LATEST)
        case "acknowledged a while":
            one.becomes(number, minute, silent_until=at(minute + 60))
        case "unacknowledged":
            one.becomes(number, minute, silent_until=None)
        case "maintenance":
            one.becomes(number, minute, is_in_maintenance=True)
        case "over":
            one.becomes(number, minute, is_in_maintenance=False)
        case "waits":
            one.becomes(number, minute, held_until=at(minute + 30))


def check(one: AlertLife, minute: float) -> None:
    now = at(minute)
    for kept in one.routes:
        quiet = kept.route.quiet
        for member in one.alert.members:
            entry = member.told.get(kept.id)
            if member.over_at is not None or is_silent(member, now) or kept not in speaking(one, kept):
                continue
            if quiet is not None and are_on(quiet, clock(now)) and member.verdict not in kept.route.breaks_through:
                assert entry is not None and (entry.is_held or entry.news_at is not None)
            else:
                assert entry is not None and entry.news_at is not None and entry.news_at >= member.news_at
                assert not entry.is_over_told
    for telling in one.tellings:
        assert telling.channels and len(set(telling.channels)) == len(telling.channels)


def speaking(one: AlertLife, kept: object) -> list[object]:
    """The routes that tell of every incident here: the first, and those behind one that goes on."""
    found: list[object] = []
    for each in one.routes:
        if each.route.is_for_escalation:
            continue
        found.append(each)
        if not each.route.goes_on:
            break
    return found
