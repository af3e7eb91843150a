"""Deliveries and channels as pages show them: what became of each, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tc_portal.alerts.channels.registry import KINDS
from tc_portal.alerts.models import Channel, Delivery
from tc_portal.alerts.trouble import kept_trouble, trouble_in_words
from tc_portal.core.wording import Wording
from tc_portal.web.wording import page_wording


@dataclass(frozen=True)
class DeliveryRow:
    """``tone`` is "ok", "bad" or "" (nothing is decided yet)."""

    at: datetime
    channel: str
    channel_id: int
    occasion: str
    state: str
    tone: str
    attempts: int
    error: str
    sent_at: datetime | None
    next_try_at: datetime | None


@dataclass(frozen=True)
class ChannelRow:
    """A channel and how it stands."""

    channel: Channel
    kind: str
    state: str
    tone: str
    error: str


def delivery_row(delivery: Delivery, channel: Channel) -> DeliveryRow:
    is_queued = delivery.state == Delivery.State.QUEUED
    states = {
        "queued": (_("Trying again"), "") if delivery.attempts else (_("Waiting to be sent"), ""),
        "sent": (_("Delivered"), "ok"),
        "failed": (_("Not delivered"), "bad"),
        "summed_up": (_("In a summary"), ""),
    }
    state, tone = states[delivery.state]
    return DeliveryRow(
        at=delivery.created_at,
        channel=channel.name,
        channel_id=channel.id,
        occasion=occasion_in_words(delivery.occasion),
        state=state,
        tone=tone,
        attempts=delivery.attempts,
        error=_error(delivery.last_error, page_wording()),
        sent_at=delivery.sent_at,
        next_try_at=delivery.next_try_at if is_queued and delivery.attempts else None,
    )


def channel_row(channel: Channel) -> ChannelRow:
    kind = KINDS.get(channel.kind)
    sent, failed = channel.last_sent_at, channel.last_failure_at
    fails = failed is not None and (sent is None or sent < failed)
    if not channel.is_enabled:
        state, tone = _("Disabled"), ""
    elif fails:
        state, tone = _("Last message failed"), "bad"
    elif sent is not None:
        state, tone = _("Delivered"), "ok"
    else:
        state, tone = _("Nothing sent yet"), ""
    return ChannelRow(
        channel=channel,
        kind=channel.kind if kind is None else kind.title.in_language(get_language() or "ja"),
        state=state,
        tone=tone,
        error=_error(channel.last_failure, page_wording()) if fails else "",
    )


def occasion_in_words(occasion: str) -> str:
    words = {
        "failed": _("Incident"),
        "changed": _("Changed incident"),
        "reminder": _("Reminder"),
        "escalation": _("Escalation"),
        "recovered": _("Recovery"),
        "held_back": _("Summary of quiet hours"),
        "too_many": _("Summary of too many alerts"),
        "not_delivered": _("Another channel fails"),
        "digest": _("Morning digest"),
        "test": _("Test"),
    }
    return words.get(occasion, occasion)


def _error(kept: str, wording: Wording) -> str:
    trouble = kept_trouble(kept)
    return "" if trouble is None else trouble_in_words(trouble, wording)
