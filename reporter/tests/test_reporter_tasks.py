"""``tc-report tasks``: what the Task Scheduler knows of its tasks goes to the portal, whatever language Windows speaks."""

import json
import sys
from pathlib import Path

import pytest

RECORDED = Path(__file__).parent / "recorded_tasks"
HOST_TASKS = "/api/monitor/host-tasks"
ANSWER = {"success": True, "host": "PC-KEIRI", "tasks": 5}


@pytest.fixture
def newer_portal(portal):
    """A portal that takes tasks."""
    portal.will_answer(200, {"Content-Type": "application/json"}, ANSWER, HOST_TASKS)
    return portal


def files(language, *left_out):
    chosen = {name: RECORDED / f"{language}{end}" for name, end in ENDS.items() if name not in left_out}
    return [word for name, path in chosen.items() for word in (f"--{name}", str(path))]


ENDS = {"xml": ".xml", "csv": ".csv", "events": ".events.xml"}


def told(reporter, *arguments, **variables):
    """What ``--dry-run`` shows, with the tasks by their paths."""
    done = reporter.tc_report("tasks", *arguments, "--dry-run", variables=variables)
    assert done.returncode == 0, done.stdout + done.stderr
    members = json.loads(done.stdout)
    return {**members, "tasks": {task["path"]: task for task in members["tasks"]}}


# TZ as Windows and POSIX both read it: the recorded PCs' clock.
JAPAN = {"TZ": "JST-9"}


def test_the_list_is_read_by_its_columns_in_japanese(reporter):
    tasks = told(reporter, *files("ja"), **JAPAN)["tasks"]
    assert sorted(tasks) == ["\\TC\\バックアップ", "\\TC\\売上集計", "\\TC\\月次締め", "\\新しい仕事", "\\止めた仕事"]
    assert tasks["\\TC\\売上集計"]["last_run_at"] == "2026-11-23T21:00:01+00:00"
    assert tasks["\\TC\\売上集計"]["next_run_at"] == "2026-11-24T21:00:00+00:00"
    assert tasks["\\TC\\売上集計"]["last_result"] == 0


def test_the_list_is_read_by_its_columns_in_english(reporter):
    tasks = told(reporter, *files("en"), **JAPAN)["tasks"]
    assert sorted(tasks) == ["\\TC\\Evening sync", "\\TC\\Never", "\\TC\\Sales report"]
    assert tasks["\\TC\\Evening sync"]["last_run_at"] == "2026-11-11T03:30:00+00:00"
    assert tasks["\\TC\\Evening sync"]["last_result"] == 0x41301


def test_times_of_the_afternoon_are_read_in_japanese(reporter):
    tasks = told(reporter, *files("ja"), **JAPAN)["tasks"]
    assert tasks["\\止めた仕事"]["last_run_at"] == "2026-06-30T14:05:00+00:00"


def test_a_result_that_is_written_signed_is_the_code_that_windows_documents(reporter):
    assert told(reporter, *files("ja"))["tasks"]["\\TC\\月次締め"]["last_result"] == 0x8007052E


def test_a_task_that_has_never_run_has_no_last_run(reporter):
    for language, path in (("ja", "\\新しい仕事"), ("en", "\\TC\\Never")):
        task = told(reporter, *files(language))["tasks"][path]
        assert "last_run_at" not in task and task["last_result"] == 0x41303


def test_microsofts_own_tasks_are_left_out_unless_asked_for(reporter):
    assert told(reporter, *files("ja"))["microsofts_own"] == 1
    asked_for = told(reporter, *files("ja"), "--with-microsoft")
    assert asked_for["microsofts_own"] == 0 and "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag" in asked_for["tasks"]


def test_definitions_in_utf16_and_in_cp932_that_says_utf16_are_the_same(reporter):
    in_utf16 = told(reporter, *files("ja"))["tasks"]
    assert "①売上を集計、～髙橋" in in_utf16["\\TC\\売上集計"]["xml"]
    console = [*files("ja", "xml"), "--xml", str(RECORDED / "ja-console.xml")]
    assert told(reporter, *console)["tasks"] == in_utf16


def test_who_made_a_task_and_whose_account_it_has_stay_on_the_pc(reporter):
    shown = json.dumps(told(reporter, *files("ja")), ensure_ascii=False)
    assert "tanaka" not in shown and "S-1-5-21" not in shown and "C:\\\\jobs\\\\uriage.py" in shown


def test_passwords_in_arguments_are_masked_and_the_jobs_key_is_not(reporter):
    task = told(reporter, *files("ja"))["tasks"]["\\TC\\売上集計"]
    assert "--key sales-report" in task["xml"] and "--password *** --token ***" in task["xml"]
    shown = json.dumps(told(reporter, *files("ja")), ensure_ascii=False)
    for secret in ("hi mi tsu 99", "tk-4711-xyzzy", "P4ssw0rd!"):
        assert secret not in shown


def test_the_users_own_patterns_mask_too(reporter, tmp_path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"mask": ["(uriage)"]}))
    shown = told(reporter, *files("ja"), TC_PORTAL_CONFIG=str(config))
    assert "uriage" not in json.dumps(shown)


def test_the_last_events_of_each_task_are_told_with_their_codes(reporter):
    tasks = told(reporter, *files("ja"))["tasks"]
    assert [event["id"] for event in tasks["\\TC\\バックアップ"]["events"]] == [111, 329, 100]
    assert tasks["\\TC\\月次締め"]["events"][0] == {
        "id": 101,
        "at": "2026-10-30T16:00:00.700000+00:00",
        "code": 0x8007052E,
    }
    # What only says that a trigger fired or a process began is left out.
    assert [event["id"] for event in tasks["\\TC\\売上集計"]["events"]] == [201, 100]


def test_an_event_that_is_broken_does_not_take_the_others_along(reporter):
    tasks = told(reporter, *files("en"))["tasks"]
    assert [event["id"] for event in tasks["\\TC\\Sales report"]["events"]] == [201]


def test_without_the_list_definitions_alone_are_told(reporter):
    tasks = told(reporter, *files("ja", "csv"))["tasks"]
    assert len(tasks) == 5 and all("last_result" not in task and "xml" in task for task in tasks.values())


def test_the_pcs_name_is_the_one_in_the_list_or_the_one_given(reporter):
    assert told(reporter, *files("en"))["host"] == "ACCOUNTS-01"
    assert told(reporter, *files("en"), "--host", "PC-9")["host"] == "PC-9"


def test_dates_that_may_be_read_in_two_ways_are_not_guessed(reporter, newer_portal, tmp_path):
    rows = [
        '"PC","\\TC\\A","N/A","Ready","x","3/4/2026 06:00:00","0","x"',
        '"PC","\\TC\\B","N/A","Ready","x","N/A","0"',
    ]
    (tmp_path / "list.csv").write_text("\n".join(rows))
    done = reporter.tc_report("tasks", "--csv", str(tmp_path / "list.csv"), variables=newer_portal.variables)
    [body] = newer_portal.sent_to("host-tasks")
    assert all("last_run_at" not in task for task in body["tasks"])
    if sys.platform != "win32":
        assert "1 件は、前回の実行時刻の書き方がわからない" in done.stdout


def test_a_day_above_twelve_anywhere_says_how_all_dates_are_written(reporter, tmp_path):
    rows = [
        f'"PC","\\TC\\{name}","N/A","Ready","x","{date}","0","x"'
        for name, date in (("A", "03/04/2026 06:00:00"), ("B", "25/04/2026 06:00:00"))
    ]
    (tmp_path / "list.csv").write_text("\n".join(rows))
    tasks = told(reporter, "--csv", str(tmp_path / "list.csv"), **JAPAN)["tasks"]
    assert tasks["\\TC\\A"]["last_run_at"] == "2026-04-02T21:00:00+00:00"


def test_all_is_sent_to_the_portal_with_the_secret(reporter, newer_portal):
    done = reporter.tc_report("tasks", *files("ja"), variables=newer_portal.variables)
    assert done.returncode == 0 and "タスク 5 件の状態を送りました（PC-KEIRI）" in done.stdout
    assert "Microsoft のタスク 1 件は省きました" in done.stdout
    [body] = newer_portal.sent_to("host-tasks")
    assert body["host"] == "PC-KEIRI" and body["event_log"] == "read" and len(body["tasks"]) == 5
    assert body["sent_at"] and body["read_at"] and body["reporter"]


def test_without_the_log_it_says_how_to_turn_it_on_or_that_it_was_not_read(reporter, newer_portal):
    done = reporter.tc_report("tasks", *files("ja", "events"), "--lang", "en", variables=newer_portal.variables)
    assert "event log) was not read" in done.stdout
    assert newer_portal.sent_to("host-tasks")[0]["event_log"] == "unread"


def test_what_cannot_be_delivered_is_not_kept_and_that_is_said(reporter, portal):
    portal.close()
    done = reporter.tc_report("tasks", *files("ja"), variables=portal.variables)
    assert done.returncode == 1 and "送れませんでした" in done.stdout and "保管はしていません" in done.stdout
    assert not list(reporter.spool.glob("*.json"))


def test_a_portal_that_does_not_know_tasks_yet_is_named_as_that(reporter, portal):
    done = reporter.tc_report("tasks", *files("ja"), "--lang", "en", variables=portal.variables)
    assert done.returncode == 1 and "bring it up to date (HTTP 404" in done.stdout


def test_what_the_portal_refuses_is_told_in_its_words(reporter, portal):
    portal.will_answer(400, body={"error": "host is required"}, path=HOST_TASKS)
    done = reporter.tc_report("tasks", *files("ja"), variables=portal.variables)
    assert done.returncode == 1 and "host is required" in done.stdout


def test_files_without_any_task_or_that_are_not_there_are_told_in_one_line(reporter, portal, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"\x00\xff\xfe binary")
    for name, words in (("empty.csv", "タスクが 1 件も見つかりません"), ("missing.csv", "を読めません")):
        done = reporter.tc_report("tasks", "--csv", str(tmp_path / name), variables=portal.variables)
        assert done.returncode == 1 and words in done.stdout and done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there is a Task Scheduler here")
def test_elsewhere_than_on_windows_it_says_how_to_give_what_was_recorded(reporter, portal):
    done = reporter.tc_report("tasks", "--lang", "en", variables=portal.variables)
    assert done.returncode == 1 and "Only Windows has a Task Scheduler" in done.stdout and "--xml" in done.stdout


def test_more_than_may_be_sent_is_left_out_and_counted(reporter, tmp_path):
    row = '"PC","\\TC\\{0:04}","N/A","Ready","x","2026/11/24 6:00:00","0","x"'
    (tmp_path / "list.csv").write_text("\n".join(row.format(number) for number in range(700)))
    task = "<!-- \\TC\\{0:04} --><Task><RegistrationInfo><Description>{1}</Description></RegistrationInfo></Task>"
    (tmp_path / "all.xml").write_text("\n".join(task.format(number, "x" * 1_000) for number in range(700)))
    (tmp_path / "all.xml").write_text((tmp_path / "all.xml").read_text() + task.format(9999, "x" * 100_000))
    members = told(reporter, "--csv", str(tmp_path / "list.csv"), "--xml", str(tmp_path / "all.xml"))
    assert len(members["tasks"]) == 500 and members["left_out"] == 201
    assert len(json.dumps(members)) < 1_000_000


def test_a_definition_with_entities_is_not_read(reporter, tmp_path):
    bomb = '<!-- \\TC\\A --><Task><!DOCTYPE a [<!ENTITY b "c">]>&b;</Task><!-- \\TC\\B --><Task></Task>'
    (tmp_path / "all.xml").write_text(bomb)
    tasks = told(reporter, "--xml", str(tmp_path / "all.xml"))["tasks"]
    assert "xml" not in tasks["\\TC\\A"] and "xml" in tasks["\\TC\\B"]
