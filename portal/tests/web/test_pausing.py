"""Pausing a job: the store judges it over a connection of its own, so what is written here is committed."""

from collections.abc import Iterator

import pytest
from databases import Database
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from job_rows import a_job, on_each_database
from pytest_django import DjangoDbBlocker
from shown_page import ShownPage
from stores import empty
from tc_portal.accounts.models import User
from tc_portal.jobs.models import Incident, Job, JobSettingsRow, Transition


@pytest.fixture
def committed(tables: Database, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    cache.clear()
    with django_db_blocker.unblock():
        yield
        empty(tables)
        for rows in (Session, User):
            rows.objects.all().delete()


@pytest.fixture
def administrator(committed: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_user("hanako", "hanako@example.com", "a long pass phrase 1", is_staff=True))
    return client


def send(client: Client, job: Job, pause: str) -> ShownPage:
    return ShownPage(client.post(f"/jobs/{job.id}/pause", {"pause": pause}, follow=True))


@on_each_database
def test_a_paused_job_is_no_incident_until_it_is_watched_again(administrator: Client) -> None:
    job = a_job("sales", "error")
    page = send(administrator, job, "1")
    assert page.all("span", "state")[0].text.strip() == "一時停止"
    assert "から一時停止しています" in page.one("p", "why").text
    assert page.one("div", id="live").attributes["data-count"] == "0"
    assert page.one("button", name="pause").attributes["value"] == "0"
    assert JobSettingsRow.objects.get().changed_by == "hanako"

    page = send(administrator, job, "0")
    assert page.all("span", "state")[0].text.strip() == "失敗"
    assert page.one("div", id="live").attributes["data-count"] == "1"
    assert Incident.objects.filter(resolved_at=None).count() == 1
    assert list(Transition.objects.order_by("id").values_list("verdict", flat=True))[-2:] == ["paused", "error"]


def test_pausing_twice_writes_once(administrator: Client) -> None:
    job = a_job("sales")
    for _ in range(2):
        send(administrator, job, "1")
    assert JobSettingsRow.objects.count() == 1
