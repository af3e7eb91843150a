"""ジョブ: the list, one job's page, and forgetting a job."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tc_portal.jobs.models import Job, Tool
from tc_portal.jobs.queries import jobs_matching, last_finished, last_runs, status_of, tools_by_name
from tc_portal.store.assignment import assign_tool
from tc_portal.store.removal import remove_job
from tc_portal.web.access import administrator_required
from tc_portal.web.tool_choice import chosen_tool

JOBS_A_PAGE = 50
RUNS_A_PAGE = 50


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    page = Paginator(jobs_matching(text), JOBS_A_PAGE).get_page(request.GET.get("page"))
    finished = last_finished([job.job_key for job in page.object_list])
    for job in page.object_list:
        job.last_finished_at = finished.get(job.job_key)
    return render(request, "jobs/list.html", {"jobs": page, "text": text})


@require_safe
def job_page(request: HttpRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.select_related("tool", "settings_row"), id=job_id)
    context = {
        "job": job,
        "status": status_of(job),
        "runs": Paginator(last_runs(job), RUNS_A_PAGE).get_page(request.GET.get("page")),
        "tools": tools_by_name()[:500] if request.user.is_staff else [],
    }
    return render(request, "jobs/page.html", context)


@require_POST
@administrator_required
def job_tool(request: HttpRequest, job_id: int) -> HttpResponse:
    """Put the job under the chosen tool, or under none."""
    job = get_object_or_404(Job, id=job_id)
    tool: Tool | None = chosen_tool(request.POST.get("tool", ""))
    assign_tool([job.id], tool.id if tool else None)
    messages.success(request, _("The job's tool was changed."))
    return redirect("job", job_id=job.id)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def job_removal(request: HttpRequest, job_id: int) -> HttpResponse:
    """Ask, then forget the job with its runs."""
    job = get_object_or_404(Job, id=job_id)
    if request.method == "POST":
        remove_job(job.id)
        messages.success(request, _("“%(title)s” was deleted.") % {"title": job.title})
        return redirect("jobs")
    return render(request, "jobs/removal.html", {"job": job})
