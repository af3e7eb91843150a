"""What is owed: written in the transaction that finds it owed, so that neither can be without the other."""

import uuid
from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db import connection, transaction

from tc_portal.core.alert_message import AlertMessage

_OWE = """
INSERT INTO delivery (id, channel_id, thread, sequence, occasion, content, state, attempts, next_try_at, lease_holder,
  created_at, last_error)
SELECT {ids}, channel.id, %(thread)s,
  (SELECT COALESCE(MAX(earlier.sequence), 0) + 1 FROM delivery AS earlier
    WHERE earlier.thread = %(thread)s AND earlier.channel_id = channel.id),
  %(occasion)s, %(content)s, 'queued', 0, %(now)s, '', %(now)s, ''
FROM channel WHERE channel.is_enabled AND channel.id IN ({channels})
"""


def owe(channel_ids: Iterable[int], thread: str, message: AlertMessage, now: datetime) -> list[uuid.UUID]:
    """Owe the message to each of the channels that is enabled, after what is owed there in the thread already.

    It only inserts, in the caller's transaction; the deliveries' ids come back in no particular order. ``thread`` is what
    order is kept in, such as "alert:12", at most 100 characters.
    """
    wanted = {channel: uuid.uuid4() for channel in sorted(set(channel_ids))}
    if not wanted:
        return []
    as_text = (lambda each: each.hex) if connection.vendor == "sqlite" else str
    cases = " ".join(f"WHEN %(c{i})s THEN %(d{i})s" for i in range(len(wanted)))
    as_id = f"CASE channel.id {cases} END"
    if connection.vendor == "postgresql":
        as_id = f"CAST({as_id} AS uuid)"
    statement = _OWE.format(ids=as_id, channels=", ".join(f"%(c{i})s" for i in range(len(wanted)))) + " RETURNING id"
    parameters: dict[str, object] = {
        "thread": thread,
        "occasion": message.occasion,
        "content": msgspec.json.encode(message).decode(),
        "now": connection.ops.adapt_datetimefield_value(now),
    }
    for i, (channel, delivery) in enumerate(wanted.items()):
        parameters |= {f"c{i}": channel, f"d{i}": as_text(delivery)}
    with transaction.atomic(), connection.cursor() as cursor:
        _hold_thread(cursor, thread)
        cursor.execute(statement, parameters)
        return [each if isinstance(each, uuid.UUID) else uuid.UUID(str(each)) for (each,) in cursor.fetchall()]


def _hold_thread(cursor: object, thread: str) -> None:
    """Two that owe in one thread at once would count from the same end; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"delivery {thread}"])  # type: ignore[attr-defined]
