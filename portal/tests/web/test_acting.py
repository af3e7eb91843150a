"""What people do about an incident: recorded, in force at once, safe where two do it at a time; on both databases."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from databases import Database
from django.db import connection
from incident_lives import Life, a_life, at, the_incident
from job_rows import on_each_database
from tc_portal.accounts.models import User
from tc_portal.alerts import acting
from tc_portal.core.incident import Acknowledged, Assigned, Closed, Commented, read_action
from tc_portal.jobs.models import Incident, IncidentAction, IncidentNotice

pytestmark = on_each_database


@pytest.fixture
def life(kept_data: Database) -> Iterator[Life]:
    with a_life(kept_data) as life:
        life.report(0)
        life.follow(0)
        yield life


def actions() -> list[object]:
    return [read_action(row.definition) for row in IncidentAction.objects.order_by("id")]


def number() -> int:
    return int(the_incident().id)


def test_who_acknowledges_is_recorded_with_note_and_expiry_and_noticed(life: Life) -> None:
    acting.acknowledge(number(), "taro", at(1), seen=at(0), until=at(61), note=" 再ログインを試す ")
    incident = the_incident()
    assert (incident.acknowledged_by, incident.acknowledged_at, incident.acknowledged_until) == ("taro", at(1), at(61))
    assert incident.acknowledgement_note == "再ログインを試す"
    assert isinstance(actions()[0], Acknowledged)
    assert IncidentNotice.objects.count() == 1
    acting.unacknowledge(number(), "taro", at(2))
    assert the_incident().acknowledged_by is None


def test_who_saw_another_error_is_told_so(life: Life) -> None:
    life.report(5, message="B")
    with pytest.raises(acting.ActionRefused, match="error has changed"):
        acting.acknowledge(number(), "taro", at(6), seen=at(0))
    with pytest.raises(acting.ActionRefused, match="error has changed"):
        acting.close(number(), "taro", at(6), seen=at(0))
    assert actions() == []
    acting.acknowledge(number(), "taro", at(6), seen=at(5))
    assert the_incident().acknowledged_by == "taro"


def test_a_closed_incident_is_over_until_the_job_fails_again(life: Life) -> None:
    acting.close(number(), "taro", at(1), seen=at(0), note="廃止")
    assert (the_incident().closed_at, the_incident().closed_by) == (at(1), "taro")
    assert isinstance(actions()[0], Closed)
    with pytest.raises(acting.ActionRefused, match="over already"):
        acting.acknowledge(number(), "taro", at(2), seen=at(0))
    life.report(3)
    (found,) = life.follow(4)
    assert (found.over_at, found.news_at, the_incident().closed_at) == (None, at(3), None)


def test_an_incident_is_given_to_an_account_that_there_is(life: Life) -> None:
    User.objects.create_user("jiro")
    User.objects.create_user("left", is_active=False)
    acting.assign(number(), "taro", at(1), "jiro")
    assert the_incident().assigned_to == "jiro"
    for nobody in ("left", "nobody"):
        with pytest.raises(acting.ActionRefused, match="no account"):
            acting.assign(number(), "taro", at(2), nobody)
    acting.assign(number(), "taro", at(3), None)
    assert the_incident().assigned_to is None
    assert len([each for each in actions() if isinstance(each, Assigned)]) == 2


def test_a_muted_incident_is_silent_for_that_time(life: Life) -> None:
    acting.mute(number(), "taro", at(1), at(60))
    assert the_incident().muted_until == at(60)
    assert life.follow(2)[0].silent_until == at(60)
    acting.unmute(number(), "taro", at(3))
    assert the_incident().muted_until is None


def test_a_note_can_be_left_on_an_incident_that_is_over(life: Life) -> None:
    life.report(5, "success")
    acting.comment(number(), "taro", at(6), "再ログインで復旧")
    assert isinstance(actions()[0], Commented)
    with pytest.raises(acting.ActionRefused, match="over already"):
        acting.mute(number(), "taro", at(7), at(60))


@pytest.mark.parametrize(
    "act",
    [
        lambda: acting.comment(number(), "taro", at(1), "  "),
        lambda: acting.comment(number(), "taro", at(1), "長" * 2001),
        lambda: acting.acknowledge(number(), "taro", at(1), seen=at(0), until=at(1)),
        lambda: acting.acknowledge(number(), "taro", at(1), seen=at(0), until=at(1) + timedelta(days=93)),
        lambda: acting.mute(number(), "taro", at(1), at(0)),
        lambda: acting.mute(number(), "taro", at(1), at(1) + timedelta(days=32)),
    ],
)
def test_what_makes_no_sense_is_refused_in_both_languages(life: Life, act: Callable[[], None]) -> None:
    with pytest.raises(acting.ActionRefused) as refused:
        act()
    assert refused.value.ja and refused.value.en
    assert actions() == []


def test_an_incident_that_was_judged_anew_keeps_what_was_done_about_it(life: Life) -> None:
    acting.acknowledge(number(), "taro", at(1), seen=at(0), note="調査中")
    gone = number()
    incident = the_incident()
    incident.delete()
    with pytest.raises(acting.IncidentGone):
        acting.comment(gone, "taro", at(2), "まだいる?")
    Incident.objects.create(job=incident.job, opened_at=at(0), verdict="error")
    life.report(2)
    life.follow(3)
    anew = the_incident()
    assert (anew.acknowledged_by, anew.acknowledgement_note) == ("taro", "調査中")


def test_two_who_act_at_once_act_one_after_the_other(life: Life) -> None:
    incident_id, refused = number(), []

    def act(name: str) -> None:
        try:
            for turn in range(5):
                acting.comment(incident_id, name, at(1), f"{name} {turn}")
            acting.close(incident_id, name, at(1), seen=at(0))
        except acting.ActionRefused as why:
            refused.append(why)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(name,)) for name in ("hanako", "taro")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    moments = list(IncidentAction.objects.values_list("at", flat=True))
    assert len(moments) == len(set(moments)) == 11
    assert len(refused) == 1
