"""Which job is a task's: a labelled set of names, PCs and times."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.core.task_scheduler.expecting import schedule_of
from tc_portal.core.task_scheduler.known_job import KnownJob
from tc_portal.core.task_scheduler.matching import Jobs, Match, match
from tc_portal.core.task_scheduler.plan_words import candidate_in_words
from tc_portal.core.task_scheduler.task import Boundary, Daily, Task

TOKYO = ZoneInfo("Asia/Tokyo")
MINUTE = timedelta(minutes=1)


def daily(path: str, time: str = "06:00", **more: object) -> Task:
    start = Boundary(datetime.fromisoformat(f"2025-01-01T{time}:00"))
    return Task(path, (Daily(start=start),), **more)  # type: ignore[arg-type]


def runs_at(time: str, days: int = 20, late: timedelta = 4 * MINUTE) -> tuple[datetime, ...]:
    first = datetime.fromisoformat(f"2026-02-01T{time}:00").replace(tzinfo=TOKYO).astimezone(UTC)
    return tuple(first + late + timedelta(days=day) for day in range(days))


def matched(task: Task, *jobs: KnownJob, host: str = "") -> Match:
    return match(task, schedule_of(task, "Asia/Tokyo", host), Jobs(jobs))


def certain(found: Match) -> str | None:
    return None if found.certain is None else found.certain.job.job_key


def candidates(found: Match) -> list[str]:
    return [each.job.job_key for each in found.candidates]


OTHERS = (KnownJob("mail-check", "受信箱の確認"), KnownJob("disk", "ディスク容量の監視"))


@pytest.mark.parametrize(
    ("task", "job"),
    [
        (daily("\\売上集計"), KnownJob("sales", "売上集計")),
        (daily("\\経理\\売上集計"), KnownJob("sales", "売上 集計")),
        (daily("\\ﾊﾞｯｸｱｯﾌﾟ日次"), KnownJob("backup", "バックアップ日次")),
        (daily("\\Backup\\Nightly Dump"), KnownJob("nightly-dump", "DB")),
        (daily("\\NIGHTLY_DUMP"), KnownJob("nightly.dump", "DB")),
        (daily("\\Ｓａｌｅｓ　Ｒｅｐｏｒｔ"), KnownJob("sales-report", "売上")),
        (daily("\\Backup\\Nightly"), KnownJob("backup-nightly", "毎夜の控え")),
        (daily("\\x", reports_as="売上 日報"), KnownJob("売上 日報", "別の名前")),
        (daily("\\Task 7", scripts=("sales_report.py",)), KnownJob("sales-report", "売上", runs=runs_at("06:00"))),
    ],
)
def test_the_same_name_key_or_script_and_times_leave_no_doubt(task: Task, job: KnownJob) -> None:
    assert certain(matched(task, job, *OTHERS)) == job.job_key


@pytest.mark.parametrize(
    ("task", "job"),
    [
        (daily("\\Task 7", scripts=("sales_report.py",)), KnownJob("sales-report", "売上")),
        (daily("\\売上集計（新）"), KnownJob("sales", "売上集計")),
        (daily("\\T7", description="売上データの取込\n担当: 山田"), KnownJob("sales", "売上データの取込")),
        (daily("\\NightlyBackupOfSales"), KnownJob("nightly-backup-sales", "控え")),
        (daily("\\T7"), KnownJob("sales", "売上", runs=runs_at("06:00"))),
        # The same name, and yet: another PC, other times.
        (daily("\\売上集計"), KnownJob("sales", "売上集計", runs=runs_at("15:00"))),
    ],
)
def test_what_is_only_likely_is_offered(task: Task, job: KnownJob) -> None:
    found = matched(task, job, *OTHERS)
    assert certain(found) is None
    assert candidates(found) == [job.job_key]
    assert candidate_in_words(found.candidates[0], "ja") and candidate_in_words(found.candidates[0], "en")


@pytest.mark.parametrize(
    ("task", "job"),
    [
        (daily("\\売上集計"), KnownJob("hr", "勤怠の締め")),
        (daily("\\Batch", scripts=("run.bat",)), KnownJob("run", "売上集計")),
        (daily("\\Backup", scripts=("main.py",)), KnownJob("main", "メイン")),
        (daily("\\T7"), KnownJob("sales", "売上", runs=runs_at("09:00"))),
        (daily("\\T7"), KnownJob("sales", "売上", runs=runs_at("06:00", days=3))),
    ],
)
def test_what_has_nothing_in_common_is_not_offered(task: Task, job: KnownJob) -> None:
    assert candidates(matched(task, job, *OTHERS)) == []


def test_runs_of_every_minute_fit_everything_and_say_nothing() -> None:
    begin = datetime(2026, 2, 1, tzinfo=UTC)
    each_minute = tuple(begin + n * MINUTE for n in range(30))
    assert candidates(matched(daily("\\T7"), KnownJob("ping", "死活", runs=each_minute))) == []


def test_two_jobs_of_the_same_name_are_offered_likeliest_first() -> None:
    found = matched(
        daily("\\売上集計"), KnownJob("a", "売上集計"), KnownJob("b", "売上集計", runs=runs_at("06:00")), *OTHERS
    )
    assert (certain(found), candidates(found)) == (None, ["b", "a"])


def test_a_job_that_reports_from_another_pc_is_offered_only() -> None:
    job = KnownJob("sales", "売上集計", host="PC2")
    found = matched(daily("\\売上集計"), job, host="PC1")
    assert (certain(found), candidates(found)) == (None, ["sales"])
    assert "別の PC（PC2）" in candidate_in_words(found.candidates[0], "ja")
    assert certain(matched(daily("\\売上集計"), job, host="pc2.example.co.jp")) == "sales"
    assert certain(matched(daily("\\売上集計"), job)) == "sales"


def imported(key: str, task: Task, host: str = "") -> KnownJob:
    return KnownJob(key, "t", settings=JobSettings(schedules=(JobSchedule(schedule_of(task, "Asia/Tokyo", host)),)))


def test_the_job_that_was_imported_from_the_task_is_it_whatever_they_are_called() -> None:
    task = daily("\\経理\\売上集計")
    assert certain(matched(daily("\\経理\\売上集計", "09:00"), imported("x", task), KnownJob("y", "売上集計"))) == "x"
    assert certain(matched(daily("\\経理\\売上集計"), imported("x", daily("\\経理\\売上集計")), host="PC1")) == "x"


def test_the_same_task_of_two_pcs_is_two_jobs() -> None:
    task = daily("\\売上集計")
    jobs = (imported("x", task, "PC1"), imported("y", task, "PC2"))
    assert certain(matched(task, *jobs, host="PC1")) == "x"
    assert certain(matched(task, *jobs, host="PC2")) == "y"
    assert candidates(matched(task, *jobs, host="PC3")) == []
    undecided = matched(task, *jobs)
    assert (certain(undecided), candidates(undecided)) == (None, ["x", "y"])


def test_a_job_of_another_task_is_offered_where_it_has_the_same_name_and_never_taken() -> None:
    moved = KnownJob("k", "売上集計", settings=imported("k", daily("\\旧\\売上集計")).settings)
    found = matched(daily("\\新\\売上集計"), moved)
    assert (certain(found), candidates(found)) == (None, ["k"])
    assert "別のタスク（\\旧\\売上集計）" in candidate_in_words(found.candidates[0], "ja")
    assert candidates(matched(daily("\\売上集計 2"), moved)) == []
