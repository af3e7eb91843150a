"""What an administrator changes of a job on its page: its tool, its tags, whether it is paused; and forgetting it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.tag import read_tags
from tc_portal.core.text import JOB_KEY_LIMIT
from tc_portal.jobs.models import Job, Tool
from tc_portal.jobs.queries import job_by_key
from tc_portal.store.assignment import assign_tool
from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.depending import DependencyRefused, do_not_run_after, run_after
from tc_portal.store.pausing import pause_job
from tc_portal.store.removal import remove_job
from tc_portal.store.tagging import tag_job
from tc_portal.web.access import administrator_required
from tc_portal.web.tool_choice import chosen_tool
from tc_portal.web.wording import page_wording


@require_POST
@administrator_required
def job_tool(request: HttpRequest, job_id: int) -> HttpResponse:
    """Put the job under the chosen tool, or under none."""
    job = get_object_or_404(Job, id=job_id)
    tool: Tool | None = chosen_tool(request.POST.get("tool", ""))
    assign_tool([job.id], tool.id if tool else None)
    messages.success(request, _("The job's tool was changed."))
    return redirect("job", job_id=job.id)


@require_POST
@administrator_required
def job_tags(request: HttpRequest, job_id: int) -> HttpResponse:
    """Give the job the tags that were written, and no others."""
    job = get_object_or_404(Job, id=job_id)
    try:
        tag_job(job.id, read_tags(request.POST.get("tags", "")[:5000]))
    except Unschedulable as refusal:
        messages.error(request, page_wording().say(ja=refusal.ja, en=refusal.en))
    else:
        messages.success(request, _("The job's tags were changed."))
    return redirect("job", job_id=job.id)


@require_POST
@administrator_required
def job_dependency(request: HttpRequest, job_id: int) -> HttpResponse:
    """Say which job it runs after, by its key, or that it no longer runs after one."""
    job = get_object_or_404(Job, id=job_id)
    removed = request.POST.get("remove", "")
    if removed:
        do_not_run_after(job.id, get_object_or_404(Job, id=int(removed) if removed.isdecimal() else 0).id)
        messages.success(request, _("The job no longer runs after that one."))
        return redirect(f"{reverse('job_settings', args=[job.id])}#runs-after")
    key = request.POST.get("after", "").strip()
    before = job_by_key(key[:JOB_KEY_LIMIT]) if key else None
    if before is None:
        messages.error(
            request, _("There is no job with the key “%(key)s”. Choose one of the list.") % {"key": key[:100]}
        )
        return redirect(f"{reverse('job_settings', args=[job.id])}#runs-after")
    try:
        run_after(job.id, before.id)
    except DependencyRefused as refusal:
        messages.error(request, page_wording().say(ja=refusal.ja, en=refusal.en))
    else:
        messages.success(request, _("It runs after “%(title)s” now.") % {"title": before.title})
    return redirect(f"{reverse('job_settings', args=[job.id])}#runs-after")


@require_POST
@administrator_required
def job_pause(request: HttpRequest, job_id: int) -> HttpResponse:
    """Pause the job, or let it be judged again."""
    job = get_object_or_404(Job.objects.select_related("settings_row"), id=job_id)
    is_paused = request.POST.get("pause") == "1"
    try:
        pause_job(job, is_paused, request.user.get_username())
    except (Refused, Unavailable):
        messages.error(request, _("That could not be stored now. Try again in a moment."))
    else:
        messages.success(request, _("The job is paused.") if is_paused else _("The job is watched again."))
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
