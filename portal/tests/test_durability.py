"""Acknowledged means durable: kill -9 in the middle of a load loses no acknowledged report and doubles none."""

import http.client
import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable

from running_portal import SECRET, RunningPortal, children_of

PATH = "/api/monitor/job-report"
CONNECTIONS = 8
ROUNDS = 3


def send_until_dead(portal: RunningPortal, name: str, acknowledged: list[str]) -> None:
    """One report after another over one connection, noting those answered 200, until the server is gone."""
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=30)
    report = {"title": "題", "status": "success", "finished_at": "2026-01-25T00:00:00Z"}
    try:
        for serial in range(1_000_000):
            message = f"{name}-{serial}"
            body = json.dumps({**report, "job_key": f"job-{serial % 50}", "message": message})
            connection.request("POST", PATH, body, {"X-TC-Portal-Webhook-Secret": SECRET})
            answer = connection.getresponse()
            if answer.read().startswith(b'{"success":true') and answer.status == 200:
                acknowledged.append(message)
    except (OSError, http.client.HTTPException):
        return
    finally:
        connection.close()


def start_sending(portal: RunningPortal, prefix: str, acknowledged: list[str]) -> list[threading.Thread]:
    threads = [
        threading.Thread(target=send_until_dead, args=(portal, f"{prefix}-{number}", acknowledged))
        for number in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    return threads


def wait_for(acknowledged: list[str], count: int) -> None:
    """Until so many are acknowledged, however slow the machine is just now."""
    give_up_at = time.monotonic() + 60
    while len(acknowledged) < count and time.monotonic() < give_up_at:
        time.sleep(0.05)


def test_kill_9_loses_no_acknowledged_report_and_doubles_none(new_portal: Callable[..., RunningPortal]) -> None:
    portal = new_portal()
    acknowledged: list[str] = []
    for round_ in range(ROUNDS):
        portal.start()
        threads = start_sending(portal, f"{round_}", acknowledged)
        wait_for(acknowledged, len(acknowledged) + 50)
        time.sleep(random.uniform(0.1, 1.0))
        portal.stop(signal.SIGKILL)
        for thread in threads:
            thread.join()

    found = [message for (message,) in portal.database.rows("SELECT message FROM run")]
    assert len(acknowledged) > 100
    assert set(acknowledged) - set(found) == set()
    assert len(found) == len(set(found))
    assert len(found) - len(acknowledged) <= CONNECTIONS * ROUNDS
    portal.start()
    assert portal.request("GET", "/readyz").status == 200


def test_kill_9_of_the_process_that_writes_loses_none_either(new_portal: Callable[..., RunningPortal]) -> None:
    portal = new_portal().start()
    assert portal.process is not None
    acknowledged: list[str] = []
    threads = start_sending(portal, "writing", acknowledged)
    for _ in range(ROUNDS):
        wait_for(acknowledged, len(acknowledged) + 20)
        for child in children_of(portal.process.pid, "tc_portal.store"):
            os.kill(child, signal.SIGKILL)
        before = len(acknowledged)
        deadline = time.monotonic() + 30
        while len(acknowledged) == before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(acknowledged) > before, portal.log()
    assert portal.stop(signal.SIGTERM) == 0
    for thread in threads:
        thread.join()

    found = [message for (message,) in portal.database.rows("SELECT message FROM run")]
    assert set(acknowledged) - set(found) == set()
    assert len(found) == len(set(found))
    assert len(found) - len(acknowledged) <= CONNECTIONS * ROUNDS


def test_sigterm_answers_what_is_under_way(new_portal: Callable[..., RunningPortal]) -> None:
    portal = new_portal().start()
    acknowledged: list[str] = []
    thread = threading.Thread(target=send_until_dead, args=(portal, "drained", acknowledged))
    thread.start()
    wait_for(acknowledged, 20)
    assert portal.stop(signal.SIGTERM) == 0
    thread.join()
    found = {message for (message,) in portal.database.rows("SELECT message FROM run")}
    assert acknowledged and found == set(acknowledged)
