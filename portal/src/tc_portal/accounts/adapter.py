"""What allauth asks of the portal."""

import logging
from smtplib import SMTPException
from typing import Any
from urllib.parse import urljoin

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

logger = logging.getLogger(__name__)


class ClosedAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Say at the login that the account is shut, in allauth's own words, which are translated."""
        messages.error(request, self.error_messages["account_inactive"])
        return redirect("account_login")

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Send the mail with a link below the public address, whatever Host header asked for it."""
        link = context["password_reset_url"]
        path = "/" + link.split("/", 3)[3]
        context["password_reset_url"] = urljoin(settings.CONFIGURATION.public_url, path)
        try:
            super().send_password_reset_mail(user, email, context)
        except (OSError, SMTPException) as error:
            # Whoever asked sees the same page as for an address that nobody has.
            logger.error("a mail that resets a password could not be sent: %s", error)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed logins by the name alone: allauth's own key has the Host header in it, which anybody can vary."""
        return str(credentials.get("email") or credentials.get("username") or "").lower()
