"""Any value can be reported: nothing that a script hands over makes the report fail."""

import pytest

REPORT = "from tc_portal_reporter import report_job_status\n"


@pytest.mark.parametrize(
    ("expression", "arrives"),
    [
        ("'日本語 ～ 髙﨑①㈱ 😀'", "日本語 ～ 髙﨑①㈱ 😀"),
        ("''", ""),
        ("42", "42"),
        ("b'bytes'", "b'bytes'"),
        ("ValueError('在庫が足りません')", "在庫が足りません"),
        ("['a', 1]", "['a', 1]"),
        ("'cut \\ud83d off'", "cut \\ud83d off"),
        ("b'\\x83\\x65.csv'.decode('utf-8', 'surrogateescape')", "\\udc83e.csv"),
        ("'W\\0i\\0n'", "W\\x00i\\x00n"),
        ("type('Mute', (), {'__str__': lambda self: 1 / 0})()", "<Mute: ZeroDivisionError>"),
        ("type('Loud', (str,), {'__str__': lambda self: 1 / 0})('text')", "text"),
    ],
)
def test_a_message_of_any_kind_arrives(reporter, portal, expression, arrives):
    done = reporter.run(REPORT + f"report_job_status('success', {expression})", portal.variables)
    assert done.stdout == "[TC Portal] 報告成功: success\n"
    assert portal.reports[0]["message"] == arrives


def test_a_very_long_message_keeps_its_head_and_tail_and_says_what_is_gone(reporter, portal):
    reporter.run(REPORT + "report_job_status('error', 'はじめ' + '中' * 100_000 + 'おわり')", portal.variables)
    message = portal.reports[0]["message"]
    assert message.startswith("はじめ中")
    assert message.endswith("中おわり")
    assert len(message.encode("utf-8")) <= 65_536
    left_out = 100_006 - message.count("中") - 6
    assert f"（{left_out:,} 文字を省略）" in message


def test_a_message_of_64_kilobytes_is_left_alone(reporter, portal):
    reporter.run(REPORT + "report_job_status('error', 'x' * 65_536)", portal.variables)
    assert portal.reports[0]["message"] == "x" * 65_536


@pytest.mark.parametrize("text", ["日次/売上 \\ \"引用\" 'q' <b>&", "改\n行\tタブ", "\\udc83", "😀" * 50, "%s {x} $y"])
def test_key_and_title_may_hold_any_characters(reporter, portal, text):
    reporter.run(REPORT + f"report_job_status('success', job_key={text!r}, title={text!r})", portal.variables)
    [report] = portal.reports
    assert report["job_key"] == report["title"] == text


def test_key_and_title_need_not_be_text(reporter, portal):
    reporter.run(REPORT + "report_job_status('success', job_key=7, title=None, run_id=8)", portal.variables)
    [report] = portal.reports
    assert (report["job_key"], report["title"], report["run_id"]) == ("7", "売上レポート作成", "8")


@pytest.mark.parametrize("status", ["None", "object()", "{1}", "type('Mute', (), {'__str__': lambda self: 1 / 0})()"])
def test_a_status_that_is_none_does_not_raise(reporter, portal, status):
    done = reporter.run(REPORT + f"report_job_status({status})\nprint('後の処理')", portal.variables)
    assert done.stdout.endswith("後の処理\n")
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_status_out_of_an_enumeration_is_its_value(reporter, portal):
    script = "import enum\nclass Result(str, enum.Enum):\n    GOOD = 'success'\nreport_job_status(Result.GOOD)"
    done = reporter.run(REPORT + script, portal.variables)
    assert done.stdout == "[TC Portal] 報告成功: success\n"
    assert portal.results == ["success"]


def test_ctrl_c_while_reporting_passes(reporter, portal):
    script = (
        "import socket\n"
        "def interrupted(): raise KeyboardInterrupt\n"
        "socket.gethostname = interrupted\n"
        "try:\n    report_job_status('success')\n"
        "except KeyboardInterrupt:\n    print('passed')"
    )
    assert reporter.run(REPORT + script, portal.variables).stdout == "passed\n"
