"""The real clients of Healthchecks, unmodified, each as a process of its own, pointed at a running portal."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import msgspec
import pytest
from ping_life import StoredRun, know_token, runs_of
from running_portal import RunningPortal
from tc_portal.core.judge import Known

# Nothing listens there.
DOWN = "http://127.0.0.1:9"
PING_KEY = "the-ping-key-of-clients"

TRAP = """
from healthchecks_io import CheckTrap, Client
with Client(api_key="", ping_key="{key}", ping_url="{url}/ping/") as client:
    with CheckTrap(client, {check}) as trap:
        trap.add_log("copied 3 files")
        {then}
    print("the job ran")
"""
DECORATOR = """
from healthchecks_decorator import healthcheck
@healthcheck(url="{url}/ping/{uuid}", send_start=True, send_diagnostics=True)
def job():
    print("the job ran")
    {then}
    return {{"rows": 10}}
job()
"""
WRAPPER = """
from healthchecks_wrapper import HealthCheck
with HealthCheck("{url}/ping/{uuid}"):
    print("the job ran")
    {then}
"""
FAILS = "raise RuntimeError('disk full')"


@pytest.fixture
def job_key(request: pytest.FixtureRequest) -> str:
    return request.node.name.replace("[", "-").replace("]", "")


@pytest.fixture
def uuid(portal: RunningPortal, job_key: str) -> str:
    made = str(uuid5(NAMESPACE_URL, job_key))
    know_token(portal, made, job_key)
    know_token(portal, f"{PING_KEY}-{job_key}", None, "all")
    return made


def script(text: str, tmp_path: Path) -> "subprocess.Popen[str]":
    file = tmp_path / f"job-{len(list(tmp_path.iterdir()))}.py"
    file.write_text(text, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return subprocess.Popen(
        [sys.executable, str(file)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def run(text: str, tmp_path: Path) -> "tuple[int, str]":
    process = script(text, tmp_path)
    out, _ = process.communicate(timeout=60)
    return process.returncode, out


def begun_and_open(portal: RunningPortal, job_key: str) -> tuple[list[bool], int]:
    """Of each run whether its start is known, and how many are open."""
    mine = f"JOIN job ON job.id = job_id WHERE job_key = '{job_key}' ORDER BY run.received_at"
    begun = [started is not None for (started,) in portal.database.rows(f"SELECT run.started_at FROM run {mine}")]
    ((known,),) = portal.database.rows(f"SELECT known FROM job WHERE job_key = '{job_key}'")
    return begun, 0 if known is None else len(msgspec.json.decode(known, type=Known).open_runs)


@pytest.mark.parametrize("client", [TRAP, DECORATOR, WRAPPER], ids=["io", "decorator", "wrapper"])
@pytest.mark.parametrize("then", ["pass", FAILS], ids=["success", "failure"])
def test_a_client_tells_the_start_and_the_end_of_a_run(
    portal: RunningPortal, uuid: str, job_key: str, tmp_path: Path, client: str, then: str
) -> None:
    text = client.format(url=portal.url, key="", uuid=uuid, check=f"uuid='{uuid}'", then=then)
    status, out = run(text, tmp_path)
    assert (status == 0) == (then == "pass")
    assert "the job ran" in out or client is TRAP
    (told,) = runs_of(portal, job_key)
    assert (told.result, told.source) == ("success" if then == "pass" else "error", "healthchecks")
    assert begun_and_open(portal, job_key) == ([True], 0)
    if client is TRAP:
        assert told.output is not None and told.output.startswith("copied 3 files")
    elif then == "pass":
        assert told.output == ("rows=10" if client is DECORATOR else None)
    elif client is WRAPPER:
        assert told.output is not None and "RuntimeError: disk full" in told.output


def test_healthchecks_io_pings_a_job_by_its_slug(
    portal: RunningPortal, uuid: str, job_key: str, tmp_path: Path
) -> None:
    assert portal.request("GET", f"/ping/{PING_KEY}-{job_key}/by-slug?create=1").status == 201
    text = TRAP.format(url=portal.url, key=f"{PING_KEY}-{job_key}", check="slug='by-slug'", then="pass")
    assert run(text, tmp_path) == (0, "the job ran\n")
    assert begun_and_open(portal, "by-slug") == ([False, True], 0)


def test_healthchecks_io_tells_an_exit_code_and_what_it_asks_for_in_vain(
    portal: RunningPortal, uuid: str, job_key: str, tmp_path: Path
) -> None:
    text = f"""
from healthchecks_io import Client
from healthchecks_io.client.exceptions import CheckNotFoundError
client = Client(api_key="", ping_key="nobodys", ping_url="{portal.url}/ping/")
print(client.exit_code_ping(3, uuid="{uuid}", data="out"), client.exit_code_ping(0, uuid="{uuid}"))
try:
    client.success_ping(slug="no-such-job")
except CheckNotFoundError:
    print("no such check")
"""
    assert run(text, tmp_path) == (0, "(True, 'OK') (True, 'OK')\nno such check\n")
    assert runs_of(portal, job_key) == [
        StoredRun("error", 3, "out", "healthchecks", "out"),
        StoredRun("success", 0, None, "healthchecks"),
    ]


@pytest.mark.parametrize("client", [DECORATOR, WRAPPER], ids=["decorator", "wrapper"])
def test_two_runs_at_once_are_two_runs_that_have_both_begun_and_ended(
    portal: RunningPortal, uuid: str, job_key: str, tmp_path: Path, client: str
) -> None:
    text = client.format(url=portal.url, uuid=uuid, then="import time; time.sleep(1)")
    processes = [script(text, tmp_path) for _ in range(2)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    for process in processes:
        process.communicate()
    assert begun_and_open(portal, job_key) == ([True, True], 0)


@pytest.mark.parametrize("client", [DECORATOR, WRAPPER], ids=["decorator", "wrapper"])
def test_a_job_runs_although_the_portal_is_down(uuid: str, tmp_path: Path, client: str) -> None:
    status, out = run(client.format(url=DOWN, uuid=uuid, then="pass"), tmp_path)
    assert status == 0
    assert "the job ran" in out


def test_healthchecks_io_does_not_run_the_job_while_the_portal_is_down(uuid: str, tmp_path: Path) -> None:
    """That is how the client is: nothing that a portal could do."""
    status, out = run(TRAP.format(url=DOWN, key="", check=f"uuid='{uuid}'", then="pass"), tmp_path)
    assert (status == 0, out) == (False, "")
