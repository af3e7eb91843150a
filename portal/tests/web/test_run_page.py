"""A run's page: all that it told, its output searched and downloaded; hostile text stays text."""

from typing import Any

from django.test import Client
from job_rows import NOW, a_job, on_each_database
from tc_portal.jobs.models import Run, RunLogLine, RunMetric, RunOutput


def a_run(head: str = "一行目\n二行目\n", tail: str = "", **more: Any) -> tuple[Run, str]:
    """A run with output, and its page's address."""
    job = a_job("夜間/バッチ", "error", message="失敗しました")
    run = job.runs.get()
    Run.objects.filter(id=run.id).update(exit_code=-1073741819, exit_meaning="アクセス違反 (0xC0000005)", host="PC-1")
    told = {"size": len((head + tail).encode()), "is_cut": False, **more}
    RunOutput.objects.create(job=job, run_id=run.run_id, ended_at=NOW, head=head, tail=tail, **told)
    return run, f"/jobs/{job.id}/runs/{run.id}"


@on_each_database
def test_the_page_says_how_the_run_ended_and_all_that_it_told(viewer: Client) -> None:
    run, address = a_run()
    RunMetric.objects.create(job_id=run.job_id, run_id=run.run_id, name="rows", value=12345, at=NOW)
    RunLogLine.objects.create(job_id=run.job_id, run_id=run.run_id, at=NOW, digest="d", text="読み込み開始")
    shown = viewer.get(address).text
    for text in (
        "アクセス違反 (0xC0000005)",
        "失敗しました",
        "12,345",
        "読み込み開始",
        "二行目",
        'id="L2"',
        'href="#L2"',
    ):
        assert text in shown
    assert f'href="{address}"' in viewer.get(f"/jobs/{run.job_id}").text
    assert viewer.get(f"/jobs/{run.job_id}/runs/last")["Location"] == address


def test_what_is_looked_for_is_marked_and_its_lines_are_linked(viewer: Client) -> None:
    _, address = a_run("one\nERROR two\nthree error\n")
    shown = viewer.get(address, {"q": "error"}).text
    assert "<mark>ERROR</mark>" in shown and "<mark>error</mark>" in shown
    assert "2 行にあります。" in shown
    assert '#L3">3</a>' in shown


def test_where_the_middle_was_cut_the_page_and_the_file_say_so(viewer: Client) -> None:
    _, address = a_run("最初\n", "最後\n", size=5_000_000, is_cut=True)
    assert "途中を省略" in viewer.get(address).text
    assert viewer.get(f"{address}/output.txt").text == "最初\n\n…… [途中を省略、全体で 5,000,000 バイト] ……\n最後\n"


def test_hostile_output_is_text_and_nothing_else(viewer: Client) -> None:
    hostile = "<script>alert(1)</script>\x1b[31mred\x1b[0m\x07\r\n<mark>\n"
    _, address = a_run(hostile)
    shown = viewer.get(address, {"q": "<mark>"}).text
    assert "<script>alert" not in shown and "&lt;script&gt;alert(1)&lt;/script&gt;red\ufffd" in shown
    assert "<mark>&lt;mark&gt;</mark>" in shown


def test_the_file_is_the_output_as_it_was(viewer: Client) -> None:
    _, address = a_run("日本語\x1b[31m\n")
    answer = viewer.get(f"{address}/output.txt")
    assert answer.content == "日本語\x1b[31m\n".encode()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert "/" not in answer["Content-Disposition"]


def test_a_long_output_comes_in_pages_and_a_match_leads_to_its_page(viewer: Client) -> None:
    _, address = a_run("".join(f"line {number}\n" for number in range(1, 4502)))
    first = viewer.get(address, {"q": "line 4500"}).text
    assert 'id="L2000"' in first and 'id="L2001"' not in first
    assert 'href="?page=3&amp;q=line+4500#L4500"' in first
    assert 'id="L4500"' in viewer.get(address, {"page": "3"}).text


def test_a_run_of_another_job_is_not_found(viewer: Client) -> None:
    run, _ = a_run()
    other = a_job("other")
    assert viewer.get(f"/jobs/{other.id}/runs/{run.id}").status_code == 404
    assert viewer.get(f"/jobs/{other.id}/runs/{run.id}/output.txt").status_code == 404


def test_a_run_without_output_has_no_file(viewer: Client) -> None:
    job = a_job("plain")
    address = f"/jobs/{job.id}/runs/{job.runs.get().id}"
    assert "出力は報告されていません" in viewer.get(address).text
    assert viewer.get(f"{address}/output.txt").status_code == 404
