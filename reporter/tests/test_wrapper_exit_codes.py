"""What exit codes mean, and which of them the user takes for a success."""

import argparse
from datetime import datetime, timedelta, timezone

import pytest

from tc_portal_reporter.wrapping.ending import ended_at_limit, ended_by, ended_with, not_started
from tc_portal_reporter.wrapping.exit_codes import as_process_exit_code, as_written, meaning_of_code
from tc_portal_reporter.wrapping.kept_output import Excerpt
from tc_portal_reporter.wrapping.options import codes, heartbeat, run_options, seconds, split
from tc_portal_reporter.wrapping.result import result_members
from tc_portal_reporter.wrapping.signs_of_life import RunFacts


@pytest.mark.parametrize(
    ("code", "japanese", "english"),
    [
        (0xC0000005, "アクセス違反", "access violation"),
        (0xC000013A, "Ctrl+C", "closing the window"),
        (0xC0000142, "DLL の初期化に失敗", "failed to initialise"),
        (0x41301, "実行中（失敗ではない）", "running (no failure)"),
        (0x41303, "まだ実行されていない", "has not run yet"),
        (0x41306, "終了させられた", "was terminated"),
        (9009, "コマンドを見つけられない", "did not find the command"),
        (0x8007010B, "「開始」のフォルダー", "Start in"),
        (0x80070020, "Windows のエラー 32", "Windows error 32"),
        (0xC0000999, "異常終了", "crashed"),
        (0xFFFFFFFF, "-1", "-1"),
        (127, "見つからない", "not found"),
    ],
)
def test_codes_of_windows(code, japanese, english):
    meaning = meaning_of_code(code, on_windows=True)
    assert japanese in meaning and english in meaning


@pytest.mark.parametrize("code", [0, 1, 2, 3, 42, 137])
def test_codes_that_mean_nothing_for_certain_on_windows(code):
    assert meaning_of_code(code, on_windows=True) == ""


@pytest.mark.parametrize(
    ("code", "word"), [(126, "cannot be executed"), (127, "not found"), (137, "SIGKILL"), (139, "SIGSEGV")]
)
def test_codes_of_a_shell(code, word):
    if hasattr(__import__("signal"), "SIGKILL"):
        assert word in meaning_of_code(code, on_windows=False)


@pytest.mark.parametrize("code", [0, 1, 2, 9009, 255])
def test_codes_that_mean_nothing_elsewhere(code):
    assert meaning_of_code(code, on_windows=False) == ""


def test_large_codes_are_written_in_hexadecimal_too():
    assert as_written(0xC0000005) == "3221225477（0xC0000005）"
    assert as_written(3) == "3"


@pytest.mark.parametrize(("code", "given"), [(0, 0), (1, 1), (0xC000013A, -1073741510), (0xFFFFFFFF, -1)])
def test_codes_from_2_to_the_31_are_handed_on_as_negative_numbers(code, given):
    assert as_process_exit_code(code) == given


def facts():
    return RunFacts({"job_key": "k", "title": "t"}, "r", datetime(2026, 1, 25, 3, 0, tzinfo=timezone.utc), 100.0)


def result(ending, ok_codes=frozenset((0,)), output="", by_the_clock=60.0):
    finished_at = facts().started_at + timedelta(seconds=by_the_clock)
    excerpt = Excerpt(output, "", len(output), False)
    return result_members(facts(), ending, excerpt, ok_codes, lambda text: text, finished_at, seconds=60.0)


@pytest.mark.parametrize(
    ("code", "ok", "status"), [(0, "0", "success"), (3, "0", "error"), (3, "0-7", "success"), (0, "2", "error")]
)
def test_success_is_what_the_user_takes_for_one(code, ok, status):
    assert result(ended_with(code), codes(ok))["status"] == status


@pytest.mark.parametrize("ending", [ended_by(9), ended_at_limit(5), not_started(127, "x")])
def test_what_is_no_exit_code_of_the_command_is_an_error_whatever_the_user_takes_for_well(ending):
    assert result(ending, codes("0-255"))["status"] == "error"


def test_the_message_of_a_success_is_the_last_line_of_the_output():
    assert result(ended_with(0), output="始め\n42 件処理\n\n")["message"] == "42 件処理"
    assert result(ended_with(0))["message"] is None


def test_the_message_of_an_error_begins_with_what_happened_and_why():
    message = result(ended_with(1), output="Traceback:\n  …\nValueError: 在庫なし\n")["message"]
    assert message == "終了コード 1: ValueError: 在庫なし\n\nTraceback:\n  …\nValueError: 在庫なし"
    assert result(ended_with(1), output="だめ\n")["message"] == "終了コード 1: だめ"
    assert result(ended_with(1))["message"] == "終了コード 1"


def test_the_start_is_told_as_it_was_unless_the_clock_was_set_meanwhile():
    assert result(ended_with(0))["started_at"] == "2026-01-25T03:00:00+00:00"
    year = 365 * 86_400
    assert result(ended_with(0), by_the_clock=year)["started_at"] == "2027-01-25T02:59:00+00:00"


@pytest.mark.parametrize(
    ("text", "expected"), [("90", 90), ("1.5", 1.5), ("30m", 1800), ("2h", 7200), ("1d", 86_400), ("5S", 5)]
)
def test_lengths_of_time(text, expected):
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "m", "-1", "1w", "nan", "inf", "1e9"])
def test_what_is_no_length_of_time(text):
    with pytest.raises(ValueError):
        seconds(text)


def test_a_heartbeat_is_none_or_at_least_every_ten_seconds():
    assert (heartbeat("0"), heartbeat("3"), heartbeat("5m")) == (0, 10, 300)


def test_lists_of_codes():
    assert codes("0,2") == {0, 2}
    assert codes("0-7, 0x41301") == {*range(8), 0x41301}
    assert codes("-1") == {0xFFFFFFFF}
    for text in ("", "a", "1,,2", "0-", "9999999999", "0-4294967295"):
        with pytest.raises(ValueError):
            codes(text)


@pytest.mark.parametrize(
    ("arguments", "options", "command"),
    [
        ("--key k -- python x.py --key y", "--key k", "python x.py --key y"),
        ("--key=k --no-output python x.py -- z", "--key=k --no-output", "python x.py -- z"),
        ("-- -odd-name", "", "-odd-name"),
        ("--timeout 5 -v cmd /c dir", "--timeout 5 -v", "cmd /c dir"),
        ("--key k", "--key k", ""),
        ("", "", ""),
    ],
)
def test_where_the_command_begins(arguments, options, command):
    assert split(arguments.split()) == (options.split(), command.split())


def test_options_become_one_value():
    given = argparse.Namespace(
        key="k",
        title=None,
        timeout=5.0,
        kill_after=1.0,
        ok_codes=codes("0"),
        heartbeat=60,
        no_output=True,
        verbose=False,
    )
    options = run_options(given, ["a", "b"])
    assert (options.command, options.key, options.reports_output) == (("a", "b"), "k", False)
