"""月次レポート: a month in figures, on a page and as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from job_rows import CountedQueries, on_each_database
from shown_page import ShownPage
from tc_portal.jobs import month_queries
from tc_portal.jobs.models import Incident, Job, Run, Tool, Transition
from tc_portal.web.month_figures import month_moved, month_named
from tc_portal.web.spreadsheet import csv_of
from tc_portal.web.views import reports

# The first instant of March in Tokyo.
MARCH = datetime(2026, 2, 28, 15, tzinfo=UTC)
APRIL = datetime(2026, 3, 31, 15, tzinfo=UTC)


def a_job(key: str, tool: Tool | None = None, title: str = "") -> Job:
    return Job.objects.create(job_key=key, title=title or f"{key} の題", verdict="ok", created_at=MARCH, tool=tool)


def add_runs(job: Job, ends: list[datetime], result: str = "success", took: timedelta | None = None) -> None:
    first = Run.objects.count()
    Run.objects.bulk_create(
        [
            Run(
                job=job,
                run_id=f"r{first + number}",
                result=result,
                started_at=None if took is None else end - took,
                finished_at=end,
                received_at=end,
                source="x",
            )
            for number, end in enumerate(ends)
        ]
    )


def rows(client: Client, table: str, path: str = "/reports/2026-03") -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    within = ShownPage(answer).one("table", id=table).inside
    body = [row for row in within if row.tag == "tr"][1:]
    return [[cell.text for cell in row.inside if cell.tag in ("th", "td")] for row in body]


def spreadsheet(client: Client, path: str = "/reports/2026-03.csv") -> list[dict[str, str]]:
    content = client.get(path).content
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@on_each_database
def test_a_job_is_told_in_the_figures_of_its_month(viewer: Client) -> None:
    job = a_job("sales")
    add_runs(job, [MARCH + timedelta(hours=number) for number in range(9)], took=timedelta(minutes=2))
    add_runs(job, [MARCH + timedelta(hours=20)], "error", took=timedelta(minutes=90))
    fields: dict[str, Any] = {"verdict_before": "ok", "is_bad": True, "reasons": "[]"}
    Transition.objects.create(job=job, at=MARCH + timedelta(days=3), verdict="missed", **fields)
    Transition.objects.create(job=job, at=MARCH + timedelta(days=4), verdict="error", **fields)
    for hours, day in ((1, 1), (3, 2), (30, 3)):
        opened_at = MARCH + timedelta(days=day)
        Incident.objects.create(
            job=job, opened_at=opened_at, resolved_at=opened_at + timedelta(hours=hours), verdict="error"
        )
    Incident.objects.create(job=job, opened_at=MARCH + timedelta(days=9), verdict="error")
    ((_title, *figures),) = rows(viewer, "jobs-table")
    assert figures == ["10", "90.0%", "1", "1", "1.5 時間", "4 (うち未復旧 1)", "3 時間"]
    (told,) = spreadsheet(viewer)
    assert list(told.values()) == [
        "2026-03",
        "",
        "sales の題",
        "sales",
        "10",
        "1",
        "90.0",
        "1",
        "5400.0",
        "4",
        "1",
        "180.0",
    ]


@on_each_database
def test_a_month_begins_and_ends_by_the_portals_clock(viewer: Client) -> None:
    job = a_job("sales")
    instant = timedelta(microseconds=1)
    add_runs(job, [MARCH - instant, MARCH, APRIL - instant, APRIL])
    for month, runs in (("2026-02", "1"), ("2026-03", "2"), ("2026-04", "1")):
        assert rows(viewer, "jobs-table", f"/reports/{month}")[0][1] == runs


@on_each_database
def test_a_tool_is_all_its_jobs_together_and_those_of_none_come_last(viewer: Client) -> None:
    keiri, jinji = Tool.objects.create(name="経理"), Tool.objects.create(name="人事")
    for key, tool, runs, errors in (("a", keiri, 9, 1), ("b", keiri, 0, 10), ("c", jinji, 4, 0), ("d", None, 2, 0)):
        job = a_job(key, tool)
        add_runs(job, [MARCH + timedelta(hours=number) for number in range(runs)])
        add_runs(job, [MARCH + timedelta(hours=number) for number in range(errors)], "error")
    told = {row[0]: row[1:4] for row in rows(viewer, "tools-table")}
    assert told == {"経理": ["2", "20", "45.0%"], "人事": ["1", "4", "100.0%"], "ツールなし": ["1", "2", "100.0%"]}
    assert rows(viewer, "tools-table")[-1][0] == "ツールなし"
    assert len(rows(viewer, "jobs-table", f"/reports/2026-03?tool={keiri.id}")) == 2
    assert [list(row.values())[3] for row in spreadsheet(viewer, f"/reports/2026-03.csv?tool={keiri.id}")] == [
        "a",
        "b",
    ]


def test_a_job_that_did_not_run_has_no_rate(viewer: Client) -> None:
    a_job("sales")
    assert rows(viewer, "jobs-table")[0][1:] == ["0", "–", "0", "0", "–", "0", "–"]
    assert spreadsheet(viewer)[0]["成功率 (%)"] == ""


@on_each_database
def test_of_more_runs_than_are_counted_no_rate_is_said(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(month_queries, "MANY_RUNS", 5)
    add_runs(a_job("sales"), [MARCH + timedelta(hours=number) for number in range(9)])
    assert rows(viewer, "jobs-table")[0][1:3] == ["5 以上", "–"]


@on_each_database
def test_many_jobs_come_in_pages_and_are_all_in_the_file(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "JOBS_A_PAGE", 10)
    for number in range(25):
        a_job(f"job-{number:02}")
    path, seen = "/reports/2026-03", list[str]()
    while path:
        page = ShownPage(viewer.get(path))
        assert "このページのジョブだけ" in page.one("main").text
        seen += [link.text for link in page.one("table", id="jobs-table").inside if link.tag == "a"]
        following = [each for each in page.all("nav", "pages")[0].inside if each.tag == "a" and "次" in each.text]
        path = f"/reports/2026-03{following[0].attributes['href']}" if following else ""
    assert len(seen) == len(set(seen)) == 25
    assert len(spreadsheet(viewer)) == 25


def test_a_file_that_does_not_hold_all_jobs_says_so(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "JOBS_IN_CSV", 3)
    for number in range(5):
        a_job(f"job-{number}")
    told = spreadsheet(viewer)
    assert len(told) == 4
    assert "ツールを選んでください" in next(iter(told[-1].values()))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＠x", " =1+1", "　=1"])
def test_no_text_becomes_a_formula(viewer: Client, text: str) -> None:
    a_job("sales", title=text)
    assert spreadsheet(viewer)[0]["表示名"] == f"'{text}"


def test_cells_keep_what_they_hold() -> None:
    written = csv_of([['売上, "日報"\n改行', 1, 0.5, None, -3]])
    assert list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))) == [
        ['売上, "日報"\n改行', "1", "0.5", "", "-3"]
    ]
    assert written.endswith(b"\r\n")


def test_the_file_is_named_after_the_month_and_is_not_to_be_guessed_at(viewer: Client) -> None:
    answer = viewer.get("/reports/2026-03.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="tc-portal-2026-03.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_reports_lead_to_this_month_and_from_month_to_month(viewer: Client) -> None:
    assert viewer.get("/reports")["Location"] == f"/reports/{timezone.localdate():%Y-%m}"
    page = ShownPage(viewer.get("/reports/2026-01"))
    assert page.one("a", rel="prev").attributes["href"] == "/reports/2025-12"
    assert page.one("a", rel="next").attributes["href"] == "/reports/2026-02"


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-00", "2026-1", "26-01", "x", "2026-03-01", "0000-01", "9999-12", "２０２６-03"]
)
@pytest.mark.parametrize("ending", ["", ".csv"])
def test_a_month_that_is_none_is_not_there(viewer: Client, month: str, ending: str) -> None:
    assert viewer.get(f"/reports/{month}{ending}").status_code == 404


@pytest.mark.parametrize("page", ["0", "x", "-1", "9" * 30, "5"])
def test_any_page_number_shows_some_page(viewer: Client, page: str) -> None:
    a_job("sales")
    assert viewer.get(f"/reports/2026-03?page={page}").status_code == 200


def test_every_month_has_one_before_and_after() -> None:
    first = month_named("2026-01")
    assert first is not None
    for _step in range(30):
        assert month_moved(month_moved(first, 1), -1) == first
        first = month_moved(first, 1)
    assert f"{first:%Y-%m}" == "2028-07"


@on_each_database
def test_the_cost_does_not_grow_with_the_jobs(viewer: Client) -> None:
    costs = []
    for round_number in range(2):
        for number in range(20):
            add_runs(a_job(f"job-{round_number}-{number}"), [MARCH + timedelta(hours=number)])
        with CountedQueries() as queries:
            viewer.get("/reports/2026-03")
        costs.append(queries.count)
    assert costs[0] == costs[1] <= 22
