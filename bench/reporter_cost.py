"""``python -m bench.reporter_cost``: what a report adds to an empty script, beside other ways to send one.

Each script is a process of its own, in turns; the figure is its wall time less that of the empty script.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from .servers import bare_app

ROOT = Path(__file__).resolve().parent.parent
PEERS_VENV = ROOT / ".venv" / "peers"
PEERS = ROOT / "bench" / "peers.txt"
RESULTS = Path("bench-results")
GOAL = "urllib by hand"

GUIDE = (ROOT / "reporter" / "tests" / "guides_own_reporter.py").read_text(encoding="utf-8")
OURS = "from tc_portal_reporter import report_job_status\nreport_job_status('success', 'done')\n"
MONITOR = "from tc_portal_reporter import monitor\nwith monitor('bench', 'Bench'):\n    pass\n"
REQUESTS = """
import os, requests
from datetime import datetime, timezone
body = {"job_key": "bench", "title": "Bench", "status": "success",
        "finished_at": datetime.now(timezone.utc).isoformat(), "message": "done"}
headers = {"X-TC-Portal-Webhook-Secret": os.environ["TC_PORTAL_WEBHOOK_SECRET"]}
try:
    print(requests.post(os.environ["TC_PORTAL_MONITOR_URL"], json=body, headers=headers, timeout=10).status_code)
except requests.RequestException as error:
    print(error)
"""
CRONITOR = """
import os, cronitor
monitor = cronitor.Monitor("bench", api_key="bench")
monitor._ping_api_url = lambda: os.environ["TC_PORTAL_MONITOR_URL"]
try:
    print(monitor.ping(state="complete", message="done").status_code)
except Exception as error:
    print(error)
"""
HEALTHCHECKS = """
import os, healthchecks_io
client = healthchecks_io.Client(api_key="bench", ping_url=os.environ["BENCH_ORIGIN"])
try:
    print(client.success_ping(uuid="39e63ddd-23df-4458-8bfe-cff0544bf709", data="done"))
except Exception as error:
    print(error)
"""


@dataclass
class Way:
    """One way to send a report: a script, and where it finds what it imports."""

    name: str
    script: str
    path: Path | None = None
    spool: Path | None = None
    seconds: list[float] = field(default_factory=list)

    def run(self, python: Path, folder: Path, variables: dict[str, str]) -> float:
        """Run it once; the seconds that it took. Its last output is kept, to be looked at if the figure is odd."""
        # Not named after the way: a script named requests.py would import itself.
        file = folder / f"script_{abs(hash(self.name))}.py"
        if not file.exists():
            file.write_text(self.script, encoding="utf-8")
        own = {"PYTHONPATH": str(self.path)} if self.path else {}
        if self.spool:
            own["TC_PORTAL_SPOOL_DIR"] = str(self.spool)
        began = time.perf_counter()
        ended = subprocess.run(
            [str(python), str(file)],
            env={**variables, **own},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=True,
        )
        seconds = time.perf_counter() - began
        file.with_suffix(".out").write_bytes(ended.stdout)
        return seconds


def ways(folder: Path, has_peers: bool) -> list[Way]:
    one_file = folder / "one-file" / "tc_portal_reporter.py"
    subprocess.run(
        [sys.executable, str(ROOT / "reporter" / "build_one_file.py"), str(one_file)], check=True, capture_output=True
    )
    sources = ROOT / "reporter" / "src"
    found = [
        Way("an empty script", ""),
        Way(GOAL, GUIDE + "\nreport_job_status('success', 'done')\n"),
        Way("tc_portal_reporter", OURS, sources, folder / "spool"),
        Way("… spool in memory", OURS, sources, Path(tempfile.mkdtemp(prefix="tc-portal-bench-", dir=_memory()))),
        Way("… as one file", OURS, one_file.parent, folder / "spool-one-file"),
        Way("… monitor(), which also tells the start", MONITOR, sources, folder / "spool-monitor"),
    ]
    if has_peers:
        found += [Way("requests", REQUESTS), Way("cronitor", CRONITOR), Way("healthchecks-io", HEALTHCHECKS)]
    return found


def peers_python() -> tuple[Path, bool]:
    """A Python that has the peers' packages, made the first time; whether it has them."""
    python = PEERS_VENV / "bin" / "python"
    if not python.exists():
        venv.create(PEERS_VENV, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    installed = subprocess.run([*command, "--requirement", str(PEERS)], check=False, stderr=subprocess.PIPE, text=True)
    if installed.returncode != 0:
        print(installed.stderr, file=sys.stderr)
    return python, installed.returncode == 0


def measure(rounds: int, url_origin: str, python: Path, measured: list[Way], folder: Path) -> None:
    folder.mkdir()
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TC_PORTAL_", "PYTHON")) and not name.lower().endswith("_proxy")
    }
    variables = {
        **kept,
        "TC_PORTAL_MONITOR_URL": f"{url_origin}/api/monitor/job-report",
        "TC_PORTAL_WEBHOOK_SECRET": "bench-secret",
        "TC_PORTAL_CONFIG": "none",
        "BENCH_ORIGIN": f"{url_origin}/",
        "PYTHONIOENCODING": "utf-8",
    }
    for way in measured:
        way.seconds.clear()
        # The first run compiles, and fills the file system's cache.
        way.run(python, folder, variables)
    for _ in range(rounds):
        for way in measured:
            way.seconds.append(way.run(python, folder, variables))


def table(title: str, measured: list[Way]) -> str:
    empty = median(measured[0].seconds)
    yardstick = next(median(way.seconds) - empty for way in measured if way.name == GOAL)
    lines = [f"{title:<42}{'median ms':>10}{'(quartiles)':>18}{'added ms':>10}{'of by hand':>12}"]
    for way in measured:
        middle = median(way.seconds)
        low, _, high = quantiles(way.seconds, n=4)
        added = f"{(middle - empty) * 1000:.1f}" if way is not measured[0] else ""
        share = f"{(middle - empty) / yardstick:.2f}" if way is not measured[0] else ""
        spread = f"({low * 1000:.1f}–{high * 1000:.1f})"
        lines.append(f"{way.name:<42}{middle * 1000:>10.1f}{spread:>18}{added:>10}{share:>12}")
    return "\n".join(lines)


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.reporter_cost")
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args()
    python, has_peers = peers_python()
    if not has_peers:
        print(f"What {PEERS.name} names cannot be installed here and is left out.", file=sys.stderr)
    version = subprocess.run([str(python), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{platform.machine()}, {os.cpu_count()} cores, {version}; {options.rounds} rounds, in turns.\n")
    kept: dict[str, dict[str, list[float]]] = {}
    with tempfile.TemporaryDirectory(prefix="tc-portal-bench-") as name:
        folder = Path(name)
        measured = ways(folder, has_peers)
        with bare_app() as server:
            measure(options.rounds, f"http://127.0.0.1:{server.port}", python, measured, folder / "on")
            print(table("the server is on", measured))
            kept["on"] = {way.name: list(way.seconds) for way in measured}
            origin = f"http://127.0.0.1:{server.port}"
        measure(options.rounds, origin, python, measured, folder / "off")
        print("\n" + table("the server is off", measured))
        kept["off"] = {way.name: list(way.seconds) for way in measured}
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"reporter-cost-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    file.write_text(json.dumps(kept, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"\n{file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
