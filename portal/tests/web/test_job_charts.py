"""The charts of a job's page: how long its runs took, and what each day of a year was like."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from job_rows import NOW, a_job, on_each_database
from shown_page import Element, ShownPage
from tc_portal.jobs import run_history
from tc_portal.jobs.models import Job, Run, RunStart, Transition
from tc_portal.jobs.run_history import run_days

TOKYO = ZoneInfo("Asia/Tokyo")


def a_new_job(title: str = "売上日報") -> Job:
    return Job.objects.create(job_key="sales", title=title, verdict="waiting", created_at=NOW)


def add_runs(job: Job, ends: list[datetime], seconds: list[float | None], result: str = "success") -> None:
    """Runs that ended then and took so long; None for one that does not say when it began."""
    first = Run.objects.count()
    Run.objects.bulk_create(
        [
            Run(
                job=job,
                run_id=f"r{first + number}",
                result=result,
                started_at=None if took is None else end - timedelta(seconds=took),
                finished_at=end,
                received_at=end,
                source="job-report",
            )
            for number, (end, took) in enumerate(zip(ends, seconds, strict=True))
        ]
    )


def days_ago(number: int, hour: int = 12) -> datetime:
    return datetime.combine(timezone.localdate() - timedelta(days=number), time(hour), TOKYO)


def shapes(page: ShownPage, class_name: str) -> list[Element]:
    return [element for tag in ("circle", "path", "rect") for element in page.all(tag, class_name)]


def cells(page: ShownPage) -> list[tuple[str, str]]:
    """Each day of the year's chart: its classes, and what it says on hover."""
    following = zip(page.elements, page.elements[1:], strict=False)
    return [
        (one.attributes["class"], other.text)
        for one, other in following
        if one.tag == "rect" and one.has_class("cell")
    ]


@on_each_database
def test_each_run_is_a_point_that_leads_to_it_and_a_line_of_the_table_behind(viewer: Client) -> None:
    job = a_new_job()
    add_runs(job, [days_ago(number) for number in range(3)], [60, 90, 120])
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    numbers = Run.objects.order_by("finished_at").values_list("id", flat=True)
    points = [link for link in page.all("a") if any(inside.has_class("dot") for inside in link.inside)]
    assert [link.attributes["href"] for link in points] == [f"/jobs/{job.id}/runs/{number}" for number in numbers]
    assert [text.split("· ")[1] for text in (link.text for link in points)] == ["2 分", "1.5 分", "1 分"]
    table = page.one("details", id="durations-table")
    durations = [cell.text for cell in table.inside if cell.tag == "td" and cell.has_class("number")][::2]
    assert durations == ["1 分", "1.5 分", "2 分"]


def test_a_run_that_took_far_longer_than_those_before_stands_out(viewer: Client) -> None:
    job = a_new_job()
    add_runs(job, [days_ago(number) for number in range(20)], [3_600.0, *[60.0, 70.0] * 9, 60.0])
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    assert len(shapes(page, "outlier")) == 1
    assert "このうち 1 回がいつもから大きく外れています。" in page.one("main").text
    assert page.one("details", id="durations-table").text.count("いつもより長い") == 1
    assert "対数目盛" in page.one("main").text


def test_a_run_that_failed_at_once_is_a_failure_and_no_outlier(viewer: Client) -> None:
    job = a_new_job()
    add_runs(job, [days_ago(number) for number in range(1, 21)], [600.0] * 20)
    add_runs(job, [days_ago(0)], [1.0], "error")
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    assert len(shapes(page, "error")) >= 1
    assert [shape for shape in shapes(page, "outlier") if shape.has_class("dot")] == []


@on_each_database
def test_a_start_that_was_told_apart_counts_as_well(viewer: Client) -> None:
    job = a_new_job()
    add_runs(job, [days_ago(0)], [None])
    began = {"started_at": days_ago(0) - timedelta(minutes=5), "received_at": days_ago(0), "extensions": "[]"}
    RunStart.objects.create(job=job, run_id=Run.objects.get().run_id, **began)
    assert "5 分" in ShownPage(viewer.get(f"/jobs/{job.id}")).one("details", id="durations-table").text


def test_without_any_known_duration_the_page_says_what_to_report(viewer: Client) -> None:
    job = a_new_job()
    add_runs(job, [days_ago(0)], [None])
    assert "started_at を報告すると" in viewer.get(f"/jobs/{job.id}").text


def test_one_run_and_runs_at_one_instant_and_of_no_length_are_drawn(viewer: Client) -> None:
    job = a_new_job()
    add_runs(job, [days_ago(0)] * 30, [0.0] * 30)
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    assert len([link for link in page.all("a") if any(inside.has_class("dot") for inside in link.inside)]) == 30


def test_only_the_last_runs_are_charted(viewer: Client) -> None:
    job = a_new_job()
    ends = [days_ago(0) - timedelta(minutes=number) for number in range(1_000)]
    add_runs(job, ends, [30.0] * 1_000)
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    assert "直近 200 回" in page.one("main").text


@on_each_database
def test_each_day_has_the_colour_of_its_worst(viewer: Client) -> None:
    job = a_new_job()
    add_runs(job, [days_ago(number) for number in (3, 4, 4)], [None] * 3)
    add_runs(job, [days_ago(4, 13)], [None], "error")
    fields = {"verdict_before": "ok", "is_bad": True, "reasons": "[]"}
    Transition.objects.create(job=job, at=days_ago(5), verdict="missed", **fields)
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    by_day = {said.split("(")[0]: classes for classes, said in cells(page)}
    today = timezone.localdate()

    def state(ago: int) -> str:
        day = today - timedelta(days=ago)
        return by_day[f"{day.year}年{day.month}月{day.day}日"].split()[1]

    assert [state(ago) for ago in (2, 3, 4, 5)] == ["none", "success", "error", "missed"]
    assert "実行のあった日 2 日、失敗のあった日 1 日、未報告のあった日 1 日" in page.one("main").text


@pytest.mark.parametrize(("language", "first"), [("ja", "日"), ("en", "Mon")])
def test_the_year_ends_today_and_begins_with_a_whole_week(viewer: Client, language: str, first: str) -> None:
    job = a_new_job()
    page = ShownPage(viewer.get(f"/jobs/{job.id}", HTTP_ACCEPT_LANGUAGE=language))
    days = [said for _classes, said in cells(page)]
    assert 53 * 7 - 6 <= len(days) <= 53 * 7
    assert first in days[0]
    assert str(timezone.localdate().day) in days[-1]


def test_holidays_are_marked_and_named(viewer: Client) -> None:
    job = a_new_job()
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    named = [said for _classes, said in cells(page) if "勤労感謝の日" in said]
    assert len(named) >= 1
    assert len(page.all("circle", "holiday")) >= 15
    assert "勤労感謝の日" in page.one("details", id="year-table").text


def test_a_day_leads_to_its_runs(viewer: Client) -> None:
    job = a_new_job()
    add_runs(job, [days_ago(number) for number in range(10)], [None] * 10)
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    (link,) = [link for link in page.one("details", id="year-table").inside if link.tag == "a"][3:4]
    there = ShownPage(viewer.get(f"/jobs/{job.id}{link.attributes['href']}"))
    assert there.column(1, "runs-table")[0][:10] == days_ago(3).date().isoformat()


@on_each_database
def test_a_day_is_one_on_the_portals_clock_and_counts_to_its_edges(data: object) -> None:
    job, day = a_new_job(), date(2026, 3, 2)
    begins = datetime.combine(day, time(), TOKYO)
    moments = [begins - timedelta(microseconds=1), begins, begins + timedelta(hours=24) - timedelta(microseconds=1)]
    add_runs(job, [*moments, begins + timedelta(days=1)], [None] * 4)
    add_runs(a_job("other"), [begins], [None])
    days = run_days(job, date(2026, 3, 1), date(2026, 3, 3), TOKYO).days
    assert [each.runs for each in days] == [1, 2, 1]


@on_each_database
def test_a_day_of_very_many_runs_is_not_counted_to_its_end(data: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_history, "MANY_A_DAY", 20)
    job, day = a_new_job(), date(2026, 3, 2)
    begins = datetime.combine(day, time(), TOKYO)
    add_runs(job, [begins + timedelta(minutes=number) for number in range(50)], [None] * 50)
    add_runs(job, [begins + timedelta(minutes=50)], [None], "error")
    (told,) = run_days(job, day, day, TOKYO).days
    assert (told.runs, told.errors, told.is_many, told.state) == (20, 1, True, "error")


@on_each_database
def test_of_very_many_changes_the_page_says_from_when_misses_are_counted(
    data: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_history, "TRANSITIONS_LOOKED_AT", 4)
    job = a_new_job()
    fields = {"verdict_before": "ok", "is_bad": True, "reasons": "[]", "verdict": "missed"}
    for number in range(8):
        Transition.objects.create(job=job, at=datetime(2026, 3, 1 + number, 3, tzinfo=TOKYO), **fields)
    found = run_days(job, date(2026, 3, 1), date(2026, 3, 8), TOKYO)
    assert found.missed_since == date(2026, 3, 5)
    assert [each.missed for each in found.days] == [0, 0, 0, 0, 1, 1, 1, 1]


def test_no_title_or_name_becomes_markup(viewer: Client) -> None:
    job = a_new_job("<script>alert(1)</script>")
    add_runs(job, [days_ago(0)], [5.0])
    assert "<script>alert" not in viewer.get(f"/jobs/{job.id}").text
