"""What a route owes of an alert, and when: news, recoveries, reminders, escalation, quiet hours, silence."""

from datetime import date
from typing import Any

import pytest
from alert_lives import HOUR, MINUTE, REMINDED, AlertLife, at, route
from tc_portal.core.hours import Hours
from tc_portal.core.instant import LATEST
from tc_portal.core.roster import Person, Roster
from tc_portal.core.route import Escalation, JobFacts, Match, Reminders, default_route

NIGHT = Hours("22:00", "07:00")
# Minutes from noon.
TEN_AT_NIGHT, SEVEN_IN_THE_MORNING = 600, 1140


def life(*routes: Any, **said: Any) -> AlertLife:
    return AlertLife(list(routes) or [route()], **said)


def test_a_failure_is_told_once_and_its_recovery_once() -> None:
    one = life()
    one.fails(1, 0)
    one.look(1)
    one.becomes(1, 5, over_at=at(5))
    one.look(6)
    assert one.told == [(0, 1, "failed", (1,)), (5, 1, "recovered", (1,))]
    assert one.is_over


def test_what_begins_within_the_gathering_is_told_together() -> None:
    one = life()
    one.alert = one.alert.__class__(at(1), ())
    one.fails(1, 0)
    one.fails(2, 0.5, rule="fingerprint")
    assert (one.told, one.look_at) == ([], at(1))
    one.passes(0.5, 2)
    assert one.told == [(1, 1, "failed", (1, 2))]


def test_what_recovers_before_it_was_told_is_not_told() -> None:
    one = life()
    one.alert = one.alert.__class__(at(1), ())
    one.fails(1, 0)
    one.becomes(1, 0.5, over_at=at(0.5))
    assert (one.told, one.is_over) == ([], True)


def test_recovery_is_told_when_all_that_were_told_are_over_and_names_them() -> None:
    one = life()
    one.fails(1, 0)
    one.fails(2, 0.1, rule="tool", verdict="overdue")
    one.becomes(2, 1, news_at=at(1), verdict="error")
    one.becomes(1, 2, over_at=at(2))
    assert one.told[-1] == (1, 1, "changed", (2,))
    one.becomes(2, 3, over_at=at(3))
    assert one.told[-1] == (3, 1, "recovered", (1, 2))


def test_a_route_that_does_not_tell_recoveries_does_not() -> None:
    one = life(route(tells_recoveries=False))
    one.fails(1, 0)
    one.becomes(1, 5, over_at=at(5))
    assert (one.occasions, one.is_over) == ([(0, "failed")], True)


def test_another_error_is_told_anew() -> None:
    one = life()
    one.fails(1, 0)
    one.becomes(1, 5, news_at=at(5))
    one.look(6)
    assert one.occasions == [(0, "failed"), (5, "changed")]


def test_what_opens_again_after_it_was_closed_is_a_failure_again() -> None:
    one = life()
    one.fails(1, 0)
    one.becomes(1, 5, over_at=at(5))
    one.becomes(1, 9, over_at=None, news_at=at(9))
    assert one.occasions == [(0, "failed"), (5, "recovered"), (9, "failed")]


def test_what_is_found_never_to_have_recovered_is_told_again() -> None:
    one = life()
    one.fails(1, 0)
    one.becomes(1, 5, over_at=at(5))
    one.becomes(1, 9, over_at=None)
    assert one.occasions[-1] == (9, "failed")


@pytest.mark.parametrize("rule", ["fingerprint", "host", "tool"])
def test_who_joins_later_is_listed_in_reminders_without_an_alert_of_its_own(rule: str) -> None:
    one = life(route(reminders=REMINDED))
    one.fails(1, 0)
    one.fails(2, 5, rule=rule)
    one.passes(5, 31)
    assert one.told == [(0, 1, "failed", (1,)), (30, 1, "reminder", (1, 2))]


def test_who_joins_later_and_is_graver_is_told() -> None:
    one = life()
    one.fails(1, 0, verdict="missed")
    one.fails(2, 5, rule="tool", verdict="error")
    one.fails(3, 6, rule="tool", verdict="error")
    assert one.told[1:] == [(5, 1, "changed", (2,))]


def test_who_joins_later_is_told_by_another_route_whose_channels_know_nothing() -> None:
    jobs = [route(number, match=Match(jobs=(f"job-{number}",))) for number in (1, 2)]
    one = life(*jobs)
    one.fails(1, 0)
    one.fails(2, 5, rule="fingerprint")
    assert one.told == [(0, 1, "failed", (1,)), (5, 2, "failed", (2,))]


def test_who_joins_in_silence_is_told_when_the_silence_ends() -> None:
    one = life()
    one.fails(1, 0)
    one.fails(2, 5, rule="host", silent_until=at(20))
    assert one.look_at == at(20)
    one.passes(5, 30)
    assert one.told[-1] == (20, 1, "failed", (2,))


@pytest.mark.parametrize("silence", [{"silent_until": LATEST}, {"is_in_maintenance": True}, {"held_until": LATEST}])
def test_nothing_is_told_of_what_is_silent(silence: dict[str, Any]) -> None:
    one = life(route(reminders=REMINDED, escalation=Escalation(5 * MINUTE, 2)), route(2, is_for_escalation=True))
    one.fails(1, 0, **silence)
    for minute in range(1, 300, 7):
        one.look(minute)
    assert one.told == []


def test_what_is_still_bad_when_an_acknowledgement_runs_out_is_told() -> None:
    one = life()
    one.fails(1, 0)
    one.becomes(1, 5, silent_until=at(65))
    one.passes(5, 300)
    assert one.occasions == [(0, "failed"), (65, "reminder")]


def test_what_is_still_bad_after_a_maintenance_is_told() -> None:
    one = life()
    one.fails(1, 0, is_in_maintenance=True)
    assert one.look_at == at(1)
    one.becomes(1, 30, is_in_maintenance=False)
    assert one.occasions == [(30, "failed")]


def test_an_acknowledgement_ends_with_another_error() -> None:
    one = life()
    one.fails(1, 0)
    one.becomes(1, 5, silent_until=LATEST)
    one.becomes(1, 9, silent_until=None, news_at=at(9))
    assert one.occasions == [(0, "failed"), (9, "changed")]


def test_what_waits_for_another_job_is_told_if_it_is_still_bad_after_that_recovered() -> None:
    one = life()
    one.fails(1, 0)
    one.fails(2, 1, rule="dependency", held_until=LATEST)
    one.becomes(2, 10, held_until=at(15))
    one.becomes(1, 10, over_at=at(10))
    one.passes(10, 60)
    assert one.told == [(0, 1, "failed", (1,)), (10, 1, "recovered", (1,)), (15, 1, "failed", (2,))]


def test_reminders_come_at_growing_intervals_up_to_the_longest() -> None:
    one = life(route(reminders=Reminders(30 * MINUTE, 2 * HOUR)))
    one.fails(1, 0)
    one.passes(0, 600)
    assert one.occasions == [(0, "failed"), *((minute, "reminder") for minute in (30, 90, 210, 330, 450, 570))]


def test_reminders_begin_anew_with_another_error_and_end_with_the_recovery() -> None:
    one = life(route(reminders=REMINDED))
    one.fails(1, 0)
    one.passes(0, 100)
    one.becomes(1, 100, news_at=at(100))
    one.passes(100, 140)
    one.becomes(1, 140, over_at=at(140))
    one.passes(140, 900)
    assert [minute for minute, occasion in one.occasions if occasion == "reminder"] == [30, 90, 130]


def test_without_reminders_there_are_none() -> None:
    one = life()
    one.fails(1, 0)
    for minute in range(0, 3000, 50):
        one.look(minute)
    assert one.occasions == [(0, "failed")]


def test_who_does_not_acknowledge_has_the_next_route_told_and_the_one_after_that() -> None:
    routes = [
        route(1, escalation=Escalation(10 * MINUTE, 2)),
        route(2, is_for_escalation=True, escalation=Escalation(20 * MINUTE, 3)),
        route(3, is_for_escalation=True),
    ]
    one = life(*routes)
    one.fails(1, 0)
    one.passes(0, 600)
    assert one.told == [(0, 1, "failed", (1,)), (10, 2, "escalation", (1,)), (30, 3, "escalation", (1,))]
    one.becomes(1, 700, over_at=at(700))
    assert {(number, occasion) for _, number, occasion, _ in one.told[3:]} == {(n, "recovered") for n in (1, 2, 3)}


def test_who_acknowledges_in_time_is_spared_the_escalation() -> None:
    one = life(route(escalation=Escalation(10 * MINUTE, 2)), route(2, is_for_escalation=True))
    one.fails(1, 0)
    one.becomes(1, 9, silent_until=LATEST)
    for minute in range(9, 100):
        one.look(minute)
    assert one.occasions == [(0, "failed")]


def test_another_error_escalates_anew() -> None:
    one = life(route(escalation=Escalation(10 * MINUTE, 2)), route(2, is_for_escalation=True))
    one.fails(1, 0)
    one.passes(0, 50)
    one.becomes(1, 50, news_at=at(50))
    one.passes(50, 500)
    assert [m for m, occasion in one.occasions if occasion == "escalation"] == [10, 60]


def test_routes_that_escalate_to_each_other_come_to_an_end() -> None:
    one = life(*(route(n, escalation=Escalation(10 * MINUTE, 3 - n), is_for_escalation=n == 2) for n in (1, 2)))
    one.fails(1, 0)
    one.passes(0, 10_000)
    assert len(one.told) == 3


def test_quiet_hours_hold_back_and_sum_up_when_they_end_also_what_is_over_by_then() -> None:
    one = life(route(quiet=NIGHT))
    one.fails(1, TEN_AT_NIGHT + 60)
    one.fails(2, TEN_AT_NIGHT + 90, rule="host")
    one.becomes(2, TEN_AT_NIGHT + 120, over_at=at(TEN_AT_NIGHT + 120))
    assert (one.told, one.is_over) == ([], False)
    one.passes(TEN_AT_NIGHT + 120, SEVEN_IN_THE_MORNING + 60)
    assert one.told == [(SEVEN_IN_THE_MORNING, 1, "held_back", (1, 2))]
    one.becomes(1, SEVEN_IN_THE_MORNING + 90, over_at=at(SEVEN_IN_THE_MORNING + 90))
    assert one.told[1:] == [(SEVEN_IN_THE_MORNING + 90, 1, "recovered", (1,))]


def test_a_recovery_in_quiet_hours_is_summed_up_too() -> None:
    one = life(route(quiet=NIGHT))
    one.fails(1, 0)
    one.becomes(1, TEN_AT_NIGHT + 5, over_at=at(TEN_AT_NIGHT + 5))
    assert not one.is_over
    one.passes(TEN_AT_NIGHT + 5, SEVEN_IN_THE_MORNING + 5)
    assert one.occasions == [(0, "failed"), (SEVEN_IN_THE_MORNING, "held_back")]
    assert one.is_over


def test_what_breaks_through_quiet_hours_is_told_at_once() -> None:
    one = life(route(quiet=NIGHT, breaks_through=("error",)))
    one.fails(1, TEN_AT_NIGHT + 10, verdict="missed")
    one.becomes(1, TEN_AT_NIGHT + 20, verdict="error", news_at=at(TEN_AT_NIGHT + 20))
    assert one.occasions == [(TEN_AT_NIGHT + 20, "failed")]


def test_what_was_acknowledged_in_quiet_hours_is_not_told_in_the_morning() -> None:
    one = life(route(quiet=NIGHT))
    one.fails(1, TEN_AT_NIGHT + 10)
    one.becomes(1, TEN_AT_NIGHT + 20, silent_until=LATEST)
    one.passes(TEN_AT_NIGHT + 20, SEVEN_IN_THE_MORNING + 100)
    assert one.told == []


def test_an_acknowledgement_that_runs_out_in_quiet_hours_is_told_of_when_they_end() -> None:
    one = life(route(quiet=NIGHT))
    one.fails(1, 0)
    one.becomes(1, TEN_AT_NIGHT + 5, silent_until=at(TEN_AT_NIGHT + 65))
    one.passes(TEN_AT_NIGHT + 5, SEVEN_IN_THE_MORNING + 5)
    assert one.occasions == [(0, "failed"), (SEVEN_IN_THE_MORNING, "reminder")]


def test_no_reminder_comes_in_quiet_hours_but_when_they_end() -> None:
    one = life(route(quiet=NIGHT, reminders=REMINDED))
    one.fails(1, TEN_AT_NIGHT - 5)
    one.passes(TEN_AT_NIGHT - 5, SEVEN_IN_THE_MORNING + 10)
    assert one.occasions[1:] == [(SEVEN_IN_THE_MORNING, "reminder")]


def test_what_fails_outside_a_routes_hours_is_told_when_they_begin_if_it_is_still_bad() -> None:
    one = life(route(hours=Hours("09:00", "18:00", calendar=1)))
    one.fails(1, 7 * 60)
    assert one.told == []
    one.passes(7 * 60, 24 * 60)
    assert one.occasions == [(21 * 60, "failed")]


def test_at_night_the_person_on_duty_is_told_and_in_the_morning_those_at_work() -> None:
    routes = [route(1, hours=Hours(calendar=1)), route(2, channels=(), roster=7)]
    roster = Roster((Person("花子", (2,)), Person("太郎", (3,))), date(2026, 3, 2), turn="day")
    one = life(*routes, rosters={7: roster})
    one.fails(1, 8 * 60)
    one.passes(8 * 60, 22 * 60)
    assert one.told == [(480, 2, "failed", (1,)), (21 * 60, 1, "failed", (1,))]
    assert one.tellings[0].channels == (2,)


def test_a_channel_that_two_routes_lead_to_is_told_once() -> None:
    one = life(route(1, channels=(1, 2), goes_on=True), route(2, channels=(2, 3)))
    one.fails(1, 0)
    assert [each.channels for each in one.tellings] == [(1, 2), (3,)]


def test_a_route_without_a_channel_that_is_enabled_tells_as_soon_as_it_has_one() -> None:
    one = life(route(channels=(9,)))
    one.fails(1, 0)
    assert (one.told, one.look_at) == ([], at(1))
    one.routes = [route(channels=(1,))]
    one.passes(0, 2)
    assert one.occasions == [(1, "failed")]


def test_without_any_route_every_channel_is_told_and_hears_of_the_recovery_after_routes_were_made() -> None:
    one = life(default_route((1, 2, 3)))
    one.fails(1, 0)
    assert one.tellings[0].channels == (1, 2, 3)
    one.routes = [route(1)]
    one.look(1)
    one.becomes(1, 2, over_at=at(2))
    assert [(each.occasion, each.channels) for each in one.tellings[1:]] == [("recovered", (1, 2, 3))]


@pytest.mark.parametrize(
    ("match", "is_told"),
    [
        (Match(), True),
        (Match(jobs=("sales",)), True),
        (Match(jobs=("sal*",)), True),
        (Match(jobs=("sale",)), False),
        (Match(jobs=("stock", "s[a]les")), False),
        (Match(tags=("経理", "夜間")), True),
        (Match(tags=("夜間",)), False),
        (Match(hosts=("PC-1",)), True),
        (Match(hosts=("PC-2",)), False),
        (Match(verdicts=("missed", "overdue")), False),
        (Match(jobs=("sales",), tags=("経理",), verdicts=("error",)), True),
        (Match(jobs=("sales",), tags=("夜間",)), False),
    ],
)
def test_a_route_tells_of_what_it_is_about(match: Match, is_told: bool) -> None:
    one = life(route(match=match))
    one.fails(1, 0, JobFacts("sales", frozenset({"経理"}), None, "PC-1"))
    assert bool(one.told) == is_told


def test_the_first_route_that_is_about_it_tells_and_those_behind_only_if_it_goes_on() -> None:
    one = life(route(1), route(2))
    one.fails(1, 0)
    another = life(route(1, goes_on=True), route(2), route(3))
    another.fails(1, 0)
    assert ([n for _, n, *_ in one.told], [n for _, n, *_ in another.told]) == ([1], [1, 2])


def test_looking_again_at_the_same_time_owes_nothing_more() -> None:
    one = life(route(reminders=REMINDED, escalation=Escalation(5 * MINUTE, 2)), route(2, is_for_escalation=True))
    one.fails(1, 0)
    for minute in (5, 30, 90):
        one.look(minute)
        many = len(one.told)
        one.look(minute)
        assert len(one.told) == many
