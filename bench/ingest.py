"""Reports per second: the bare application, the portal on SQLite and on PostgreSQL, in turns, without schedules and with."""

import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from .scheduled_jobs import expect_a_mix
from .servers import SECRET, Server, bare_app, portal, postgresql

CONNECTIONS = 64
JOBS = 1000
SCHEDULED = "scheduled"


@dataclass
class Measured:
    """The rounds of one server: what the load said, and how many runs were in the database before and after."""

    server: Server
    rounds: list[dict[str, float]] = field(default_factory=list)
    runs_found: int = 0

    @property
    def acknowledged(self) -> int:
        return int(sum(each["acknowledged"] for each in self.rounds))

    def median_of(self, figure: str) -> float:
        return median(each[figure] for each in self.rounds)


def measure(rounds: int, seconds: float, warm_up: float) -> list[Measured]:
    """Run the load against each server in turn, ``rounds`` times; the bare application is the first."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tc-portal-bench-")))
        servers = [
            stack.enter_context(bare_app()),
            stack.enter_context(portal("SQLite", f"sqlite:///{folder / 'bench.sqlite3'}", folder / "sqlite")),
            stack.enter_context(portal("PostgreSQL", stack.enter_context(postgresql()), folder / "postgresql")),
            _scheduled(stack, "SQLite", f"sqlite:///{folder / 'scheduled.sqlite3'}", folder / "sqlite-too"),
            _scheduled(stack, "PostgreSQL", stack.enter_context(postgresql()), folder / "postgresql-too"),
        ]
        measured = [Measured(server) for server in servers]
        for round_ in range(rounds):
            for each in measured:
                each.rounds.append(_load(each.server, seconds, warm_up, serial=round_ * 10_000_000))
        for each in measured[1:]:
            each.runs_found = each.server.runs()
        return measured


def _scheduled(stack: ExitStack, name: str, database_url: str, folder: Path) -> Server:
    """A portal that expects something of each of the load's jobs."""
    server = stack.enter_context(portal(f"{name}, {SCHEDULED}", database_url, folder))
    expect_a_mix(database_url, [f"bench-{number}" for number in range(JOBS)])
    return server


def _load(server: Server, seconds: float, warm_up: float, serial: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.load", "--port", str(server.port), "--secret", SECRET]
    command += ["--connections", str(CONNECTIONS), "--jobs", str(JOBS), "--serial", str(serial)]
    command += ["--seconds", str(seconds), "--warm-up", str(warm_up)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=120 + seconds, check=True)
    figures: dict[str, float] = json.loads(ended.stdout)
    return figures
