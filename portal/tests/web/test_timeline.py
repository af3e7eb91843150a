"""タイムライン: what ran when, side by side."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from job_rows import CountedQueries, on_each_database
from shown_page import ShownPage
from tc_portal.core.job_settings import JobSettings, settings_as_json
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.jobs import timeline_queries
from tc_portal.jobs.models import BlindTime, Job, JobSettingsRow, JobTag, Run, RunStart, Tool

# 09:00 in Tokyo.
NINE = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
DAY = {"span": "day", "at": "2026-03-03"}


def a_job(key: str, host: str | None = "PC-1", tool: Tool | None = None) -> Job:
    return Job.objects.create(job_key=key, title=f"{key} の題", verdict="ok", created_at=NINE, host=host, tool=tool)


def a_run(job: Job, start: float | None, end: float, result: str = "success") -> Run:
    """A run from and to so many hours after nine."""
    began = None if start is None else NINE + timedelta(hours=start)
    ended = NINE + timedelta(hours=end)
    told = {"result": result, "started_at": began, "finished_at": ended, "received_at": ended, "source": "x"}
    return Run.objects.create(job=job, run_id=f"r{Run.objects.count()}", **told)


def expect(job: Job, cron: str, since: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
    settings = JobSettings(schedules=(JobSchedule(Cron((cron,), "Asia/Tokyo")),))
    row = JobSettingsRow.objects.create(job=job, in_force_from=since, definition=settings_as_json(settings))
    Job.objects.filter(id=job.id).update(settings_row=row)


def shown(client: Client, **asked: str) -> ShownPage:
    answer = client.get(f"/timeline?{urlencode({**DAY, **asked})}")
    assert answer.status_code == 200
    return ShownPage(answer)


def drawn(page: ShownPage, class_name: str) -> list[str]:
    """What each of the shapes of that class says on hover."""
    following = zip(page.elements, page.elements[1:], strict=False)
    return [after.text for one, after in following if one.has_class(class_name) and after.tag == "title"]


def links(page: ShownPage, start: str) -> list[str]:
    return [
        each.attributes["href"] for each in page.all("a", tabindex="-1") if each.attributes["href"].startswith(start)
    ]


@on_each_database
def test_each_run_of_the_day_is_a_bar_that_leads_to_it(viewer: Client) -> None:
    job = a_job("sales")
    inside, failed = a_run(job, 1, 2), a_run(job, 3, 3.5, "error")
    a_run(job, 20, 21)
    a_run(job, -30, -29)
    page = shown(viewer)
    assert drawn(page, "bar") == [
        "sales の題 · 10:00–11:00 · 1 時間 · 成功",
        "sales の題 · 12:00–12:30 · 30 分 · 失敗",
    ]
    assert links(page, f"/jobs/{job.id}/runs") == [f"/jobs/{job.id}/runs/{each.id}" for each in (inside, failed)]
    assert [text.strip() for text in page.column(3, "bars")] == ["成功", "失敗"]
    assert "2026年3月3日(火)" in page.one("p", "window-name").text


@on_each_database
def test_a_run_over_midnight_is_on_both_days(viewer: Client) -> None:
    job = a_job("sales")
    a_run(job, 14, 16)
    assert len(drawn(shown(viewer), "bar")) == 1
    assert len(drawn(shown(viewer, at="2026-03-04"), "bar")) == 1
    assert drawn(shown(viewer, at="2026-03-05"), "bar") == []


def test_runs_that_overlap_say_so(viewer: Client) -> None:
    job = a_job("sales")
    a_run(job, 1, 3)
    a_run(job, 2, 4)
    assert [said.endswith("ほかの実行と重なっています") for said in drawn(shown(viewer), "bar")] == [False, True]


def test_a_run_that_did_not_say_when_it_began_is_a_point(viewer: Client) -> None:
    a_run(a_job("sales"), None, 2)
    page = shown(viewer)
    assert drawn(page, "point") == ["sales の題 · 11:00 · 成功"]
    assert page.column(1, "bars") == ["–"]


@on_each_database
def test_a_start_that_was_told_apart_makes_it_a_bar(viewer: Client) -> None:
    job = a_job("sales")
    run = a_run(job, None, 2)
    RunStart.objects.create(job=job, run_id=run.run_id, started_at=NINE, received_at=NINE, extensions="[]")
    assert drawn(shown(viewer), "bar") == ["sales の題 · 09:00–11:00 · 2 時間 · 成功"]


@on_each_database
def test_a_slot_says_whether_a_run_began_for_it(viewer: Client) -> None:
    job = a_job("sales")
    expect(job, "0 9,12 * * *")
    a_run(job, 0.1, 0.2)
    page = shown(viewer)
    assert drawn(page, "slot") == ["sales の題 · 09:00 · 予定（実行あり）", "sales の題 · 12:00 · 予定（実行なし）"]
    assert page.column(2, "slots") == ["予定（実行あり）", "予定（実行なし）"]


def test_what_is_due_at_midnight_is_on_the_day_that_begins(viewer: Client) -> None:
    expect(a_job("sales"), "0 0 * * *")
    page = shown(viewer)
    assert drawn(page, "slot") == ["sales の題 · 00:00 · 予定（実行なし）"]
    assert page.column(1, "slots") == ["2026-03-03 00:00:00"]


def test_nothing_is_due_before_the_settings_were_in_force(viewer: Client) -> None:
    job = a_job("sales")
    expect(job, "0 9,12 * * *", since=NINE + timedelta(hours=1))
    assert drawn(shown(viewer), "slot") == ["sales の題 · 12:00 · 予定（実行なし）"]


def test_a_job_that_is_due_all_the_time_shows_no_slot_and_the_table_says_why(viewer: Client) -> None:
    expect(a_job("sales"), "* * * * *")
    page = shown(viewer)
    assert drawn(page, "slot") == []
    assert "予定が多いため" in page.one("table", id="slots").text


@on_each_database
def test_a_job_of_very_many_runs_is_drawn_by_how_many_there_were(
    viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline_queries, "MANY_RUNS", 20)
    monkeypatch.setattr("tc_portal.web.charts.timeline_rows.MANY_RUNS", 20)
    job = a_job("sales")
    for minute in range(30):
        a_run(job, None, minute / 60, "error" if minute == 20 else "success")
    page = shown(viewer)
    assert drawn(page, "point") == []
    # Ninety-six parts of a day: a quarter of an hour each.
    assert drawn(page, "stretch") == [
        "sales の題 · 09:00–09:15 · 15 件の実行",
        "sales の題 · 09:15–09:30 · 15 件の実行 · 失敗 1",
    ]


@on_each_database
def test_what_runs_at_once_is_counted_by_the_minute(viewer: Client) -> None:
    for number, (start, end) in enumerate([(1, 2), (1.5, 2.5), (1.75, 1.8), (9, 10)]):
        a_run(a_job(f"job-{number}"), start, end)
    page = shown(viewer)
    assert page.one("p", "strip-label").text.split()[0] == "3"
    assert page.column(0, "busiest")[0] == "03-03 10:45"
    assert page.column(1, "busiest")[0] == "3 件の実行"
    (most,) = drawn(page, "most")
    assert most == "03-03 10:40 · 3 件の実行"
    assert "span=1h&at=2026-03-03T10%3A00" in "".join(links(page, "?"))


@on_each_database
def test_of_more_runs_than_are_counted_the_page_says_so(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline_queries, "RUNS_AT_ONCE", 3)
    job = a_job("sales")
    for hour in range(4):
        a_run(job, hour, hour + 0.5)
    assert "一部のジョブと実行から" in shown(viewer).one("main").text


def test_a_time_in_which_the_portal_was_away_is_shaded(viewer: Client) -> None:
    a_job("sales")
    hour = timedelta(hours=1)
    BlindTime.objects.create(started_at=NINE, ended_at=NINE + hour, drained_at=NINE + 3 * hour)
    assert drawn(shown(viewer), "blind") == ["監視停止 · 09:00–10:00"]
    assert drawn(shown(viewer, at="2026-03-04"), "blind") == []


@on_each_database
def test_jobs_are_found_by_tool_tag_and_host(viewer: Client) -> None:
    tool = Tool.objects.create(name="経理")
    ours = a_job("ours", host="PC-2", tool=tool)
    a_job("other")
    JobTag.objects.create(job=ours, tag="月次")
    for asked in ({"tool": str(tool.id)}, {"tag": "月次"}, {"host": "PC-2"}):
        page = shown(viewer, **asked)
        assert [link.text for link in page.one("div", "gantt-labels").inside if link.tag == "a"] == ["ours の題"]
        kept = urlencode(asked)
        assert all(kept in link.attributes["href"] for link in page.all("a", "button", rel="next"))


@on_each_database
@pytest.mark.parametrize("by", ["", "host"])
def test_many_jobs_come_in_pages_each_on_one(viewer: Client, by: str) -> None:
    Job.objects.bulk_create(
        [
            Job(job_key=f"{n}", title=f"題 {n % 7}", verdict="ok", created_at=NINE, host=f"PC-{n % 3}")
            for n in range(120)
        ]
    )
    asked, seen = {"by": by}, list[str]()
    while True:
        page = shown(viewer, **asked)
        labels = [link for link in page.one("div", "gantt-labels").inside if link.tag == "a"]
        seen += [link.attributes["href"] for link in labels]
        more = [link.attributes["href"] for link in page.all("a", rel="next") if "after=" in link.attributes["href"]]
        if not more:
            break
        asked = {"by": by, "after": more[0].split("after=")[1].split("&")[0]}
    assert len(seen) == len(set(seen)) == 120


def test_by_host_the_jobs_of_a_host_are_together_and_those_of_none_left_out(viewer: Client) -> None:
    for key, host in (("a", "PC-2"), ("b", "PC-1"), ("c", "PC-2"), ("d", None)):
        a_job(key, host=host)
    labels = shown(viewer, by="host").one("div", "gantt-labels")
    assert [each.text for each in labels.inside if each.tag == "span"] == ["PC-1", "PC-2", "PC-2"]


@pytest.mark.parametrize(
    ("span", "at", "earlier", "later"),
    [
        ("day", "2026-03-03", "2026-03-02", "2026-03-04"),
        ("day", "2026-03-03T15:30", "2026-03-02", "2026-03-04"),
        ("6h", "2026-03-03T15:30", "2026-03-03T06:00", "2026-03-03T18:00"),
        ("1h", "2026-03-03T00:10", "2026-03-02T23:00", "2026-03-03T01:00"),
        # A week begins on Sunday in Japan.
        ("week", "2026-03-03", "2026-02-22", "2026-03-08"),
    ],
)
def test_the_time_before_and_after_is_a_step_away(
    viewer: Client, span: str, at: str, earlier: str, later: str
) -> None:
    page = shown(viewer, span=span, at=at)
    (before,), (after,) = page.all("a", rel="prev"), page.all("a", rel="next")
    assert before.attributes["href"] == f"?{urlencode({'span': span, 'at': earlier})}"
    assert after.attributes["href"] == f"?{urlencode({'span': span, 'at': later})}"


@pytest.mark.parametrize("at", ["", "x", "2026-13-01", "0001-01-01", "9999-12-31", "2026-03-03T25:00", "\0"])
@pytest.mark.parametrize("span", ["", "x", "week", "day", "6h", "1h"])
def test_any_address_shows_some_time(viewer: Client, span: str, at: str) -> None:
    a_job("sales")
    page = shown(viewer, span=span, at=at, after="9" * 30)
    assert page.one("p", "window-name").text


def test_an_empty_portal_says_what_to_do(viewer: Client) -> None:
    page = shown(viewer)
    assert (
        "まだどのスクリプトも" in page.one("main").text or page.one("a", "primary").attributes["href"] == "/jobs/add"
    )


@on_each_database
def test_the_cost_does_not_grow_with_the_runs(viewer: Client) -> None:
    jobs = [a_job(f"job-{number}") for number in range(5)]
    costs = []
    for _round in range(2):
        for job in jobs:
            for hour in range(10):
                a_run(job, hour, hour + 0.5)
        with CountedQueries() as queries:
            shown(viewer)
        costs.append(queries.count)
    assert costs[0] == costs[1] <= 22
