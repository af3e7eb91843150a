"""How long after a failing report has arrived its alert is at the other end: the portal as a user runs it, a webhook as the sink."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from string import ascii_lowercase

from .servers import SECRET, Server, portal, postgresql

REPORTS = 60
# A webhook takes sixty messages a minute; what is more waits.
SECONDS_BETWEEN = 1.1
PATIENCE = 30.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.alert_latency")
    parser.add_argument("--reports", type=int, default=REPORTS)
    parser.add_argument("--lead-alerts-to", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.lead_alerts_to:
        lead_alerts_to(options.lead_alerts_to)
        return 0
    print(
        f"{options.reports} failing reports of as many jobs and errors, one each {SECONDS_BETWEEN:g} s. An alert waits for what has "
        "the same cause first.\n"
    )
    problems = 0
    with ExitStack() as stack:
        for name in ("SQLite", "PostgreSQL"):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tc-portal-bench-")))
            url = f"sqlite:///{folder / 'bench'}.sqlite3" if name == "SQLite" else stack.enter_context(postgresql())
            with portal(name, url, folder) as server, sink() as (address, arrived):
                own = {"TC_PORTAL_DATA_DIR": str(folder), "TC_PORTAL_DATABASE_URL": url}
                command = [sys.executable, "-m", "bench.alert_latency", "--lead-alerts-to", address]
                subprocess.run(command, env={**os.environ, **own}, check=True)
                sent = report_failures(server, options.reports)
                wait_for(arrived, len(sent))
            taken = sorted(arrived[key] - sent[key] for key in sent if key in arrived)
            print(
                f"{name:<12}p50 {at_share(taken, 0.5):.2f} s   p99 {at_share(taken, 0.99):.2f} s   ({len(taken)} arrived)"
            )
            problems += len(taken) != len(sent)
    return 1 if problems else 0


def lead_alerts_to(address: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tc_portal.settings")
    import django

    django.setup()
    from tc_portal.alerts.models import Channel
    from tc_portal.alerts.secrets import sealed

    Channel.objects.create(
        name="sink", kind="webhook", settings=sealed({"address": address}), allows_private_addresses=True
    )


@contextmanager
def sink() -> Iterator[tuple[str, dict[str, float]]]:
    """Its address, and when it was told of each job first."""
    arrived: dict[str, float] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            now = time.monotonic()
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for incident in told["incidents"]:
                arrived.setdefault(incident["job_key"], now)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", arrived
    finally:
        server.shutdown()
        server.server_close()


def report_failures(server: Server, reports: int) -> dict[str, float]:
    """When the portal had taken the failing report of each job."""
    sent: dict[str, float] = {}
    # What tells one error from another is its words: figures are taken for what differs each time.
    for first, second in list(product(ascii_lowercase, repeat=2))[:reports]:
        key = f"job-{first}{second}"
        body = {"job_key": key, "title": key, "status": "error", "finished_at": datetime.now(UTC).isoformat()}
        body["message"] = f"ValueError: {first * 4}{second * 4} is missing"
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/api/monitor/job-report",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "X-TC-Portal-Webhook-Secret": SECRET},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE):
            sent[key] = time.monotonic()
        time.sleep(SECONDS_BETWEEN)
    return sent


def wait_for(arrived: dict[str, float], count: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(arrived) < count and time.monotonic() < until:
        time.sleep(0.2)


def at_share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


if __name__ == "__main__":
    sys.exit(main())
