"""The reporter's faults, one by one, against a real portal.

Whatever happens, the job ends with its own exit code and output, within the bound, and in the end the portal has each
report exactly once. A run takes no longer than the reporter's time limit for its report and as much again for what was
kept; a test that had to wait longer is ended by ``SECONDS_AT_MOST`` and fails.
"""

import json
import os
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from databases import new_tables
from faulty_gate import Gate
from running_portal import SECRET, RunningPortal

LIMIT_SECONDS = 20.0
# For faults that take the limit whole.
SHORT_LIMIT = {"TC_PORTAL_TIMEOUT": "1.5"}
SECONDS_AT_MOST = 60
EXIT_CODE = 3

JOB = """
import sys
print("集計を始めます", flush=True)
{reporting}
print("途中の知らせ", file=sys.stderr)
print("集計を終えます", flush=True)
sys.exit(3)
"""
REPORTING = "from tc_portal_reporter import report_job_status; report_job_status('error', {message!r})"

HANGING_NAME_LOOKUP = """
import socket, time
socket.getaddrinfo = lambda *a, **k: time.sleep(600)
"""
OTHER_CLOCK = """
import datetime, time
real_time, real_time_ns, real = time.time, time.time_ns, datetime.datetime
off = {days} * 86400
time.time = lambda: real_time() + off
time.time_ns = lambda: real_time_ns() + off * 10**9
class Shifted(real):
    @classmethod
    def now(cls, tz=None): return real.fromtimestamp(real_time() + off, tz)
datetime.datetime = Shifted
"""


@dataclass
class Bench:
    """A job's PC: what its scripts have as variables, and what the portal then knows of the job."""

    portal: RunningPortal
    gate: Gate
    folder: Path
    key: str
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TC_PORTAL_", "SSL_")) and not name.lower().endswith("_proxy")
        }
        own = {
            "TC_PORTAL_MONITOR_URL": f"http://127.0.0.1:{self.gate.port}/api/monitor/job-report",
            "TC_PORTAL_WEBHOOK_SECRET": SECRET,
            "TC_PORTAL_JOB_KEY": self.key,
            "TC_PORTAL_TIMEOUT": str(LIMIT_SECONDS),
            "TC_PORTAL_CONFIG": "none",
            "TC_PORTAL_SPOOL_DIR": str(self.spool),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "PYTHONIOENCODING": "utf-8",
        }
        return subprocess.run(
            [sys.executable, *arguments],
            env={**kept, **own, **self.variables},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS_AT_MOST,
        )

    def job_runs_as_ever(self, message: str, before: str = "") -> str:
        """Run the job with the reporter in it, see that it ends as without, and return what the reporter printed."""
        reporting = before + REPORTING.format(message=message)
        without, done = self.run("-c", JOB.format(reporting="")), self.run("-c", JOB.format(reporting=reporting))
        lines = done.stdout.splitlines()
        assert [line for line in lines if not line.startswith("[TC Portal] ")] == without.stdout.splitlines()
        assert (done.returncode, done.stderr) == (without.returncode, without.stderr)
        assert done.returncode == EXIT_CODE
        return "\n".join(line for line in lines if line.startswith("[TC Portal] "))

    def catches_up(self) -> None:
        """The fault is over: the next report brings the rest."""
        assert "報告成功" in self.job_runs_as_ever("その後")
        flushed = self.run("-m", "tc_portal_reporter", "flush")
        assert flushed.returncode == 0, flushed.stdout + flushed.stderr

    def known_to_the_portal(self) -> list[str]:
        query = (
            f"SELECT message FROM run JOIN job ON job.id = run.job_id WHERE job_key = '{self.key}' ORDER BY message"
        )
        return [message for (message,) in self.portal.database.rows(query)]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    folder = tmp_path_factory.mktemp("faults")
    running = RunningPortal(new_tables("sqlite", folder, None), folder).start()
    yield running
    running.stop()


@pytest.fixture
def pc(portal: RunningPortal, tmp_path: Path) -> Iterator[Bench]:
    gate = Gate(portal.port).open()
    yield Bench(portal, gate, tmp_path, f"job-{tmp_path.name}")
    gate.end()


def test_without_any_fault(pc: Bench) -> None:
    assert pc.job_runs_as_ever("1 件目") == "[TC Portal] 報告成功: error"
    assert pc.known_to_the_portal() == ["1 件目"]


@pytest.mark.parametrize(
    "fault", ["slow", "trickling", "cut off", "answer lost", "reset", "500", "503", "429", "401", "403", "404", "302"]
)
def test_a_portal_that_fails(pc: Bench, fault: str) -> None:
    pc.gate.fault = fault
    pc.variables = SHORT_LIMIT if fault in ("slow", "trickling") else {}
    assert "報告をこの PC に保管しました" in pc.job_runs_as_ever("事の最中")
    pc.gate.fault, pc.variables = "", {}
    pc.catches_up()
    assert pc.known_to_the_portal() == ["その後", "事の最中"]


def test_an_answer_that_is_lost_after_the_commit_and_the_report_sent_again_is_one_run(pc: Bench) -> None:
    pc.gate.fault = "answer lost"
    pc.job_runs_as_ever("事の最中")
    assert pc.known_to_the_portal() == ["事の最中"]
    pc.gate.fault = ""
    pc.catches_up()
    assert pc.gate.passed_on == 3
    assert pc.known_to_the_portal() == ["その後", "事の最中"]


def test_a_portal_that_is_off(pc: Bench) -> None:
    pc.gate.close()
    assert "Connection refused" in pc.job_runs_as_ever("事の最中")
    pc.gate.open()
    pc.catches_up()
    assert pc.known_to_the_portal() == ["その後", "事の最中"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a system that drops connections to a full queue")
def test_an_address_behind_which_nothing_answers(pc: Bench) -> None:
    pc.gate.swallow()
    pc.variables = SHORT_LIMIT
    assert "timed out" in pc.job_runs_as_ever("事の最中")
    pc.variables = {}
    pc.gate.close()
    pc.gate.open()
    pc.catches_up()
    assert pc.known_to_the_portal() == ["その後", "事の最中"]


def test_a_name_lookup_that_hangs(pc: Bench) -> None:
    pc.variables = SHORT_LIMIT
    assert "timed out" in pc.job_runs_as_ever("事の最中", HANGING_NAME_LOOKUP)
    pc.variables = {}
    pc.catches_up()
    assert pc.known_to_the_portal() == ["その後", "事の最中"]


def test_a_wrong_secret(pc: Bench) -> None:
    pc.variables = {"TC_PORTAL_WEBHOOK_SECRET": "the-secret-of-last-year"}
    assert "HTTP Error 401" in pc.job_runs_as_ever("事の最中")
    pc.variables = {}
    pc.catches_up()
    assert pc.known_to_the_portal() == ["その後", "事の最中"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command to make a certificate")
def test_a_certificate_that_this_pc_does_not_know(pc: Bench) -> None:
    key, certificate = pc.folder / "key.pem", pc.folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *files], check=True, capture_output=True)
    pc.gate.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pc.gate.tls.load_cert_chain(certificate, key)
    config = pc.folder / "config.json"
    config.write_text(json.dumps({"url": f"https://127.0.0.1:{pc.gate.port}/api/monitor/job-report"}))
    pc.variables = {"TC_PORTAL_CONFIG": str(config)}
    assert "CERTIFICATE_VERIFY_FAILED" in pc.job_runs_as_ever("事の最中")
    config.write_text(json.dumps({**json.loads(config.read_text()), "ca_file": str(certificate)}))
    pc.catches_up()
    assert pc.known_to_the_portal() == ["その後", "事の最中"]


@pytest.mark.parametrize("proxy_fault", ["407", "502", "off"])
def test_a_proxy_that_fails(pc: Bench, proxy_fault: str) -> None:
    proxy = Gate(pc.portal.port, fault=proxy_fault).open()
    if proxy_fault == "off":
        proxy.close()
    pc.variables = {"http_proxy": f"http://127.0.0.1:{proxy.port}"}
    assert "報告をこの PC に保管しました" in pc.job_runs_as_ever("事の最中")
    proxy.end()
    pc.variables = {}
    pc.catches_up()
    assert pc.known_to_the_portal() == ["その後", "事の最中"]


@pytest.mark.parametrize("days", [365, -365])
@pytest.mark.parametrize("is_off", [False, True])
def test_a_clock_a_year_off(pc: Bench, days: int, is_off: bool) -> None:
    if is_off:
        pc.gate.close()
    pc.job_runs_as_ever("事の最中", OTHER_CLOCK.format(days=days))
    if is_off:
        pc.gate.open()
    pc.catches_up()
    assert pc.known_to_the_portal() == ["その後", "事の最中"]


@pytest.fixture
def small_disk(pc: Bench) -> Iterator[Path]:
    """The spool on a disk of its own, of 64 KB."""
    pc.spool.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(pc.spool)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs the right to mount")
    yield pc.spool
    subprocess.run(["umount", str(pc.spool)], check=True)


@pytest.mark.parametrize("is_off", [False, True])
@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_a_disk_that_takes_nothing(pc: Bench, small_disk: Path, trouble: str, is_off: bool) -> None:
    if trouble == "full":
        (small_disk / "filling").write_bytes(b"x" * 65536)
    else:
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    if is_off:
        pc.gate.close()
    told = pc.job_runs_as_ever("事の最中")
    assert ("報告をこの PC に保管しました" in told) == is_off
    if is_off:
        pc.gate.open()
    pc.catches_up()
    assert pc.known_to_the_portal() == ["その後", "事の最中"]


def test_many_processes_at_once_while_the_portal_is_off(pc: Bench) -> None:
    """And some of them killed: what had been accepted is there once, all others end as they would have."""
    pc.gate.close()
    loop = (
        "import os, sys\nfrom tc_portal_reporter import report_job_status\n"
        "out, sys.stdout = os.dup(1), None\n"
        "for number in range(25):\n"
        "    name = f'{sys.argv[1]}-{number}'\n"
        "    report_job_status('success', name)\n"
        "    os.write(out, f'{name}\\n'.encode())\n"
    )
    environment = {**os.environ, "TC_PORTAL_MONITOR_URL": f"http://127.0.0.1:{pc.gate.port}/api/monitor/job-report"}
    environment |= {"TC_PORTAL_WEBHOOK_SECRET": SECRET, "TC_PORTAL_JOB_KEY": pc.key, "TC_PORTAL_CONFIG": "none"}
    environment |= {"TC_PORTAL_SPOOL_DIR": str(pc.spool), "XDG_STATE_HOME": str(pc.folder)}
    processes = [
        subprocess.Popen([sys.executable, "-c", loop, str(number)], env=environment, stdout=subprocess.PIPE, text=True)
        for number in range(40)
    ]
    until = time.monotonic() + 60
    while len(list(pc.spool.glob("0*.json"))) < 200 and time.monotonic() < until:
        time.sleep(0.05)
    for process in processes[::4]:
        process.kill()
    accepted = [line for process in processes for line in process.communicate(timeout=120)[0].splitlines()]
    assert [process.returncode for process in processes] == [-9, 0, 0, 0] * 10
    pc.gate.open()
    flushed = pc.run("-m", "tc_portal_reporter", "flush")
    assert flushed.returncode == 0, flushed.stdout + flushed.stderr
    known = pc.known_to_the_portal()
    assert len(known) == len(set(known))
    assert set(accepted) - set(known) == set()
    # A process that was killed between having kept a report and saying so leaves one more.
    assert len(set(known) - set(accepted)) <= 10
