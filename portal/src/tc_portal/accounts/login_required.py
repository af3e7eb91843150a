"""Every page is behind the login; what is not says so in its URL's prefix."""

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

OPEN_PATHS = ("/accounts/", "/language", "/theme", "/static/")


class PageLoginRequiredMiddleware(LoginRequiredMiddleware):
    """Django's own middleware, which asks every view for a login, less the pages that a login needs."""

    def process_view(self, request: HttpRequest, view_func, view_args, view_kwargs) -> HttpResponseBase | None:
        if request.path.startswith(OPEN_PATHS):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func) -> HttpResponseBase:
        """Send the whole page to the login, also where only a part of it was asked for."""
        if request.htmx:
            return HttpResponseClientRedirect(resolve_url(settings.LOGIN_URL))
        return super().handle_no_permission(request, view_func)
