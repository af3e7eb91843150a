"""sentry-sdk as its users run it, in processes of its own, against a running portal."""

import subprocess
import sys

import pytest
from ping_life import job_row, know_token, runs_of, settings_told
from running_portal import RunningPortal

TOKEN = "00112233445566778899aabbccddeeff"
NOBODY_LISTENS = "http://127.0.0.1:9"
PROGRAM = """
import sys
{without_brotli}
import sentry_sdk
from sentry_sdk.crons import capture_checkin, monitor

sentry_sdk.init(dsn={dsn!r})
HOURLY = {{"schedule": {{"type": "crontab", "value": "0 * * * *"}}, "timezone": "Asia/Tokyo", "checkin_margin": 5}}

{body}
print("the job ran to its end")
"""
# Without the module, the SDK packs by gzip.
WITHOUT_BROTLI = 'sys.modules["brotli"] = None'


@pytest.fixture(scope="module")
def known(portal: RunningPortal) -> RunningPortal:
    know_token(portal, TOKEN, None, "Sentry")
    return portal


def run_job(url: str, body: str, without_brotli: str = "") -> "subprocess.CompletedProcess[str]":
    dsn = url.replace("://", f"://{TOKEN}@") + "/1"
    program = PROGRAM.format(dsn=dsn, body=body, without_brotli=without_brotli)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("without_brotli", ["", WITHOUT_BROTLI], ids=["with brotli", "without brotli"])
def test_a_job_that_goes_well_is_a_run_that_went_well(known: RunningPortal, without_brotli: str) -> None:
    slug = "packed-by-gzip" if without_brotli else "packed-by-brotli"
    ended = run_job(known.url, f"with monitor({slug!r}, monitor_config=HOURLY): pass", without_brotli)
    assert ended.returncode == 0, ended.stderr
    assert [run.result for run in runs_of(known, slug)] == ["success"]
    assert job_row(known, slug) == (slug, "ok")
    ((by, told),) = settings_told(known, slug)
    assert (by, told["grace"]) == ("sentry (client)", "PT300S")


def test_a_job_that_fails_says_why(known: RunningPortal) -> None:
    ended = run_job(known.url, "with monitor('failing'): raise ValueError('行がありません')")
    assert ended.returncode == 1
    (run,) = runs_of(known, "failing")
    assert (run.result, run.message) == ("error", "ValueError: 行がありません")
    assert job_row(known, "failing")[1] == "error"


def test_runs_that_overlap_end_each_by_itself(known: RunningPortal) -> None:
    body = """
one = capture_checkin("overlapping", status="in_progress")
other = capture_checkin("overlapping", status="in_progress")
capture_checkin("overlapping", one, "error")
"""
    assert run_job(known.url, body).returncode == 0
    assert [run.result for run in runs_of(known, "overlapping")] == ["error"]
    assert known.database.rows(
        "SELECT count(*) FROM run_start JOIN job ON job.id = job_id WHERE job_key = 'overlapping'"
    ) == [(2,)]


def test_a_job_runs_while_the_portal_is_away() -> None:
    ended = run_job(NOBODY_LISTENS, "with monitor('alone'): pass")
    assert (ended.returncode, ended.stdout) == (0, "the job ran to its end\n")
