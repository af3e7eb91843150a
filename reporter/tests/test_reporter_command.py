"""The command tc-report: what a .bat file or a shell script sees of it."""

import sys

import pytest
from loopback import first_line


@pytest.mark.parametrize("status", ["success", "error"])
def test_send_reports_and_exits_with_0_when_recorded(reporter, portal, status):
    done = reporter.tc_report(
        "send", status, "-m", "処理完了", "--key", "stock", "--title", "在庫", variables=portal.variables
    )
    assert (done.stdout, done.stderr, done.returncode) == (f"[TC Portal] 報告成功: {status}\n", "", 0)
    [report] = portal.reports
    assert (report["status"], report["message"]) == (status, "処理完了")
    assert (report["job_key"], report["title"]) == ("stock", "在庫")


def test_send_takes_key_and_title_from_the_variables(reporter, portal):
    reporter.tc_report("send", "success", variables=portal.variables)
    [report] = portal.reports
    assert (report["job_key"], report["title"], report["message"]) == ("sales-report", "売上レポート作成", None)


def test_send_exits_with_1_when_not_recorded(reporter, portal):
    portal.will_answer(503)
    done = reporter.tc_report("send", "success", variables=portal.variables)
    assert first_line(done) == "[TC Portal] 報告エラー: HTTP Error 503: Service Unavailable\n"
    assert done.returncode == 1


def test_send_exits_with_1_when_the_variables_are_not_set(reporter):
    done = reporter.tc_report("send", "success")
    assert (done.stdout, done.returncode) == ("[TC Portal] 環境変数未設定のためスキップ\n", 1)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp932"])
def test_send_exits_by_the_report_and_not_by_the_console(reporter, portal, encoding):
    done = reporter.tc_report("send", "success", variables={**portal.variables, "PYTHONIOENCODING": encoding})
    assert (done.returncode, done.stderr) == (0, "")
    assert portal.results == ["success"]


@pytest.mark.parametrize(
    ("piped", "arrives"),
    [
        ("1 行目\n2 行目\n".encode(), "1 行目\n2 行目"),
        ("日本語".encode("utf-8-sig"), "日本語"),
        ("日本語\r\n".encode("cp932"), "日本語"),
        ("日本語\r\n".encode("utf-16"), "日本語"),
        (b"", ""),
        (b"caf\xe9 \xfd\xff", "caf\\xe9 \\xfd\\xff"),
    ],
)
def test_a_dash_as_message_reads_standard_input_in_whatever_encoding(reporter, portal, piped, arrives):
    reporter.tc_report("send", "error", "-m", "-", variables=portal.variables, input=piped)
    assert portal.reports[0]["message"] == arrives


@pytest.mark.parametrize("arguments", [[], ["send"], ["send", "done"], ["report"], ["send", "success", "--what"]])
def test_a_usage_error_exits_with_2_and_reports_nothing(reporter, portal, arguments):
    done = reporter.tc_report(*arguments, variables=portal.variables)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: tc-report")
    assert portal.requests == []


def test_version(reporter):
    done = reporter.tc_report("--version")
    assert (done.stdout, done.returncode) == ("tc-report 0.1.0\n", 0)


@pytest.mark.parametrize(
    ("encoding", "words"), [("utf-8", "ジョブ"), ("cp932", "ジョブ"), ("cp1252", "a job"), ("ascii", "a job")]
)
def test_help_can_be_read_on_any_console(reporter, encoding, words):
    done = reporter.tc_report("--help", variables={"PYTHONIOENCODING": encoding})
    assert words in done.stdout_bytes.decode(encoding)
    assert "\\u" not in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not go by these variables alone")
@pytest.mark.parametrize(
    ("locale", "word"),
    [
        ("ja_JP.UTF-8", "ジョブ"),
        ("C.UTF-8", "ジョブ"),
        ("C", "ジョブ"),
        ("", "ジョブ"),
        ("en_US.UTF-8", "job"),
        ("de_DE.UTF-8", "job"),
    ],
)
def test_it_speaks_japanese_unless_the_locale_is_clearly_another(package, locale, word):
    assert word in package.tc_report("--help", variables={"LC_ALL": locale}).stdout
