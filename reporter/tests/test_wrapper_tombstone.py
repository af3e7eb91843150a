"""A run that is killed is told of by whoever reports next from that PC: once, and as what it was."""

import json
import subprocess
import sys
import time
from datetime import datetime, timedelta

import pytest
from loopback import REPORT_PATH


def python(code):
    return [sys.executable, "-c", code]


@pytest.fixture
def killed(reporter, portal):
    """Starts a wrapped command, kills the wrapper while it runs, and returns what its start said."""

    def kill(*options):
        code = "import time; print('ready', flush=True); time.sleep(60)"
        process = subprocess.Popen(
            [
                sys.executable,
                *reporter.command,
                "run",
                "--key",
                "night",
                "--title",
                "夜間",
                *options,
                "--",
                *python(code),
            ],
            env=reporter.environment(portal.variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        with process.stdout as stdout:
            assert stdout.readline().strip() == b"ready"
            until = time.monotonic() + 60
            while not tombstones(reporter) and time.monotonic() < until:
                time.sleep(0.02)
            process.kill()
            process.wait(timeout=60)
        [facts] = tombstones(reporter)
        return facts

    return kill


def tombstones(reporter):
    if not reporter.spool.is_dir():
        return []
    found = []
    for path in sorted(reporter.spool.glob("running-*.json")):
        content = path.read_bytes()
        if content:
            found.append(json.loads(content))
    return found


def of_run(portal, run_id):
    return [report for report in portal.reports if report["run_id"] == run_id]


def test_the_next_report_tells_of_it(reporter, portal, killed):
    facts = killed()
    reporter.tc_report("send", "success", "--key", "other", variables=portal.variables)
    [report] = of_run(portal, facts["run_id"])
    assert (report["job_key"], report["title"], report["status"]) == ("night", "夜間", "error")
    assert report["started_at"] == facts["started_at"]
    assert "強制終了" in report["message"] and "killed" in report["message"]
    started, finished = (datetime.fromisoformat(report[name]) for name in ("started_at", "finished_at"))
    assert started <= finished < started + timedelta(minutes=5)
    assert "exit_code" not in report
    assert tombstones(reporter) == []


def test_the_next_run_tells_of_it_and_only_once(reporter, portal, killed):
    facts = killed()
    for _ in range(3):
        reporter.tc_report("run", "--", *python("pass"), variables=portal.variables)
    assert len(of_run(portal, facts["run_id"])) == 1
    assert tombstones(reporter) == []


def test_monitor_in_a_script_tells_of_it_too(reporter, portal, killed):
    facts = killed()
    reporter.run("from tc_portal_reporter import monitor\nwith monitor('m'):\n    pass", portal.variables)
    assert len(of_run(portal, facts["run_id"])) == 1


def test_flush_tells_of_it_too(reporter, portal, killed):
    facts = killed()
    done = reporter.tc_report("flush", variables=portal.variables)
    assert (done.stdout, done.returncode) == ("報告せずに終了していた実行を 1 件報告しました。\n", 0)
    assert len(of_run(portal, facts["run_id"])) == 1
    assert reporter.tc_report("flush", variables=portal.variables).stdout == "保管している報告はありません。\n"


def test_while_the_portal_is_away_it_waits(reporter, portal, killed):
    facts = killed()
    portal.will_answer(503)
    reporter.tc_report("send", "success", variables=portal.variables)
    portal.will_answer_as_usual()
    portal.requests.clear()
    for _ in range(2):
        reporter.tc_report("send", "success", variables=portal.variables)
    assert len(of_run(portal, facts["run_id"])) == 1
    assert tombstones(reporter) == []


def test_a_run_that_lives_is_left_alone(reporter, portal):
    process = subprocess.Popen(
        [sys.executable, *reporter.command, "run", "--key", "alive", "--", *python("print('x', flush=True); input()")],
        env=reporter.environment(portal.variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        process.stdout.readline()
        until = time.monotonic() + 60
        while not tombstones(reporter) and time.monotonic() < until:
            time.sleep(0.02)
        reporter.tc_report("send", "success", "--key", "other", variables=portal.variables)
        assert [facts["job_key"] for facts in tombstones(reporter)] == ["alive"]
        process.communicate(b"\n", timeout=60)
    finally:
        process.kill()
    assert [report["job_key"] for report in portal.reports] == ["other", "alive"]
    assert portal.results == ["success", "success"]
    assert tombstones(reporter) == []


def test_an_ordinary_end_leaves_nothing_behind(reporter, portal):
    for code in ("pass", "raise SystemExit(3)"):
        reporter.tc_report("run", "--", *python(code), variables=portal.variables)
    reporter.tc_report("run", "--", "no-such-command", variables=portal.variables)
    assert list(reporter.spool.glob("running-*")) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\0" * 200, b'{"started_at": "never", "run_id": "x"}'])
def test_a_file_that_the_power_cut_short_does_no_harm(reporter, portal, content):
    reporter.spool.mkdir()
    file = reporter.spool / "running-0123.json"
    file.write_bytes(content)
    done = reporter.tc_report("send", "success", variables=portal.variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert portal.results == ["success"]
    assert not file.exists()


def test_many_that_died_at_once_are_each_told_of_once_by_many_at_once(package, portal):
    package.spool.mkdir()
    for number in range(12):
        facts = {
            "job_key": f"job-{number}",
            "title": "t",
            "run_id": f"r{number}",
            "started_at": "2026-01-25T03:00:00+00:00",
        }
        (package.spool / f"running-r{number}.json").write_text(json.dumps(facts))
    processes = [
        subprocess.Popen(
            [sys.executable, *package.command, "send", "success", "--key", "x"],
            env=package.environment(portal.variables),
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        for _ in range(4)
    ]
    assert [process.wait(timeout=60) for process in processes] == [0] * 4
    told = sorted(
        body["run_id"] for _, path, _, body in portal.requests if path == REPORT_PATH and body["status"] == "error"
    )
    assert told == sorted(f"r{number}" for number in range(12))
