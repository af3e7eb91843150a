"""What a reporter tells besides a result arrives, is kept, and never costs a report, over real HTTP."""

from datetime import timedelta

import pytest
from job_lives import instant
from running_portal import RunningPortal
from test_job_start_answers import now, post, report, start, verdict

BEAT = {"run_id": "run-1"}


def test_output_metrics_log_and_the_codes_meaning_are_kept(portal: RunningPortal) -> None:
    told = {
        "output": {"head": "出力\0\ud800\n", "tail": "", "size": 9, "truncated": False},
        "metrics": {"rows": 123, "share": 0.5},
        "log": [{"at": "2026-01-25T03:04:05Z", "text": "開始"}, {"at": "2026-01-25T03:04:05Z", "text": "終了"}],
        "exit_code": 5,
        "exit_meaning": "アクセスが拒否されました",
    }
    for _ in range(2):
        assert "warning" not in report(portal, "told", **told).json
    of = "JOIN job ON job.id = job_id WHERE job_key = 'told'"
    assert portal.database.rows(f"SELECT head, size FROM run_output {of}") == [("出力\ufffd\n", 9)]
    assert portal.database.rows(f"SELECT name, value FROM run_metric {of} ORDER BY name") == [
        ("rows", 123.0),
        ("share", 0.5),
    ]
    assert portal.database.rows(f"SELECT text FROM run_log {of} ORDER BY run_log.id") == [("開始",), ("終了",)]
    assert portal.database.rows(f"SELECT exit_meaning FROM run {of}") == [("アクセスが拒否されました",)]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("output", "text"),
        ("output", {"head": 1}),
        ("output", {"head": "a" * 600_000, "tail": "", "size": 600_000}),
        ("output", {"head": "a", "size": -1}),
        ("metrics", {"rows": "many"}),
        ("metrics", {f"m{number}": number for number in range(101)}),
        ("log", "line"),
        ("log", [{"text": "x"}] * 201),
        ("log", [{"at": "x"}]),
        ("exit_meaning", 5),
        ("sent_at", "yesterday"),
        ("reporter", 1),
        ("held_back", -1),
    ],
)
def test_what_cannot_be_taken_is_warned_of_and_the_report_is_recorded(
    portal: RunningPortal, member: str, value: object
) -> None:
    answer = report(portal, "warned", **{member: value})
    assert answer.json["success"] is True
    assert member in answer.json["warning"]


def test_a_heartbeat_is_kept_with_its_run_which_is_looked_at_again_when_three_were_missed(
    portal: RunningPortal,
) -> None:
    start(portal, "silent", heartbeat_seconds=60)
    assert post(portal, "job-heartbeat", {**BEAT, "job_key": "silent", "progress": 0.25}).status == 200
    ((beat_at, progress, deadline),) = portal.database.rows(
        "SELECT heartbeat_at, progress, deadline FROM run_start JOIN job ON job.id = job_id WHERE job_key = 'silent'"
    )
    assert progress == "25%"
    assert instant(deadline) - instant(beat_at) == timedelta(minutes=3)
    assert verdict(portal, "silent") == "running"


def test_a_heartbeat_of_an_unknown_run_or_job_is_no_error(portal: RunningPortal) -> None:
    for job_key in ("nobody", "silent"):
        answer = post(portal, "job-heartbeat", {"job_key": job_key, "run_id": "never started"})
        assert answer.status == 200
        assert "no run of this run_id is known" in answer.json["warning"]


def test_a_heartbeat_without_a_run_is_refused(portal: RunningPortal) -> None:
    assert post(portal, "job-heartbeat", {"job_key": "silent"}).status == 400


def test_a_pc_is_noted_with_its_clock_its_reporter_and_what_it_holds_back(portal: RunningPortal) -> None:
    report(portal, "on-pc", host="PC-9", sent_at=now(minutes=-10), reporter="1.2.3", held_back=7)
    report(portal, "on-pc", host="PC-9", sent_at=now(minutes=-10), reporter="1.2.3", held_back=0)
    ((skew, reporter, held_back),) = portal.database.rows(
        "SELECT skew_ms, reporter, held_back FROM host WHERE name = 'PC-9'"
    )
    assert -620_000 < skew <= -600_000
    assert (reporter, held_back) == ("1.2.3", 0)
