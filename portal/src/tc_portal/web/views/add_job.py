"""ジョブを追加: the lines to paste, and a line that turns green at the first report."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tc_portal.jobs.queries import job_by_key
from tc_portal.web.pasted_lines import lines_for, one_line
from tc_portal.web.ping_lines import lines_of_portal_token, lines_of_token, portal_address


@require_safe
def add_job(request: HttpRequest) -> HttpResponse:
    """Lines for the job key and title asked for, with this portal's address never its secret nor a token."""
    address = portal_address(request)
    job_key = one_line(request.GET.get("job_key", "")).strip()[:500] or "my-job"
    context: dict[str, Any] = {
        "job_key": job_key,
        "title": one_line(request.GET.get("title", "")).strip()[:500] or _("My job"),
        "job": job_by_key(job_key),
    }
    url = f"{address}/api/monitor/job-report"
    context["lines"] = lines_for(url, _("<your secret>"), job_key, context["title"])
    token = _("<your token>")
    context["ping_lines"] = lines_of_token(address, token)
    context["portal_ping_lines"] = lines_of_portal_token(address, token, job_key)
    return render(request, "jobs/add.html", context)


@require_safe
@never_cache
def first_report(request: HttpRequest) -> HttpResponse:
    """The waiting line of a job key: green once the job is there."""
    job_key = request.GET.get("job_key", "")[:500]
    job = job_by_key(job_key)
    if job is None and request.htmx:
        return HttpResponse(status=204)
    return render(request, "jobs/first_report.html", {"job_key": job_key, "job": job})
