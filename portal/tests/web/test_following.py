"""The follower finds what has become of incidents, hands it on and keeps it, on both databases."""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
from databases import Database
from django.db import connection, transaction
from incident_lives import Life, a_life, at, the_incident
from job_rows import CountedQueries, on_each_database
from tc_portal.alerts.acting import acknowledge
from tc_portal.alerts.following import follow
from tc_portal.core.incident_now import IncidentNow
from tc_portal.jobs.models import Incident, IncidentNotice, Job

pytestmark = on_each_database


@pytest.fixture
def life(kept_data: Database) -> Iterator[Life]:
    with a_life(kept_data) as life:
        yield life


def test_an_incident_is_handed_on_with_its_error(life: Life) -> None:
    life.report(0, message="ConnectionError: 10.0.0.1 refused")
    (found,) = life.follow()
    incident = the_incident()
    assert (found.incident_id, found.verdict, found.host) == (incident.id, "error", "PC-1")
    assert (found.opened_at, found.news_at, found.over_at, found.silent_until) == (at(0), at(0), None, None)
    assert found.gist == incident.gist == "ConnectionError: 10.0.0.1 refused"
    assert found.fingerprint == incident.fingerprint is not None
    assert (incident.error_since, incident.host) == (at(0), "PC-1")


def test_nothing_is_found_twice_unless_something_happens(life: Life) -> None:
    life.report(0)
    assert len(life.follow()) == 1
    assert life.follow() == []
    life.report(1, message="A")
    (found,) = life.follow()
    assert found.news_at == at(0)


def test_many_notices_of_a_job_are_one_look(life: Life) -> None:
    for minute in range(12):
        life.report(minute)
    assert len(life.follow()) == 1
    assert IncidentNotice.objects.count() == 0


def test_another_error_is_news_and_ends_the_acknowledgement(life: Life) -> None:
    life.report(0)
    life.follow()
    acknowledge(the_incident().id, "hanako", at(1), seen=at(0))
    (found,) = life.follow(2)
    assert (found.acknowledged_by, found.silent_until is not None) == ("hanako", True)
    life.report(3, message="B")
    (found,) = life.follow(4)
    assert (found.news_at, found.acknowledged_by, found.silent_until) == (at(3), None, None)
    assert the_incident().acknowledged_by is None


def test_the_recovery_is_handed_on(life: Life) -> None:
    life.report(0)
    life.follow()
    life.report(5, "success")
    (found,) = life.follow(6)
    assert found.over_at == at(5)


def test_what_opened_and_ended_unseen_is_handed_on_as_over(life: Life) -> None:
    for minute in (0, 2, 4):
        life.report(minute)
        life.report(minute + 1, "success")
    found = life.follow(10)
    assert sorted((each.opened_at, each.over_at) for each in found) == [(at(n), at(n + 1)) for n in (0, 2, 4)]
    assert all(row.fingerprint for row in Incident.objects.all())


def test_the_error_of_many_runs_is_as_old_as_its_first(life: Life) -> None:
    for minute in range(45):
        life.report(minute)
        life.follow(minute)
    acknowledge(the_incident().id, "hanako", at(44.5), seen=at(0))
    for minute in range(45, 90):
        life.report(minute)
        life.follow(minute)
    assert (the_incident().error_since, the_incident().acknowledged_by) == (at(0), "hanako")
    life.report(90, message="B")
    (found,) = life.follow(91)
    assert (found.news_at, found.acknowledged_by) == (at(90), None)


def test_a_success_that_came_too_soon_after_a_failure_is_another_error(life: Life) -> None:
    life.expect(0, min_runtime=at(5) - at(0))
    life.report(10, message="A")
    life.follow(10)
    acknowledge(the_incident().id, "hanako", at(11), seen=at(10))
    life.report(20, "success", started_at=at(19))
    (found,) = life.follow(21)
    assert (found.verdict, found.news_at, found.acknowledged_by) == ("error", at(20), None)


def test_a_notice_of_a_job_that_has_gone_goes_with_it(life: Life) -> None:
    life.report(0)
    Job.objects.update(settings_row=None)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM incident")
        cursor.execute("DELETE FROM job_status")
        cursor.execute("DELETE FROM job")
    assert life.follow() == []


def test_what_dies_in_between_is_found_again(life: Life) -> None:
    life.report(0)

    def die(found: Sequence[IncidentNow], now: datetime) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follow(at(1), die)
    assert (IncidentNotice.objects.count(), the_incident().error_since) == (1, None)
    assert len(life.follow()) == 1


def test_several_followers_find_each_incident_once(life: Life) -> None:
    keys = [f"job {number}" for number in range(60)]
    for key in keys:
        life.report(0, key=key)
    found: list[str] = []

    def keep(incidents: Sequence[IncidentNow], now: datetime) -> None:
        found.extend(str(each.job_id) for each in incidents)

    def run() -> None:
        try:
            while follow(at(1), keep):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    while follow(at(1), keep):
        pass
    assert len(found) == len(set(found)) == 60


def test_a_job_that_is_being_recorded_waits_for_the_next_look(life: Life, kept_data: Database) -> None:
    if kept_data.kind == "sqlite":
        pytest.skip("SQLite has one writer")
    life.report(0)
    locked, done = threading.Event(), threading.Event()

    def record() -> None:
        try:
            with transaction.atomic():
                list(Job.objects.select_for_update())
                locked.set()
                done.wait(30)
        finally:
            connection.close()

    recording = threading.Thread(target=record)
    recording.start()
    assert locked.wait(30)
    assert follow(at(1), life._plan) == 0
    done.set()
    recording.join(30)
    assert len(life.follow()) == 1


@pytest.mark.parametrize("jobs", [20, 200])
def test_a_batch_takes_a_handful_of_statements_however_many_jobs(life: Life, jobs: int) -> None:
    for number in range(jobs):
        life.report(0, key=f"job {number}")
    with CountedQueries() as queries:
        assert follow(at(1), lambda found, now: None) == jobs
    assert queries.count <= 12


def test_ten_thousand_notices_are_followed(life: Life) -> None:
    for number in range(20):
        life.report(0, key=f"job {number}")
    jobs: list[Any] = list(Job.objects.all())
    IncidentNotice.objects.bulk_create([IncidentNotice(job=job) for job in jobs for _ in range(500)])
    assert len(life.follow()) >= 20
    assert IncidentNotice.objects.count() == 0
