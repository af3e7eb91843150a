"""The worker: everything arrives, in order, whatever dies in between, and no channel waits for another."""

import os
import random
import subprocess
import sys
import threading
from datetime import datetime, timedelta

from databases import Database
from django.conf import settings
from outbox_rows import a_webhook, owed, states, working
from sinks import HttpSink, Reply, Request, http_sink, wait_until
from tc_portal.alerts import leasing, worker
from tc_portal.alerts.channels import outbound
from tc_portal.alerts.models import Channel, Delivery

KILLS = 4
CHANNELS = 2
EACH = 500
# The worker itself, with a short lease: a test need not wait a minute for what a dead one holds.
WORKER = """
import threading, django; django.setup()
from datetime import datetime, timedelta
from tc_portal.alerts.worker import Worker
Worker(lease=timedelta(seconds=2), is_limited=False).run_until(threading.Event(), lambda now: None)
"""


def ids(requests: list[Request]) -> list[str]:
    return [request.headers["X-TC-Portal-Delivery"] for request in requests]


def test_what_is_owed_arrives_and_is_noted(outbox: Database) -> None:
    with http_sink() as sink, working():
        channel = a_webhook(sink.url)
        expected = owed(channel, 5)
        wait_until(lambda: states() == {"sent": 5})
    assert sorted(ids(sink.requests)) == sorted(map(str, expected))
    channel.refresh_from_db()
    assert channel.last_sent_at is not None
    assert all(each.attempts == 1 and each.sent_at is not None for each in Delivery.objects.all())


def test_each_thread_arrives_in_its_order(outbox: Database) -> None:
    with http_sink() as sink, working(is_limited=False):
        channel = a_webhook(sink.url)
        expected = {thread: [str(each) for each in owed(channel, 8, thread)] for thread in ("alert:1", "alert:2")}
        wait_until(lambda: states() == {"sent": 16})
    for thread, wanted in expected.items():
        arrived = [r.headers["X-TC-Portal-Delivery"] for r in sink.requests if r.json["thread"] == thread]
        assert arrived == wanted


def test_a_channel_that_hangs_delays_no_other(outbox: Database) -> None:
    released = threading.Event()

    def hang(request: Request) -> Reply:
        released.wait(60)
        return Reply()

    with http_sink(hang) as hung, http_sink() as quick, working():
        stuck, other = a_webhook(hung.url, "hangs"), a_webhook(quick.url, "quick")
        owed(stuck, 3, "stuck:{n}")
        wait_until(lambda: len(hung.requests) == 1)
        owed(other, 10)
        wait_until(lambda: len(quick.requests) == 10)
        assert len(hung.requests) == 1
        released.set()
        wait_until(lambda: states() == {"sent": 13})


def test_a_failure_is_tried_again_later_with_the_same_id_and_said_meanwhile(outbox: Database) -> None:
    answers = iter([Reply(500, b'{"message": "not today"}')])
    with http_sink(lambda request: next(answers, Reply())) as sink, working():
        channel = a_webhook(sink.url)
        (owed_id,) = owed(channel, 1)
        wait_until(lambda: Delivery.objects.filter(attempts=1).exists())
        failed = Delivery.objects.get()
        assert failed.state == "queued"
        assert "not today" in failed.last_error
        assert failed.next_try_at > failed.created_at
        wait_until(lambda: states() == {"sent": 1})
    assert ids(sink.requests) == [str(owed_id)] * 2
    assert [request.headers["X-TC-Portal-Attempt"] for request in sink.requests] == ["1", "2"]


def test_a_service_that_asks_for_peace_gets_it_for_all_that_is_due_to_it(outbox: Database) -> None:
    with http_sink(lambda request: Reply(429, headers={"Retry-After": "300"})) as sink, working():
        channel = a_webhook(sink.url)
        with http_sink() as other:
            owed(channel, 5)
            wait_until(lambda: Delivery.objects.filter(attempts=1).exists())
            # Meanwhile the worker looks again and again, and sends what others are owed.
            owed(a_webhook(other.url, "other"), 5, "other:{n}")
            wait_until(lambda: len(other.requests) == 5)
        tried = Delivery.objects.get(attempts=1, channel=channel)
    assert tried.next_try_at - tried.created_at >= timedelta(seconds=300)
    assert len(sink.requests) == 1


def test_two_workers_share_the_work_and_keep_the_order(outbox: Database) -> None:
    with http_sink() as sink, working(is_limited=False), working(is_limited=False):
        channel = a_webhook(sink.url)
        expected = [str(each) for each in owed(channel, 10, "alert:1")]
        owed(channel, 30, "other:{n}")
        wait_until(lambda: states() == {"sent": 40})
    assert len(sink.requests) == 40
    assert [r.headers["X-TC-Portal-Delivery"] for r in sink.requests if r.json["thread"] == "alert:1"] == expected


def test_what_this_version_cannot_read_stands_in_nobodys_way(outbox: Database) -> None:
    with http_sink() as sink:
        channel = a_webhook(sink.url)
        (strange,) = owed(channel, 1, "strange")
        Delivery.objects.filter(id=strange).update(content='{"occasion": "from the future"}')
        with working():
            wait_until(lambda: Delivery.objects.filter(attempts=1).exists())
            owed(channel, 3)
            wait_until(lambda: states() == {"sent": 3, "queued": 1})


def test_who_is_told_to_stop_finishes_what_is_under_way_and_gives_the_rest_back(outbox: Database) -> None:
    with http_sink(lambda request: Reply(hangs=0.5)) as sink:
        channel = a_webhook(sink.url)
        with working():
            owed(channel, 10)
            wait_until(lambda: len(sink.requests) == 1)
        done = len(sink.requests)
    assert states() == {"sent": done, "queued": 10 - done}
    assert not Delivery.objects.filter(state="queued").exclude(leased_until=None).exists()


def test_everything_arrives_though_the_worker_is_killed_again_and_again(outbox: Database) -> None:
    sinks = [HttpSink() for _ in range(CHANNELS)]
    chance = random.Random(20261124)
    try:
        expected: set[str] = set()
        for n, sink in enumerate(sinks):
            expected |= {str(each) for each in owed(a_webhook(sink.url, f"sink {n}"), EACH, f"{n}:{{n}}")}
        for _ in range(KILLS):
            before = arrived_at(sinks)
            process = a_worker(outbox)
            step = chance.randint(1, 200)
            wait_until(lambda before=before, step=step: arrived_at(sinks) >= min(before + step, len(expected)))  # type: ignore[misc]
            process.kill()
            process.wait(timeout=10)
        process = a_worker(outbox)
        wait_until(lambda: states() == {"sent": len(expected)}, 120)
        process.kill()
        process.wait(timeout=10)
    finally:
        for sink in sinks:
            sink.close()
    arrived = [each for sink in sinks for each in ids(sink.requests)]
    repeats = len(arrived) - len(set(arrived))
    print(f"\n{outbox.kind}: {len(expected)} owed, {KILLS} kills, {len(arrived)} arrived, {repeats} of them repeats")
    assert set(arrived) == expected
    # At most what each channel's thread was sending at a kill: less than 1 %.
    assert repeats <= KILLS * CHANNELS < len(expected) / 100
    for sink in sinks:
        order = list(dict.fromkeys(ids(sink.requests)))
        assert len(order) == EACH


def test_the_settings_of_a_channel_are_nowhere_in_the_clear(outbox: Database) -> None:
    with http_sink(lambda request: Reply(500, request.path.encode())) as sink, working():
        channel = a_webhook(f"{sink.url}/a-secret-path-0123456789")
        owed(channel, 1)
        wait_until(lambda: Channel.objects.exclude(last_failure="").exists())
    rows = repr(list(Channel.objects.values())) + repr(list(Delivery.objects.values()))
    assert "a-secret-path" not in rows


def arrived_at(sinks: list[HttpSink]) -> int:
    return sum(len(sink.requests) for sink in sinks)


def a_worker(database: Database) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tc_portal.settings",
        "TC_PORTAL_DATA_DIR": str(settings.CONFIGURATION.data_dir),
        "TC_PORTAL_DATABASE_URL": database.url,
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment)


def test_what_is_owed_goes_out_although_nothing_more_can_be_decided(outbox: Database) -> None:
    told, calls = threading.Event(), []

    def fails(now: datetime) -> None:
        calls.append(now)
        raise RuntimeError("a notice that nobody understands")

    with http_sink() as sink:
        owed(a_webhook(sink.url), 3)
        looking = threading.Thread(target=worker.Worker().run_until, args=(told, fails))
        looking.start()
        wait_until(lambda: states() == {"sent": 3} and len(calls) >= 2)
        told.set()
        looking.join(timeout=30)
    assert not looking.is_alive()


def test_leases_are_long_enough_for_a_send() -> None:
    a_send = timedelta(seconds=outbound.SECONDS_A_SEND)
    assert a_send < worker.NEEDED_FOR_A_SEND < leasing.LEASE
