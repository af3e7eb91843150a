"""One job's page and its line in the list: why it is as it is, what is expected, what became of it."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from job_rows import NOW, a_job, many_jobs, on_each_database
from shown_page import ShownPage
from tc_portal.core.job_settings import JobSettings, settings_as_json
from tc_portal.core.judge import Known, OpenRun
from tc_portal.core.reason import Failed, NeverRan, NoReport, Succeeded
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.jobs.models import BlindTime, Incident, Job, JobSettingsRow, JobTag, Transition

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NIGHTLY = JobSchedule(Cron(("0 3 * * *",), "Asia/Tokyo"))
VERDICT, NEXT_DUE = 0, 6


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 21:00 of the 1st of March in Tokyo."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def expects(job: Job, **settings: Any) -> None:
    definition = settings_as_json(JobSettings(**{"schedules": (NIGHTLY,), **settings}))
    row = JobSettingsRow.objects.create(job=job, in_force_from=NOW - HOUR, definition=definition, changed_by="hanako")
    Job.objects.filter(id=job.id).update(settings_row=row)


def as_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def page_of(client: Client, job: Job, query: str = "") -> ShownPage:
    return ShownPage(client.get(f"/jobs/{job.id}{query}"))


@on_each_database
def test_the_page_says_in_one_sentence_why_the_job_is_as_it_is(viewer: Client) -> None:
    job = a_job("sales")
    silent = NoReport(due=NOW - HOUR, grace=30 * MINUTE, last_success=NOW - 24 * HOUR)
    Job.objects.filter(id=job.id).update(verdict="missed", is_bad=True, reasons=as_json([silent]))
    Incident.objects.create(job=job, opened_at=NOW - HOUR / 2, verdict="missed")
    page = page_of(viewer, job)
    assert (
        page.one("p", "why").text == "20:00 の予定から猶予 30 分を過ぎても報告がありません（前回の成功: 昨日 21:00）"
    )
    assert "2026-03-01 20:30:00" in page.one("section", "standing").text
    assert page.all("span", "state")[0].text.strip() == "未報告"


@on_each_database
def test_the_page_tells_the_settings_in_words_and_when_it_is_next_due(viewer: Client) -> None:
    job = a_job("sales")
    expects(job, grace=45 * MINUTE, max_runtime=2 * HOUR, tolerance=3)
    page = page_of(viewer, job)
    terms = page.one("dl", "terms").text
    for said in ("毎日 03:00", "45 分", "2 時間", "3 回"):
        assert said in terms
    assert "明日 03:00" in page.one("dl", "facts-list").text
    assert "hanako" in page.one("main").text


def test_a_job_without_settings_says_that_its_silence_is_not_noticed(viewer: Client) -> None:
    assert "報告が来ないことには気付けません。" in page_of(viewer, a_job("sales")).one("main").text


def test_runs_under_way_are_shown_with_their_limits(viewer: Client) -> None:
    job = a_job("sales")
    expects(job, max_runtime=2 * HOUR)
    running = Known(open_runs=(OpenRun("b", NOW - MINUTE), OpenRun("a", NOW - HOUR, NOW + 5 * HOUR)))
    Job.objects.filter(id=job.id).update(known=as_json(running))
    rows = [row.text for row in page_of(viewer, job).one("ul", "happenings").inside if row.tag == "li"]
    assert ["2026-03-01 20:00:00" in rows[0], "明日 02:00" in rows[0]] == [True, True]
    assert ["2026-03-01 20:59:00" in rows[1], "22:59" in rows[1]] == [True, True]


@on_each_database
def test_the_history_tells_each_change_and_when_the_portal_was_away(viewer: Client) -> None:
    job = a_job("sales")
    changes = [
        ("ok", "error", Failed(finished_at=NOW - 5 * HOUR), NOW - 5 * HOUR),
        ("error", "ok", Succeeded(finished_at=NOW - HOUR, late_for=NOW - 2 * HOUR), NOW - HOUR),
    ]
    for before, verdict, reason, at in changes:
        said = {"verdict_before": before, "verdict": verdict, "is_bad": verdict == "error"}
        Transition.objects.create(job=job, at=at, reasons=as_json([reason]), **said)
    away = {"started_at": NOW - 3 * HOUR, "ended_at": NOW - 2.5 * HOUR, "drained_at": NOW - 2 * HOUR}
    BlindTime.objects.create(**away)
    long_ago = {name: instant - 24 * HOUR for name, instant in away.items()}
    BlindTime.objects.create(**long_ago)
    rows = [row.text for row in page_of(viewer, job).one("ol", "happenings").inside if row.tag == "li"]
    assert [said in row for said, row in zip(["遅着", "監視停止", "失敗しました"], rows, strict=True)] == [True] * 3
    assert "18:00〜18:30" in rows[1]


@on_each_database
def test_the_history_comes_in_pages_and_the_last_incidents_are_listed(viewer: Client) -> None:
    job = a_job("sales")
    for number in range(25):
        at = NOW - number * HOUR
        said = {"verdict_before": "ok", "verdict": "error", "is_bad": True, "reasons": "[]"}
        Transition.objects.create(job=job, at=at, **said)
        Incident.objects.create(job=job, opened_at=at - MINUTE, resolved_at=at + 89 * MINUTE, verdict="error")
    first, last = page_of(viewer, job), page_of(viewer, job, "?changes=3")
    assert len([row for row in first.one("ol", "happenings").inside if row.tag == "li"]) == 10
    assert len([row for row in last.one("ol", "happenings").inside if row.tag == "li"]) == 5
    listed = last.one("ul", "incidents-of")
    assert len([row for row in listed.inside if row.tag == "li"]) == 10
    assert "1 時間 30 分 続きました" in listed.text
    assert last.one("a", href=f"/incidents/past?job={job.id}").text == "このジョブの過去の障害をすべて見る"
    assert [link.attributes["href"] for link in first.all("a", rel="next")] == ["?changes=2#changes"]


@pytest.mark.parametrize("verdict", ["running", "paused", "unknown", "overdue", "missed", "waiting"])
def test_the_list_is_narrowed_to_a_verdict_which_stays_in_the_address(viewer: Client, verdict: str) -> None:
    many_jobs([f"good {number}" for number in range(3)])
    many_jobs([f"other {number:02}" for number in range(60)])
    Job.objects.filter(title__startswith="other").update(verdict=verdict)
    page = ShownPage(viewer.get(f"/jobs?verdict={verdict}"))
    assert len(page.row_titles()) == 50
    (following,) = page.all("a", rel="next")
    assert len(ShownPage(viewer.get("/jobs" + following.attributes["href"])).row_titles()) == 10
    chosen = [option.attributes["value"] for option in page.all("option") if "selected" in option.attributes]
    assert chosen == [verdict, "name"]


@on_each_database
def test_the_list_is_narrowed_to_a_tag(viewer: Client) -> None:
    jobs = many_jobs(["a", "b", "c"])
    for job in jobs[:2]:
        JobTag.objects.create(job=job, tag="経理 & 月次")
    JobTag.objects.create(job=jobs[0], tag="夜間")
    page = ShownPage(viewer.get("/jobs", {"tag": "経理 & 月次"}))
    assert page.row_titles() == ["a", "b"]
    assert page.texts("span", "tag") == ["夜間", "経理 & 月次", "経理 & 月次"]
    assert [option.text for option in page.one("select", id="tag").inside][1:] == ["夜間", "経理 & 月次"]
    assert ShownPage(viewer.get("/jobs?tag=none&verdict=ok")).one("div", "empty")


@pytest.mark.parametrize(
    "query", ["verdict=none", "verdict=%00", "tag=%00", "verdict=ok&verdict=error", "tag=" + "x" * 5000]
)
def test_a_filter_that_there_is_not_breaks_nothing(viewer: Client, query: str) -> None:
    a_job("sales")
    assert viewer.get(f"/jobs?{query}").status_code == 200


@on_each_database
def test_the_list_says_when_each_job_is_next_due(viewer: Client) -> None:
    scheduled, paused, free = many_jobs(["a", "b", "c"])
    expects(scheduled)
    expects(paused, is_paused=True)
    expects(free, schedules=())
    assert [text.strip() for text in ShownPage(viewer.get("/jobs")).column(NEXT_DUE)] == ["明日 03:00", "–", "–"]


def test_a_job_that_has_a_schedule_and_never_ran_is_listed(viewer: Client) -> None:
    job = Job.objects.create(job_key="planned", title="予定", verdict="waiting", created_at=NOW)
    expects(job)
    Job.objects.update(reasons=as_json([NeverRan(due=NOW + 6 * HOUR)]))
    assert "未実行" in ShownPage(viewer.get("/jobs")).one("main").text
    assert "まだ一度も実行されていません（次の予定: 明日 03:00）" in page_of(viewer, job).one("p", "why").text


@on_each_database
def test_an_administrator_tags_a_job(admin: Client) -> None:
    job = a_job("sales")
    for written, tags in (("経理、 月次,経理", ["月次", "経理"]), ("月次", ["月次"]), ("", [])):
        answer = admin.post(f"/jobs/{job.id}/tags", {"tags": written}, follow=True)
        assert "ジョブのタグを変更しました。" in answer.text
        assert sorted(JobTag.objects.values_list("tag", flat=True)) == sorted(tags)
        assert sorted(ShownPage(answer).texts("a", "tag")) == sorted(tags)


def test_too_many_tags_change_nothing_and_are_told(admin: Client) -> None:
    job = a_job("sales")
    JobTag.objects.create(job=job, tag="経理")
    answer = admin.post(f"/jobs/{job.id}/tags", {"tags": ",".join(map(str, range(30)))}, follow=True)
    assert "タグは 1 つのジョブに 20 個まで" in answer.text
    assert list(JobTag.objects.values_list("tag", flat=True)) == ["経理"]
