"""ジョブ: the list of all jobs, by text, verdict and tag."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tc_portal.jobs.models import Verdict
from tc_portal.jobs.queries import jobs_matching, statuses_of, tags_in_use, tags_of
from tc_portal.jobs.standing import next_due_of
from tc_portal.web.cards import why_of
from tc_portal.web.wording import page_wording

JOBS_A_PAGE = 50
TAGS_OFFERED = 200
# Of these verdicts the list says why in a sentence.
EXPLAINED = ("missed", "overdue", "unknown")


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    verdict = request.GET.get("verdict", "")
    verdict = verdict if verdict in Verdict.values else ""
    tag = request.GET.get("tag", "").strip()[:100]
    page = Paginator(jobs_matching(text, verdict=verdict, tag=tag), JOBS_A_PAGE).get_page(request.GET.get("page"))
    _tell_more_of(page.object_list)
    asked = {"q": text, "verdict": verdict, "tag": tag}
    context = {
        "jobs": page,
        "text": text,
        "verdict": verdict,
        "tag": tag,
        "verdicts": Verdict.choices,
        "tags": list(tags_in_use()[:TAGS_OFFERED]),
        "kept": urlencode({name: value for name, value in asked.items() if value}),
    }
    return render(request, "jobs/list.html", context)


def _tell_more_of(jobs: list) -> None:
    wording = page_wording()
    statuses = statuses_of([job.job_key for job in jobs])
    tags = tags_of([job.id for job in jobs])
    due = next_due_of(jobs, timezone.now())
    for job in jobs:
        status = statuses.get(job.job_key)
        job.last_finished_at = status.last_finished_at if status is not None else None
        job.why = why_of(job, status, wording) if job.verdict in EXPLAINED else ""
        job.tag_names = tags.get(job.id, [])
        job.next_due = due.get(job.id)
