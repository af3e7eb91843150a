"""Every page is behind the login; what is not says so in its URL's prefix."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase

OPEN_PATHS = ("/accounts/", "/language", "/static/")


class PageLoginRequiredMiddleware(LoginRequiredMiddleware):
    """Django's own middleware, which asks every view for a login, less the pages that a login needs."""

    def process_view(self, request: HttpRequest, view_func, view_args, view_kwargs) -> HttpResponseBase | None:
        if request.path.startswith(OPEN_PATHS):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)
