"""What the guide's own function sends and prints, ours does too."""

import os
import socket
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from loopback import REPORT_PATH, SECRET, first_line

TESTS = Path(__file__).resolve().parent

SCRIPT = """
from tc_portal_reporter import report_job_status
report_job_status("success", "処理完了")
"""

GUIDE_SCRIPT = """
from guides_own_reporter import report_job_status
report_job_status("success", "処理完了")
"""


def lines_of_the_guide(variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TC_PORTAL_")}
    environment.update({"PYTHONPATH": str(TESTS), "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"})
    done = subprocess.run(
        [sys.executable, "-c", GUIDE_SCRIPT],
        env={**environment, **variables},
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )
    return done.stdout.decode("utf-8").replace("\r\n", "\n")


def instant(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def unused_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_a_recorded_report_is_said_to_be_one(reporter, portal):
    done = reporter.run(SCRIPT, portal.variables)
    assert done.stdout == "[TC Portal] 報告成功: success\n"
    assert (done.stderr, done.returncode) == ("", 0)


def test_the_request_is_the_guides(reporter, portal):
    reporter.run(SCRIPT, portal.variables)
    [(method, path, headers, body)] = portal.requests
    assert (method, path) == ("POST", REPORT_PATH)
    assert headers["Content-Type"] == "application/json"
    assert headers["X-TC-Portal-Webhook-Secret"] == SECRET
    assert (body["job_key"], body["title"]) == ("sales-report", "売上レポート作成")
    assert (body["status"], body["message"]) == ("success", "処理完了")


def test_the_request_says_when_which_run_and_on_which_host(reporter, portal):
    reporter.run(SCRIPT, portal.variables)
    [report] = portal.reports
    finished_at = instant(report["finished_at"])
    assert abs(datetime.now(timezone.utc) - finished_at) < timedelta(minutes=5)
    assert len(report["run_id"]) == 32
    assert int(report["run_id"], 16)
    assert report["host"] == socket.gethostname()
    assert report["reporter"] == "0.1.0"
    assert abs(instant(report["sent_at"]) - finished_at) < timedelta(minutes=1)
    guides = {"job_key", "title", "status", "finished_at", "message"}
    assert set(report) == {*guides, "run_id", "host", "reporter", "sent_at", "held_back"}


def test_a_message_may_be_left_out(reporter, portal):
    reporter.run("from tc_portal_reporter import *\nreport_job_status('error')", portal.variables)
    assert portal.reports[0]["message"] is None


@pytest.mark.parametrize("missing", ["TC_PORTAL_MONITOR_URL", "TC_PORTAL_WEBHOOK_SECRET"])
@pytest.mark.parametrize("value", [None, "", " \n"])
def test_without_url_or_secret_it_says_so_and_sends_nothing(package, portal, missing, value):
    variables = portal.variables
    del variables[missing]
    if value is not None:
        variables[missing] = value
    done = package.run(SCRIPT, variables)
    assert done.stdout == "[TC Portal] 環境変数未設定のためスキップ\n"
    assert done.returncode == 0
    assert portal.requests == []


def test_without_key_and_title_it_uses_the_guides_defaults(reporter, portal):
    variables = portal.variables
    del variables["TC_PORTAL_JOB_KEY"], variables["TC_PORTAL_JOB_TITLE"]
    reporter.run(SCRIPT, variables)
    assert (portal.reports[0]["job_key"], portal.reports[0]["title"]) == ("default-job", "Default Job")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 400, 401, 403, 404, 405, 413, 429, 500, 502, 503])
def test_for_each_answer_the_line_is_the_one_the_guides_function_prints(package, portal, status):
    portal.will_answer(status, body={"error": "…"} if status != 204 else b"")
    assert first_line(package.run(SCRIPT, portal.variables)) == lines_of_the_guide(portal.variables)


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (202, "[TC Portal] 報告失敗: HTTP 202\n"),
        (401, "[TC Portal] 報告エラー: HTTP Error 401: Unauthorized\n"),
        (500, "[TC Portal] 報告エラー: HTTP Error 500: Internal Server Error\n"),
    ],
)
def test_a_refused_report_is_said_to_be_one_and_the_job_goes_on(reporter, portal, status, line):
    portal.will_answer(status)
    done = reporter.run(SCRIPT + "print('後の処理')", portal.variables)
    assert first_line(done) == line
    assert done.stdout.endswith("\n後の処理\n")
    assert done.returncode == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{unused_port}/api/monitor/job-report",
        "no-address",
        "ftp-no-such-scheme://127.0.0.1/",
        "http://127.0.0.1:port/",
    ],
)
def test_where_no_answer_comes_the_line_is_the_one_the_guides_function_prints(package, portal, url):
    variables = {**portal.variables, "TC_PORTAL_MONITOR_URL": url.format(unused_port=unused_port())}
    done = package.run(SCRIPT, variables)
    assert first_line(done) == lines_of_the_guide(variables)
    assert done.stdout.startswith("[TC Portal] 報告エラー: ")
    assert done.returncode == 0


def test_arguments_go_before_the_variables(reporter, portal):
    reporter.run(
        "from tc_portal_reporter import report_job_status\n"
        "report_job_status('success', job_key='stock', title='在庫', run_id='run-7')",
        portal.variables,
    )
    [report] = portal.reports
    assert (report["job_key"], report["title"], report["run_id"]) == ("stock", "在庫", "run-7")


def test_each_call_is_a_run_of_its_own(reporter, portal):
    reporter.run(SCRIPT + "report_job_status('success')", portal.variables)
    first, second = portal.reports
    assert first["run_id"] != second["run_id"]


def test_blanks_and_a_line_end_around_url_and_secret_do_no_harm(reporter, portal):
    variables = {
        **portal.variables,
        "TC_PORTAL_MONITOR_URL": f" {portal.url} ",
        "TC_PORTAL_WEBHOOK_SECRET": f"{SECRET} \r\n",
    }
    assert reporter.run(SCRIPT, variables).stdout == "[TC Portal] 報告成功: success\n"
