"""障害情報: the incidents first, then the good jobs; and what keeps an open page up to date."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tc_portal.core.wording import Wording
from tc_portal.jobs.board_filter import (
    BoardFilter,
    incidents_within,
    jobs_within,
    lone_statuses_within,
    statuses_within,
)
from tc_portal.jobs.maintenance import Plan
from tc_portal.jobs.models import Incident, Job, JobStatusWithTool, Tool
from tc_portal.jobs.open_incidents import (
    attended,
    closed_incidents,
    counted_incidents,
    failing_without_job,
    good_count,
    good_statuses,
    gravest_first,
    jobs_beside,
    newest_first,
    quiet_incidents,
    recovered_incidents,
)
from tc_portal.web.cards import (
    Card,
    card_of,
    cards_of_incidents,
    cards_of_statuses,
    quiet_cards,
    statuses_of_all,
)
from tc_portal.web.incident_times import mute_choices
from tc_portal.web.job_filters import board_address, board_filter_in, offered
from tc_portal.web.shell import trouble_at
from tc_portal.web.views.board import VIEWS_KEPT, saved_views
from tc_portal.web.wording import page_wording

FAILING_SHOWN = 200
QUIET_SHOWN = 100
BESIDE_SHOWN = 60
GOOD_A_PAGE = 30
RECOVERED_SHOWN = 20
RECENTLY = timedelta(days=1)
ON_THE_WALL = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("incidents")


@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    wanted = _wanted(request)
    if request.GET.get("wall") == "1":
        return render(request, "incidents/wall.html", wall(request))
    context = {
        **incident_list(request),
        **offered(wanted.jobs),
        "wanted": wanted,
        "views": saved_views(request),
        "views_kept": VIEWS_KEPT,
        "keeps_until": [choice for choice in mute_choices(page_wording()) if choice.value != "custom"],
    }
    return render(request, "incidents/page.html", context)


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """What an open page swaps in when something happened since its token; 204 while nothing did."""
    if request.GET.get("token") == trouble_at(request).token:
        return HttpResponse(status=204)
    context: dict[str, Any] = {"live_page": request.GET.get("on", "")}
    if context["live_page"] == "incidents":
        context |= incident_list(request)
    elif context["live_page"] == "wall":
        context |= wall(request)
    answer = render(request, "shell/live.html", context)
    # The parts of a page that fetch themselves anew listen for this.
    answer["HX-Trigger"] = "portal-changed"
    return answer


class _Counted(Paginator):
    """The pages of all good jobs, which are counted in a quicker way than by reading them."""

    @cached_property
    def count(self) -> int:
        return good_count()


def _wanted(request: HttpRequest) -> BoardFilter:
    return board_filter_in(request.GET, request.user.get_username())


def incident_list(request: HttpRequest) -> dict[str, Any]:
    """The cards of the page: incidents, those that somebody is at, what was closed by hand or is kept quiet, what is neither bad nor
    good, a page of good jobs, and what has recovered lately. All of it within what the address asks for."""
    wording, plans, wanted = page_wording(), trouble_at(request).plans, _wanted(request)
    good_ones = statuses_within(good_statuses(), wanted)
    pages = _Counted(good_ones, GOOD_A_PAGE) if wanted.wants_all else Paginator(good_ones, GOOD_A_PAGE)
    good: Page[JobStatusWithTool] = pages.get_page(request.GET.get("page"))
    beside = list(jobs_within(jobs_beside(), wanted)[: BESIDE_SHOWN + 1])
    statuses = statuses_of_all(beside)
    quiet = _quiet(plans, wanted, wording)
    open_ones = incidents_within(counted_incidents(plans), wanted)
    alone = lone_statuses_within(failing_without_job(), wanted)
    failing = _failing(attended(open_ones, wording.now, is_so=False), wording, alone)
    cared_for = _failing(attended(open_ones, wording.now, is_so=True), wording)
    closed = _failing(incidents_within(closed_incidents(plans), wanted), wording)
    recovered = incidents_within(recovered_incidents(wording.now - RECENTLY), wanted)
    asked = board_address(wanted)
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
        "recovered": [(each, wording.span(each.resolved_at - each.opened_at)) for each in recovered[:RECOVERED_SHOWN]],
        "plans": [(plan, wording.moment(plan.window.ends_at)) for plan in plans if plan.window],
        "shown": len(failing[:FAILING_SHOWN]) + len(cared_for[:FAILING_SHOWN]),
        "is_filtered": not wanted.wants_all,
        "kept": urlencode(asked),
        "board": f"{reverse('incidents')}?{urlencode(asked)}" if asked else reverse("incidents"),
        "may_pause": request.user.is_staff,
    }


def wall(request: HttpRequest) -> dict[str, Any]:
    """What the wall display shows: the gravest incidents, as many as can be read from afar, and how many there are."""
    wording, plans, wanted = page_wording(), trouble_at(request).plans, _wanted(request)
    open_ones = incidents_within(counted_incidents(plans), wanted)
    alone = lone_statuses_within(failing_without_job(), wanted)
    found = list(gravest_first(open_ones, wording.now)[:ON_THE_WALL])
    cards = [card for _, card in cards_of_incidents(found, statuses_of_all(each.job for each in found), wording)]
    cards = [*cards, *(card_of(None, status, wording) for status in alone[:ON_THE_WALL])][:ON_THE_WALL]
    count = open_ones.count() + alone.count()
    return {
        "on_the_wall": cards,
        "wall_count": count,
        "wall_more": count - len(cards),
        "running": jobs_within(Job.objects.filter(verdict="running"), wanted).count(),
        "seen_at": f"{wording.now.astimezone(wording.zone):%H:%M}",
        "kept": urlencode({**board_address(wanted), "wall": "1"}),
        "board_kept": urlencode(board_address(wanted)),
        "filter_words": _filter_words(wanted),
    }


def _filter_words(wanted: BoardFilter) -> str:
    """What the wall is narrowed to, for those who only see it: the text, tool, tag, host and account."""
    jobs = wanted.jobs
    tool = Tool.objects.filter(id=jobs.tool).first() if isinstance(jobs.tool, UUID) else None
    named = tool.name if tool is not None else _("Without a tool") if jobs.tool else ""
    return " · ".join(each for each in (jobs.text, named, jobs.tag, jobs.host, wanted.mine) if each)


def _failing(
    incidents: QuerySet[Incident], wording: Wording, alone: QuerySet[JobStatusWithTool] | None = None
) -> list[Card]:
    """The cards of the incidents, and of failed results that no job goes with, the latest news first; one more than are shown."""
    found = list(newest_first(incidents)[: FAILING_SHOWN + 1])
    cards = cards_of_incidents(found, statuses_of_all(incident.job for incident in found), wording)
    for status in [] if alone is None else alone[: FAILING_SHOWN + 1]:
        cards.append((status.last_finished_at, card_of(None, status, wording)))
    return [card for _, card in sorted(cards, key=lambda each: each[0], reverse=True)]


def _quiet(plans: list[Plan], wanted: BoardFilter, wording: Wording) -> list[Card]:
    if not plans:
        return []
    found = list(newest_first(incidents_within(quiet_incidents(plans), wanted))[: QUIET_SHOWN + 1])
    return quiet_cards(found, statuses_of_all(incident.job for incident in found), plans, wording)
