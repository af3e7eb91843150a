"""Reports per second: the bare application, the portal on SQLite and on PostgreSQL, in turns, without schedules and with."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

from .scheduled_jobs import expect_a_mix
from .servers import SECRET, Server, bare_app, portal, postgresql, runs_in

CONNECTIONS = 64
JOBS = 1000
SCHEDULED = "scheduled"


@dataclass
class Measured:
    """The rounds of one server: what the load said, and how many runs were in the database in the end."""

    name: str
    start: Callable[[], AbstractContextManager[Server]]
    database_url: str = ""
    rounds: list[dict[str, float]] = field(default_factory=list)
    runs_found: int = 0

    @property
    def acknowledged(self) -> int:
        return int(sum(each["acknowledged"] for each in self.rounds))

    def median_of(self, figure: str) -> float:
        return median(each[figure] for each in self.rounds)


def measure(rounds: int, seconds: float, warm_up: float) -> list[Measured]:
    """Run the load against each server in turn, ``rounds`` times; the bare application is the first. Each runs alone, as it
    does at a user's, and is started for its turn only; its database stays."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tc-portal-bench-")))
        measured = [Measured("bare ASGI app", bare_app)]
        for is_scheduled in (False, True):
            for database in ("SQLite", "PostgreSQL"):
                name = f"{database}, {SCHEDULED}" if is_scheduled else database
                own = folder / name.replace(", ", "-")
                is_sqlite = database == "SQLite"
                url = f"sqlite:///{own}.sqlite3" if is_sqlite else stack.enter_context(postgresql())
                start = partial(portal, name, url, own)
                measured.append(Measured(name, start, url))
                if is_scheduled:
                    # Something is expected of each of the load's jobs; the first start makes the tables.
                    with start():
                        expect_a_mix(url, [f"bench-{number}" for number in range(JOBS)])
        for round_ in range(rounds):
            for each in measured:
                with each.start() as server:
                    each.rounds.append(_load(server, seconds, warm_up, serial=round_ * 10_000_000))
        for each in measured[1:]:
            each.runs_found = runs_in(each.database_url)
        return measured


def _load(server: Server, seconds: float, warm_up: float, serial: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.load", "--port", str(server.port), "--secret", SECRET]
    command += ["--connections", str(CONNECTIONS), "--jobs", str(JOBS), "--serial", str(serial)]
    command += ["--seconds", str(seconds), "--warm-up", str(warm_up)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=120 + seconds, check=True)
    figures: dict[str, float] = json.loads(ended.stdout)
    return figures
