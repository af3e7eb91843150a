"""Where alerts go (通知先), and what is owed to each (通知): the outbox."""

import uuid

from django.db import models
from django.db.models import Q

from .alert_models import Alert, AlertMember, AlertTelling
from .rule_models import DigestRow, DigestSent, RosterRow, RouteRow

__all__ = [
    "Alert",
    "AlertMember",
    "AlertTelling",
    "Channel",
    "Delivery",
    "DigestRow",
    "DigestSent",
    "RosterRow",
    "RouteRow",
]


class Channel(models.Model):
    """A 通知先. ``settings`` is encrypted: only ``secrets`` reads and writes it."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20)
    language = models.CharField(max_length=8, default="ja")
    settings = models.TextField()
    is_enabled = models.BooleanField(default=True)
    # Whether it may lead into the portal's own network.
    allows_private_addresses = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_sent_at = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)
    # The JSON of a ``Trouble``: without addresses and secrets.
    last_failure = models.TextField(blank=True, default="")

    class Meta:
        db_table = "channel"

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """A 通知: one message that is owed to one channel. It is sent at least once, and each attempt carries its ``id``.

    What is told of one thing (``thread``, such as "alert:12") goes to a channel in the order of ``sequence``.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        # A day of attempts did not help, or the channel was switched off.
        FAILED = "failed"
        # The channel's limit was reached; a summary tells of it.
        SUMMED_UP = "summed_up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    thread = models.CharField(max_length=100)
    sequence = models.BigIntegerField()
    occasion = models.CharField(max_length=20)
    # The JSON of a ``core.alert_message.AlertMessage``.
    content = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=50, blank=True, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # The JSON of a ``Trouble``: without addresses and secrets.
    last_error = models.TextField(blank=True, default="")
    gave_up_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery"
        constraints = [
            # Also the way to a thread's deliveries, and to the earlier ones of a thread and channel.
            models.UniqueConstraint(fields=["thread", "channel", "sequence"], name="delivery_in_order"),
        ]
        indexes = [
            # What is due, and whether anything is.
            models.Index(fields=["channel", "next_try_at"], name="delivery_queued", condition=Q(state="queued")),
            # How much a channel was sent in the last minute.
            models.Index(fields=["channel", "sent_at"], name="delivery_sent", condition=Q(sent_at__isnull=False)),
            # The newest of a channel.
            models.Index(fields=["channel", "-created_at"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.thread}/{self.sequence}"
