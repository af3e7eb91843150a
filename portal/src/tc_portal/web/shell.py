"""What every page's shell shows, and the token by which an open page sees whether anything happened."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from tc_portal.jobs.maintenance import Plan, plans_on
from tc_portal.jobs.open_incidents import incident_count
from tc_portal.jobs.queries import newest_record

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Trouble:
    """How many incidents are to be counted, the plans that are on, and a token that changes with what pages show."""

    count: int
    plans: list[Plan]
    token: str


def shell(request: HttpRequest) -> dict[str, object]:
    """The shell's template context; the database is asked only where somebody is logged in."""
    theme = request.COOKIES.get("theme", "")
    context: dict[str, object] = {
        "theme": theme if theme in THEMES else "",
        "languages": settings.LANGUAGES,
        "resets_by_mail": bool(settings.CONFIGURATION.mail and settings.CONFIGURATION.public_url),
    }
    if getattr(request, "user", None) and request.user.is_authenticated:
        trouble = trouble_at(request)
        context |= {"incident_count": trouble.count, "live_token": trouble.token}
    return context


def trouble_at(request: HttpRequest) -> Trouble:
    """The trouble at this request, asked for once."""
    if not hasattr(request, "trouble"):
        plans = plans_on(timezone.now())
        count = incident_count(plans)
        on = ".".join(str(plan.row.id) for plan in plans)
        # Words such as "2 minutes ago" change with every minute, although nothing happened.
        request.trouble = Trouble(count, plans, f"{newest_record()}-{count}-{on}-{timezone.now():%H%M}")
    return request.trouble
