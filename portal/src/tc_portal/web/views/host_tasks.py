"""監視する: a job made of a scheduled task that a PC told of."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tc_portal.core.task_scheduler.found_tasks import FoundTasks
from tc_portal.core.task_scheduler.matching import Jobs
from tc_portal.core.task_scheduler.plan import plan_of
from tc_portal.jobs.calendar_queries import newest_revisions
from tc_portal.jobs.host_tasks import seen_task
from tc_portal.jobs.known_jobs import known_jobs
from tc_portal.jobs.models import HostTask
from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.changing_settings import SettingsChange
from tc_portal.store.expectations import expect_of_jobs
from tc_portal.web.access import administrator_required
from tc_portal.web.task_rows import Upload
from tc_portal.web.views.import_tasks import show_plan


@require_POST
@administrator_required
def monitor_task(request: HttpRequest, host_id: int, task_id: int) -> HttpResponse:
    """Make a job of the task, as an import of it would; where that leaves something to decide, ask."""
    row = get_object_or_404(HostTask.objects.select_related("host"), id=task_id, host_id=host_id)
    task = seen_task(row).task
    if task is None:
        messages.error(request, _("This PC has not told when the task runs. Export it there and import the file."))
        return redirect("host", host_id=host_id)
    upload = Upload(FoundTasks((task,)), settings.TIME_ZONE, row.host.name)
    known, now = Jobs(known_jobs()), datetime.now(UTC)
    plan = plan_of([task], known, upload.terms, {}, now)
    one = plan.tasks[0]
    if one.outcome in ("unclear", "left_out"):
        return show_plan(request, upload, plan, known, None, newest_revisions(), now)
    changes = [SettingsChange(each.job_key, each.settings, each.title) for each in plan.changes]
    try:
        expect_of_jobs(changes, request.user.get_username())
    except (Refused, Unavailable):
        messages.error(request, _("That could not be stored now. Try again in a moment."))
    else:
        messages.success(
            request,
            _("“%(title)s” is monitored now, under the key %(key)s. Have its script report under that key.")
            % {"title": one.title, "key": one.job_key},
        )
    return redirect("host", host_id=host_id)
