"""Trying a channel: sends at once, in a process of its own, which cannot outstay its time or touch the portal's."""

import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime

import msgspec
from django.conf import settings
from django.db import connection

from tc_portal.core.alert_message import AlertMessage

from .leasing import note_sent
from .models import Channel, Delivery
from .trouble import Trouble, as_kept

SECONDS = 25.0


def try_channel(channel: Channel, person: str) -> Trouble | None:
    """Send a test to the channel; None when the service has taken it. What became of it is kept like any delivery."""
    now = datetime.now(UTC)
    message = AlertMessage(occasion="test", at=now, about=person)
    delivery = Delivery(
        id=uuid.uuid4(),
        channel=channel,
        thread=f"test:{uuid.uuid4()}",
        sequence=1,
        occasion="test",
        content=msgspec.json.encode(message).decode(),
        attempts=1,
        next_try_at=now,
        created_at=now,
    )
    trouble = _sent_by_a_process(channel, delivery)
    now = datetime.now(UTC)
    if trouble is None:
        delivery.attempts = 0
        delivery.save(force_insert=True)
        note_sent(delivery, now)
        return None
    kept = as_kept(trouble)
    delivery.state, delivery.last_error, delivery.gave_up_at = Delivery.State.FAILED, kept, now
    delivery.save(force_insert=True)
    Channel.objects.filter(id=channel.id).update(last_failure_at=now, last_failure=kept)
    return trouble


def _sent_by_a_process(channel: Channel, delivery: Delivery) -> Trouble | None:
    asked = {
        "channel": {
            "kind": channel.kind,
            "language": channel.language,
            "settings": channel.settings,
            "allows_private_addresses": channel.allows_private_addresses,
        },
        "content": delivery.content,
        "id": str(delivery.id),
        "thread": delivery.thread,
    }
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()
    try:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", "tc_portal.alerts.trying"],
            input=msgspec.json.encode(asked),
            capture_output=True,
            timeout=SECONDS,
            env=_environment(),
            check=False,
        )
        return msgspec.json.decode(ended.stdout, type=Trouble | None)
    except subprocess.TimeoutExpired:
        return Trouble(kind="timed_out")
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return Trouble(kind="unexpected")


def _environment() -> dict[str, str]:
    own = {"DJANGO_SETTINGS_MODULE": "tc_portal.settings", "TC_PORTAL_DATA_DIR": str(settings.CONFIGURATION.data_dir)}
    return {**os.environ, **own}
