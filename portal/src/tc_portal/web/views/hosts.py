"""ホスト: the PCs that report."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tc_portal.core.wording import Wording
from tc_portal.jobs.host_tasks import standing_tasks, task_counts
from tc_portal.jobs.models import Host
from tc_portal.jobs.run_queries import hosts_matching, job_counts_of, jobs_on
from tc_portal.web.standing_rows import standing_rows
from tc_portal.web.wording import page_wording

HOSTS_A_PAGE = 50
JOBS_A_PAGE = 50
# A clock that is wrong by more is told of.
SKEW_WORTH_TELLING = timedelta(minutes=1)
# Tasks are read once a day; a reading that is older by a day was to be followed by another.
READING_IS_OLD_AFTER = timedelta(days=2)


@require_safe
def host_list(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    page = Paginator(hosts_matching(text), HOSTS_A_PAGE).get_page(request.GET.get("page"))
    counts = job_counts_of([host.name for host in page.object_list])
    wording = page_wording()
    tasks = task_counts(standing_tasks(page.object_list))
    for host in page.object_list:
        host.job_count = counts.get(host.name, 0)
        host.task_count, host.bad_tasks, host.unmonitored_tasks = tasks.get(host.id, (0, 0, 0))
        _tell_skew(host, wording)
    context = {"hosts": page, "text": text, "kept": urlencode({"q": text}) if text else ""}
    return render(request, "hosts/list.html", context)


@require_safe
def host_page(request: HttpRequest, host_id: int) -> HttpResponse:
    host = get_object_or_404(Host, id=host_id)
    wording = page_wording()
    _tell_skew(host, wording)
    tasks = standing_rows(standing_tasks([host]).get(host.id, ()), wording)
    is_old = host.tasks_received_at is not None and wording.now - host.tasks_received_at >= READING_IS_OLD_AFTER
    jobs = Paginator(jobs_on(host.name), JOBS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "hosts/page.html", {"host": host, "jobs": jobs, "tasks": tasks, "is_old": is_old})


def _tell_skew(host: Any, wording: Wording) -> None:
    """Put into words how far the PC's clock is from ours, and whether that is too far."""
    host.is_fast = host.is_slow = False
    host.skew = ""
    if host.skew_ms is None:
        return
    skew = timedelta(milliseconds=host.skew_ms)
    host.skew = wording.span(abs(skew))
    host.is_fast, host.is_slow = skew >= SKEW_WORTH_TELLING, -skew >= SKEW_WORTH_TELLING
