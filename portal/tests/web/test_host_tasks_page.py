"""A PC's scheduled tasks on its page: a verdict each, and a job made of one that nobody monitors, by one click."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from django.utils import timezone
from job_rows import CountedQueries, on_each_database
from shown_page import ShownPage
from tc_portal.core.job_settings import read_settings
from tc_portal.core.task_scheduler.task import Boundary, Daily, Task
from tc_portal.core.task_scheduler.windows_schedule import WindowsSchedule
from tc_portal.jobs.models import Host, HostTask, Job, Run

READ = timezone.now().replace(microsecond=0) - timedelta(hours=1)
RAN = READ - timedelta(hours=3)


def a_pc(name: str = "PC-経理", **changes: Any) -> Host:
    told = {"tasks_read_at": READ, "tasks_received_at": READ, "event_log": "off", "last_reported_at": READ}
    return Host.objects.create(name=name, **{**told, **changes})


def a_task(
    host: Host, path: str, last_result: int | None = 0, *, task: Task | None = None, **changes: Any
) -> HostTask:
    task = task or Task(path, triggers=(Daily(start=Boundary(datetime(2026, 4, 1, 6))),))
    told = {"first_seen_at": READ, "last_run_at": RAN, "definition": msgspec.json.encode(task).decode()}
    return HostTask.objects.create(host=host, path=path, last_result=last_result, **{**told, **changes})


def a_run(job_key: str, result: str, ended_at: datetime, title: str = "") -> Job:
    job = Job.objects.create(
        job_key=job_key, title=title or job_key, verdict="ok", created_at=RAN - timedelta(days=9), host="PC-経理"
    )
    common = {"finished_at": ended_at, "received_at": ended_at}
    Run.objects.create(job=job, run_id="r", result=result, source="job-report", **common)
    # Runs of before and after are of other starts.
    Run.objects.create(
        job=job,
        run_id="before",
        result="success",
        source="job-report",
        finished_at=RAN - timedelta(days=1),
        received_at=RAN,
    )
    return job


@on_each_database
def test_each_task_has_its_verdict_with_the_reason_and_its_job(viewer: Client) -> None:
    host = a_pc()
    a_task(host, "\\TC\\売上集計")
    job = a_run("売上集計", "error", RAN + timedelta(minutes=5))
    a_task(host, "\\TC\\締め", 0x8007052E)
    a_task(host, "\\TC\\放置", 3)
    shown = viewer.get(f"/hosts/{host.id}").text
    assert "失敗が見えない" in shown and "タスクの結果は 0" in shown and f'href="/jobs/{job.id}"' in shown
    assert "起動できず" in shown and "利用者名またはパスワードが違う" in shown
    assert "監視なし" in shown and "結果 3" in shown
    assert "履歴が無効" in shown
    # What somebody should look at comes first.
    assert shown.index("売上集計") < shown.index("放置") and shown.index("締め") < shown.index("放置")


def test_in_english_too(viewer: Client) -> None:
    host = a_pc()
    a_task(host, "\\TC\\A", 0x41306)
    viewer.post("/language", {"language": "en"})
    shown = viewer.get(f"/hosts/{host.id}").text
    assert (
        "Scheduled tasks" in shown and "Killed" in shown and "was terminated (by a user or by its time limit" in shown
    )
    assert "its history is off" in shown.lower()


@on_each_database
def test_the_report_of_the_last_start_counts_and_no_other(viewer: Client) -> None:
    host = a_pc()
    a_task(host, "\\sales")
    job = a_run("sales", "success", RAN + timedelta(minutes=1))
    Run.objects.create(
        job=job,
        run_id="later",
        result="error",
        source="job-report",
        finished_at=RAN + timedelta(hours=2),
        received_at=RAN,
    )
    assert "に成功しました" in viewer.get(f"/hosts/{host.id}").text
    Run.objects.exclude(run_id="before").delete()
    assert "スクリプトからの報告がありません" in viewer.get(f"/hosts/{host.id}").text


@on_each_database
def test_the_list_of_pcs_counts_tasks_to_look_at_and_tasks_that_nobody_monitors(viewer: Client) -> None:
    host = a_pc()
    a_pc("PC-2", tasks_read_at=None)
    a_task(host, "\\A", 0x41306)
    a_task(host, "\\B")
    a_task(host, "\\C")
    shown = viewer.get("/hosts").text
    assert "要確認 1" in shown and "監視なし 2" in shown


@pytest.mark.parametrize("path", ["/hosts", "/hosts/{host}"])
def test_many_tasks_cost_as_many_queries_as_few(viewer: Client, path: str) -> None:
    host = a_pc()
    counts = []
    for number in range(12):
        a_task(host, f"\\TC\\t{number}")
        a_run(f"t{number}", "success", RAN + timedelta(minutes=1))
        with CountedQueries() as counted:
            viewer.get(path.format(host=host.id))
        counts.append(counted.count)
    assert counts[1] == counts[-1]


def test_a_reading_that_is_old_is_told_as_that(viewer: Client) -> None:
    fresh, old = a_pc(), a_pc("PC-2", tasks_received_at=READ - timedelta(days=3))
    a_task(old, "\\A")
    assert "古い情報です" in viewer.get(f"/hosts/{old.id}").text
    assert "古い情報です" not in viewer.get(f"/hosts/{fresh.id}").text


def test_what_a_task_is_called_is_escaped(viewer: Client) -> None:
    host = a_pc()
    a_task(host, "\\<script>alert(1)</script>")
    assert "<script>alert" not in viewer.get(f"/hosts/{host.id}").text


def test_a_viewer_cannot_have_a_task_monitored(viewer: Client) -> None:
    host = a_pc()
    task = a_task(host, "\\A")
    assert "監視する" not in viewer.get(f"/hosts/{host.id}").text
    assert viewer.post(f"/hosts/{host.id}/tasks/{task.id}/monitor").status_code == 403


def test_one_click_makes_a_job_of_a_task_that_knows_when_it_is_due(hanako: Client) -> None:
    host = a_pc()
    task = a_task(host, "\\TC\\売上集計")
    assert "監視する" in hanako.get(f"/hosts/{host.id}").text
    answer = hanako.post(f"/hosts/{host.id}/tasks/{task.id}/monitor", follow=True)
    job = Job.objects.select_related("settings_row").get()
    assert (job.job_key, job.title) == ("TC-売上集計", "売上集計")
    [schedule] = read_settings(job.settings_row.definition).schedules
    assert isinstance(schedule.schedule, WindowsSchedule)
    assert (schedule.schedule.path, schedule.schedule.host) == ("\\TC\\売上集計", "PC-経理")
    assert "キー「TC-売上集計」で監視します" in answer.text and f'href="/jobs/{job.id}"' in answer.text
    # Nobody could have reported under its key before.
    assert "報告待ち" in answer.text and "監視なし" not in answer.text
    Job.objects.update(created_at=RAN - timedelta(days=1))
    assert "報告なし" in hanako.get(f"/hosts/{host.id}").text


def test_the_key_that_a_tasks_own_command_reports_under_is_its_jobs(hanako: Client) -> None:
    host = a_pc()
    reporting = Task("\\A", triggers=(Daily(start=Boundary(datetime(2026, 4, 1, 6))),), reports_as="nightly")
    task = a_task(host, "\\A", task=reporting)
    hanako.post(f"/hosts/{host.id}/tasks/{task.id}/monitor")
    assert Job.objects.get().job_key == "nightly"


def test_where_it_is_not_certain_which_job_it_is_a_person_is_asked(hanako: Client) -> None:
    host = a_pc()
    a_run("other", "success", RAN, title="uriage")
    reading = Task("\\X", triggers=(Daily(start=Boundary(datetime(2026, 4, 1, 6))),), scripts=("uriage.py",))
    task = a_task(host, "\\X", task=reading)
    assert "uriage かもしれません" in hanako.get(f"/hosts/{host.id}").text
    shown = hanako.post(f"/hosts/{host.id}/tasks/{task.id}/monitor")
    assert shown.status_code == 200 and "似たジョブがあります" in shown.text
    assert Job.objects.count() == 1
    # What is decided there goes on as an import does.
    form = ShownPage(shown).one("form", **{"class": "import"})
    assert form.attributes["action"] == "/jobs/import"
    sent = {"tasks": ShownPage(shown).one("input", name="tasks").attributes["value"], "take-0": "1", "job-0": "other"}
    hanako.post("/jobs/import", sent)
    told = hanako.get(f"/hosts/{host.id}").text
    assert "に成功しました" in told and "監視なし" not in told


def test_a_task_whose_definition_was_not_told_cannot_become_a_job(hanako: Client) -> None:
    host = a_pc()
    task = a_task(host, "\\A", definition=None)
    assert "監視する" not in hanako.get(f"/hosts/{host.id}").text
    answer = hanako.post(f"/hosts/{host.id}/tasks/{task.id}/monitor", follow=True)
    assert "エクスポート" in answer.text and not Job.objects.exists()
    assert hanako.post(f"/hosts/{host.id}/tasks/{task.id + 1}/monitor").status_code == 404


def test_a_pc_that_has_told_of_no_tasks_says_how_to(viewer: Client) -> None:
    host = a_pc(tasks_read_at=None)
    assert "tc-report tasks" in viewer.get(f"/hosts/{host.id}").text
