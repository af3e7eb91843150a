"""The secrets that reports are recognised by: from the environment, else those that ``tc-portal setup`` made."""

import secrets

from django.conf import settings

from tc_portal.core.webhook_secret import digest_of

from .models import WebhookSecret


def valid_digests() -> list[str]:
    """The digests of the secrets that are valid now; none means that no report can be taken."""
    if settings.CONFIGURATION.webhook_secrets:
        return [digest_of(secret.encode()) for secret in settings.CONFIGURATION.webhook_secrets]
    return list(WebhookSecret.objects.values_list("digest", flat=True))


def new_secret() -> str:
    """Make one more secret and return it: the only time that it can be read."""
    secret = secrets.token_urlsafe(32)
    WebhookSecret.objects.create(digest=digest_of(secret.encode()))
    return secret


def retire_older_secrets() -> int:
    """Make every secret but the newest invalid; how many that were."""
    newest = WebhookSecret.objects.order_by("-id").values_list("id", flat=True).first()
    return WebhookSecret.objects.exclude(id=newest).delete()[0]
