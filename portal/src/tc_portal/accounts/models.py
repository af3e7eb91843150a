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


class SavedView(models.Model):
    """A choice of incidents that a person has given a name. ``query`` is the board's address after the question mark."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.TextField()

    class Meta:
        db_table = "saved_view"
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_name")]

    def __str__(self) -> str:
        return self.name
