"""ジョブ: the list of all jobs: filtered, in an order, or under their tools or tags. All of it stands in the address."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tc_portal.core.wording import Wording
from tc_portal.jobs.job_groups import Group, GroupPage, groups_by_tag, groups_by_tool
from tc_portal.jobs.job_list import COUNTED_UP_TO, ORDERS, count_of, page_of_jobs
from tc_portal.jobs.last_runs import last_runs_of
from tc_portal.jobs.models import Job, Verdict
from tc_portal.jobs.queries import statuses_of, tags_of
from tc_portal.jobs.standing import next_due_of
from tc_portal.web.cards import why_of
from tc_portal.web.job_filters import as_address, offered, wanted_in
from tc_portal.web.run_bars import RUNS_SHOWN, run_bars
from tc_portal.web.wording import page_wording

JOBS_A_PAGE = 50
GROUPS_A_PAGE = 12
JOBS_A_GROUP = 6
# Of these verdicts the list says why in a sentence.
EXPLAINED = ("missed", "overdue", "unknown")
GROUPINGS = {"tool": groups_by_tool, "tag": groups_by_tag}
SORTS = [
    ("name", _("by name")),
    ("-name", _("by name, backwards")),
    ("gravity", _("gravest first")),
    ("last", _("latest report first")),
    ("-last", _("oldest report first")),
    ("due", _("next due first")),
]
GROUPS = [("tool", _("by tool")), ("tag", _("by tag"))]


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    wanted = wanted_in(request.GET)
    sort = request.GET.get("sort", "")
    sort = sort if sort in ORDERS else "name"
    grouping = request.GET.get("group", "")
    grouping = grouping if grouping in GROUPINGS else ""
    after = request.GET.get("after", "")[:5000]
    filters = as_address(wanted)
    kept = {**filters, **({"sort": sort} if sort != "name" else {}), **({"group": grouping} if grouping else {})}
    wording = page_wording()
    groups: list[Group] = []
    if grouping:
        found: GroupPage = GROUPINGS[grouping](wanted, after, GROUPS_A_PAGE, JOBS_A_GROUP)
        groups, jobs, next_after = (
            found.groups,
            [job for group in found.groups for job in group.jobs],
            found.next_after,
        )
    else:
        page = page_of_jobs(wanted, ORDERS[sort], after, JOBS_A_PAGE)
        jobs, next_after = page.jobs, page.next_after
    _tell_more_of(jobs, wording)
    count = count_of(wanted)
    context = {
        "jobs": jobs,
        "groups": groups,
        "count": min(count, COUNTED_UP_TO),
        "is_counted": count <= COUNTED_UP_TO,
        "wanted": wanted,
        "is_text_alone": set(filters) == {"q"},
        "sort": sort,
        "grouping": grouping,
        "sorts": SORTS,
        "groupings": GROUPS,
        "verdicts": Verdict.choices,
        **offered(wanted),
        "filters": urlencode(filters),
        "is_first": not after,
        "first_page": urlencode(kept),
        "next_page": urlencode({**kept, "after": next_after}) if next_after else "",
        "runs_shown": RUNS_SHOWN,
    }
    return render(request, "jobs/list.html", context)


def _tell_more_of(jobs: list[Job], wording: Wording) -> None:
    ids = list({job.id for job in jobs})
    statuses = statuses_of([job.job_key for job in jobs])
    tags, runs = tags_of(ids), last_runs_of(ids, RUNS_SHOWN)
    now = timezone.now()
    due = next_due_of([job for job in jobs if job.due is None], now)
    for job in jobs:
        status = statuses.get(job.job_key)
        job.last_finished_at = status.last_finished_at if status is not None else None
        job.why = why_of(job, status, wording) if job.verdict in EXPLAINED else ""
        job.tag_names = tags.get(job.id, [])
        job.next_due = job.due or due.get(job.id)
        job.is_awaited = job.due is not None and job.due <= now
        job.bars = run_bars(runs.get(job.id, []), wording)
