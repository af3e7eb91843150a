"""What a client's code asks of a job holds as far as no person has said otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tc_portal.core.client_settings import ClientSettings, says_what_holds, wanted_settings
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.core.schedule.unschedulable import Unschedulable

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OTHER = JobSettings(grace=7 * MINUTE)


def cron(line: str) -> tuple[JobSchedule, ...]:
    return (JobSchedule(Cron((line,), "UTC")),)


def every(minutes: int, anchor: datetime) -> tuple[JobSchedule, ...]:
    return (JobSchedule(Interval(minutes * MINUTE, anchor)),)


def told(**said: Any) -> ClientSettings:
    return ClientSettings("job", "Job", "sentry", NOW, **said)


HOURLY = told(schedules=cron("0 * * * *"), grace=MINUTE)
AS_TOLD = JobSettings(schedules=cron("0 * * * *"), grace=MINUTE)


def test_what_is_told_first_holds_beside_what_goes_without_saying() -> None:
    first = JobSettings(max_runtime=30 * MINUTE)
    assert wanted_settings(replace(HOURLY, first=first), None, None) == replace(AS_TOLD, max_runtime=30 * MINUTE)


def test_told_again_nothing_changes() -> None:
    assert says_what_holds(HOURLY, AS_TOLD)
    assert wanted_settings(HOURLY, AS_TOLD, AS_TOLD) is None


def test_what_the_client_changes_of_its_own_holds() -> None:
    assert wanted_settings(told(grace=5 * MINUTE), AS_TOLD, AS_TOLD) == replace(AS_TOLD, grace=5 * MINUTE)


def test_what_the_client_does_not_say_stays() -> None:
    assert wanted_settings(told(tolerance=3), AS_TOLD, AS_TOLD) == replace(AS_TOLD, tolerance=3)


def test_what_a_person_set_first_stays_whole() -> None:
    assert wanted_settings(HOURLY, OTHER, None) is None


def test_of_what_a_person_changed_the_clients_word_counts_no_more_but_of_the_rest() -> None:
    by_person = replace(AS_TOLD, grace=20 * MINUTE)
    assert wanted_settings(HOURLY, by_person, AS_TOLD) is None
    news = told(schedules=cron("30 * * * *"), grace=2 * MINUTE)
    assert wanted_settings(news, by_person, AS_TOLD) == replace(by_person, schedules=cron("30 * * * *"))


def test_set_back_to_what_the_client_said_it_is_the_clients_again() -> None:
    assert wanted_settings(told(grace=2 * MINUTE), AS_TOLD, AS_TOLD) == replace(AS_TOLD, grace=2 * MINUTE)


def test_an_interval_told_again_goes_on_from_where_it_began() -> None:
    in_force = JobSettings(schedules=every(5, NOW))
    again = told(schedules=every(5, NOW + 3 * MINUTE))
    assert says_what_holds(again, in_force)
    assert wanted_settings(replace(again, grace=MINUTE), in_force, in_force) == replace(in_force, grace=MINUTE)
    slower = told(schedules=every(6, NOW + 3 * MINUTE))
    assert wanted_settings(slower, in_force, in_force) == replace(in_force, schedules=slower.schedules)


def test_a_pause_that_is_asked_for_once_holds_whoever_set_the_rest() -> None:
    pause, go_on = told(is_paused=True, is_once=True), told(is_paused=False, is_once=True)
    paused = replace(OTHER, is_paused=True)
    assert wanted_settings(pause, OTHER, None) == paused
    assert wanted_settings(pause, paused, None) is None
    assert wanted_settings(go_on, paused, paused) == OTHER


def test_what_a_person_paused_a_client_does_not_let_go_on() -> None:
    go_on = told(is_paused=False, is_once=True)
    paused = replace(AS_TOLD, is_paused=True)
    assert wanted_settings(go_on, paused, None) is None
    assert wanted_settings(go_on, paused, AS_TOLD) is None


def test_what_does_not_go_with_a_persons_settings_is_refused() -> None:
    in_force = replace(AS_TOLD, min_runtime=10 * MINUTE)
    with pytest.raises(Unschedulable):
        wanted_settings(told(max_runtime=5 * MINUTE), in_force, AS_TOLD)
