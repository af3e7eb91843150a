"""A message as it goes over the wire: JSON in ASCII, with when it was sent, and never with the secret."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Mapping

SHORTEST_SECRET_TO_HIDE = 8
HIDDEN = b"***"


def to_wire(members: Mapping[str, object], secret: str, held_back: int) -> bytes:
    """The body of one try: ``sent_at`` is this try's, ``held_back`` how many others are still kept on this PC."""
    return to_json({**members, "sent_at": now_text(), "held_back": held_back}, secret)


def to_json(members: Mapping[str, object], secret: str) -> bytes:
    """``members`` as JSON. The secret, which a traceback or an output may hold, is not in it.

    One that is shorter than any real secret is left: taking it out could change what is not it.
    """
    data = json.dumps(members).encode("ascii")
    if len(secret) < SHORTEST_SECRET_TO_HIDE:
        return data
    return data.replace(json.dumps(secret)[1:-1].encode("ascii"), HIDDEN)


def now_text() -> str:
    """The time by this PC's clock, as ISO 8601 in UTC."""
    return datetime.now(timezone.utc).isoformat()
