"""One run: how it ended, and all that it told."""

import re
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tc_portal.jobs.models import Job, Run
from tc_portal.jobs.queries import last_runs
from tc_portal.jobs.run_queries import log_of, metrics_of, output_of
from tc_portal.web.output_lines import lines_of, whole_text

LINES_A_PAGE = 2_000
FOUND_SHOWN = 50


@require_safe
def run_page(request: HttpRequest, job_id: int, run_number: int) -> HttpResponse:
    run = get_object_or_404(Run.objects.select_related("job"), id=run_number, job_id=job_id)
    output = output_of(run)
    wanted = request.GET.get("q", "").strip()[:200]
    lines = lines_of(output, wanted) if output is not None else []
    found = [line.number for line in lines if line.is_found]
    context = {
        "run": run,
        "job": run.job,
        "output": output,
        "lines": Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page")),
        "text": wanted,
        "found": [(number, (number - 1) // LINES_A_PAGE + 1) for number in found[:FOUND_SHOWN]],
        "found_count": len(found),
        "kept": urlencode({"q": wanted}) if wanted else "",
        "metrics": metrics_of(run),
        "log": log_of(run),
    }
    return render(request, "jobs/run.html", context)


@require_safe
def last_run(request: HttpRequest, job_id: int) -> HttpResponse:
    """Go to the page of the job's last run."""
    run = last_runs(get_object_or_404(Job, id=job_id)).first()
    if run is None:
        raise Http404
    return redirect("run", job_id=job_id, run_number=run.id)


@require_safe
def run_output(request: HttpRequest, job_id: int, run_number: int) -> HttpResponse:
    """What the run printed, as a file of text."""
    run = get_object_or_404(Run.objects.select_related("job"), id=run_number, job_id=job_id)
    output = output_of(run)
    if output is None:
        raise Http404
    note = _("… [the middle was cut; %(size)s bytes in all] …") % {"size": f"{output.size:,}"}
    answer = HttpResponse(whole_text(output, note), content_type="text/plain; charset=utf-8")
    name = re.sub(r"[^\w.-]+", "_", run.job.job_key).strip("._")[:100] or "job"
    disposition = content_disposition_header(True, f"{name}-{run.finished_at:%Y%m%dT%H%M%SZ}.txt")
    answer["Content-Disposition"] = disposition or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
