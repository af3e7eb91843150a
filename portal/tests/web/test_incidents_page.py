"""障害情報: what fails comes first, and how much it is can be seen from every page."""

from datetime import timedelta

import pytest
from django.test import Client
from job_rows import NOW, a_job, many_jobs, on_each_database
from shown_page import ShownPage
from tc_portal.accounts.models import User
from tc_portal.jobs.models import Incident, Job, JobStatus, Tool

HOUR = timedelta(hours=1)
PAGES = ["/incidents", "/jobs", "/jobs/add", "/tools", "/maintenance", "/settings"]


def titles(page: ShownPage, kind: str) -> list[str]:
    return [element.text for cards in page.all("ul", kind) for element in cards.inside if element.tag == "h3"]


@on_each_database
def test_failing_jobs_come_first_then_good_ones_newest_first_each(viewer: Client) -> None:
    a_job("old failure", "error", NOW - 3 * HOUR)
    a_job("new success", "success", NOW)
    a_job("new failure", "error", NOW - 2 * HOUR)
    a_job("old success", "success", NOW - 4 * HOUR)
    page = ShownPage(viewer.get("/incidents"))
    assert page.texts("h3") == ["new failure", "old failure", "new success", "old success"]
    assert titles(page, "failing") == ["new failure", "old failure"]
    assert titles(page, "good") == ["new success", "old success"]


@on_each_database
def test_jobs_that_ended_at_the_same_moment_keep_one_order(viewer: Client) -> None:
    for key in ("c", "a", "b"):
        a_job(key, "error", NOW)
    assert titles(ShownPage(viewer.get("/incidents")), "failing") == ["a", "b", "c"]


def test_a_card_says_what_the_job_last_said(viewer: Client) -> None:
    tool = Tool.objects.create(name="経理")
    job = a_job("sales", "error", title="売上日報", message="接続できません\n再試行します", tool=tool)
    page = ShownPage(viewer.get("/incidents"))
    (card,) = page.all("li", "card")
    assert card.has_class("error")
    assert page.one("a", href=f"/incidents/{job.incidents.get().id}").text == "売上日報"
    assert page.one("a", href=f"/jobs/{job.id}").text == "sales"
    for said in ("sales", "経理", "失敗", "接続できません\n再試行します"):
        assert said in card.text


def test_a_long_message_is_short_until_it_is_opened(viewer: Client) -> None:
    traceback = (
        "Traceback (most recent call last):\n"
        + '  File "sales.py", line 3, in load\n' * 50
        + "ValueError: 金額が空です\n"
    )
    a_job("sales", "error", message=traceback)
    page = ShownPage(viewer.get("/incidents"))
    assert page.texts("span", "message") == ["ValueError: 金額が空です"]
    assert page.texts("pre", "message") == [traceback]


def test_a_result_that_another_program_wrote_is_shown_and_counted_as_well(viewer: Client) -> None:
    a_job("nightly & co", "error")
    Incident.objects.all().delete()
    Job.objects.all().delete()
    assert JobStatus.objects.exists()
    page = ShownPage(viewer.get("/incidents"))
    assert page.one("a", href="/jobs?q=nightly%20%26%20co").text == "nightly & co"
    assert page.one("span", "badge", id="incident-badge").text == "1 件の障害"


def test_an_empty_portal_leads_to_the_first_job(viewer: Client) -> None:
    page = ShownPage(viewer.get("/incidents"))
    assert "まだ報告がありません。" in page.one("div", "empty").text
    assert page.one("a", "primary", href="/jobs/add")
    assert not page.all("p", "sum")


def test_without_failures_all_is_well(viewer: Client) -> None:
    a_job("nightly")
    page = ShownPage(viewer.get("/incidents"))
    assert "すべて正常" in page.one("p", "sum").text
    assert "正常 1 件" in page.one("p", "sum").text
    assert not page.all("ul", "failing") and not page.all("div", "empty")


def test_with_failures_only_they_are_counted(viewer: Client) -> None:
    many_jobs(["a", "b"], "error")
    page = ShownPage(viewer.get("/incidents"))
    assert "障害 2 件" in page.one("p", "sum").text
    assert "すべて正常" not in page.one("p", "sum").text
    assert not page.all("ul", "good")


@on_each_database
@pytest.mark.parametrize("path", PAGES)
def test_every_page_counts_the_failing_jobs(viewer: Client, path: str) -> None:
    many_jobs(["a", "b", "c"], "error")
    many_jobs(["d", "e"])
    page = ShownPage(viewer.get(path))
    badge = page.one("span", "badge", id="incident-badge")
    assert badge.text == "3 件の障害"
    assert "hidden" not in badge.attributes
    assert page.all("title")[0].text.startswith("(3) ")
    assert "trouble" in page.one("link", id="favicon").attributes["href"]
    assert page.one("div", id="live").attributes["data-count"] == "3"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_counts_where_nothing_fails(viewer: Client, path: str) -> None:
    many_jobs(["d", "e"])
    page = ShownPage(viewer.get(path))
    badge = page.one("span", "badge", id="incident-badge")
    assert badge.text == ""
    assert "hidden" in badge.attributes
    assert not page.all("title")[0].text.startswith("(")
    assert "trouble" not in page.one("link", id="favicon").attributes["href"]


def test_the_login_tells_nobody_whether_something_fails(visitor: Client, viewer_user: User) -> None:
    many_jobs(["a", "b", "c"], "error")
    page = ShownPage(visitor.get("/accounts/login/"))
    assert page.one("title").text == "ログイン · TC Portal"
    assert "trouble" not in page.one("link", id="favicon").attributes["href"]


def test_the_page_says_which_one_it_is(viewer: Client) -> None:
    page = ShownPage(viewer.get("/incidents"))
    assert page.one("title").text == "障害情報 · TC Portal"
    current = [link for link in page.all("a") if link.attributes.get("aria-current") == "page"]
    assert [link.attributes["href"] for link in current] == ["/incidents"]


def test_good_jobs_come_in_pages_below_all_the_failing_ones(viewer: Client) -> None:
    many_jobs([f"good {number:02}" for number in range(45)])
    a_job("failing", "error")
    first, second = (ShownPage(viewer.get(f"/incidents?page={number}")) for number in (1, 2))
    assert len(titles(first, "good")) == 30
    assert titles(first, "good") + titles(second, "good") == [f"good {number:02}" for number in range(45)]
    assert titles(first, "failing") == titles(second, "failing") == ["failing"]
    assert [link.attributes["href"] for link in first.all("a", rel="next")] == ["?page=2"]


def test_more_failing_jobs_than_fit_lead_to_the_list_of_jobs(viewer: Client) -> None:
    many_jobs([f"failing {number}" for number in range(201)], "error")
    page = ShownPage(viewer.get("/incidents"))
    assert len(titles(page, "failing")) == 200
    assert "障害 201 件" in page.one("p", "sum").text
    assert "すべてはジョブの一覧で確認できます。" in page.all("section", id="incident-list")[0].text
