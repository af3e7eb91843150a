"""障害情報: the failing jobs first, then the good ones; and what keeps an open page up to date."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tc_portal.jobs.models import JobStatusWithTool
from tc_portal.jobs.queries import get_job_error_count, job_ids_of, job_statuses
from tc_portal.web.shell import live_token

FAILING_SHOWN = 200
GOOD_A_PAGE = 30


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("incidents")


@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    return render(request, "incidents/page.html", incident_list(request.GET))


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """What an open page swaps in when something happened since its token; 204 while nothing did."""
    token = live_token(get_job_error_count())
    if request.GET.get("token") == token:
        return HttpResponse(status=204)
    context: dict[str, Any] = {"live_page": request.GET.get("on", "")}
    if context["live_page"] == "incidents":
        context |= incident_list(request.GET)
    return render(request, "shell/live.html", context)


def incident_list(asked: QueryDict) -> dict[str, Any]:
    """The cards of the page, failing jobs first, each newest first."""
    failing = list(job_statuses("error")[: FAILING_SHOWN + 1])
    good: Page[JobStatusWithTool] = Paginator(job_statuses("success"), GOOD_A_PAGE).get_page(asked.get("page"))
    shown = failing[:FAILING_SHOWN]
    ids = job_ids_of([status.job_key for status in [*shown, *good.object_list]])
    for status in [*shown, *good.object_list]:
        status.job_id = ids.get(status.job_key)
    return {
        "failing": shown,
        "has_more_failing": len(failing) > FAILING_SHOWN,
        "good": good,
    }
