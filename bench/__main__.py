"""``make bench``: what the portal can take and watch on this machine, beside an application that stores nothing."""

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from . import watching
from .ingest import CONNECTIONS, JOBS, SCHEDULED, Measured, measure

GOAL_SHARE = 0.25
GOAL_P99_MS = 50.0
GOAL_SCHEDULED_SHARE = 0.8
RESULTS = Path("bench-results")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="one short round instead of three, and fewer jobs due")
    options = parser.parse_args()
    rounds, seconds, warm_up = (1, 4.0, 1.0) if options.quick else (3, 8.0, 2.0)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
        f"{CONNECTIONS} connections over {JOBS} jobs, {rounds} x {seconds:g} s, in turns.\n"
        "Server, database and load share this machine: compare the figures of one run with each other only.\n"
    )
    measured = measure(rounds, seconds, warm_up)
    print(table(measured))
    print(f"\n{schedules_cost(measured)}")
    jobs_due = 2_000 if options.quick else 10_000
    watched = watching.measure(rounds, jobs_due)
    print(f"\n{watching.table(watched, jobs_due)}")
    problems = lies(measured) + [f"{each.database}: {problem}" for each in watched for problem in each.problems]
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / f"bench-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    ingest = [{"server": each.name, "rounds": each.rounds, "runs_found": each.runs_found} for each in measured]
    kept.write_text(json.dumps({"ingest": ingest, "watching": [asdict(each) for each in watched]}, indent=1))
    print(f"\n{kept}")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def table(measured: list[Measured]) -> str:
    """One line a server: median of the rounds, ratio to the bare application, latencies, rows beside answers."""
    bare = measured[0]
    lines = [
        f"{'server':<24}{'reports/s':>10}  {'(rounds)':<26}{'of bare':>8}{'goal':>6}{'p50 ms':>8}{'p99 ms':>8}"
        f"{'goal':>6}{'200s':>9}{'rows':>9}{'load CPU':>9}"
    ]
    for each in measured:
        per_second = [round_["per_second"] for round_ in each.rounds]
        shares = [mine / yardstick["per_second"] for mine, yardstick in zip(per_second, bare.rounds, strict=True)]
        is_bare = each is bare
        lines.append(
            f"{each.name:<24}{median(per_second):>10.0f}  {', '.join(f'{value:.0f}' for value in per_second):<26}"
            f"{median(shares):>8.2f}{'' if is_bare else GOAL_SHARE:>6}"
            f"{each.median_of('p50'):>8.1f}{each.median_of('p99'):>8.1f}{'' if is_bare else f'{GOAL_P99_MS:g}':>6}"
            f"{each.acknowledged:>9}{'-' if is_bare else each.runs_found:>9}{each.median_of('cpu'):>9.2f}"
        )
    return "\n".join(lines)


def schedules_cost(measured: list[Measured]) -> str:
    """One line a database: reports a second with a schedule on every job, as a share of those without in the same round."""
    by_name = {each.name: each for each in measured}
    lines = []
    for name, scheduled in by_name.items():
        if (plain := by_name.get(name.removesuffix(f", {SCHEDULED}"))) is None or plain is scheduled:
            continue
        pairs = zip(scheduled.rounds, plain.rounds, strict=True)
        share = median(mine["per_second"] / theirs["per_second"] for mine, theirs in pairs)
        lines.append(f"{name}: {share:.2f} of {plain.name} (goal {GOAL_SCHEDULED_SHARE})")
    return "\n".join(lines)


def lies(measured: list[Measured]) -> list[str]:
    """Where the database holds fewer runs than were acknowledged, or more than were in flight at the ends besides."""
    problems = []
    for each in measured[1:]:
        surplus = each.runs_found - each.acknowledged
        if not 0 <= surplus <= CONNECTIONS * len(each.rounds):
            problems.append(f"{each.name}: {each.acknowledged} answered 200, {each.runs_found} runs found")
        if any(round_["others"] for round_ in each.rounds):
            problems.append(f"{each.name}: some answers were not 200")
    return problems


if __name__ == "__main__":
    sys.exit(main())
