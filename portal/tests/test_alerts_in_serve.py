"""The alerts' process inside ``serve`` and as ``tc-portal alerts``: it runs, it comes back, and it ends with the portal."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from running_portal import TC_PORTAL, RunningPortal, children_of
from sinks import Reply, http_sink, wait_until

OWE = """
import sys, django; django.setup()
from datetime import UTC, datetime
from tc_portal.alerts.models import Channel
from tc_portal.alerts.outbox import owe
from tc_portal.alerts.secrets import sealed
from tc_portal.core.alert_message import AlertMessage
channel, _ = Channel.objects.get_or_create(name="sink", kind="webhook", allows_private_addresses=True, defaults={
    "settings": sealed({"address": sys.argv[1], "secret": "the-signing-secret"})})
print(owe([channel.id], sys.argv[2], AlertMessage(occasion="test", at=datetime.now(UTC), about="a test"), datetime.now(UTC))[0])
"""


def owe(portal: RunningPortal, url: str, thread: str) -> str:
    environment = {**portal._environ(), "DJANGO_SETTINGS_MODULE": "tc_portal.settings"}
    asked = [sys.executable, "-c", OWE, url, thread]
    return subprocess.run(
        asked, env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


def senders_of(portal: RunningPortal) -> list[int]:
    assert portal.process is not None
    return children_of(portal.process.pid, "tc_portal.alerts")


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").exists() and bool(Path(f"/proc/{pid}/cmdline").read_text())


def test_serve_sends_starts_the_sender_anew_and_ends_it(new_portal: Callable[..., RunningPortal]) -> None:
    portal = new_portal().start()
    with http_sink() as sink:
        wait_until(lambda: len(senders_of(portal)) == 1)
        (first,) = senders_of(portal)
        told = owe(portal, f"{sink.url}/the-secret-path", "test:1")
        wait_until(lambda: len(sink.requests) == 1)
        assert sink.requests[0].headers["X-TC-Portal-Delivery"] == told
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: senders_of(portal) not in ([], [first]))
        sink.answer = lambda request: Reply(500, b"/the-secret-path the-signing-secret")
        owe(portal, sink.url, "test:2")
        wait_until(lambda: "answered 500" in portal.log())
        (second,) = senders_of(portal)
        assert portal.stop() == 0
        wait_until(lambda: not is_there(second))
    assert "the-secret-path" not in portal.log()
    assert "the-signing-secret" not in portal.log()
    assert "Traceback" not in portal.log()


def test_the_sender_ends_with_a_portal_that_is_killed(new_portal: Callable[..., RunningPortal]) -> None:
    portal = new_portal().start()
    wait_until(lambda: len(senders_of(portal)) == 1)
    (sender,) = senders_of(portal)
    portal.stop(signal.SIGKILL)
    wait_until(lambda: not is_there(sender))


def test_serve_without_alerts_leaves_them_to_tc_portal_alerts(new_portal: Callable[..., RunningPortal]) -> None:
    portal = new_portal().start("--no-alerts")
    with http_sink() as sink:
        owe(portal, sink.url, "test:1")
        time.sleep(1.5)
        assert senders_of(portal) == []
        assert sink.requests == []
        sender = subprocess.Popen(
            [TC_PORTAL, "alerts"], env=portal._environ(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert sender.stdout is not None
        assert sender.stdout.readline() == "Sending alerts (Ctrl+C ends it)\n"
        wait_until(lambda: len(sink.requests) == 1)
        sender.terminate()
        _, said = sender.communicate(timeout=30)
        assert (sender.returncode, said) == (0, "")
