"""One cause, one alert: outages whose causes are known, and each rule at its edge."""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from alert_lives import NOON, at
from hypothesis import given, settings
from hypothesis import strategies as st
from outages import SECOND, Outage, chain_breaks, database_fails, fail_independently, host_dies, tool
from tc_portal.core.grouping import Grouped, Member, Surroundings, group
from tc_portal.core.incident_now import IncidentNow

NOWHERE = Surroundings()


def told(outage: Outage, batch: int = 20) -> dict[int, Grouped]:
    """Each job's place, when the incidents come as time passes, some at once."""
    found: dict[int, Grouped] = {}
    known: dict[int, IncidentNow] = {each.job_id: each for each in outage.incidents}
    incidents = sorted(outage.incidents, key=lambda each: each.opened_at)
    for start in range(0, len(incidents), batch):
        decisions = group(
            incidents[start : start + batch], [member(known[g.job_id], g) for g in found.values()], outage.surroundings
        )
        assert {each.job_id for each in decisions} == {each.job_id for each in incidents[start : start + batch]}
        for each in decisions:
            number = each.alert_id if each.alert_id > 0 else 1000 * (start + 1) - each.alert_id
            found[each.job_id] = Grouped(each.job_id, each.opened_at, number, each.cause)
    return found


def member(incident: IncidentNow, grouped: Grouped) -> Member:
    return Member(
        alert_id=grouped.alert_id,
        job_id=incident.job_id,
        opened_at=incident.opened_at,
        verdict=incident.verdict,
        fingerprint=incident.fingerprint,
        host=incident.host,
        tool_id=incident.tool_id,
    )


def alerts_per_cause(outage: Outage, found: dict[int, Grouped]) -> dict[str, int]:
    alerts: dict[str, set[int]] = {}
    for job_id, grouped in found.items():
        alerts.setdefault(outage.causes[job_id], set()).add(grouped.alert_id)
    return {cause: len(numbers) for cause, numbers in alerts.items()}


def all_at_once(chance: random.Random) -> Outage:
    outage = Outage()
    host_dies(outage, 200, chance)
    database_fails(outage, 30, chance)
    chain_breaks(outage, 5)
    fail_independently(outage, 3)
    return outage


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("batch", [1, 20, 500])
def test_an_outage_of_many_causes_makes_one_alert_a_cause(
    seed: int, batch: int, capsys: pytest.CaptureFixture[str]
) -> None:
    outage = all_at_once(random.Random(seed))
    found = told(outage, batch)
    counted = alerts_per_cause(outage, found)
    with capsys.disabled():
        print(f"\n{len(outage.incidents)} incidents, {batch} at a time: alerts per cause {counted}")
    assert counted == dict.fromkeys(outage.causes.values(), 1)
    assert len({grouped.alert_id for grouped in found.values()}) == len(counted)
    assert found.keys() == outage.causes.keys()


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 30))
def test_no_incident_is_without_an_alert_and_every_decision_names_its_rule(chance: random.Random, batch: int) -> None:
    outage = Outage()
    for _ in range(chance.randint(1, 40)):
        opened_at = at(chance.uniform(0, 90))
        known = {"host": chance.choice(["a", "b", None]), "tool_id": chance.choice([tool(1), tool(2), None])}
        outage.add(
            "any",
            opened_at,
            chance.choice(["error", "missed", "overdue"]),
            fingerprint=chance.choice(["x", "y", None]),
            **known,
        )
    found = told(outage, batch)
    assert found.keys() == outage.causes.keys()
    named = {"host": "host", "tool": "tool_id", "fingerprint": "fingerprint", "dependency": "job_id"}
    assert all(g.cause.rule == "alone" or getattr(g.cause, named[g.cause.rule]) is not None for g in found.values())


def incident(job_id: int, opened_at: datetime = NOON, **said: Any) -> IncidentNow:
    return IncidentNow(
        **{
            "incident_id": job_id,
            "job_id": job_id,
            "opened_at": opened_at,
            "news_at": opened_at,
            "verdict": "error",
            **said,
        }
    )


def there(**said: Any) -> Member:
    """A member of the open alert 7."""
    return Member(**{"alert_id": 7, "job_id": 100, "opened_at": NOON, "verdict": "error", **said})


def place(one: IncidentNow, members: Sequence[Member], around: Surroundings = NOWHERE) -> tuple[int, str]:
    (found,) = group([one], members, around)
    return found.alert_id, found.cause.rule


@pytest.mark.parametrize(("minute", "found"), [(29, (7, "fingerprint")), (31, (-1, "alone"))])
def test_the_same_error_joins_while_the_alerts_newest_member_is_half_an_hour_old(minute: int, found: object) -> None:
    newer = there(job_id=101, opened_at=at(30), fingerprint="y")
    assert place(incident(1, at(30 + minute), fingerprint="x"), [there(fingerprint="x"), newer]) == found


def test_errors_that_say_nothing_are_not_the_same() -> None:
    assert place(incident(1), [there()]) == (-1, "alone")


@pytest.mark.parametrize(
    ("verdict", "last", "found"),
    [
        ("missed", -12, (7, "host")),
        ("overdue", -12, (7, "host")),
        ("missed", None, (7, "host")),
        ("error", -12, (-1, "alone")),
        ("missed", 20, (-1, "alone")),
        ("missed", -0.4, (-1, "alone")),
    ],
)
def test_what_is_missed_on_a_silent_host_joins_for_as_long_as_it_is_silent(
    verdict: Any, last: float | None, found: object
) -> None:
    around = Surroundings({}, {} if last is None else {"PC-1": at(last)})
    silent = there(host="PC-1", verdict="missed")
    assert place(incident(1, at(600), host="PC-1", verdict=verdict), [silent], around) == found


def test_a_host_whose_missed_jobs_have_recovered_is_not_silent() -> None:
    assert place(
        incident(1, at(5), host="PC-1", verdict="missed"), [there(host="PC-1", verdict="missed", is_over=True)]
    ) == (-1, "alone")


@pytest.mark.parametrize(
    ("verdict", "minute", "found"),
    [("error", 4, (7, "tool")), ("error", 6, (-1, "alone")), ("missed", 4, (-1, "alone"))],
)
def test_the_same_tool_within_five_minutes_with_the_same_kind_of_verdict_joins(
    verdict: Any, minute: int, found: object
) -> None:
    assert place(incident(1, at(minute), verdict=verdict, tool_id=tool(1)), [there(tool_id=tool(1))]) == found


def test_a_job_after_one_that_is_bad_joins_before_any_other_rule() -> None:
    members = [there(), there(alert_id=8, job_id=101, fingerprint="x")]
    assert place(incident(1, fingerprint="x"), members, Surroundings({1: (100,)})) == (7, "dependency")


def test_a_job_after_one_that_has_recovered_does_not() -> None:
    assert place(incident(1), [there(is_over=True)], Surroundings({1: (100,)})) == (-1, "alone")


def test_jobs_that_run_after_each_other_in_a_circle_are_still_told() -> None:
    found = group([incident(1), incident(2)], [], Surroundings({1: (2, 1), 2: (1, 2)}))
    assert len(found) == 2
    assert len({each.alert_id for each in found}) == 1


def test_what_went_bad_before_the_job_that_it_runs_after_moves_to_its_alert_while_nothing_is_told() -> None:
    around = Surroundings({2: (1,)})
    early = there(job_id=2, is_untold=True)
    found = {each.job_id: each for each in group([incident(1, at(0.01))], [early], around)}
    assert found[2].alert_id == found[1].alert_id
    assert found[2].cause.rule == "dependency"
    told_already = group([incident(1, NOON + SECOND)], [there(job_id=2)], around)
    assert [each.job_id for each in told_already] == [1]


def test_the_order_in_which_incidents_are_given_makes_no_difference() -> None:
    outage = all_at_once(random.Random(1))
    shuffled = list(outage.incidents)
    random.Random(2).shuffle(shuffled)
    one = group(outage.incidents, [], outage.surroundings)
    other = group(shuffled, [], outage.surroundings)
    assert one == other
