"""What real clients of Healthchecks sent, replayed byte for byte, and what it leaves."""

from typing import Any

import pytest
from ping_life import StoredRun, captures, know_token, replay, runs_of
from running_portal import RunningPortal

CAPTURES = captures("healthchecks_captures")
UUID, PING_KEY = "5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278", "fqood6f4mmnucenztu01wa"
HEALTHCHECKS = "healthchecks"
TRACEBACK = "l1\nbad\n<traceback object at 0x7f3485f45540>"

# By client and scenario, for each request: whether a run began by it, or the run that ended by it.
BEGAN = "began"
EFFECTS: dict[tuple[str, str], list[Any]] = {
    ("healthchecks-io", "success uuid + text body"): [StoredRun("success", None, "done ✓", HEALTHCHECKS, "done ✓")],
    ("healthchecks-io", "success uuid no body"): [StoredRun("success", None, None, HEALTHCHECKS)],
    ("healthchecks-io", "start slug"): [BEGAN],
    ("healthchecks-io", "fail uuid + body"): [StoredRun("error", None, "boom", HEALTHCHECKS, "boom")],
    ("healthchecks-io", "exit code 3"): [StoredRun("error", 3, "x", HEALTHCHECKS, "x")],
    ("healthchecks-io", "CheckTrap exception"): [
        BEGAN,
        StoredRun("error", None, TRACEBACK, HEALTHCHECKS, TRACEBACK),
    ],
    ("healthchecks-decorator", "start+success with dict diagnostics"): [
        BEGAN,
        StoredRun("success", None, "rows=10&note=a+b", HEALTHCHECKS, "rows=10&note=a+b"),
    ],
    ("healthchecks-decorator", "start+fail, slug url with create=1"): [
        BEGAN,
        StoredRun("error", None, None, HEALTHCHECKS),
    ],
    ("healthchecks-wrapper", "start+fail with traceback body"): [BEGAN],
    ("healthchecks-wrapper", "trailing slash base url"): [BEGAN, StoredRun("success", None, None, HEALTHCHECKS)],
    ("curl", "GET success"): [StoredRun("success", None, None, HEALTHCHECKS)],
    ("curl", "--data-raw to exit status"): [
        StoredRun("error", 1, "out put\nline2 ü & x=1", HEALTHCHECKS, "out put\nline2 ü & x=1")
    ],
    ("curl", "HEAD"): [StoredRun("success", None, None, HEALTHCHECKS)],
    ("curl", "rid start"): [BEGAN],
}


def scenario_of(capture: dict[str, Any]) -> tuple[str, str]:
    return capture["client"].split()[0], capture["scenario"]


@pytest.fixture(scope="module", autouse=True)
def known(portal: RunningPortal) -> None:
    """The clients go on with the addresses that Healthchecks gave them; what they name by a slug is there."""
    know_token(portal, UUID, "by-uuid", "取り込んだジョブ")
    know_token(portal, PING_KEY, None, "全体")
    told = {"job_key": "db-backup", "title": "DB", "status": "success", "finished_at": "2026-01-25T03:04:05Z"}
    assert portal.report(told).status == 200


@pytest.mark.parametrize(
    "capture", CAPTURES, ids=lambda capture: f"{capture['client']} {capture['scenario']} {capture['seq']}"
)
def test_a_captured_request_leaves_what_healthchecks_would_have_made_of_it(
    portal: RunningPortal, capture: dict[str, Any]
) -> None:
    job_key = "by-uuid" if UUID in capture["target"] else "db-backup"
    starts = f"SELECT count(*) FROM run_start JOIN job ON job.id = job_id WHERE job_key = '{job_key}'"
    runs_before, ((starts_before,),) = len(runs_of(portal, job_key)), portal.database.rows(starts)
    answer = replay(portal, capture)
    assert (answer.status, answer.content) == (200, b"" if capture["method"] == "HEAD" else b"OK")
    assert answer.headers["ping-body-limit"] == "262144"
    effect = EFFECTS[scenario_of(capture)][capture["seq"]]
    assert portal.database.rows(starts) == [(starts_before + (effect == BEGAN),)]
    assert runs_of(portal, job_key)[runs_before:] == ([] if effect == BEGAN else [effect])
