"""Channels and deliveries in the tables, and a worker in this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from alert_messages import a_channel, a_message, an_incident
from django.db import connections
from tc_portal.alerts.models import Channel, Delivery
from tc_portal.alerts.outbox import owe
from tc_portal.alerts.worker import Worker

on_each_database = pytest.mark.parametrize("migrated", ["sqlite", "postgresql"], indirect=True)


def a_webhook(url: str, name: str = "sink", **given: object) -> Channel:
    """A saved channel that leads to a sink."""
    channel = a_channel("webhook", {"address": url}, name=name, **given)
    channel.save()
    return channel


def owed(channel: Channel, count: int, thread: str = "alert:{n}", occasion: str = "failed") -> list[UUID]:
    """Owe ``count`` messages now, each in a thread of its own unless ``thread`` says otherwise."""
    now = datetime.now(UTC)
    ids = []
    for n in range(count):
        message = a_message(occasion, an_incident(n + 1))
        ids += owe([channel.id], thread.format(n=n), message, now)
    return ids


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Delivery.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


@contextmanager
def working(*, is_limited: bool = True, lease: timedelta = timedelta(seconds=60)) -> Iterator[Worker]:
    """A worker in a thread of this process, until the end of the block."""
    told, worker = threading.Event(), Worker(is_limited=is_limited, lease=lease)

    def run() -> None:
        try:
            worker.run_until(told, lambda now: None)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield worker
    finally:
        told.set()
        thread.join(timeout=30)
        assert not thread.is_alive()
