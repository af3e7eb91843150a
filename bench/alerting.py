"""How many deliveries a second the sender gets out of the outbox and into a fast sink on this machine."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from .servers import bare_app, postgresql

DELIVERIES, CHANNELS = 10_000, 4


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.alerting")
    parser.add_argument("--deliveries", type=int, default=DELIVERIES)
    parser.add_argument("--on", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.on:
        print(json.dumps(measured(options.on, options.deliveries)))
        return 0
    print(
        f"{options.deliveries} deliveries to {CHANNELS} webhook channels; sender, database and sink share this machine."
    )
    problems = 0
    with ExitStack() as stack:
        sink = stack.enter_context(bare_app())
        for name in ("SQLite", "PostgreSQL"):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tc-portal-bench-")))
            url = f"sqlite:///{folder / 'bench'}.sqlite3" if name == "SQLite" else stack.enter_context(postgresql())
            own = {
                "DJANGO_SETTINGS_MODULE": "tc_portal.settings",
                "TC_PORTAL_DATA_DIR": str(folder),
                "TC_PORTAL_DATABASE_URL": url,
            }
            command = [sys.executable, "-m", "bench.alerting", "--deliveries", str(options.deliveries)]
            command += ["--on", f"http://127.0.0.1:{sink.port}/"]
            ended = subprocess.run(command, env={**os.environ, **own}, stdout=subprocess.PIPE, text=True, check=True)
            seen = json.loads(ended.stdout.splitlines()[-1])
            print(
                f"{name:<12}{seen['sent'] / seen['seconds']:>8,.0f} deliveries/s  ({seen['sent']} in {seen['seconds']:.1f} s)"
            )
            if seen["sent"] != options.deliveries:
                print(f"{name}: only {seen['sent']} were sent", file=sys.stderr)
                problems += 1
    return 1 if problems else 0


def measured(address: str, deliveries: int) -> dict[str, float]:
    """Owe, send with the worker as it is but for the limit of messages a minute, and count what was noted as sent."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections, transaction
    from tc_portal.alerts.models import Channel, Delivery
    from tc_portal.alerts.outbox import owe
    from tc_portal.alerts.secrets import sealed
    from tc_portal.alerts.worker import Worker
    from tc_portal.core.alert_message import AlertMessage

    call_command("migrate", verbosity=0)
    channels = [
        Channel.objects.create(
            name=f"sink {n}", kind="webhook", settings=sealed({"address": address}), allows_private_addresses=True
        )
        for n in range(CHANNELS)
    ]
    now = datetime.now(UTC)
    message = AlertMessage(occasion="test", at=now, about="the bench")
    with transaction.atomic():
        for n in range(deliveries):
            owe([channels[n % CHANNELS].id], f"bench:{n}", message, now)
    connections.close_all()
    told = threading.Event()
    worker = threading.Thread(target=Worker(is_limited=False).run_until, args=(told, lambda now: None))
    began = time.perf_counter()
    worker.start()
    while Delivery.objects.filter(state="queued").exists() and worker.is_alive():
        time.sleep(0.1)
    seconds = time.perf_counter() - began
    told.set()
    worker.join()
    return {"sent": Delivery.objects.filter(state="sent").count(), "seconds": seconds}


if __name__ == "__main__":
    sys.exit(main())
