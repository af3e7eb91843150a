"""Sending one message to one channel, and saying truly what became of it."""

import json
import logging
import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings as portal

from tc_portal.core.alert_message import AlertMessage
from tc_portal.core.wording import Wording

from .channels.kind import Kind
from .channels.outbound import Exchange, exchange
from .channels.registry import KINDS
from .channels.told import Told, Tone
from .markup import written, written_html, written_subject
from .models import Channel
from .secrets import Unreadable, opened, without_secrets
from .trouble import NotDelivered, Trouble
from .wording import letter_of

logger = logging.getLogger(__name__)

_TONES: dict[str, Tone] = {"recovered": "good", "digest": "neutral", "test": "neutral", "not_delivered": "bad"}
_TAG = re.compile(r"<[^>]{0,500}>")
_WORDS_OF_A_LIBRARY = re.compile(r"(?:Exception|refused): *(.+)", re.DOTALL)


def send(
    channel: Channel, message: AlertMessage, delivery_id: UUID, thread: str, attempt: int, now: datetime
) -> Trouble | None:
    """Send; None when the service has taken it. It takes 15 seconds at most, and raises nothing."""
    kind = KINDS.get(channel.kind)
    if kind is None:
        return Trouble(kind="removed_kind")
    try:
        settings = opened(channel.settings)
    except Unreadable:
        return Trouble(kind="unreadable")
    try:
        told = worded(kind, channel.language, message, delivery_id, thread, attempt, now)
    except Exception:
        # Others wait behind it: it must not stand in their way for ever.
        logger.exception("an alert cannot be worded: delivery %s", delivery_id)
        return Trouble(kind="unexpected")
    with exchange(allows_private=channel.allows_private_addresses) as going_on:
        going_on.headers["X-TC-Portal-Delivery"] = str(delivery_id)
        trouble = _delivered(kind, settings, told, going_on)
    if trouble is None:
        return None
    detail = without_secrets(_gist(trouble.detail), kind.secrets_of(settings))
    return msgspec.structs.replace(trouble, detail=detail)


def worded(
    kind: Kind, language: str, message: AlertMessage, delivery_id: UUID, thread: str, attempt: int, now: datetime
) -> Told:
    """The message in the channel's language and the portal's time zone, as its kind wants it."""
    wording = Wording(language, ZoneInfo(portal.TIME_ZONE), now)
    letter = letter_of(message, wording, portal.CONFIGURATION.public_url)
    return Told(
        delivery_id=delivery_id,
        thread=thread,
        attempt=attempt,
        at=now,
        subject=written_subject(letter, kind.markup, kind.longest_subject),
        text=written(letter, kind.markup, kind.longest_text),
        html=written_html(letter, kind.longest_text),
        tone=_TONES.get(message.occasion, "bad"),
        link=letter.link,
        acknowledge_link=letter.acknowledge_link,
        language=language,
        message=message,
    )


def _delivered(kind: Kind, settings: Mapping[str, str], told: Told, going_on: Exchange) -> Trouble | None:
    try:
        kind.deliver(settings, told)
    except NotDelivered as failure:
        trouble = failure.trouble
    except Exception as error:
        # A plug-in may fail in any way, and its text may quote an address.
        trouble = Trouble(kind="unexpected", detail=type(error).__name__)
    else:
        return None
    if going_on.is_over:
        return Trouble(kind="timed_out")
    if going_on.trouble is not None:
        return going_on.trouble
    if going_on.answer is not None:
        # A service may say 200 and yet not take it.
        return Trouble(kind="answered", status=going_on.answer.status_code, detail=going_on.answer.text[:2000])
    return _from_notes(going_on.notes) or trouble


def _from_notes(notes: list[str]) -> Trouble | None:
    """What a library wrote down is all that is known where no HTTP is spoken."""
    said = [found[1] for note in notes if (found := _WORDS_OF_A_LIBRARY.search(note))]
    if not said:
        return None
    detail = said[-1]
    if "timed out" in detail:
        return Trouble(kind="timed_out")
    if "Name or service not known" in detail or "getaddrinfo" in detail or "name resolution" in detail:
        return Trouble(kind="unknown_name")
    if "CERTIFICATE" in detail or "certificate" in detail:
        return Trouble(kind="insecure")
    if "[Errno" in detail or "closed" in detail:
        return Trouble(kind="disconnected")
    return Trouble(kind="answered", detail=detail)


def _gist(text: str) -> str:
    """What an answer says, without its JSON or HTML around it."""
    try:
        content = json.loads(text)
    except ValueError:
        return _TAG.sub(" ", text)
    found = _said(content)
    return found or text


def _said(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return ", ".join(filter(None, (_said(each) for each in content[:5])))
    if isinstance(content, dict):
        for name in ("message", "error_description", "error", "errors", "description", "detail", "status"):
            if content.get(name) and (said := _said(content[name])):
                return said
    return ""
