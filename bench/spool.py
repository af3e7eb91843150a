"""``python -m bench.spool``: 10,000 reports by 50 processes while the portal is off, processes killed all the while.

A report counts as accepted once the script was told that it is kept. Then several ``tc-report flush`` run at once,
killed as well, first against nothing, then against the portal. In the end the portal must know each accepted report, and
none twice.
"""

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .servers import SECRET, Server, portal

SCRIPT = """
import io, os, sys
from tc_portal_reporter import report_job_status
told, number = os.dup(1), 0
while True:
    number += 1
    name = f"{sys.argv[1]}-{number}"
    sys.stdout = io.StringIO()
    report_job_status("error" if number % 7 == 0 else "success", name, job_key=f"job-{number % 40}")
    if "is kept on this PC" in sys.stdout.getvalue():
        os.write(told, f"{name}\\n".encode())
"""
KILL_EVERY_SECONDS = 0.5
FLUSHES = 4


@dataclass
class Scripts:
    """The processes that report. Each that dies is replaced, until enough has been accepted."""

    folder: Path
    environment: dict[str, str]
    accepted: list[str] = field(default_factory=list)
    killed: int = 0
    _running: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    _readers: list[threading.Thread] = field(default_factory=list)
    _started: int = 0

    def report(self, processes: int, reports: int) -> None:
        script = self.folder / "script.py"
        script.write_text(SCRIPT, encoding="utf-8")
        kill_at = time.monotonic() + KILL_EVERY_SECONDS
        try:
            while len(self.accepted) < reports:
                while len(self._running) < processes:
                    self._start(script)
                time.sleep(0.01)
                if time.monotonic() >= kill_at:
                    self._kill(random.randrange(len(self._running)))
                    self.killed += 1
                    kill_at = time.monotonic() + KILL_EVERY_SECONDS
        finally:
            while self._running:
                self._kill(0)
            for reader in self._readers:
                reader.join()

    def _start(self, script: Path) -> None:
        self._started += 1
        process = subprocess.Popen(
            [sys.executable, str(script), str(self._started)], env=self.environment, stdout=subprocess.PIPE
        )
        self._running.append(process)
        self._readers.append(threading.Thread(target=self._read, args=(process,)))
        self._readers[-1].start()

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.accepted.append(line.decode().strip())

    def _kill(self, place: int) -> None:
        process = self._running.pop(place)
        process.kill()
        process.wait()


def flush(environment: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tc_portal_reporter", "flush", "--lang", "en"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def flush_and_kill(environment: dict[str, str], seconds: float) -> int:
    """Several at once for so long, each killed after a moment; how many were."""
    until = time.monotonic() + seconds
    killed = 0
    while time.monotonic() < until:
        running = [flush(environment) for _ in range(FLUSHES)]
        time.sleep(random.uniform(0.2, 1.0))
        for process in running:
            killed += process.poll() is None
            process.kill()
            process.communicate()
    return killed


def runs_known(server: Server) -> list[str]:
    import sqlite3

    with sqlite3.connect(server.database_url.removeprefix("sqlite:///")) as connection:
        return [message for (message,) in connection.execute("SELECT message FROM run")]


@contextmanager
def free_port() -> Iterator[int]:
    """A port at which nothing listens for now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield port


def measure(processes: int, reports: int, folder: Path) -> list[str]:
    """Do all of it and print the counts; what is wrong, if anything is."""
    with free_port() as port:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TC_PORTAL_")}
        environment = {
            **kept,
            "TC_PORTAL_MONITOR_URL": f"http://127.0.0.1:{port}/api/monitor/job-report",
            "TC_PORTAL_WEBHOOK_SECRET": SECRET,
            "TC_PORTAL_CONFIG": "none",
            "TC_PORTAL_SPOOL_DIR": str(folder / "spool"),
            "XDG_STATE_HOME": str(folder / "state"),
            "LC_ALL": "en_US.UTF-8",
        }
        scripts = Scripts(folder, environment)
        began = time.monotonic()
        scripts.report(processes, reports)
        accepted = scripts.accepted
        print(f"{len(accepted):>7} reports accepted from {processes} processes in {time.monotonic() - began:.0f} s")
        print(f"{scripts.killed:>7} processes killed with SIGKILL meanwhile, then the remaining {processes}")
        print(f"{len(list((folder / 'spool').glob('0*.json'))):>7} reports on disk")
        killed = flush_and_kill(environment, 3)
        database_url = f"sqlite:///{folder / 'portal.sqlite3'}"
        with portal("portal", database_url, folder / "data", port) as server:
            began = time.monotonic()
            killed += flush_and_kill(environment, 3)
            ended = flush(environment)
            output, _ = ended.communicate()
            known = runs_known(server)
            print(f"{killed:>7} flushes killed with SIGKILL; the last one: {output.strip()!r}")
            print(f"{len(known):>7} runs known to the portal {time.monotonic() - began:.0f} s after it was on again")
        left = len(list((folder / "spool").glob("0*.json")))
    lost = set(accepted) - set(known)
    twice = len(known) - len(set(known))
    more = len(set(known) - set(accepted))
    print(f"{len(lost):>7} accepted and lost\n{twice:>7} known twice\n{left:>7} left on disk")
    print(f"{more:>7} more than accepted: kept, but their process was killed before it could say so")
    return [
        *([f"{len(lost)} accepted reports are lost"] if lost else []),
        *([f"{twice} runs are there twice"] if twice else []),
        *([f"{left} reports are left on disk"] if left else []),
        *(["more runs than processes could have left unsaid"] if more > scripts.killed + processes else []),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.spool")
    parser.add_argument("--processes", type=int, default=50)
    parser.add_argument("--reports", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tc-portal-bench-") as name:
        problems = measure(options.processes, options.reports, Path(name))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
