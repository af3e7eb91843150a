"""当番: turns by day and by week, handed over at a time of the day, and those who stand in."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from alert_lives import TOKYO
from hypothesis import given
from hypothesis import strategies as st
from tc_portal.core.roster import Person, Roster, StandIn, duties_ahead, on_duty, read_roster, roster_as_json
from tc_portal.core.schedule.unschedulable import Unschedulable

PERSONS = (Person("花子", (1,)), Person("太郎", (2,)), Person("次郎", (3,)))
MONDAY = date(2026, 3, 2)


def instant(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=TOKYO).astimezone(UTC)


def name(roster: Roster, local: str) -> str:
    return on_duty(roster, instant(local), TOKYO).person.name


@pytest.mark.parametrize(
    ("turn", "local", "who"),
    [
        ("week", "2026-03-02 09:00", "花子"),
        ("week", "2026-03-09 08:59", "花子"),
        ("week", "2026-03-09 09:00", "太郎"),
        ("week", "2026-03-23 09:00", "花子"),
        ("week", "2026-03-02 08:59", "次郎"),
        ("day", "2026-03-03 08:59", "花子"),
        ("day", "2026-03-03 09:00", "太郎"),
        ("day", "2026-03-01 12:00", "次郎"),
    ],
)
def test_the_persons_take_turns(turn: Any, local: str, who: str) -> None:
    assert name(Roster(PERSONS, MONDAY, turn), local) == who


def test_who_stands_in_is_on_duty_for_that_time() -> None:
    stand_in = StandIn("次郎", instant("2026-03-03 18:00"), instant("2026-03-04 09:00"))
    roster = Roster(PERSONS, MONDAY, stand_ins=(stand_in,))
    duties = duties_ahead(roster, instant("2026-03-03 12:00"), 3, TOKYO)
    assert [each.person.name for each in duties] == ["花子", "次郎", "花子", "太郎"]
    assert [each.stands_in for each in duties] == [False, True, False, False]


@given(st.integers(0, 40_000), st.sampled_from(["day", "week"]))
def test_somebody_is_on_duty_at_every_instant_until_the_next_takes_over(hours: int, turn: Any) -> None:
    now = instant("2024-01-01 00:00") + timedelta(hours=hours)
    stand_in = StandIn("次郎", instant("2026-03-03 18:00"), instant("2026-03-04 09:00"))
    duty = on_duty(Roster(PERSONS, MONDAY, turn, stand_ins=(stand_in,)), now, TOKYO)
    assert duty.begins_at <= now < duty.ends_at


@pytest.mark.parametrize(
    "said",
    [
        {"persons": ()},
        {"persons": (PERSONS[0], PERSONS[0])},
        {"hand_over": "24:00"},
        {"stand_ins": (StandIn("誰か", instant("2026-03-03"), instant("2026-03-04")),)},
        {"stand_ins": (StandIn("花子", instant("2026-03-03"), instant("2026-03-03")),)},
    ],
)
def test_a_roster_that_cannot_be_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(Unschedulable):
        Roster(**{"persons": PERSONS, "begins_on": MONDAY, **said})


def test_a_roster_is_kept_as_it_is() -> None:
    roster = Roster(PERSONS, MONDAY, "day", "17:30", (StandIn("花子", instant("2026-03-03"), instant("2026-03-04")),))
    assert read_roster(roster_as_json(roster)) == roster
