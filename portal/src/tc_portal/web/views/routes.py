"""通知ルール: the list in its order, what each says, and how one is made, changed, moved, switched off and deleted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tc_portal.alerts.changing_rules import keep_route, move_route, remove_route, routes_escalating_to, switch_route
from tc_portal.alerts.models import Channel, RouteRow
from tc_portal.alerts.rules_in_force import clock_at, kept_routes, rules_in_force
from tc_portal.core.route import JobFacts, KeptRoute, read_route, routes_for, routes_on
from tc_portal.core.route_words import Names, about_in_words, further_in_words, hours_in_words, whom_in_words
from tc_portal.core.routing import channels_of
from tc_portal.core.text import storable
from tc_portal.core.wording import Wording
from tc_portal.jobs.maintenance import jobs_in_maintenance
from tc_portal.jobs.models import Job
from tc_portal.jobs.queries import hosts_in_use, job_by_key, tags_in_use, tags_of
from tc_portal.web.access import administrator_required
from tc_portal.web.alerts.hours_fields import VERDICTS
from tc_portal.web.alerts.route_form import RouteForm, route_initial
from tc_portal.web.alerts.rule_names import rule_names
from tc_portal.web.wording import page_wording

OFFERED = 200


@require_safe
def route_list(request: HttpRequest) -> HttpResponse:
    """The routes in words, and which of them would tell of a job that is asked about."""
    wording, names = page_wording(), rule_names()
    made = kept_routes()
    rules, clock = rules_in_force(), clock_at(wording.now)
    context = {
        "routes": [
            {**_shown(row, kept, names, wording), "reaches": bool(channels_of(kept.route, rules, clock))}
            for row, kept in made
        ],
        "are_all_off": bool(made) and not any(row.is_enabled for row, _kept in made),
        "tells_everything": any(row.is_enabled and _is_for_all(kept) for row, kept in made),
        "channel_count": Channel.objects.filter(is_enabled=True).count(),
        "asked_job": request.GET.get("job", "")[:500],
        "asked_verdict": request.GET.get("verdict", "error"),
        "verdicts": VERDICTS,
        "answer": _answer(request, names) if request.GET.get("job") else None,
    }
    return render(request, "routes/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def new_route(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        begun = {"hours_begin": "09:00", "hours_end": "18:00", "remind_after": 60, "remind_longest": 1440}
        return _form_page(request, RouteForm(initial=begun), None)
    return _saved(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def edit_route(request: HttpRequest, route_id: int) -> HttpResponse:
    row = get_object_or_404(RouteRow, id=route_id)
    if request.method != "POST":
        initial = route_initial(row.name, read_route(row.definition))
        return _form_page(request, RouteForm(initial=initial, route_id=row.id), row)
    return _saved(request, row)


@require_POST
@administrator_required
def route_switch(request: HttpRequest, route_id: int) -> HttpResponse:
    """Switch it off, or on again."""
    row = get_object_or_404(RouteRow, id=route_id)
    is_enabled = request.POST.get("enabled") == "1"
    switch_route(row.id, is_enabled, timezone.now(), request.user.get_username())
    said = _("“%(name)s” was switched on.") if is_enabled else _("“%(name)s” was switched off.")
    messages.success(request, said % {"name": row.name})
    return redirect("routes")


@require_POST
@administrator_required
def route_move(request: HttpRequest, route_id: int) -> HttpResponse:
    """Look at it one place earlier, or later."""
    row = get_object_or_404(RouteRow, id=route_id)
    move_route(row.id, -1 if "up" in request.POST else 1, timezone.now())
    return redirect("routes")


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def route_removal(request: HttpRequest, route_id: int) -> HttpResponse:
    """Ask, then delete it."""
    row = get_object_or_404(RouteRow, id=route_id)
    if request.method == "POST":
        remove_route(row.id, timezone.now())
        messages.success(request, _("“%(title)s” was deleted.") % {"title": row.name})
        return redirect("routes")
    context = {"route": row, "escalating": routes_escalating_to(row.id), "is_last": RouteRow.objects.count() == 1}
    return render(request, "routes/removal.html", context)


def _saved(request: HttpRequest, row: RouteRow | None) -> HttpResponse:
    form = RouteForm(request.POST, route_id=row.id if row else None)
    if not form.is_valid():
        return _form_page(request, form, row, status=400)
    kept = keep_route(
        row.id if row else None, form.cleaned_data["name"], form.route, timezone.now(), request.user.get_username()
    )
    messages.success(request, _("The route “%(name)s” was saved.") % {"name": kept.name})
    return redirect("routes")


def _form_page(request: HttpRequest, form: RouteForm, row: RouteRow | None, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "route": row,
        "tags": tags_in_use()[:OFFERED],
        "hosts": hosts_in_use()[:OFFERED],
        "has_channels": Channel.objects.exists(),
    }
    return render(request, "routes/form.html", context, status=status)


def _shown(row: RouteRow, kept: KeptRoute, names: Names, wording: Wording) -> dict[str, Any]:
    route = kept.route
    return {
        "row": row,
        "is_for_escalation": route.is_for_escalation,
        "about": about_in_words(route.match, names, wording),
        "hours": hours_in_words(route.hours, names, wording),
        "whom": whom_in_words(route, names, wording),
        "further": further_in_words(route, names, wording),
    }


def _is_for_all(kept: KeptRoute) -> bool:
    route = kept.route
    nothing = (route.match.jobs, route.match.tags, route.match.tools, route.match.hosts, route.match.verdicts)
    return not any(nothing) and route.hours is None and not route.is_for_escalation


def _answer(request: HttpRequest, names: Names) -> dict[str, Any]:
    """Who would be told now if the job failed."""
    job = job_by_key(storable(request.GET["job"].strip()))
    if job is None:
        return {"job": None}
    now = timezone.now()
    rules, clock = rules_in_force(), clock_at(now)
    asked = request.GET.get("verdict", "error")
    verdict = asked if asked in dict(VERDICTS) else "error"
    facts = _facts(job)
    found = routes_for(facts, verdict, routes_on(rules.routes, clock))
    told = [
        {
            "route": kept.name,
            "channels": [names.channels.get(each, "") for each in channels_of(kept.route, rules, clock)],
        }
        for kept in found
    ]
    return {"job": job, "told": told, "is_in_maintenance": bool(jobs_in_maintenance([job.id], now))}


def _facts(job: Job) -> JobFacts:
    return JobFacts(job.job_key, frozenset(tags_of([job.id]).get(job.id, ())), job.tool_id, job.host)
