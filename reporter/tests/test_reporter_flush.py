"""tc-report flush sends what is kept; with --watch for ever, leaving a portal that is away more and more alone."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from loopback import REPORTER, SECRET

SCRIPT = "from tc_portal_reporter import report_job_status\nreport_job_status('success', '済み')\n"


@pytest.fixture
def kept_report(reporter, portal):
    """One report that is kept, for a portal that has come back since."""
    portal.close()
    reporter.run(SCRIPT, portal.variables)
    portal.reopen()
    return portal


def kept(reporter, ending=".json"):
    return list(reporter.spool.glob(f"0*{ending}"))


def test_where_nothing_is_kept_it_says_so(reporter, portal):
    done = reporter.tc_report("flush", variables=portal.variables)
    assert (done.stdout, done.stderr, done.returncode) == ("保管している報告はありません。\n", "", 0)
    assert portal.requests == []
    assert not reporter.spool.exists()


def test_what_is_kept_is_sent(reporter, kept_report):
    done = reporter.tc_report("flush", variables=kept_report.variables)
    assert (done.stdout, done.returncode) == ("保管していた報告を 1 件送りました。\n", 0)
    assert kept_report.results == ["success"]


def test_what_cannot_be_sent_stays_and_the_exit_code_says_so(reporter, kept_report):
    kept_report.will_answer(429, {"Retry-After": "5"})
    done = reporter.tc_report("flush", variables=kept_report.variables)
    assert (done.stdout, done.returncode) == ("1 件が残っています: HTTP 429 Too Many Requests\n", 1)
    assert len(kept(reporter)) == 1


def test_without_address_and_secret_it_says_so(reporter):
    done = reporter.tc_report("flush")
    assert (done.stdout, done.returncode) == ("[TC Portal] 環境変数未設定のためスキップ\n", 1)


def test_it_speaks_english_when_asked_to(reporter, kept_report):
    done = reporter.tc_report("flush", "--lang", "en", variables=kept_report.variables)
    assert done.stdout == "Sent 1 kept reports.\n"


@pytest.mark.parametrize("arguments", [("--every", "0"), ("--every", "soon"), ("--every", "nan"), ("now",)])
def test_a_usage_error_exits_with_2(reporter, portal, arguments):
    done = reporter.tc_report("flush", *arguments, variables=portal.variables)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: tc-report ")


def test_what_was_refused_can_be_sent_again(reporter, portal):
    portal.will_answer(400, body={"error": "title is required"})
    reporter.run(SCRIPT, portal.variables)
    assert len(kept(reporter, ".refused")) == 1
    portal.will_answer_as_usual()
    done = reporter.tc_report("flush", "--refused", variables=portal.variables)
    assert done.stdout == "取り置いた報告 1 件を、もう一度送ります。\n保管していた報告を 1 件送りました。\n"
    assert (kept(reporter), kept(reporter, ".refused")) == ([], [])


def test_what_was_refused_can_be_forgotten(reporter, portal):
    portal.will_answer(400)
    reporter.run(SCRIPT, portal.variables)
    done = reporter.tc_report("flush", "--forget-refused", variables=portal.variables)
    assert (done.stdout, done.returncode) == ("取り置いた報告を 1 件消しました。\n", 0)
    assert kept(reporter, ".refused") == []
    assert len(portal.reports) == 1


def test_the_doctor_tells_what_is_kept_and_what_was_refused_and_why(reporter, portal):
    portal.will_answer(400, body={"error": "title is required"})
    reporter.run(SCRIPT, portal.variables)
    portal.will_answer(503)
    reporter.run(SCRIPT, portal.variables)
    portal.will_answer_as_usual()
    told = reporter.tc_report("doctor", "--lang", "ja", variables=portal.variables)
    assert f"! 1 件の報告を保管しています（いちばん古いものは {time.strftime('%Y-')}" in told.stdout
    assert "最後の失敗: HTTP 503 Service Unavailable" in told.stdout
    assert "の sales-report の報告は受け付けられませんでした: HTTP 400 Bad Request: title is required" in told.stdout
    assert "! 受け付けられなかった報告が 1 件あります" in told.stdout
    assert told.returncode == 0
    assert SECRET not in told.stdout


def test_of_two_that_flush_at_once_one_sends(reporter, kept_report):
    usual = kept_report.answer_to
    kept_report.answer_to = lambda *arguments: time.sleep(1) or usual(*arguments)
    ended = []
    threads = [
        threading.Thread(target=lambda: ended.append(reporter.tc_report("flush", variables=kept_report.variables)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept_report.reports) == 1
    assert [done.returncode for done in ended] == [0, 0, 0]


class Watcher:
    """``tc-report flush --watch`` as a process of its own."""

    def __init__(self, reporter, variables):
        self.process = subprocess.Popen(
            [sys.executable, *reporter.command, "flush", "--watch", "--every", "0.2"],
            env={**reporter.environment(variables), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def line(self):
        return self.process.stdout.readline().decode("utf-8").rstrip("\r\n")


@pytest.fixture
def watching(reporter):
    started = []

    def start(variables):
        started.append(Watcher(reporter, variables))
        return started[-1]

    yield start
    for watcher in started:
        watcher.process.kill()
        watcher.process.communicate()


def test_watching_it_sends_whatever_is_kept(reporter, portal, watching):
    watcher = watching(portal.variables)
    assert watcher.line().startswith("保管される報告を見張っています。")
    portal.close()
    reporter.run(SCRIPT, portal.variables)
    assert watcher.line().startswith("1 件が残っています: <urlopen error ")
    portal.reopen()
    assert watcher.line() == "保管していた報告を 1 件送りました。"
    assert kept(reporter) == []


def test_watching_it_takes_a_changed_secret_without_a_restart(reporter, portal, watching, tmp_path):
    config = tmp_path / "config.json"
    config.write_text('{"secret": "another-secret"}')
    variables = {**portal.variables, "TC_PORTAL_CONFIG": str(config)}
    reporter.run(SCRIPT, variables)
    watcher = watching(variables)
    watcher.line()
    assert watcher.line().startswith("1 件が残っています: HTTP 401 Unauthorized")
    config.write_text(f'{{"secret": "{SECRET}"}}')
    assert watcher.line() == "保管していた報告を 1 件送りました。"


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C reaches a process otherwise on Windows")
def test_ctrl_c_ends_the_watching(reporter, portal, watching):
    watcher = watching(portal.variables)
    watcher.line()
    watcher.process.send_signal(signal.SIGINT)
    _, errors = watcher.process.communicate(timeout=30)
    assert (watcher.process.returncode, errors) == (0, b"")


def test_the_pauses_grow_are_spread_and_heed_the_portal():
    sys.path.insert(0, str(REPORTER / "src"))
    from tc_portal_reporter.spool.flushing import pause_seconds

    assert [pause_seconds(failures, 0, 0.5) for failures in (1, 2, 3, 8, 50)] == [5, 10, 20, 600, 600]
    assert (pause_seconds(1, 0, 0), pause_seconds(1, 0, 1)) == (2.5, 7.5)
    assert pause_seconds(1, 120, 0.5) == 120
