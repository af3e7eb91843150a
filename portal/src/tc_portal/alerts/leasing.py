"""Taking what is due from the outbox, and noting what became of it.

Whoever takes holds a lease: when it dies, others take the same deliveries up after it. In a thread only the earliest
delivery that is still queued can be taken, so that order is kept. Two who look after one channel take turns by its row
(SKIP LOCKED; SQLite has one writer anyway).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from tc_portal.core.alert_message import INCIDENTS_NAMED, AlertMessage

from .channels.registry import KINDS
from .models import Channel, Delivery
from .outbox import owe
from .pacing import TELL_ANOTHER_AFTER, WINDOW, Share, next_try, share_of
from .trouble import Trouble, as_kept

LEASE = timedelta(seconds=60)
BATCH = 20
SUMMED_UP_AT_ONCE = 1000
QUEUED, SENT = Delivery.State.QUEUED, Delivery.State.SENT


@dataclass
class Taken:
    """What one take brought: deliveries to send in this order, and else when the channel has room again."""

    channel: Channel | None = None
    deliveries: list[Delivery] = field(default_factory=list)
    room_at: datetime | None = None


def channels_with_work(now: datetime) -> list[int]:
    """The enabled channels to which something is due: one look into the index for each."""
    due = Delivery.objects.filter(channel_id=OuterRef("id"), state=QUEUED, next_try_at__lte=now)
    return list(Channel.objects.filter(Exists(due), is_enabled=True).values_list("id", flat=True))


def take(channel_id: int, holder: str, now: datetime, lease: timedelta = LEASE, is_limited: bool = True) -> Taken:
    """Lease what is to be sent to a channel now, at most a batch; what is too much becomes one summary, which is in it."""
    with transaction.atomic():
        locked = Channel.objects.select_for_update(skip_locked=True).filter(id=channel_id, is_enabled=True)
        channel = locked.first()
        if channel is None:
            return Taken()
        due = list(_due(channel_id, now)[: SUMMED_UP_AT_ONCE if is_limited else BATCH])
        share = _share(channel, len(due), now) if is_limited and due else Share(len(due), False, None)
        singly = due[: min(share.singly, BATCH)]
        if share.sums_up and len(singly) == share.singly:
            singly.append(_summed_up(channel, due[share.singly :], now))
        _lease(singly, holder, now + lease)
        return Taken(channel, singly, share.room_at)


def give_back(deliveries: Iterable[Delivery], holder: str) -> None:
    """What was taken and not tried is free for all again."""
    ids = [each.id for each in deliveries]
    Delivery.objects.filter(id__in=ids, lease_holder=holder).update(leased_until=None, lease_holder="")


def note_sent(delivery: Delivery, now: datetime) -> None:
    """It has arrived, whoever holds the lease by now."""
    with transaction.atomic():
        Delivery.objects.filter(id=delivery.id).update(
            state=SENT,
            sent_at=now,
            attempts=F("attempts") + 1,
            leased_until=None,
            lease_holder="",
            last_error="",
            gave_up_at=None,
        )
        Channel.objects.filter(id=delivery.channel_id).update(last_sent_at=now)


def note_failure(delivery: Delivery, holder: str, trouble: Trouble, now: datetime, chance: float) -> datetime | None:
    """An attempt has failed: when the next one is; None where it was the last. After an hour another channel is told."""
    again = next_try(delivery.attempts + 1, delivery.created_at, now, chance, trouble.retry_after)
    kept = as_kept(trouble)
    with transaction.atomic():
        channel = Channel.objects.select_for_update().get(id=delivery.channel_id)
        mine = Delivery.objects.filter(id=delivery.id, state=QUEUED, lease_holder=holder)
        ends = {"state": Delivery.State.FAILED, "gave_up_at": now} if again is None else {"next_try_at": again}
        noted = mine.update(attempts=F("attempts") + 1, last_error=kept, leased_until=None, lease_holder="", **ends)
        channel.last_failure_at, channel.last_failure = now, kept
        channel.save(update_fields=["last_failure_at", "last_failure"])
        if noted and now - delivery.created_at >= TELL_ANOTHER_AFTER and delivery.occasion != "not_delivered":
            _tell_another(channel, now)
    return again


def switch_off(channel_id: int, now: datetime) -> int:
    """Disable a channel: what is queued there would be stale when it is enabled again. How many messages that ends."""
    with transaction.atomic():
        Channel.objects.filter(id=channel_id).update(is_enabled=False)
        queued = Delivery.objects.filter(channel_id=channel_id, state=QUEUED)
        ended: int = queued.update(
            state=Delivery.State.FAILED,
            gave_up_at=now,
            last_error=as_kept(Trouble(kind="switched_off")),
            leased_until=None,
            lease_holder="",
        )
        return ended


def message_of(delivery: Delivery) -> AlertMessage | None:
    """What it tells; None where another version of the portal wrote what this one does not know."""
    try:
        return msgspec.json.decode(delivery.content, type=AlertMessage)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def _due(channel_id: int, now: datetime) -> QuerySet[Delivery]:
    earlier = Delivery.objects.filter(
        thread=OuterRef("thread"), channel_id=OuterRef("channel_id"), sequence__lt=OuterRef("sequence"), state=QUEUED
    )
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    due = Delivery.objects.filter(free, channel_id=channel_id, state=QUEUED, next_try_at__lte=now)
    return due.exclude(Exists(earlier)).order_by("next_try_at", "created_at")


def _share(channel: Channel, due: int, now: datetime) -> Share:
    kind = KINDS.get(channel.kind)
    if kind is None:
        return Share(due, False, None)
    sent = Delivery.objects.filter(channel_id=channel.id, sent_at__gt=now - WINDOW)
    lately = list(sent.order_by("-sent_at").values_list("sent_at", flat=True)[: kind.per_minute])
    # What somebody is sending just now counts as sent.
    under_way = Delivery.objects.filter(
        channel_id=channel.id, state=QUEUED, next_try_at__lte=now, leased_until__gt=now
    )
    lately += [now] * under_way.count()
    return share_of(due, lately, kind.per_minute, kind.may_sum_up, now)


def _lease(deliveries: list[Delivery], holder: str, until: datetime) -> None:
    for each in deliveries:
        each.leased_until, each.lease_holder = until, holder
    Delivery.objects.filter(id__in=[each.id for each in deliveries]).update(leased_until=until, lease_holder=holder)


def _summed_up(channel: Channel, too_many: list[Delivery], now: datetime) -> Delivery:
    told = [message for each in too_many if (message := message_of(each)) is not None]
    incidents = {one.incident_id: one for message in told for one in message.incidents}
    summary = AlertMessage(
        occasion="too_many",
        at=now,
        incidents=tuple(incidents.values())[:INCIDENTS_NAMED],
        count=sum(max(message.count, len(message.incidents), 1) for message in told) + len(too_many) - len(told),
    )
    thread = f"too_many:{channel.id}"
    last = Delivery.objects.filter(thread=thread, channel=channel).aggregate(last=Max("sequence"))["last"]
    Delivery.objects.filter(id__in=[each.id for each in too_many]).update(
        state=Delivery.State.SUMMED_UP, leased_until=None, lease_holder=""
    )
    summed_up: Delivery = Delivery.objects.create(
        id=uuid4(),
        channel=channel,
        thread=thread,
        sequence=(last or 0) + 1,
        occasion="too_many",
        content=msgspec.json.encode(summary).decode(),
        next_try_at=now,
        created_at=now,
    )
    return summed_up


def _tell_another(channel: Channel, now: datetime) -> list[UUID]:
    """Once for each time that a channel fails: what was told since its last success is told."""
    thread = f"channel:{channel.id}"
    told = Delivery.objects.filter(thread=thread)
    if channel.last_sent_at is not None:
        told = told.filter(created_at__gt=channel.last_sent_at)
    if told.exists():
        return []
    others = Channel.objects.filter(is_enabled=True).exclude(id=channel.id)
    # One that works: its last word was a success.
    works = Q(last_failure_at=None) | Q(last_sent_at__gt=F("last_failure_at"))
    other = others.filter(works).order_by(F("last_sent_at").desc(nulls_last=True), "id").first() or others.first()
    if other is None:
        return []
    return owe([other.id], thread, AlertMessage(occasion="not_delivered", at=now, about=channel.name), now)
