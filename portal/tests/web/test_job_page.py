"""One job's page: where it stands, its runs, its tool, and forgetting it."""

from datetime import timedelta

import pytest
from django.test import Client
from job_rows import NOW, a_job, more_runs, on_each_database
from shown_page import ShownPage
from tc_portal.jobs.models import Job, JobStatus, Run, Tool

UNKNOWN = ["999999", "0", "9223372036854775807", "9223372036854775808", "9" * 40]


@on_each_database
def test_the_page_shows_the_job_and_its_runs_newest_first(viewer: Client) -> None:
    job = a_job("sales", "error", title="売上日報", message="接続できません", tool=Tool.objects.create(name="経理"))
    more_runs(job, 3)
    a_job("stock", message="在庫は正常")
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    assert page.texts("h1") == ["売上日報"]
    assert "経理" in page.one("dl", "facts-list").text
    assert [text.strip() for text in page.column(0, "runs-table")] == ["失敗", "成功", "成功", "成功"]
    assert [text[:19] for text in page.column(1, "runs-table")] == [
        f"2026-03-01 {hour}:00:00" for hour in (21, 20, 19, 18)
    ]
    assert page.column(5, "runs-table") == ["接続できません", "–", "–", "–"]
    assert "在庫は正常" not in page.one("main").text


def test_a_run_says_all_that_was_reported_of_it(viewer: Client) -> None:
    job = a_job("sales")
    Run.objects.filter(job=job).update(
        started_at=NOW - timedelta(minutes=2), exit_code=0, host="PC-経理-01", message="3 件\n処理しました"
    )
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    assert [page.column(number, "runs-table")[0] for number in (2, 3, 4, 5)] == [
        "0:02:00",
        "0",
        "PC-経理-01",
        "3 件\n処理しました",
    ]


def test_a_long_message_is_short_in_the_table_until_it_is_opened(viewer: Client) -> None:
    message = (
        "Traceback (most recent call last):\n"
        + '  File "sales.py", line 3, in load\n' * 30
        + "ValueError: 金額が空です"
    )
    job = a_job("sales", "error", message=message)
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    assert "ValueError: 金額が空です" in page.texts("summary")
    assert page.one("table", id="runs-table").text.count("ValueError: 金額が空です") == 2
    assert page.texts("pre", "message") == [message, message]


@on_each_database
def test_runs_come_in_pages(viewer: Client) -> None:
    job = a_job("sales")
    more_runs(job, 119)
    shown: list[str] = []
    address = f"/jobs/{job.id}"
    for runs in (50, 50, 20):
        page = ShownPage(viewer.get(address))
        shown += (column := [text[:19] for text in page.column(1, "runs-table")])
        assert len(column) == runs
        older = page.all("a", rel="next")
        address = f"/jobs/{job.id}" + older[0].attributes["href"] if older else ""
    assert address == ""
    assert len(shown) == len(set(shown)) == 120
    assert shown == sorted(shown, reverse=True)
    newest = [link.attributes["href"] for link in page.all("a", "button") if "最新へ" in link.text]
    assert newest == ["?#runs"]


@on_each_database
def test_runs_that_ended_at_one_instant_are_each_on_one_page(viewer: Client) -> None:
    job = a_job("sales")
    more_runs(job, 119)
    Run.objects.filter(job=job).update(finished_at=NOW)
    shown: list[str] = []
    address = f"/jobs/{job.id}"
    while address:
        page = ShownPage(viewer.get(address))
        shown += [link.attributes["href"] for link in page.one("table", id="runs-table").inside if link.tag == "a"]
        older = page.all("a", rel="next")
        address = f"/jobs/{job.id}" + older[0].attributes["href"] if older else ""
    assert len(shown) == len(set(shown)) == 120


@on_each_database
@pytest.mark.parametrize(("result", "shown"), [("error", "失敗"), ("success", "成功")])
def test_runs_of_one_result_are_shown_alone(viewer: Client, result: str, shown: str) -> None:
    job = a_job("sales", "error")
    more_runs(job, 130)
    Run.objects.filter(job=job, id__in=[run.id for run in Run.objects.filter(job=job) if run.id % 2]).update(
        result="error"
    )
    address, states = f"/jobs/{job.id}?result={result}", list[str]()
    while address:
        page = ShownPage(viewer.get(address))
        states += [text.strip() for text in page.column(0, "runs-table")]
        older = page.all("a", rel="next")
        address = f"/jobs/{job.id}" + older[0].attributes["href"] if older else ""
    assert set(states) == {shown}
    assert len(states) == Run.objects.filter(job=job, result=result).count() > 50


@on_each_database
def test_a_success_far_behind_failures_is_found_by_searching_further_back(
    viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tc_portal.jobs.run_history.LOOKED_AT", 100)
    job = a_job("sales", "error")
    more_runs(job, 250, "error")
    Run.objects.filter(job=job, finished_at=NOW - timedelta(hours=250)).update(result="success")
    page = ShownPage(viewer.get(f"/jobs/{job.id}?result=success"))
    assert "ここまでに調べた実行には見つかりません" in page.one("main").text
    for _further in range(2):
        (older,) = page.all("a", rel="next")
        assert "さらに" in older.text
        page = ShownPage(viewer.get(f"/jobs/{job.id}{older.attributes['href']}"))
    assert [text.strip() for text in page.column(0, "runs-table")] == ["成功"]


@pytest.mark.parametrize(
    "asked", ["before=x", "before=2026-03-01_x", "before=_1", "before=2026-03-01_" + "9" * 30, "result=x"]
)
def test_what_an_address_cannot_mean_is_as_if_it_were_not_there(viewer: Client, asked: str) -> None:
    job = a_job("sales")
    assert len(ShownPage(viewer.get(f"/jobs/{job.id}?{asked}")).column(0, "runs-table")) == 1


def test_few_runs_need_no_pages(viewer: Client) -> None:
    job = a_job("sales")
    assert not ShownPage(viewer.get(f"/jobs/{job.id}")).all("nav", "pages")


def test_a_job_that_has_not_run_says_so(viewer: Client) -> None:
    job = Job.objects.create(job_key="planned", title="予定", verdict="waiting", created_at=NOW)
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    assert "まだ実行されていません。" in page.one("main").text
    assert page.all("span", "state")[0].text.strip() == "待機中"


@on_each_database
@pytest.mark.parametrize("path", ["/jobs/{}", "/jobs/{}/delete"])
@pytest.mark.parametrize("number", UNKNOWN)
def test_a_job_that_is_not_there_is_told_in_the_portals_own_look(admin: Client, path: str, number: str) -> None:
    answer = admin.get(path.format(number))
    assert answer.status_code == 404
    page = ShownPage(answer)
    assert page.one("title").text == "ページが見つかりません · TC Portal"
    assert page.one("main", "door")
    assert page.one("a", "button").attributes["href"] == "/incidents"
    assert page.one("html").attributes["lang"] == "ja"
    assert page.all("link", rel="stylesheet")


@pytest.mark.parametrize("path", ["/jobs/abc", "/jobs/-1", "/jobs/1.5", "/tools/1", "/nothing", "/incidents/"])
def test_an_address_that_is_none_is_told_in_the_portals_own_look(viewer: Client, path: str) -> None:
    answer = viewer.get(path)
    assert answer.status_code == 404
    assert ShownPage(answer).texts("h1") == ["ページが見つかりません"]


@on_each_database
def test_an_administrator_moves_the_job_to_another_tool_and_out_of_it(admin: Client) -> None:
    old, new = (Tool.objects.create(name=name) for name in ("経理", "人事"))
    job = a_job("sales", tool=old)
    page = ShownPage(admin.get(f"/jobs/{job.id}"))
    chosen = [option.text for option in page.all("option") if "selected" in option.attributes]
    assert sorted(page.texts("option")) == sorted(["なし", "人事", "経理"])
    assert chosen == ["経理"]
    for tool in (new, None):
        sent = admin.post(f"/jobs/{job.id}/tool", {"tool": tool.id if tool else ""}, follow=True)
        assert "ジョブのツールを変更しました。" in sent.text
        assert Job.objects.get().tool == JobStatus.objects.get().tool == tool


@pytest.mark.parametrize("tool", ["00000000-0000-0000-0000-000000000001", "経理", "1", "\0"])
def test_a_tool_that_is_not_there_changes_nothing(admin: Client, tool: str) -> None:
    job = a_job("sales", tool=Tool.objects.create(name="経理"))
    assert admin.post(f"/jobs/{job.id}/tool", {"tool": tool}).status_code == 404
    assert Job.objects.get().tool == job.tool


@on_each_database
def test_forgetting_a_job_asks_first_and_takes_its_runs_along(admin: Client) -> None:
    job, other = a_job("sales", "error", title="売上日報"), a_job("stock")
    more_runs(job, 5)
    assert "「売上日報」とその実行履歴をすべて削除します。" in admin.get(f"/jobs/{job.id}/delete").text
    assert Job.objects.count() == 2
    answer = admin.post(f"/jobs/{job.id}/delete", follow=True)
    assert answer.redirect_chain == [("/jobs", 302)]
    assert list(Job.objects.values_list("job_key", flat=True)) == ["stock"]
    assert list(JobStatus.objects.values_list("job_key", flat=True)) == ["stock"]
    assert set(Run.objects.values_list("job_id", flat=True)) == {other.id}
