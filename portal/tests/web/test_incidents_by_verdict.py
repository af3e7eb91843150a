"""障害情報 by what the judge says: missed and overdue jobs beside failed ones, and what is shown and not counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from django.utils import timezone
from job_rows import NOW, a_job, many_jobs, on_each_database
from shown_page import ShownPage
from tc_portal.core.maintenance import Everything, Maintenance, OfTool, Once, OneJob, OnHost, Scope, Tagged
from tc_portal.core.reason import AnyReason, NeverRan, NoReport, RunsTooLong, Succeeded
from tc_portal.jobs.maintenance import jobs_in_maintenance
from tc_portal.jobs.models import Incident, Job, JobStatus, JobTag, Tool
from tc_portal.store.planning_quiet import add_maintenance, end_maintenance

HOUR = timedelta(hours=1)
TOKYO = timedelta(hours=9)


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + HOUR)


def judged(job_key: str, verdict: str, reason: AnyReason, since: datetime = NOW, **more: Any) -> Job:
    """A job that never ran, judged so; bad if the verdict is."""
    is_bad = more.pop("is_bad", verdict in ("error", "missed", "overdue"))
    reasons = msgspec.json.encode([reason]).decode()
    job = Job.objects.create(
        job_key=job_key,
        title=job_key,
        verdict=verdict,
        since=since,
        is_bad=is_bad,
        reasons=reasons,
        created_at=since,
        **more,
    )
    if is_bad:
        Incident.objects.create(job=job, opened_at=since, verdict=verdict)
    return job


def silent(job_key: str = "silent", since: datetime = NOW, **more: Any) -> Job:
    return judged(job_key, "missed", NoReport(due=since - HOUR / 2, grace=HOUR / 2), since, **more)


def titles(page: ShownPage, kind: str) -> list[str]:
    return [element.text for cards in page.all("ul", kind) for element in cards.inside if element.tag == "h3"]


def plan(scope: Scope, until: timedelta = 3 * HOUR) -> int:
    return add_maintenance("停電", Maintenance(scope, Once(NOW - HOUR, NOW + until)), NOW, "hanako")


def shown(client: Client) -> ShownPage:
    return ShownPage(client.get("/incidents"))


@on_each_database
def test_a_job_that_never_ran_and_is_missed_is_an_incident(viewer: Client) -> None:
    job = silent()
    page = shown(viewer)
    assert titles(page, "failing") == ["silent"]
    assert page.one("span", id="incident-badge").text == "1 件の障害"
    card = page.one("li", "missed")
    assert "未報告" in card.text
    # NOW is 21:00 in Tokyo.
    assert "20:30 の予定から猶予 30 分を過ぎても報告がありません（成功した実行はまだありません）" in card.text
    assert page.one("a", href=f"/jobs/{job.id}")


@on_each_database
def test_incidents_of_every_kind_come_newest_first(viewer: Client) -> None:
    a_job("failed", "error", NOW - 2 * HOUR)
    silent(since=NOW - HOUR)
    judged("hung", "overdue", RunsTooLong(run_id="r", started_at=NOW - 4 * HOUR, limit=NOW - 3 * HOUR), NOW - 3 * HOUR)
    a_job("good")
    page = shown(viewer)
    assert titles(page, "failing") == ["silent", "failed", "hung"]
    assert titles(page, "good") == ["good"]
    assert page.one("div", id="live").attributes["data-count"] == "3"


@on_each_database
def test_a_job_that_goes_on_failing_is_as_new_as_its_last_failure(viewer: Client) -> None:
    a_job("twice", "error", NOW)
    Incident.objects.update(opened_at=NOW - 5 * HOUR)
    Job.objects.update(since=NOW - 5 * HOUR)
    a_job("once", "error", NOW - HOUR)
    page = shown(viewer)
    assert titles(page, "failing") == ["twice", "once"]
    assert "16:00 から失敗が続いています（最終: 21:00）" in page.all("li", "card")[0].text


@on_each_database
@pytest.mark.parametrize("verdict", ["unknown", "paused", "running"])
def test_what_is_neither_bad_nor_good_is_shown_and_not_counted(viewer: Client, verdict: str) -> None:
    a_job("other")
    job = a_job("job")
    Job.objects.filter(id=job.id).update(verdict=verdict)
    page = shown(viewer)
    assert titles(page, "beside") == ["job"]
    assert titles(page, "good") == ["other"]
    assert "hidden" in page.one("span", id="incident-badge").attributes
    assert "すべて正常" in page.one("p", "sum").text


def test_a_failure_that_is_tolerated_is_shown_and_not_counted(viewer: Client) -> None:
    job = a_job("once failed", "error", message="接続できません")
    Incident.objects.all().delete()
    Job.objects.filter(id=job.id).update(is_bad=False)
    page = shown(viewer)
    assert titles(page, "beside") == ["once failed"]
    assert "接続できません" in page.one("li", "card").text
    assert not page.one("li", "card").has_class("bad")
    assert "hidden" in page.one("span", id="incident-badge").attributes


def test_a_report_that_came_late_is_good_and_says_so(viewer: Client) -> None:
    job = a_job("sales")
    late = Succeeded(finished_at=NOW, late_for=NOW - HOUR)
    Job.objects.filter(id=job.id).update(reasons=msgspec.json.encode([late]).decode())
    assert "遅着" in shown(viewer).one("ul", "good").text


def test_a_job_that_only_waits_is_left_to_the_list(viewer: Client) -> None:
    a_job("good")
    judged("planned", "waiting", NeverRan(due=NOW + HOUR))
    assert "planned" not in shown(viewer).one("main").text
    assert "未実行" in viewer.get("/jobs").text


@on_each_database
@pytest.mark.parametrize("kind", ["everything", "job", "tag", "tool", "host"])
def test_a_bad_job_in_maintenance_is_shown_as_such_and_not_counted(viewer: Client, kind: str) -> None:
    tool = Tool.objects.create(name="倉庫")
    job = silent("quiet", tool=tool, host="PC-1")
    JobTag.objects.create(job=job, tag="夜間")
    scopes = {
        "everything": Everything(),
        "job": OneJob("quiet"),
        "tag": Tagged("夜間"),
        "tool": OfTool(tool.id),
        "host": OnHost("PC-1"),
    }
    loud = silent("loud", NOW - HOUR)
    plan(scopes[kind])
    page = shown(viewer)
    assert titles(page, "failing") == ([] if kind == "everything" else ["loud"])
    assert "quiet" in titles(page, "quiet-ones")
    assert "メンテナンス中「停電」（明日 00:00 まで）" in page.one("ul", "quiet-ones").text
    assert page.one("div", id="live").attributes["data-count"] == ("0" if kind == "everything" else "1")
    expected = {job.id, loud.id} if kind == "everything" else {job.id}
    assert jobs_in_maintenance([job.id, loud.id], timezone.now()) == expected


@on_each_database
def test_when_the_maintenance_ends_what_is_still_bad_counts_again(viewer: Client) -> None:
    still_bad, recovered = silent("still bad"), silent("recovered")
    number = plan(Everything())
    page = shown(viewer)
    assert page.one("div", id="live").attributes["data-count"] == "0"
    address = page.one("div", id="live").attributes["hx-get"].replace("&amp;", "&")
    Incident.objects.filter(job=recovered).update(resolved_at=NOW)
    Job.objects.filter(id=recovered.id).update(verdict="ok", is_bad=False)
    end_maintenance(number, timezone.now())
    answer = viewer.get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert titles(ShownPage(answer), "failing") == ["still bad"]
    assert jobs_in_maintenance([still_bad.id, recovered.id], timezone.now()) == frozenset()


def test_a_maintenance_that_ends_by_itself_is_news(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    silent()
    plan(Everything(), until=HOUR + timedelta(seconds=30))
    address = shown(viewer).one("div", id="live").attributes["hx-get"].replace("&amp;", "&")
    assert viewer.get(address).status_code == 204
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + HOUR + timedelta(seconds=31))
    assert ShownPage(viewer.get(address)).one("div", id="live").attributes["data-count"] == "1"


def test_a_maintenance_of_others_keeps_nothing_quiet(viewer: Client) -> None:
    silent()
    plan(Tagged("夜間"))
    plan(OnHost("PC-1"))
    assert shown(viewer).one("div", id="live").attributes["data-count"] == "1"


@on_each_database
def test_ten_thousand_jobs_with_hundreds_of_incidents_fill_one_page(viewer: Client) -> None:
    many_jobs([f"good {number}" for number in range(10_000)])
    many_jobs([f"bad {number}" for number in range(300)], "error")
    plan(Tagged("夜間"))
    page = shown(viewer)
    assert (len(titles(page, "failing")), len(titles(page, "good"))) == (200, 30)
    assert page.one("div", id="live").attributes["data-count"] == "300"
    assert JobStatus.objects.count() == 10_300


@pytest.mark.parametrize(("language", "said"), [("ja", "昨日 22:00"), ("en", "yesterday at 22:00")])
def test_instants_are_told_in_the_portals_time_zone(viewer: Client, language: str, said: str) -> None:
    assert datetime(2026, 2, 28, 13, 0, tzinfo=UTC) + TOKYO == datetime(2026, 2, 28, 22, 0, tzinfo=UTC)
    judged("job", "missed", NoReport(due=datetime(2026, 2, 28, 13, 0, tzinfo=UTC), grace=HOUR))
    assert said in viewer.get("/incidents", headers={"Accept-Language": language}).text
