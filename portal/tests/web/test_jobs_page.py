"""ジョブ: the list of all jobs, and finding one in it."""

from datetime import timedelta

import pytest
from django.test import Client
from job_rows import NOW, a_job, many_jobs, on_each_database
from shown_page import ShownPage
from tc_portal.jobs.models import Job, Tool

KEY, TOOL, LAST_FINISHED, NEXT_DUE = 2, 3, 5, 6
ODD_PAGES = ["0", "-1", "abc", "999999", "", "1.5", "２", "9" * 5000, "1e9", "\0", "%", "null"]


def found(client: Client, text: str) -> list[str]:
    answer = client.get("/jobs", {"q": text})
    assert answer.status_code == 200
    return ShownPage(answer).column(KEY)


@on_each_database
def test_a_row_says_where_the_job_stands(viewer: Client) -> None:
    job = a_job("sales", "error", title="売上日報", tool=Tool.objects.create(name="経理"))
    page = ShownPage(viewer.get("/jobs"))
    assert [page.column(number)[0].strip() for number in (0, KEY, TOOL)] == ["失敗", "sales", "経理"]
    assert page.row_titles() == ["売上日報"]
    assert page.one("a", href=f"/jobs/{job.id}").text == "売上日報"
    assert page.all("p", "quiet-text")[0].text == "1 件"


def test_a_job_without_a_tool_or_a_result_has_a_dash(viewer: Client) -> None:
    Job.objects.create(job_key="planned", title="予定", verdict="waiting", created_at=NOW)
    page = ShownPage(viewer.get("/jobs"))
    assert [page.column(number)[0].strip() for number in (0, TOOL, LAST_FINISHED)] == ["待機中", "–", "未実行"]


def test_jobs_come_by_title_whatever_their_results(viewer: Client) -> None:
    a_job("1", "error", NOW, title="c")
    a_job("2", "success", NOW - timedelta(days=1), title="a")
    a_job("3", "error", NOW - timedelta(days=2), title="b")
    assert ShownPage(viewer.get("/jobs")).row_titles() == ["a", "b", "c"]


def test_an_empty_portal_leads_to_the_first_job(viewer: Client) -> None:
    page = ShownPage(viewer.get("/jobs"))
    assert "まだ報告がありません。" in page.one("div", "empty").text
    assert [link.text.strip() for link in page.all("a", href="/jobs/add")] == ["ジョブを追加"] * 2


@on_each_database
@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("売上", ["sales"]),
        ("日", ["sales", "stock"]),
        ("在庫管理", ["stock"]),
        ("sales", ["sales"]),
        ("SaLeS", ["sales"]),
        ("JOB A", ["ratio"]),
        ("  売上\t", ["sales"]),
        ("ｓａｐ連携", ["wide"]),
        ("ＳＡＰ連携(", ["wide"]),
        ("連携.*", []),
        ("100%", ["ratio"]),
        ("%", ["ratio"]),
        ("a_b", ["ratio_a_b"]),
        ("_", ["ratio_a_b"]),
        ("c:\\jobs", ["path"]),
        ("\\", ["path"]),
        ("it's", ["path"]),
        ("' OR 1=1 --", []),
        ("売 上", []),
        ("nothing of the kind", []),
    ],
)
def test_a_search_finds_what_holds_the_text(viewer: Client, text: str, keys: list[str]) -> None:
    a_job("sales", title="売上日報")
    a_job("stock", title="日次", tool=Tool.objects.create(name="在庫管理"))
    a_job("ratio", title="Job A at 100% done")
    a_job("ratio_a_b", title="ratio of a to b")
    a_job("wide", title="ＳＡＰ連携(夜間)")
    a_job("path", title="c:\\Jobs\\it's here")
    assert sorted(found(viewer, text)) == keys


@on_each_database
@pytest.mark.parametrize(
    ("text", "keys"), [("\0", ["sales"]), ("売\0上", ["sales"]), ("在庫\0", []), ("売" * 5000, [])]
)
def test_a_search_leaves_out_what_no_title_can_hold(viewer: Client, text: str, keys: list[str]) -> None:
    a_job("sales", title="売上日報")
    assert found(viewer, text) == keys


def test_a_search_without_a_hit_leads_back_to_all_jobs(viewer: Client) -> None:
    a_job("sales")
    page = ShownPage(viewer.get("/jobs", {"q": "在庫"}))
    assert "「在庫」に一致するジョブはありません。" in page.one("div", "empty").text
    assert page.one("a", "button", href="/jobs").text == "すべてのジョブを表示"


def test_a_search_goes_on_over_pages(viewer: Client) -> None:
    many_jobs([f"売上 {number:03}" for number in range(120)])
    many_jobs([f"other {number:03}" for number in range(60)])
    keys: list[str] = []
    address = "/jobs?q=売上"
    for _ in range(3):
        page = ShownPage(viewer.get(address))
        keys += page.column(KEY)
        following = page.all("a", rel="next")
        address = "/jobs" + following[0].attributes["href"] if following else ""
    assert keys == [f"売上 {number:03}" for number in range(120)]
    assert address == ""


@pytest.mark.parametrize("path", ["/jobs", "/incidents", "/jobs/{job}"])
@pytest.mark.parametrize("number", ODD_PAGES, ids=lambda number: repr(number)[:12])
def test_a_page_that_there_is_not_shows_one_that_there_is(viewer: Client, path: str, number: str) -> None:
    job = a_job("sales")
    answer = viewer.get(path.format(job=job.id), {"page": number})
    assert answer.status_code == 200
    assert "sales" in answer.text


@on_each_database
def test_ten_thousand_jobs_are_listed_a_page_at_a_time(viewer: Client) -> None:
    many_jobs([f"job {number:05}" for number in range(10_000)])
    last = Job.objects.get(job_key="job 09949")
    page = ShownPage(viewer.get("/jobs", {"after": f'["{last.title}", {last.id}]'}))
    assert page.column(KEY) == [f"job {number:05}" for number in range(9_950, 10_000)]
    assert page.all("p", "quiet-text")[0].text == "10000 件"
    a_job("job 10000")
    assert ShownPage(viewer.get("/jobs")).all("p", "quiet-text")[0].text == "10000 件以上"
    assert found(viewer, "job 04999") == ["job 04999"]
