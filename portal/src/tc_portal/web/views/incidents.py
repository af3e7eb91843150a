"""障害情報: the incidents first, then the good jobs; and what keeps an open page up to date."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tc_portal.core.wording import Wording
from tc_portal.jobs.maintenance import Plan
from tc_portal.jobs.models import Incident, JobStatusWithTool
from tc_portal.jobs.open_incidents import (
    attended,
    closed_incidents,
    counted_incidents,
    failing_without_job,
    good_statuses,
    jobs_beside,
    newest_first,
    quiet_incidents,
)
from tc_portal.web.cards import (
    Card,
    card_of,
    cards_of_incidents,
    cards_of_statuses,
    quiet_cards,
    statuses_of_all,
)
from tc_portal.web.shell import trouble_at
from tc_portal.web.wording import page_wording

FAILING_SHOWN = 200
QUIET_SHOWN = 100
BESIDE_SHOWN = 60
GOOD_A_PAGE = 30


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("incidents")


@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    return render(request, "incidents/page.html", incident_list(request))


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """What an open page swaps in when something happened since its token; 204 while nothing did."""
    if request.GET.get("token") == trouble_at(request).token:
        return HttpResponse(status=204)
    context: dict[str, Any] = {"live_page": request.GET.get("on", "")}
    if context["live_page"] == "incidents":
        context |= incident_list(request)
    answer = render(request, "shell/live.html", context)
    # The parts of a page that fetch themselves anew listen for this.
    answer["HX-Trigger"] = "portal-changed"
    return answer


def incident_list(request: HttpRequest) -> dict[str, Any]:
    """The cards of the page: incidents, those that somebody is at, what was closed by hand or is kept quiet, what is neither bad nor good, and a page of good jobs."""
    wording, plans = page_wording(), trouble_at(request).plans
    good: Page[JobStatusWithTool] = Paginator(good_statuses(), GOOD_A_PAGE).get_page(request.GET.get("page"))
    beside = list(jobs_beside()[: BESIDE_SHOWN + 1])
    statuses = statuses_of_all(beside)
    quiet = _quiet(plans, wording)
    open_ones = counted_incidents(plans)
    failing = _failing(attended(open_ones, wording.now, is_so=False), wording, failing_without_job())
    cared_for = _failing(attended(open_ones, wording.now, is_so=True), wording)
    closed = _failing(closed_incidents(plans), wording)
    return {
        "failing": failing[:FAILING_SHOWN],
        "has_more_failing": len(failing) > FAILING_SHOWN,
        "cared_for": cared_for[:FAILING_SHOWN],
        "has_more_cared_for": len(cared_for) > FAILING_SHOWN,
        "closed": closed[:QUIET_SHOWN],
        "has_more_closed": len(closed) > QUIET_SHOWN,
        "quiet": quiet[:QUIET_SHOWN],
        "has_more_quiet": len(quiet) > QUIET_SHOWN,
        "beside": [card_of(job, statuses.get(job.job_key), wording) for job in beside[:BESIDE_SHOWN]],
        "has_more_beside": len(beside) > BESIDE_SHOWN,
        "good": good,
        "good_cards": cards_of_statuses(good.object_list, wording),
        "plans": [(plan, wording.moment(plan.window.ends_at)) for plan in plans if plan.window],
    }


def _failing(
    incidents: QuerySet[Incident], wording: Wording, alone: QuerySet[JobStatusWithTool] | None = None
) -> list[Card]:
    """The cards of the incidents, and of failed results that no job goes with, the latest news first; one more than are shown."""
    found = list(newest_first(incidents)[: FAILING_SHOWN + 1])
    cards = cards_of_incidents(found, statuses_of_all(incident.job for incident in found), wording)
    for status in [] if alone is None else alone[: FAILING_SHOWN + 1]:
        cards.append((status.last_finished_at, card_of(None, status, wording)))
    return [card for _, card in sorted(cards, key=lambda each: each[0], reverse=True)]


def _quiet(plans: list[Plan], wording: Wording) -> list[Card]:
    if not plans:
        return []
    found = list(newest_first(quiet_incidents(plans))[: QUIET_SHOWN + 1])
    return quiet_cards(found, statuses_of_all(incident.job for incident in found), plans, wording)
