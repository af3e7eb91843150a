"""What pages read: channels, and what was owed and sent."""

from collections.abc import Iterable

from .models import Channel, Delivery

DELIVERIES_SHOWN = 50


def channels() -> list[Channel]:
    return list(Channel.objects.order_by("name", "id"))


def deliveries_of_thread(thread: str, limit: int = 200) -> list[Delivery]:
    """What was owed in a thread, such as "alert:12", to whatever channel: oldest first, with the channels."""
    return deliveries_of_threads([thread], limit)


def deliveries_of_threads(threads: Iterable[str], limit: int = 200) -> list[Delivery]:
    """The same for several threads."""
    found = Delivery.objects.filter(thread__in=list(threads)).select_related("channel").defer("content")
    return list(found.order_by("created_at", "sequence", "channel__name")[:limit])


def deliveries_of_channel(channel_id: int, limit: int = DELIVERIES_SHOWN) -> list[Delivery]:
    """What was owed to a channel, newest first."""
    return list(Delivery.objects.filter(channel_id=channel_id).defer("content").order_by("-created_at")[:limit])
