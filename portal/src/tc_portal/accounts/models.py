"""Who may see the portal, and what scripts prove themselves with."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person with a login. ``is_staff`` makes an administrator, who may change things; others look."""

    language = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        db_table = "account"


class WebhookSecret(models.Model):
    """A secret that reports carry in ``X-TC-Portal-Webhook-Secret``: its SHA-256 digest, never itself."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "webhook_secret"

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"
