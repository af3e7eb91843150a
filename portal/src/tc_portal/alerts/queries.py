"""What pages read: channels, and what was owed and sent."""

from .models import Channel, Delivery

DELIVERIES_SHOWN = 50


def channels() -> list[Channel]:
    return list(Channel.objects.order_by("name", "id"))


def deliveries_of_channel(channel_id: int, limit: int = DELIVERIES_SHOWN) -> list[Delivery]:
    """What was owed to a channel, newest first."""
    return list(Delivery.objects.filter(channel_id=channel_id).defer("content").order_by("-created_at")[:limit])
