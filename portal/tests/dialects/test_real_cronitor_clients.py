"""Cronitor's Python SDK as its users run it, in processes of its own, against a running portal.

It has no setting for its host: what the documentation says to put before it is put before it here.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ping_life import job_row, know_token, runs_of, settings_told
from running_portal import RunningPortal

TOKEN = "ffeeddccbbaa99887766554433221100"
NOBODY_LISTENS = "http://127.0.0.1:9"
DOCUMENTED = Path(__file__).parents[3] / "docs" / "en" / "reference" / "other-monitors-clients.md"


@pytest.fixture(scope="module")
def known(portal: RunningPortal) -> RunningPortal:
    know_token(portal, TOKEN, None, "Cronitor")
    return portal


def run_job(url: str, body: str) -> "subprocess.CompletedProcess[str]":
    (shown,) = re.findall(r"```python\n(.*?)```", DOCUMENTED.read_text(encoding="utf-8"), re.DOTALL)
    lines = shown.replace("https://portal.example", url).replace("<token>", TOKEN)
    return subprocess.run([sys.executable, "-c", lines + body], capture_output=True, text=True, timeout=60)


def test_a_job_that_goes_well_is_a_run_that_went_well(known: RunningPortal) -> None:
    ended = run_job(known.url, "cronitor.job('good')(lambda: {'sent': 3})()")
    assert ended.returncode == 0, ended.stderr
    (run,) = runs_of(known, "good")
    assert (run.result, run.message, run.source) == ("success", "{'sent': 3}", "cronitor")
    assert known.database.rows(
        "SELECT count(*) FROM run_start JOIN job ON job.id = job_id WHERE job_key = 'good'"
    ) == [(1,)]


def test_a_job_that_fails_says_why(known: RunningPortal) -> None:
    body = """
@cronitor.job("bad/one")
def job():
    raise ValueError("行がありません")
job()
"""
    ended = run_job(known.url, body)
    assert (ended.returncode, "行がありません" in ended.stderr) == (1, True)
    assert [(run.result, run.message) for run in runs_of(known, "bad/one")] == [("error", "行がありません")]


def test_runs_that_overlap_end_each_by_itself(known: RunningPortal) -> None:
    body = """
monitor = cronitor.Monitor("overlapping")
for state, series in (("run", "one"), ("run", "other"), ("fail", "one")):
    monitor.ping(state=state, series=series)
"""
    assert run_job(known.url, body).returncode == 0
    assert [run.result for run in runs_of(known, "overlapping")] == ["error"]
    assert job_row(known, "overlapping")[1] == "error"


def test_monitors_are_described_paused_and_deleted(known: RunningPortal) -> None:
    body = """
made = cronitor.Monitor.put([{"type": "job", "key": "described", "schedule": "0 0 * * *"}, {"key": "b", "type": "job"}])
assert [each.data.key for each in made] == ["described", "b"]
monitor = cronitor.Monitor("described")
assert monitor.pause(5)
assert monitor.unpause()
monitor.delete()
"""
    ended = run_job(known.url, body)
    assert ended.returncode == 0, ended.stderr
    told = settings_told(known, "described")
    assert [each.get("is_paused", False) for _, each in told] == [False, True, False, True]


def test_a_fault_in_a_monitor_is_said(known: RunningPortal) -> None:
    ended = run_job(known.url, "cronitor.Monitor.put([{'type': 'job', 'key': 'faulty', 'schedule': 'every moon'}])")
    assert (ended.returncode, "every moon" in ended.stderr) == (1, True)


def test_while_the_portal_is_away_the_sdk_says_so() -> None:
    assert "refused" in run_job(NOBODY_LISTENS, "cronitor.Monitor('alone').ping(state='complete')").stderr
