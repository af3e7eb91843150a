"""From reports to what is owed: the real store, follower, planner and outbox, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from alert_plans import a_channel, a_route, told
from databases import Database
from django.db import connection
from incident_lives import Life, a_life, at, the_incident
from job_rows import on_each_database
from tc_portal.alerts.acting import acknowledge
from tc_portal.alerts.deciding import decide
from tc_portal.alerts.models import Alert, AlertMember, Channel, RouteRow
from tc_portal.core.hours import Hours
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.jobs.models import Incident, Job, JobDependency
from tc_portal.store.changing_settings import SettingsChange

pytestmark = on_each_database
A_MOMENT = 0.05


@pytest.fixture
def life(kept_data: Database) -> Iterator[Life]:
    with a_life(kept_data) as life:
        a_channel()
        yield life
    for rows in (Alert, RouteRow, Channel, JobDependency):
        rows.objects.all().delete()


def pass_moment(minute: float) -> None:
    decide(at(minute))
    decide(at(minute + A_MOMENT))


def test_the_life_of_an_incident_as_it_is_told(life: Life) -> None:
    life.report(0, message="ConnectionError: 10.0.0.1 refused")
    pass_moment(0)
    acknowledge(the_incident().id, "hanako", at(1), seen=at(0))
    pass_moment(100)
    assert told() == [("failed", ["nightly"])]
    life.report(101, message="ValueError: another error")
    pass_moment(101)
    assert told()[1:] == [("changed", ["nightly"])]
    life.report(120, "success")
    pass_moment(120)
    assert told()[2:] == [("recovered", ["nightly"])]


def test_many_jobs_that_fail_alike_are_one_alert_and_each_is_an_incident(life: Life, capsys: Any) -> None:
    for number in range(30):
        life.report(
            0, message=f"OperationalError: connection to 10.0.0.{number} refused", key=f"k{number}", host=f"h{number}"
        )
    pass_moment(0)
    for number in range(3):
        life.report(1, message=f"{'ABC'[number]}Error: x", key=f"alone{number}", host=f"other{number}")
    pass_moment(1)
    with capsys.disabled():
        print(f"\n30 alike and 3 of their own on {connection.vendor}: {Alert.objects.count()} alerts")
    assert (Alert.objects.count(), [occasion for occasion, _ in told()]) == (4, ["failed"] * 4)
    assert AlertMember.objects.count() == Incident.objects.filter(resolved_at=None).count() == 33
    for number in range(30):
        life.report(10, "success", key=f"k{number}", host=f"h{number}")
    pass_moment(10)
    assert told()[-1][0] == "recovered"
    assert Alert.objects.filter(closed_at=None).count() == 3


def test_a_host_that_dies_has_its_jobs_told_as_one(life: Life) -> None:
    keys = [f"job {number}" for number in range(20)]
    for key in keys:
        life.report(0, "success", key=key, host="SV-BATCH")
    schedule = JobSchedule(Interval(at(5) - at(0), at(0)))
    expected = JobSettings(grace=at(1) - at(0), early=at(0) - at(0), schedules=(schedule,))
    life.store.change_settings([SettingsChange(key, expected, key) for key in keys], at(1), "hanako")
    for fifth in range(5, 35):
        life.store.beat(at(fifth / 5), at(15) - at(0))
        while life.store.watch(at(fifth / 5)):
            pass
    pass_moment(7)
    (alert,) = Alert.objects.all()
    assert (alert.rule, alert.cause, alert.members.count()) == ("host", "SV-BATCH", 20)
    assert [occasion for occasion, _ in told()] == ["failed"]


def test_a_job_after_one_that_failed_is_told_only_if_it_is_still_bad_later(life: Life) -> None:
    life.report(0, message="A", key="import")
    life.report(0, message="B", key="report", host="PC-2")
    jobs = {job.job_key: job for job in Job.objects.all()}
    JobDependency.objects.create(job=jobs["report"], after_job=jobs["import"])
    pass_moment(0)
    assert told() == [("failed", ["import"])]
    life.report(10, "success", key="import")
    pass_moment(10)
    pass_moment(14)
    assert told()[1:] == [("recovered", ["import"])]
    pass_moment(15)
    assert told()[2:] == [("failed", ["report"])]


def test_a_night_is_summed_up_in_the_morning(life: Life) -> None:
    a_route(Channel.objects.get(), quiet=Hours("12:00", "13:00"))
    life.report(1, message="A", key="one")
    pass_moment(1)
    life.report(2, message="B", key="other", host="PC-2")
    pass_moment(2)
    life.report(30, "success", key="one")
    pass_moment(30)
    assert told() == []
    pass_moment(60)
    assert told() == [("held_back", ["other", "one"])]


def test_an_incident_that_the_store_judges_anew_out_of_being_is_over(life: Life) -> None:
    life.report(0, "success", run_id="r0")
    life.report(10, message="A", run_id="r1")
    pass_moment(10)
    Incident.objects.all().delete()
    pass_moment(16)
    assert [occasion for occasion, _ in told()] == ["failed", "recovered"]
