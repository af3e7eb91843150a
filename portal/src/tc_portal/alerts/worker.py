"""The process that sends: looks for what is due, and gives each channel a thread, so that none waits for another."""

import logging
import os
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection, connections

from . import leasing
from .deciding import decide
from .leasing import Taken
from .models import Delivery
from .sending import send
from .trouble import Trouble

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 1.0
# A send takes 15 seconds at most; who has less left gives back what it has not tried.
NEEDED_FOR_A_SEND = timedelta(seconds=20)
# A service that fails is left alone a while, whatever else is due to it.
REST_AFTER_FAILURE = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=1)
LONGEST_REST_ASKED_FOR = timedelta(minutes=30)
# A send ends after 15 seconds, unless it waits for something other than a connection, such as the look-up of a name.
STUCK_AFTER = timedelta(minutes=2)
MOST_THREADS = 100
SECONDS_TO_FINISH = 16.0


class Worker:
    """Sends what is due until told to stop. ``is_limited``: at most so many messages a minute as a channel's kind takes."""

    def __init__(self, *, lease: timedelta = leasing.LEASE, is_limited: bool = True) -> None:
        self._holder = f"{socket.gethostname()[:20]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._lease = lease
        self._is_limited = is_limited
        self._told = threading.Event()
        self._threads: dict[int, threading.Thread] = {}
        self._rests: dict[int, _Rest] = {}
        # The trouble that has been logged already.
        self._told_of = ""

    def run_until(self, told: threading.Event, follow: Callable[[datetime], None] = decide) -> None:
        """Call ``follow``, look and send, each second. Trouble with the database is told once and passes."""
        self._told = told
        is_in_trouble = False
        while not told.is_set():
            now = datetime.now(UTC)
            try:
                self._follow(follow, now)
                self.start_what_is_due(now)
                is_in_trouble = False
            except DatabaseError as error:
                if not is_in_trouble:
                    logger.warning("cannot look for alerts to send: %s", type(error).__name__)
                is_in_trouble = True
                connections.close_all()
            give_connection_back()
            told.wait(SECONDS_BETWEEN_LOOKS)
        until = time.monotonic() + SECONDS_TO_FINISH
        for thread in self._threads.values():
            thread.join(max(until - time.monotonic(), 0.0))

    def _follow(self, follow: Callable[[datetime], None], now: datetime) -> None:
        """What is owed already goes out, even where what is to be owed cannot be decided."""
        try:
            follow(now)
        except DatabaseError:
            raise
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            if told != self._told_of:
                logger.exception("who is to be told cannot be decided")
            self._told_of = told
            connections.close_all()
        else:
            self._told_of = ""

    def start_what_is_due(self, now: datetime) -> None:
        """Give every channel with something due a thread, unless it has one or rests."""
        self._threads = {channel: thread for channel, thread in self._threads.items() if thread.is_alive()}
        for channel in leasing.channels_with_work(now):
            rest = self._rests.setdefault(channel, _Rest())
            if rest.sends_since is not None and now - rest.sends_since > STUCK_AFTER:
                # Nothing that can be broken off from outside: its thread is left to itself.
                logger.error("channel %d: a send does not end; going on without it", channel)
                rest = self._rests[channel] = _Rest()
                self._threads.pop(channel, None)
            if channel in self._threads or rest.until > now or len(self._threads) >= MOST_THREADS:
                continue
            name = f"channel {channel}"
            self._threads[channel] = threading.Thread(
                target=self._look_after, args=(channel, rest), name=name, daemon=True
            )
            self._threads[channel].start()

    def _look_after(self, channel: int, rest: "_Rest") -> None:
        try:
            while not self._told.is_set():
                now = datetime.now(UTC)
                taken = leasing.take(channel, self._holder, now, self._lease, self._is_limited)
                give_connection_back()
                if not taken.deliveries:
                    rest.until = taken.room_at or now
                    return
                if not self._send_all(taken, rest) or self._rests.get(channel) is not rest:
                    return
        except DatabaseError as error:
            logger.warning("channel %d: the database does not take notes: %s", channel, type(error).__name__)
            rest.until = datetime.now(UTC) + REST_AFTER_FAILURE
        except Exception:
            logger.exception("channel %d", channel)
            rest.until = datetime.now(UTC) + LONGEST_REST
        finally:
            connections.close_all()

    def _send_all(self, taken: Taken, rest: "_Rest") -> bool:
        """Send what was taken, in its order; whether to go on. After a failure the channel rests, and what was not tried
        is given back."""
        for i, delivery in enumerate(taken.deliveries):
            assert delivery.leased_until is not None
            is_short = delivery.leased_until - datetime.now(UTC) < min(NEEDED_FOR_A_SEND, self._lease / 3)
            if self._told.is_set() or is_short:
                leasing.give_back(taken.deliveries[i:], self._holder)
                return not self._told.is_set()
            rest.sends_since = datetime.now(UTC)
            trouble = self._send_one(taken, delivery)
            rest.sends_since = None
            if trouble is not None:
                rest.after_failure(trouble, datetime.now(UTC))
                leasing.give_back(taken.deliveries[i + 1 :], self._holder)
                return False
            rest.after_success()
        return True

    def _send_one(self, taken: Taken, delivery: Delivery) -> Trouble | None:
        assert taken.channel is not None
        message, attempt = leasing.message_of(delivery), delivery.attempts + 1
        trouble: Trouble | None = Trouble(kind="unexpected")
        if message is not None:
            trouble = send(taken.channel, message, delivery.id, delivery.thread, attempt, datetime.now(UTC))
        now = datetime.now(UTC)
        if trouble is None:
            leasing.note_sent(delivery, now)
        else:
            again = leasing.note_failure(delivery, self._holder, trouble, now, random.random())
            logger.warning(
                "channel %d: %s%s; %s",
                delivery.channel_id,
                trouble.kind,
                f" {trouble.status}" if trouble.status else "",
                "given up" if again is None else f"next try at {again:%Y-%m-%d %H:%M:%S}Z",
            )
        give_connection_back()
        return trouble


class _Rest:
    """How long a channel is left alone, and why so long."""

    def __init__(self) -> None:
        self.until = datetime.min.replace(tzinfo=UTC)
        # When the send that is under way began.
        self.sends_since: datetime | None = None
        self._failures = 0

    def after_failure(self, trouble: Trouble, now: datetime) -> None:
        self._failures += 1
        rest = min(REST_AFTER_FAILURE * 2 ** min(self._failures - 1, 10), LONGEST_REST)
        if trouble.retry_after is not None:
            rest = max(rest, min(trouble.retry_after, LONGEST_REST_ASKED_FOR))
        self.until = now + rest

    def after_success(self) -> None:
        self._failures = 0


def give_connection_back() -> None:
    """Between two statements PostgreSQL's few connections serve whoever needs them; SQLite's is a file of one's own."""
    if connection.vendor == "postgresql":
        connection.close()
