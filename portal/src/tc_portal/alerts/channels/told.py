"""What a kind of channel gets to send: the message in words, and what belongs to it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from tc_portal.core.alert_message import AlertMessage

Tone = Literal["bad", "good", "neutral"]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One message for one channel. ``text`` is in the markup of the channel's kind and as long as the kind takes.

    ``link`` leads to the incident, or is empty where the portal does not know its own address. ``thread`` names what this is
    one of several messages about.
    """

    delivery_id: UUID
    thread: str
    attempt: int
    at: datetime
    subject: str
    text: str
    html: str
    tone: Tone
    link: str
    acknowledge_link: str
    language: str
    message: AlertMessage
