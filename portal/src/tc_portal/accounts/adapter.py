"""What allauth asks of the portal."""

from typing import Any
from urllib.parse import urljoin

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Send the mail with a link below the public address, whatever Host header asked for it."""
        link = context["password_reset_url"]
        path = "/" + link.split("/", 3)[3]
        context["password_reset_url"] = urljoin(settings.CONFIGURATION.public_url, path)
        super().send_password_reset_mail(user, email, context)
