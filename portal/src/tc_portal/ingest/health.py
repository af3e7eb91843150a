"""Whether the portal lives (``/healthz``) and whether it can commit (``/readyz``)."""

import time
from collections.abc import MutableMapping
from typing import Any

from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.writer import Writer

from .answer import Send, answer
from .body import Receive

# One commit proves readiness for a moment, however often it is asked for: nobody can wear the disk out by asking.
PROOF_LASTS_SECONDS = 1.0


class Health:
    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._proven_until = 0.0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["path"] == "/healthz":
            await answer(send, 200, {"status": "ok"})
            return
        if time.monotonic() < self._proven_until:
            await answer(send, 200, {"status": "ok"})
            return
        try:
            await self._writer.beat()
        except (Refused, Unavailable):
            await answer(send, 503, {"status": "cannot commit"}, (b"retry-after", b"5"))
        else:
            self._proven_until = time.monotonic() + PROOF_LASTS_SECONDS
            await answer(send, 200, {"status": "ok"})
