"""What every page's shell shows: the badge, the title's count, who is logged in."""

from django.http import HttpRequest

from tc_portal.jobs.queries import get_job_error_count


def shell(request: HttpRequest) -> dict[str, object]:
    """The template context of the shell; the count is asked for only where somebody is logged in."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    return {"error_count": get_job_error_count()}
