"""The process that tries a channel: reads what to send from its standard input, and answers with the trouble, or null."""

import os
import sys
import uuid
from datetime import UTC, datetime

import msgspec


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tc_portal.settings")
    asked = msgspec.json.decode(sys.stdin.buffer.read())
    import django

    django.setup()
    from tc_portal.alerts.models import Channel
    from tc_portal.alerts.sending import send
    from tc_portal.core.alert_message import AlertMessage

    message = msgspec.json.decode(asked["content"], type=AlertMessage)
    channel = Channel(**asked["channel"])
    trouble = send(channel, message, uuid.UUID(asked["id"]), asked["thread"], 1, datetime.now(UTC))
    sys.stdout.buffer.write(msgspec.json.encode(trouble))


if __name__ == "__main__":
    main()
