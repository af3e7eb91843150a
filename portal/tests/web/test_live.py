"""What keeps an open page up to date: nothing while nothing happens, and the new content once it does."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from job_rows import NOW, a_job, many_jobs, more_runs, on_each_database
from shown_page import ShownPage
from tc_portal.jobs.models import Incident, Job, JobStatus, Transition

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute passes: what happens in a test is what the test does."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2027, 1, 1, 12, 0, tzinfo=UTC))


def poll_address(page: ShownPage) -> str:
    """Where the page asks whether anything happened."""
    return unescape(page.one("div", id="live").attributes["hx-get"])


def opened(client: Client, path: str = "/incidents") -> str:
    return poll_address(ShownPage(client.get(path)))


@on_each_database
@pytest.mark.parametrize("path", ["/incidents", "/jobs", "/tools", "/settings"])
def test_nothing_is_sent_while_nothing_happens(viewer: Client, path: str) -> None:
    many_jobs(["a", "b"], "error")
    address = opened(viewer, path)
    for _ in range(2):
        answer = viewer.get(address, headers=HTMX)
        assert (answer.status_code, answer.content) == (204, b"")
        assert "no-store" in answer["Cache-Control"]


def test_nothing_is_sent_to_an_empty_portal_either(viewer: Client) -> None:
    assert viewer.get(opened(viewer), headers=HTMX).status_code == 204


@on_each_database
def test_a_failure_brings_the_new_list_badge_icon_and_count(viewer: Client) -> None:
    a_job("good")
    address = opened(viewer)
    a_job("bad", "error", title="売上日報")
    page = ShownPage(viewer.get(address, headers=HTMX))
    assert page.texts("h3") == ["売上日報", "good"]
    assert page.one("span", id="incident-badge").text == "1 件の障害"
    assert "trouble" in page.one("link", id="favicon").attributes["href"]
    assert page.one("div", id="live").attributes["data-count"] == "1"
    swapped = [element.attributes["id"] for element in page.elements if "hx-swap-oob" in element.attributes]
    assert swapped == ["favicon", "incident-badge", "live", "incident-list"]
    # What came asks from here on whether anything happened since.
    assert viewer.get(poll_address(page), headers=HTMX).status_code == 204


@on_each_database
def test_a_recovery_takes_the_badge_away(viewer: Client) -> None:
    job = a_job("sales", "error")
    address = opened(viewer)
    JobStatus.objects.update(last_status="success")
    Job.objects.update(verdict="ok", is_bad=False)
    Incident.objects.update(resolved_at=NOW)
    more_runs(job, 1)
    page = ShownPage(viewer.get(address, headers=HTMX))
    badge = page.one("span", id="incident-badge")
    assert (badge.text, "hidden" in badge.attributes) == ("", True)
    assert "trouble" not in page.one("link", id="favicon").attributes["href"]
    assert "すべて正常" in page.one("p", "sum").text


def test_one_more_run_is_news_even_where_no_count_changes(viewer: Client) -> None:
    job = a_job("sales")
    address = opened(viewer)
    more_runs(job, 1)
    assert viewer.get(address, headers=HTMX).status_code == 200


@on_each_database
def test_a_transition_is_news_although_nothing_was_reported(viewer: Client) -> None:
    job = a_job("sales")
    address = opened(viewer)
    Job.objects.update(verdict="unknown")
    said = {"at": NOW, "verdict_before": "ok", "is_bad": False, "reasons": "[]"}
    Transition.objects.create(job=job, verdict="unknown", **said)
    page = ShownPage(viewer.get(address, headers=HTMX))
    assert "不明" in page.one("ul", "beside").text
    # Judged anew, the history may come to have as many transitions as before.
    address = poll_address(page)
    Transition.objects.update(verdict="ok")
    assert viewer.get(address, headers=HTMX).status_code == 200


def test_a_job_that_was_deleted_is_news(viewer: Client) -> None:
    many_jobs(["a", "b"], "error")
    address = opened(viewer)
    Incident.objects.filter(job__job_key="a").delete()
    for rows in (Job, JobStatus):
        rows.objects.filter(job_key="a").delete()
    assert ShownPage(viewer.get(address, headers=HTMX)).texts("h3") == ["b"]


def test_a_run_that_is_told_again_with_another_end_is_news(viewer: Client) -> None:
    job = a_job("sales")
    address = opened(viewer)
    JobStatus.objects.update(last_status="error")
    Job.objects.update(verdict="error", is_bad=True)
    Incident.objects.create(job=job, opened_at=NOW, verdict="error")
    assert ShownPage(viewer.get(address, headers=HTMX)).one("div", id="live").attributes["data-count"] == "1"


def test_a_minute_that_passes_is_news_as_the_words_for_it_change(
    viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_job("sales", finished_at=datetime(2027, 1, 1, 11, 59, tzinfo=UTC))
    address = opened(viewer)
    later = datetime(2027, 1, 1, 12, 1, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert ShownPage(viewer.get(address, headers=HTMX)).texts("time") == ["2分前"]


@pytest.mark.parametrize("path", ["/jobs", "/tools", "/settings"])
def test_other_pages_are_told_the_count_and_nothing_more(viewer: Client, path: str) -> None:
    address = opened(viewer, path)
    a_job("bad", "error", title="売上日報")
    answer = viewer.get(address, headers=HTMX)
    assert "売上日報" not in answer.text
    assert ShownPage(answer).one("span", id="incident-badge").text == "1 件の障害"
    assert viewer.get(poll_address(ShownPage(answer)), headers=HTMX).status_code == 204


def test_a_page_of_good_jobs_stays_on_its_page(viewer: Client) -> None:
    many_jobs([f"good {number:02}" for number in range(45)], finished_at=NOW - timedelta(days=1))
    address = opened(viewer, "/incidents?page=2")
    a_job("bad", "error")
    page = ShownPage(viewer.get(address, headers=HTMX))
    assert page.texts("h3") == ["bad", *(f"good {number:02}" for number in range(30, 45))]
    assert [link.attributes["href"] for link in page.all("a", rel="prev")] == ["?page=1"]
    assert "page=2" in poll_address(page)


def test_a_page_in_english_stays_in_english(viewer: Client) -> None:
    english = {**HTMX, "Accept-Language": "en"}
    address = poll_address(ShownPage(viewer.get("/incidents", headers=english)))
    a_job("bad", "error")
    assert "1 failing" in viewer.get(address, headers=english).text


@pytest.mark.parametrize(
    "query", ["", "?token=", "?token=x&on=", "?on='><script>&token='><script>", "?on=incidents&page=x"]
)
def test_a_question_that_no_page_asks_is_answered_all_the_same(viewer: Client, query: str) -> None:
    answer = viewer.get(f"/live{query}", headers=HTMX)
    assert answer.status_code == 200
    assert not ShownPage(answer).all("script")


@pytest.mark.parametrize("path", ["/live", "/jobs/add/first-report"])
def test_a_session_that_ended_leads_the_whole_page_to_the_login(viewer: Client, path: str) -> None:
    a_job("bad", "error", title="売上日報")
    assert viewer.get(path, headers=HTMX).status_code in (200, 204)
    Session.objects.all().delete()
    answer = viewer.get(path, headers=HTMX)
    assert answer["HX-Redirect"].startswith("/accounts/login/")
    assert "売上日報" not in answer.text


def test_asking_again_and_again_does_not_keep_a_session_alive(viewer: Client) -> None:
    before = Session.objects.get().expire_date
    viewer.get(opened(viewer), headers=HTMX)
    assert Session.objects.get().expire_date == before
