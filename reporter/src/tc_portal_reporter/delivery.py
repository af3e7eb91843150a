"""Deliver what the reporter has to say to the portal, now or later."""

from __future__ import annotations

from typing import Mapping, NamedTuple, Optional

from .sending import Answer, post
from .settings import Settings
from .text import text_of

RECORDED = "recorded"
KEPT = "kept"
REFUSED = "refused"
LOST = "lost"


class Delivery(NamedTuple):
    """What became of one message.

    ``outcome`` is ``"recorded"`` (the portal has it), ``"kept"`` (on this PC, for a later try),
    ``"refused"`` (it will never pass) or ``"lost"`` (it could neither be sent nor kept).
    ``reason`` says why it was not recorded, without any secret; ``answer`` is the server's, if one came.
    """

    outcome: str
    reason: str = ""
    answer: Optional[Answer] = None

    @property
    def is_recorded(self) -> bool:
        return self.outcome == RECORDED


def deliver(settings: Settings, name: str, members: Mapping[str, object], *, keep: bool = True) -> Delivery:
    """Send ``members`` to the portal under ``name``, the last part of the address: ``"job-report"``, ``"job-start"``, …

    What cannot be delivered now is kept on this PC, and sent by a later report or by ``tc-report flush``;
    with ``keep=False`` (a start, a heartbeat) it is dropped. Never raises, prints nothing, and takes no
    longer than ``settings.timeout_seconds`` and a few seconds more for what was kept before.
    """
    url = settings.url.rpartition("/")[0] + "/" + name
    try:
        answer = post(url, members, settings.secret, settings.timeout_seconds)
    except Exception as error:
        return Delivery(LOST, text_of(error))
    if answer.status == 200:
        return Delivery(RECORDED, answer=answer)
    return Delivery(LOST, f"HTTP {answer.status}: {answer.reason}", answer)
