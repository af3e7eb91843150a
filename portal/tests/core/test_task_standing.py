"""A verdict a task: what its PC says of it, joined with what its script reports."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from tc_portal.core.task_scheduler.task import Boundary, Daily, Task, Unpredictable
from tc_portal.core.task_standing.result_codes import code_in_words
from tc_portal.core.task_standing.seen_task import SeenTask, TaskEvent
from tc_portal.core.task_standing.standing import HeardJob, HeardRun, Reading, TaskStanding, standing_of
from tc_portal.core.task_standing.standing_words import standing_in_words, verdict_in_words
from tc_portal.core.wording import Wording

JAPAN = ZoneInfo("Asia/Tokyo")
# 06:00 daily; read at noon of the 24th.
RAN = datetime(2026, 11, 24, 6, 0, 1, tzinfo=JAPAN).astimezone(UTC)
READ = datetime(2026, 11, 24, 12, 0, tzinfo=JAPAN).astimezone(UTC)
NEXT = datetime(2026, 11, 25, 6, 0, tzinfo=JAPAN).astimezone(UTC)
LONG_AGO = READ - timedelta(days=100)
MINUTE = timedelta(minutes=1)

DAILY = Task(
    "\\TC\\売上集計",
    triggers=(Daily(start=Boundary(datetime(2026, 4, 1, 6))),),
    execution_time_limit=timedelta(hours=1),
)
SEEN = SeenTask(DAILY.path, DAILY, RAN, NEXT, 0)
READING = Reading(READ, "Asia/Tokyo")


def job(
    result: str | None = "success", *, after: timedelta = MINUTE, exit_code: int | None = None, **more: Any
) -> HeardJob:
    run = None if result is None else HeardRun(result, RAN + after, RAN + timedelta(seconds=1), exit_code)  # type: ignore[arg-type]
    return HeardJob("sales", more.pop("since", LONG_AGO), run=run, **more)


def standing(heard: HeardJob | None = None, *, first_seen_at: datetime = LONG_AGO, **changes: Any) -> TaskStanding:
    return standing_of(replace(SEEN, **changes), READING, heard, first_seen_at)


def said(told: TaskStanding, language: str) -> str:
    return standing_in_words(told, Wording(language, JAPAN, READ))


def test_a_task_whose_script_reported_a_success_and_that_ended_with_0_is_all_right() -> None:
    told = standing(job())
    assert told.verdict == "ok" and not told.is_bad
    assert said(told, "ja") == "06:01 に成功しました" and said(told, "en") == "It succeeded at 06:01"


def test_a_task_that_nobody_monitors_is_named_as_that_with_its_result() -> None:
    told = standing(last_result=2)
    assert told.verdict == "unmonitored" and not told.is_bad
    assert said(told, "ja") == "実行されていますが、どのジョブも監視していません（前回の実行: 06:00、結果 2）"
    assert said(told, "en") == "It runs, and no job monitors it (last run at 06:00, result 2)"


@pytest.mark.parametrize(
    ("code", "ja", "en"),
    [
        (0x8007052E, "利用者名またはパスワードが違う", "the user name or the password is wrong"),
        (0x80070532, "パスワードの期限が切れている", "the password has expired"),
        (0x80070569, "バッチ ジョブとしてログオン", "Log on as a batch job"),
        (0x800704DD, "ログオンしている利用者がいない", "nobody is logged on"),
        (0x8004130F, "アカウント情報がない", "no account information"),
        (0x80070002, "プログラムが見つからない", "program was not found"),
        (0x8007010B, "「開始」のフォルダーが正しくない", "Start in"),
        (0x800710E0, "条件またはポリシー", "a condition or a policy"),
    ],
)
def test_a_task_that_could_not_start_is_named_with_what_refused_it(code: int, ja: str, en: str) -> None:
    for heard in (None, job(None)):
        told = standing(heard, last_result=code)
        assert told.verdict == "could_not_start" and told.is_bad
        assert ja in said(told, "ja") and f"0x{code:X}" in said(told, "ja") and en in said(told, "en")


def test_the_log_tells_why_where_the_result_does_not() -> None:
    log = (TaskEvent(101, RAN, 0x8007052E), TaskEvent(104, RAN, 0x8007052E))
    told = standing(job(None), last_result=None, events=log)
    assert (told.verdict, told.code) == ("could_not_start", 0x8007052E)
    on_battery = standing(job(None), events=(TaskEvent(326, RAN + 2 * MINUTE), TaskEvent(201, RAN + MINUTE, 0)))
    assert on_battery.verdict == "could_not_start" and "バッテリ" in said(on_battery, "ja")
    assert said(on_battery, "en") == "At 06:02 it was not started: the PC ran on battery"


def test_what_the_log_says_of_earlier_runs_does_not_count() -> None:
    earlier = (TaskEvent(102, RAN + MINUTE), TaskEvent(100, RAN), TaskEvent(332, RAN - timedelta(days=1)))
    assert standing(job(), events=earlier).verdict == "ok"
    begun_anew = (TaskEvent(100, RAN + MINUTE), TaskEvent(329, RAN))
    assert standing(job(), events=begun_anew).verdict == "ok"


def test_a_task_that_its_limit_ended_is_named_as_that() -> None:
    log = (TaskEvent(111, RAN + 61 * MINUTE), TaskEvent(329, RAN + 60 * MINUTE), TaskEvent(100, RAN))
    told = standing(job(None), last_result=0x41306, events=log)
    assert (told.verdict, told.event, told.is_bad) == ("killed", 329, True)
    assert said(told, "ja") == "07:00 に、実行時間の上限を超えたため終了させられました（上限 1 時間）"
    assert said(told, "en") == "At 07:00, it was stopped by its time limit (1 hour)"


def test_without_the_log_a_task_that_was_ended_may_have_been_by_either() -> None:
    told = standing(last_result=0x41306)
    assert told.verdict == "killed" and "利用者の操作、または実行時間の上限 1 時間" in said(told, "ja")
    assert "by a user or by its time limit of 1 hour" in said(told, "en")


def test_a_task_that_ran_and_whose_report_is_missing() -> None:
    told = standing(job(None))
    assert told.verdict == "report_missing" and told.is_bad
    assert said(told, "ja") == "06:00 に実行されましたが（結果 0）、スクリプトからの報告がありません"
    assert said(told, "en") == "It ran at 06:00 (result 0), and its script has not reported"


def test_a_job_that_was_made_after_the_last_run_waits_for_the_next() -> None:
    told = standing(job(None, since=RAN + MINUTE))
    assert told.verdict == "waiting" and not told.is_bad
    assert said(told, "ja") == "ジョブができてから、まだ実行されていません（次の予定: 明日 06:00）"
    assert said(told, "en") == "It has not run since there is a job for it (next due tomorrow at 06:00)"


def test_a_missing_report_may_be_one_that_its_pc_still_keeps() -> None:
    told = standing_of(SEEN, replace(READING, held_back=3), job(None), LONG_AGO)
    assert "報告が 3 件残っています" in said(told, "ja") and "3 reports are still kept" in said(told, "en")


def test_a_report_of_before_the_last_start_or_of_the_next_one_is_not_the_one_that_is_missing() -> None:
    before = HeardRun("success", RAN - MINUTE)
    of_the_next = HeardRun("success", NEXT + 5 * MINUTE, NEXT + MINUTE)
    for run in (before, of_the_next):
        assert standing(HeardJob("sales", LONG_AGO, run=run)).verdict == "report_missing"


def test_a_report_that_ends_in_the_second_of_the_start_is_of_it() -> None:
    # The PC's list is rounded to the second.
    assert (
        standing(HeardJob("sales", LONG_AGO, run=HeardRun("success", RAN - timedelta(milliseconds=400)))).verdict
        == "ok"
    )


def test_a_run_that_has_begun_and_not_ended_is_no_missing_report() -> None:
    assert standing(job(None, runs_now=True)).verdict == "running"
    assert standing(job(None), last_result=0x41301).verdict == "running"


def test_an_exit_code_of_0_hides_an_error_that_the_script_told() -> None:
    told = standing(job("error"))
    assert told.verdict == "code_hides_error" and told.is_bad
    assert "失敗を報告しましたが、タスクの結果は 0" in said(told, "ja")
    assert "reported an error at 06:01, but the task's result is 0" in said(told, "en")


def test_a_success_that_the_script_told_before_it_failed() -> None:
    told = standing(job("success"), last_result=1)
    assert told.verdict == "code_hides_success" and told.is_bad
    assert "成功を報告しましたが、タスクの結果は 1" in said(told, "ja")
    assert "reported a success at 06:01, but the task's result is 1" in said(told, "en")


def test_a_code_that_the_script_itself_told_as_a_success_is_one() -> None:
    # robocopy ends well with 1; the wrapper was told so.
    assert standing(job("success", exit_code=1), last_result=1).verdict == "ok"


def test_an_error_that_both_tell_is_a_failure() -> None:
    told = standing(job("error", exit_code=1), last_result=1)
    assert told.verdict == "failed" and said(told, "en") == "It failed at 06:01 (result 1)"


def test_a_task_that_is_disabled_is_bad_only_where_its_job_goes_on_being_expected() -> None:
    off = replace(DAILY, is_enabled=False)
    assert standing(task=off).verdict == "disabled" and not standing(task=off).is_bad
    assert not standing(job(is_paused=True), task=off).is_bad
    told = standing(job(), task=off)
    assert told.is_bad and "一時停止されていません" in said(told, "ja") and "not paused" in said(told, "en")
    assert standing(last_result=0x41302).verdict == "disabled"


def test_a_task_that_never_ran_is_bad_once_it_should_have() -> None:
    never: dict[str, Any] = {"last_run_at": None, "last_result": 0x41303}
    told = standing(**never)
    assert told.verdict == "never_triggered" and told.is_bad
    assert said(told, "ja").startswith("一度も実行されていません") and "never been started, though" in said(told, "en")
    # Nobody knows what it was before the portal heard of it.
    fresh = standing(first_seen_at=READ, **never)
    assert fresh.verdict == "never_triggered" and not fresh.is_bad
    assert said(fresh, "ja") == "まだ一度も実行されていません（次の予定: 明日 06:00）"


def test_a_task_without_a_time_that_never_ran_may_be_all_right() -> None:
    at_logon = Task("\\TC\\A", triggers=(Unpredictable(kind="logon"),))
    told = standing(task=at_logon, last_run_at=None, next_run_at=None, last_result=0x41303)
    assert told.verdict == "never_triggered" and not told.is_bad and "no trigger of it says when" in said(told, "en")


def test_a_task_that_is_not_started_any_more_is_found_though_nobody_monitors_it() -> None:
    told = standing(last_run_at=RAN - timedelta(days=5))
    assert told.verdict == "not_triggered" and told.is_bad
    assert told.due == RAN.replace(second=0) - timedelta(days=4)
    assert "起動されていません" in said(told, "ja") and "was not started" in said(told, "en")


def test_nobody_is_accused_where_the_pc_has_another_idea_of_when_the_task_is_due() -> None:
    # Its clock is in another time zone than the portal's, or the task is delayed at random.
    elsewhere = NEXT + timedelta(hours=3)
    assert standing(last_run_at=RAN - timedelta(days=5), next_run_at=elsewhere).verdict == "unmonitored"


def test_a_start_of_just_now_is_not_missed_yet() -> None:
    just_due = Reading(RAN + 20 * MINUTE, "Asia/Tokyo")
    told = standing_of(replace(SEEN, last_run_at=RAN - timedelta(days=1)), just_due, None, LONG_AGO)
    assert told.verdict == "unmonitored"


def test_states_are_no_exit_codes() -> None:
    for state in (0x41300, 0x41304, 0x41308):
        assert standing(job(), last_result=state).verdict == "ok"


def test_without_the_time_of_the_last_run_nothing_is_said_of_reports() -> None:
    assert standing(job(), last_run_at=None).verdict == "unknown"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_verdict_has_its_words(language: str) -> None:
    from typing import get_args

    from tc_portal.core.task_standing.standing import TaskVerdict

    for verdict in get_args(TaskVerdict):
        assert verdict_in_words(verdict, language)
        assert said(TaskStanding(verdict, heard=HeardRun("error", RAN), at=RAN, code=1, due=RAN), language)
        assert said(TaskStanding(verdict), language)


def test_codes_without_a_name_are_told_by_their_kind() -> None:
    assert code_in_words(0xC0000420, "en") == "0xC0000420 (crashed)"
    assert code_in_words(0x80070490, "ja") == "0x80070490（Windows のエラー 1168）"
    assert code_in_words(3, "en") == "3"
