"""What watching costs: a look while nothing is due, and thousands of jobs that fall due at one instant."""

import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from tc_portal.core.job_settings import JobSettings
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.store.changing_settings import SettingsChange

from .scheduled_jobs import MINUTE, ZONE, expect, opened, run_sql
from .servers import postgresql

FEW, MANY = 1_000, 100_000
LOOKS = 300
TOKYO = ZoneInfo(ZONE)
DRAIN = 15 * MINUTE
GOAL_JUDGED_PER_SECOND = 3_000
# A look at many jobs may take this much longer than one at few, before it is called more.
NOISE = 1.5

# Copies of the one job that is there, with all that the portal keeps of it. Parameter: how many.
MULTIPLY = """
INSERT INTO job (job_key, title, verdict, since, created_at, is_bad, reasons, known, judged_at, deadline, settings_id)
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < CAST(? AS INTEGER))
SELECT 'idle-' || CAST(n AS TEXT), title, verdict, since, created_at, is_bad, reasons, known, judged_at, deadline,
       settings_id
FROM job CROSS JOIN numbers WHERE job_key = 'idle'
"""


@dataclass
class Watched:
    """What was seen on one database. Times of a look are medians, in milliseconds."""

    database: str
    look_at_few: float = 0.0
    look_at_many: float = 0.0
    judged_per_second: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def measure(rounds: int, jobs_due: int) -> list[Watched]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tc-portal-bench-")))
        sqlite = [f"sqlite:///{folder / name}.sqlite3" for name in ("due", "few", "many")]
        servers = [stack.enter_context(postgresql()) for _ in sqlite]
        return [
            _measure("SQLite", sqlite, folder, rounds, jobs_due),
            _measure("PostgreSQL", servers, folder, rounds, jobs_due),
        ]


def _measure(name: str, urls: list[str], folder: Path, rounds: int, jobs_due: int) -> Watched:
    """``urls`` are three databases: looks at few and at many jobs are taken in turns."""
    watched = Watched(name)
    for url in urls:
        _make_tables(url, folder)
    for round_ in range(rounds):
        watched.judged_per_second.append(_judge_all_at_once(urls[0], f"due-{round_}", jobs_due, watched.problems))
    for url, jobs in zip(urls[1:], (FEW, MANY), strict=True):
        _make_idle(url, jobs)
    watched.look_at_few, watched.look_at_many = _look(urls[1:])
    return watched


def _make_tables(url: str, folder: Path) -> None:
    tc_portal = str(Path(sys.executable).parent / "tc-portal")
    environment = {"TC_PORTAL_DATA_DIR": str(folder), "TC_PORTAL_DATABASE_URL": url, "TC_PORTAL_WEBHOOK_SECRET": "s"}
    subprocess.run([tc_portal, "setup"], env=environment, stdout=subprocess.DEVNULL, check=True, timeout=120)


def _judge_all_at_once(url: str, named: str, jobs: int, problems: list[str]) -> float:
    """Jobs a second, from when they are all due until all are judged and their incidents committed."""
    now = datetime.now(UTC)
    shown = (now - 30 * MINUTE).astimezone(TOKYO)
    daily = JobSchedule(Cron((f"{shown.minute} {shown.hour} * * *",), ZONE))
    settings = JobSettings(grace=10 * MINUTE, schedules=(daily,))
    with opened(url) as store:
        expect(store, [SettingsChange(f"{named}-{number}", settings) for number in range(jobs)], now - 60 * MINUTE)
        store.beat(now, DRAIN)
    # A watcher that has just been started: nothing is ready in its memory.
    with opened(url) as store:
        begin = time.perf_counter()
        while store.watch(now):
            pass
        seconds = time.perf_counter() - begin
    for table in ("transition", "incident"):
        counted = f"SELECT count(DISTINCT job_id), count(*) FROM {table} WHERE verdict = 'missed' AND job_id IN "
        ((distinct, found),) = run_sql(url, counted + "(SELECT id FROM job WHERE job_key LIKE ?)", f"{named}-%")
        if not distinct == found == jobs:
            problems.append(f"{jobs} jobs were due, and there are {found} rows of {distinct} jobs in {table}")
    return jobs / seconds


def _make_idle(url: str, jobs: int) -> None:
    """Make these jobs, none of which is due for hours."""
    now = datetime.now(UTC)
    later = (now + timedelta(hours=9)).astimezone(TOKYO)
    settings = JobSettings(schedules=(JobSchedule(Cron((f"{later.minute} {later.hour} * * *",), ZONE)),))
    with opened(url) as store:
        expect(store, [SettingsChange("idle", settings)], now)
    run_sql(url, MULTIPLY, jobs - 1)


def _look(urls: list[str]) -> list[float]:
    """Milliseconds that a look takes that finds nothing due, in each of the databases."""
    took: list[list[float]] = [[] for _ in urls]
    with ExitStack() as stack:
        stores = [stack.enter_context(opened(url)) for url in urls]
        for store in stores:
            store.beat(datetime.now(UTC), DRAIN)
        for _ in range(LOOKS):
            for store, times in zip(stores, took, strict=True):
                begin = time.perf_counter()
                judged = store.watch(datetime.now(UTC))
                times.append(time.perf_counter() - begin)
                if judged:
                    raise SystemExit("a job was due that should not have been")
    return [median(times) * 1000 for times in took]


def table(measured: list[Watched], jobs_due: int) -> str:
    """One line a database: a look at few and at many jobs, and how fast those that are due at once are judged."""
    lines = [
        f"{'watching':<24}{f'look at {FEW:,}':>16}{f'at {MANY:,}':>14}{'ratio':>7}{'goal':>6}"
        f"{f'judged/s of {jobs_due:,}':>20}  {'(rounds)':<24}{'goal':>6}"
    ]
    for each in measured:
        rates = ", ".join(f"{rate:.0f}" for rate in each.judged_per_second)
        lines.append(
            f"{each.database:<24}{each.look_at_few:>13.2f} ms{each.look_at_many:>11.2f} ms"
            f"{each.look_at_many / each.look_at_few:>7.2f}{NOISE:>6}"
            f"{median(each.judged_per_second):>20.0f}  {rates:<24}{GOAL_JUDGED_PER_SECOND:>6}"
        )
    return "\n".join(lines)
