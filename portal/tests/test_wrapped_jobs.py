"""``tc-report run`` reports to the portal as it runs: starts, ends, and runs that were killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running_portal import SECRET, RunningPortal


def variables(portal: RunningPortal, spool: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("TC_PORTAL_")},
        "TC_PORTAL_MONITOR_URL": f"{portal.url}/api/monitor/job-report",
        "TC_PORTAL_WEBHOOK_SECRET": SECRET,
        "TC_PORTAL_CONFIG": "none",
        "TC_PORTAL_SPOOL_DIR": str(spool),
        "PYTHONIOENCODING": "utf-8",
    }


def tc_report(portal: RunningPortal, spool: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "tc_portal_reporter", *arguments]
    return subprocess.run(command, env=variables(portal, spool), capture_output=True, timeout=60)


def runs(portal: RunningPortal, key: str) -> list[tuple[object, ...]]:
    return portal.database.rows(
        "SELECT result, exit_code, message, run.started_at <= run.finished_at, run.host IS NOT NULL "
        f"FROM run JOIN job ON job.id = job_id WHERE job_key = '{key}' ORDER BY run.id"
    )


@pytest.mark.parametrize(("code", "result"), [(0, "success"), (3, "error")])
def test_the_exit_code_arrives_and_is_the_commands(
    portal: RunningPortal, tmp_path: Path, code: int, result: str
) -> None:
    program = f"import sys; print('髙島屋①㈱ {code} 件'); sys.exit({code})"
    key = f"wrapped-{code}"
    done = tc_report(portal, tmp_path / "spool", "run", "--key", key, "--", sys.executable, "-c", program)
    assert (done.returncode, done.stdout.decode().strip(), done.stderr) == (code, f"髙島屋①㈱ {code} 件", b"")
    [(stored, exit_code, message, in_order, has_host)] = runs(portal, key)
    assert (stored, exit_code, bool(in_order), bool(has_host)) == (result, code, True, True)
    assert str(message).endswith(f"髙島屋①㈱ {code} 件")


def test_a_start_is_recorded_while_the_command_runs_and_is_one_run_with_its_end(
    portal: RunningPortal, tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tc_portal_reporter", "run", "--key", "long", "--", "cat"],
        env=variables(portal, tmp_path / "spool"),
        stdin=subprocess.PIPE,
    )
    started = "SELECT run_start.run_id FROM run_start JOIN job ON job.id = run_start.job_id WHERE job_key = 'long'"
    until = time.monotonic() + 60
    while not (ids := portal.database.rows(started)) and time.monotonic() < until:
        time.sleep(0.05)
    assert len(ids) == 1 and runs(portal, "long") == []
    process.communicate(timeout=60)
    assert process.returncode == 0
    ended = portal.database.rows("SELECT run_id FROM run JOIN job ON job.id = job_id WHERE job_key = 'long'")
    assert ended == ids


def test_a_run_that_was_killed_is_an_error_once(portal: RunningPortal, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    process = subprocess.Popen(
        [sys.executable, "-m", "tc_portal_reporter", "run", "--key", "killed", "--", "sleep", "60"],
        env=variables(portal, spool),
    )
    until = time.monotonic() + 60
    while not list(spool.glob("running-*.json")) and time.monotonic() < until:
        time.sleep(0.02)
    process.kill()
    process.wait()
    for _ in range(2):
        tc_report(portal, spool, "send", "success", "--key", "other")
    [(result, exit_code, message, _, _)] = runs(portal, "killed")
    assert (result, exit_code) == ("error", None)
    assert "killed" in str(message)


def test_runs_while_the_portal_was_down_arrive_when_it_is_back(new_portal: object, tmp_path: Path) -> None:
    portal: RunningPortal = new_portal().start()  # type: ignore[operator]
    spool = tmp_path / "spool"
    portal.stop()
    for code in (0, 4):
        done = tc_report(portal, spool, "run", "--key", f"away-{code}", "--", "sh", "-c", f"exit {code}")
        assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")
    portal.start()
    assert tc_report(portal, spool, "flush").returncode == 0
    assert [run[:2] for key in ("away-0", "away-4") for run in runs(portal, key)] == [("success", 0), ("error", 4)]
