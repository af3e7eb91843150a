"""The planner over real tables and the real outbox: what is owed, to whom, once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from alert_plans import A_MOMENT, NOON, Plans, a_channel, a_route, at, owed, told
from databases import Database
from django.db import connection, transaction
from job_rows import CountedQueries, on_each_database
from tc_portal.alerts.models import Alert, AlertMember, AlertTelling, Delivery, RosterRow
from tc_portal.alerts.planning import look, look_again, plan
from tc_portal.core.hours import Hours
from tc_portal.core.instant import LATEST
from tc_portal.core.maintenance import Everything, Maintenance, Once, maintenance_as_json
from tc_portal.core.roster import Person, Roster, roster_as_json
from tc_portal.core.route import Escalation, Match, Reminders
from tc_portal.jobs.models import Host, Incident, Job, JobDependency, MaintenanceRow, Run, RunOutput, Tool

pytestmark = on_each_database
HOUR = timedelta(hours=1)
TEN_AT_NIGHT, SEVEN_IN_THE_MORNING = 600, 1140


@pytest.fixture
def plans(data: Database) -> Plans:
    return Plans()


def test_a_new_portal_with_a_channel_alerts(plans: Plans) -> None:
    a_channel()
    plans.fail("nightly", 0)
    assert told() == []
    plans.pass_time(A_MOMENT)
    plans.pass_time(1)
    plans.recover("nightly", 5)
    assert told() == [("failed", ["nightly"]), ("recovered", ["nightly"])]
    assert Alert.objects.get().closed_at == at(5)
    assert [row.occasion for row in AlertTelling.objects.order_by("id")] == ["failed", "recovered"]
    assert {delivery.thread for delivery in Delivery.objects.all()} == {f"alert:{Alert.objects.get().id}"}


def test_what_is_told_is_what_is_known_of_the_job(plans: Plans) -> None:
    a_channel()
    tool = Tool.objects.create(name="倉庫")
    plans.fail("nightly", 0, tool_id=tool.id, host="PC-1", gist="ValueError: x", fingerprint="f")
    job = Job.objects.get()
    Job.objects.update(tool=tool)
    runs = {"job": job, "received_at": NOON, "source": "job-report"}
    Run.objects.create(run_id="a", result="success", finished_at=NOON - 24 * HOUR, **runs)
    Run.objects.create(run_id="b", result="error", finished_at=NOON, **runs)
    RunOutput.objects.create(job=job, run_id="b", ended_at=NOON, head="始", tail="途中\n終わり", size=9, is_cut=True)
    plans.pass_time(A_MOMENT)
    (message,) = owed()
    (incident,) = message.incidents
    assert (incident.title, incident.tool, incident.host, incident.gist) == (
        "nightly の題",
        "倉庫",
        "PC-1",
        "ValueError: x",
    )
    assert (incident.last_success, incident.output_tail) == (NOON - 24 * HOUR, "途中\n終わり")
    assert (incident.since, incident.incident_id, message.count) == (NOON, Incident.objects.get().id, 1)


def test_planning_the_same_again_owes_nothing_more(plans: Plans) -> None:
    a_channel()
    plans.fail(["a", "b"], 0, fingerprint="x")
    for minute in (0.02, A_MOMENT, 1, 1):
        plan(list(plans.known.values()), at(minute))
        plans.pass_time(minute)
    assert (len(owed()), Alert.objects.count(), AlertMember.objects.count()) == (1, 1, 2)


def test_a_dead_host_with_200_jobs_is_one_alert_that_names_ten_and_counts_all(plans: Plans, capsys: Any) -> None:
    a_channel()
    Host.objects.create(name="SV-BATCH", last_reported_at=at(-20))
    for batch in range(10):
        keys = [f"job-{batch}-{number}" for number in range(20)]
        plans.fail(keys, batch * 0.001, verdict="missed", host="SV-BATCH")
    plans.pass_time(A_MOMENT)
    for late in range(20):
        plans.fail(f"late-{late}", 30 + late, verdict="missed", host="SV-BATCH")
        plans.pass_time(30 + late)
    alert = Alert.objects.get()
    with capsys.disabled():
        print(
            f"\n220 jobs of a dead host on {connection.vendor}: {Alert.objects.count()} alert, {len(owed())} message"
        )
    (message,) = owed()
    assert (message.count, len(message.incidents), message.grouped_by, message.cause) == (200, 10, "host", "SV-BATCH")
    assert (alert.rule, alert.cause, alert.members.count()) == ("host", "SV-BATCH", 220)
    assert Incident.objects.count() == AlertMember.objects.filter(is_current=True).count()


def test_three_outages_at_once_are_told_once_a_cause(plans: Plans, capsys: Any) -> None:
    a_channel()
    plans.fail([f"db-{number}" for number in range(30)], 0, fingerprint="db", gist="OperationalError")
    for number in range(3):
        plans.fail(f"alone-{number}", 0.001, fingerprint=f"f{number}", host=f"PC-{number}")
    plans.fail("root", 0.002)
    after = [
        Job.objects.create(job_key=key, title=key, verdict="missed", created_at=NOON) for key in ("second", "third")
    ]
    JobDependency.objects.create(job=after[0], after_job=Job.objects.get(job_key="root"))
    JobDependency.objects.create(job=after[1], after_job=after[0])
    plans.fail(["second", "third"], 0.003, verdict="missed")
    plans.pass_time(A_MOMENT)
    counted = {alert.members.order_by("id")[0].title: alert.members.count() for alert in Alert.objects.all()}
    with capsys.disabled():
        print(f"\nalerts by their first member on {connection.vendor}: {counted}")
    assert sorted(counted.values()) == [1, 1, 1, 3, 30]
    assert sorted((each.grouped_by, each.count) for each in owed()) == [
        ("alone", 1),
        ("alone", 1),
        ("alone", 1),
        ("dependency", 1),
        ("fingerprint", 30),
    ]
    assert AlertMember.objects.get(title="third").cause in ("root の題", "second")


def test_what_waits_for_another_job_is_told_when_that_has_recovered_and_it_has_not(plans: Plans) -> None:
    a_channel()
    plans.fail("root", 0)
    second = Job.objects.create(job_key="second", title="second", verdict="missed", created_at=NOON)
    JobDependency.objects.create(job=second, after_job=Job.objects.get(job_key="root"))
    plans.pass_time(A_MOMENT)
    plans.fail("second", 10, verdict="missed")
    plans.pass_time(60)
    plans.recover("root", 61)
    plans.pass_time(65.9)
    assert [occasion for occasion, keys in told() if "second" in keys] == []
    plans.pass_time(66)
    assert told()[-1] == ("failed", ["second"])


def test_what_goes_bad_before_the_job_that_it_waits_for_joins_that_ones_alert_in_time(plans: Plans) -> None:
    a_channel()
    root = Job.objects.create(job_key="root", title="root", verdict="overdue", created_at=NOON)
    second = Job.objects.create(job_key="second", title="second", verdict="missed", created_at=NOON)
    JobDependency.objects.create(job=second, after_job=root)
    plans.fail("second", 0, verdict="missed")
    plans.fail("root", 0.01, verdict="overdue")
    plans.pass_time(1)
    assert (told(), Alert.objects.count()) == ([("failed", ["root"])], 1)


def test_jobs_that_run_after_each_other_in_a_circle_are_told(plans: Plans) -> None:
    a_channel()
    one, other = [Job.objects.create(job_key=key, title=key, verdict="error", created_at=NOON) for key in "ab"]
    JobDependency.objects.create(job=one, after_job=other)
    JobDependency.objects.create(job=other, after_job=one)
    plans.fail(["a", "b"], 0)
    plans.pass_time(1)
    assert [occasion for occasion, _ in told()] == ["failed"]


def test_a_job_is_told_although_the_one_it_waits_for_is_nobodys_business(plans: Plans) -> None:
    a_route(a_channel(), match=Match(jobs=("second",)))
    plans.fail("root", 0)
    second = Job.objects.create(job_key="second", title="second", verdict="missed", created_at=NOON)
    JobDependency.objects.create(job=second, after_job=Job.objects.get(job_key="root"))
    plans.fail("second", 0.01, verdict="missed")
    plans.pass_time(1)
    assert told() == [("failed", ["second"])]


def test_an_incident_that_is_no_more_counts_as_recovered(plans: Plans) -> None:
    a_channel()
    plans.fail("nightly", 0)
    plans.pass_time(A_MOMENT)
    Incident.objects.all().delete()
    plans.pass_time(6)
    assert told()[-1] == ("recovered", ["nightly"])
    assert Alert.objects.get().closed_at is not None


def test_what_opens_again_after_its_alert_was_closed_begins_another(plans: Plans) -> None:
    a_channel()
    plans.fail("nightly", 0)
    plans.pass_time(A_MOMENT)
    plans.becomes("nightly", 5, over_at=at(5))
    Incident.objects.update(resolved_at=None)
    plans.becomes("nightly", 9, over_at=None, news_at=at(9))
    plans.pass_time(10)
    assert [occasion for occasion, _ in told()] == ["failed", "recovered", "failed"]
    assert [(row.alert_id, row.is_current) for row in AlertMember.objects.order_by("id")] == [
        (alert.id, is_last) for alert, is_last in zip(Alert.objects.order_by("id"), (False, True), strict=True)
    ]


def test_routes_tell_their_own_by_tag_with_reminders_and_escalation(plans: Plans) -> None:
    accounting, night, boss = a_channel("経理"), a_channel("夜間"), a_channel("部長")
    last = a_route(boss, name="部長", position=3, is_for_escalation=True)
    escalation = Escalation(timedelta(minutes=20), last.id)
    a_route(accounting, match=Match(tags=("経理",)), reminders=Reminders(timedelta(minutes=30)), escalation=escalation)
    a_route(night, position=2)
    plans.fail("sales", 0, tags=["経理"])
    plans.fail("stock", 0.01, tags=["倉庫"], host="PC-9")
    for minute in range(1, 100):
        plans.pass_time(minute)
    assert [occasion for occasion, _ in told(accounting)] == ["failed", "reminder", "reminder"]
    assert told(night) == [("failed", ["stock"])]
    assert told(boss) == [("escalation", ["sales"])]


def test_the_person_on_duty_is_told(plans: Plans) -> None:
    hanako, taro = a_channel("花子"), a_channel("太郎")
    persons = (Person("花子", (hanako.id,)), Person("太郎", (taro.id,)))
    roster = Roster(persons, NOON.date(), turn="day")
    row = RosterRow.objects.create(name="当番", definition=roster_as_json(roster), changed_at=NOON)
    a_route(roster=row.id)
    plans.fail("today", 0)
    plans.pass_time(A_MOMENT)
    plans.fail("tomorrow", 24 * 60, host="PC-9")
    plans.pass_time(24 * 60 + A_MOMENT)
    assert (told(hanako), told(taro)) == ([("failed", ["today"])], [("failed", ["tomorrow"])])


def test_quiet_hours_of_several_alerts_are_summed_up_in_one_message(plans: Plans) -> None:
    route = a_route(a_channel(), quiet=Hours("22:00", "07:00"))
    for number in range(3):
        plans.fail(f"job-{number}", TEN_AT_NIGHT + 10 * number, fingerprint=f"f{number}", host=f"PC-{number}")
        plans.pass_time(TEN_AT_NIGHT + 10 * number + A_MOMENT)
    plans.recover("job-1", TEN_AT_NIGHT + 60)
    plans.pass_time(SEVEN_IN_THE_MORNING - 1)
    assert told() == []
    plans.pass_time(SEVEN_IN_THE_MORNING)
    assert told() == [("held_back", ["job-0", "job-2", "job-1"])]
    assert Delivery.objects.get().thread == f"route:{route.id}"
    assert AlertTelling.objects.count() == 3
    assert {row.deliveries for row in AlertTelling.objects.all()} == {f'["{Delivery.objects.get().id.hex}"]'}


def test_nothing_is_told_in_a_maintenance_and_what_is_still_bad_after_it_is(plans: Plans) -> None:
    a_channel()
    window = Maintenance(Everything(), Once(at(-10), at(30)))
    MaintenanceRow.objects.create(
        title="停電", definition=maintenance_as_json(window), over_at=at(30), created_at=NOON
    )
    plans.fail(["a", "b"], 0, fingerprint="x")
    plans.recover("b", 10)
    for minute in range(11, 30):
        plans.pass_time(minute)
    assert told() == []
    plans.pass_time(31)
    assert told() == [("failed", ["a"])]


def test_an_acknowledgement_silences_until_it_runs_out(plans: Plans) -> None:
    a_channel()
    plans.fail("nightly", 0)
    plans.pass_time(A_MOMENT)
    plans.becomes("nightly", 1, silent_until=at(120), acknowledged_by="hanako")
    plans.pass_time(119)
    assert len(owed()) == 1
    plans.pass_time(120)
    assert told()[-1] == ("reminder", ["nightly"])


def test_the_first_channel_that_is_set_up_is_told_of_what_is_bad_already(plans: Plans) -> None:
    plans.fail("nightly", 0)
    plans.pass_time(1)
    a_channel()
    plans.pass_time(3)
    assert told() == [("failed", ["nightly"])]


def test_what_no_route_is_about_is_told_nobody_until_the_rules_change(plans: Plans) -> None:
    channel = a_channel()
    a_route(channel, match=Match(tags=("経理",)))
    plans.fail("nightly", 0)
    plans.pass_time(2)
    assert told() == []
    a_route(channel, name="その他", position=2)
    look_again(at(3))
    plans.pass_time(3)
    assert told() == [("failed", ["nightly"])]


def test_disabled_routes_tell_nobody(plans: Plans) -> None:
    a_route(a_channel(), is_enabled=False)
    plans.fail("nightly", 0)
    plans.pass_time(10)
    assert told() == []


def test_a_look_that_finds_nothing_due_asks_once_or_twice(plans: Plans) -> None:
    a_channel()
    plans.fail("nightly", 0, silent_until=LATEST)
    plans.pass_time(1)
    with CountedQueries() as counted:
        assert look(at(1.1)) == 0
    assert counted.count <= 2


def test_the_queries_of_a_planning_do_not_grow_with_the_members(plans: Plans) -> None:
    a_channel()
    counts = []
    for minute, size in enumerate((12, 100)):
        plans.fail([f"job-{size}-{number}" for number in range(size)], minute, fingerprint=f"x{size}")
        with CountedQueries() as counted:
            plans.pass_time(minute + A_MOMENT)
        counts.append(counted.count)
    assert counts[1] <= counts[0] + 3


class TestAtOnce:
    """Several processes plan at the same time."""

    def test_no_alert_is_planned_twice_and_no_cause_has_two(self, kept_data: Database) -> None:
        channel = a_channel()
        plans = Plans()
        try:
            self._run(plans)
            assert (Alert.objects.count(), AlertMember.objects.count()) == (1, 40)
            assert len(owed()) == 1
        finally:
            Alert.objects.all().delete()
            channel.delete()

    def _run(self, plans: Plans) -> None:
        keys = [f"job-{number}" for number in range(40)]
        with transaction.atomic():
            plans.fail(keys, 0, fingerprint="x")
            AlertMember.objects.all().delete()
            Alert.objects.all().delete()

        def work(part: list[str]) -> None:
            try:
                plan([plans.known[key] for key in part], at(0))
                for _ in range(5):
                    look(at(A_MOMENT))
            finally:
                connection.close()

        threads = [threading.Thread(target=work, args=(keys[start::4],)) for start in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        look(at(A_MOMENT))
