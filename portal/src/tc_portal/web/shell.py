"""What every page's shell shows, and the token by which an open page sees whether anything happened."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from tc_portal.jobs.queries import get_job_error_count, newest_run

THEMES = ("light", "dark")


def shell(request: HttpRequest) -> dict[str, object]:
    """The shell's template context; the database is asked only where somebody is logged in."""
    theme = request.COOKIES.get("theme", "")
    context: dict[str, object] = {
        "theme": theme if theme in THEMES else "",
        "languages": settings.LANGUAGES,
        "resets_by_mail": bool(settings.CONFIGURATION.mail and settings.CONFIGURATION.public_url),
    }
    if getattr(request, "user", None) and request.user.is_authenticated:
        error_count = get_job_error_count()
        context |= {"error_count": error_count, "live_token": live_token(error_count)}
    return context


def live_token(error_count: int) -> str:
    """Changes with every run and every minute: what is shown changes with nothing else."""
    return f"{newest_run()}-{error_count}-{timezone.now():%H%M}"
