"""ホスト: the PCs that report."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tc_portal.core.wording import Wording
from tc_portal.jobs.models import Host
from tc_portal.jobs.run_queries import hosts_matching, job_counts_of, jobs_on
from tc_portal.web.wording import page_wording

HOSTS_A_PAGE = 50
JOBS_A_PAGE = 50
# A clock that is wrong by more is told of.
SKEW_WORTH_TELLING = timedelta(minutes=1)


@require_safe
def host_list(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    page = Paginator(hosts_matching(text), HOSTS_A_PAGE).get_page(request.GET.get("page"))
    counts = job_counts_of([host.name for host in page.object_list])
    wording = page_wording()
    for host in page.object_list:
        host.job_count = counts.get(host.name, 0)
        _tell_skew(host, wording)
    context = {"hosts": page, "text": text, "kept": urlencode({"q": text}) if text else ""}
    return render(request, "hosts/list.html", context)


@require_safe
def host_page(request: HttpRequest, host_id: int) -> HttpResponse:
    host = get_object_or_404(Host, id=host_id)
    _tell_skew(host, page_wording())
    jobs = Paginator(jobs_on(host.name), JOBS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "hosts/page.html", {"host": host, "jobs": jobs})


def _tell_skew(host: Any, wording: Wording) -> None:
    """Put into words how far the PC's clock is from ours, and whether that is too far."""
    host.is_fast = host.is_slow = False
    host.skew = ""
    if host.skew_ms is None:
        return
    skew = timedelta(milliseconds=host.skew_ms)
    host.skew = wording.span(abs(skew))
    host.is_fast, host.is_slow = skew >= SKEW_WORTH_TELLING, -skew >= SKEW_WORTH_TELLING
