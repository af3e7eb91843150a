"""What real clients of Uptime Kuma, Better Stack and Dead Man's Snitch sent, replayed byte for byte, and what it leaves."""

import pytest
from ping_life import StoredRun, captures, job_row, know_token, replay, runs_of
from running_portal import RunningPortal

CAPTURES = {capture["scenario"]: capture for capture in captures("single_token_captures")}
TOKENS = {
    "uptime kuma push": "AbCdEf0123456789AbCdEf0123456789",
    "uptime kuma push down": "AbCdEf0123456789AbCdEf0123456789",
    "better stack exit code + output": "abcd1234abcd1234abcd1234",
    "dead man's snitch": "c2354d53d2",
}
EFFECTS = {
    "uptime kuma push": ("ok", StoredRun("success", None, "OK", "uptime-kuma"), b'{"ok":true}'),
    "uptime kuma push down": ("error", StoredRun("error", None, "disk full", "uptime-kuma"), b'{"ok":true}'),
    "better stack exit code + output": (
        "error",
        StoredRun("error", 1, "backup log", "better-stack", "backup log"),
        b"OK",
    ),
    "dead man's snitch": (
        "error",
        StoredRun("error", 1, "Finished in 23.8s", "dead-mans-snitch"),
        b"Got it, thanks!",
    ),
}


@pytest.fixture(scope="module", autouse=True)
def known(portal: RunningPortal) -> None:
    """The clients go on with the tokens that their monitors gave them."""
    for token in set(TOKENS.values()):
        know_token(portal, token, token, "取り込んだジョブ")


@pytest.mark.parametrize("scenario", CAPTURES)
def test_a_captured_request_leaves_what_its_monitor_would_have_made_of_it(
    portal: RunningPortal, scenario: str
) -> None:
    job_key = TOKENS[scenario]
    answer = replay(portal, CAPTURES[scenario])
    verdict, run, content = EFFECTS[scenario]
    assert (answer.status, answer.content) == (200, content)
    assert runs_of(portal, job_key)[-1] == run
    assert job_row(portal, job_key) == ("取り込んだジョブ", verdict)
