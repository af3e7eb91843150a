"""メンテナンス: planned quiet, what is on, to come and over; making a plan, ending a window, deleting a plan."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tc_portal.core.wording import Wording
from tc_portal.jobs.maintenance import Plan, plan_of, plans_not_over, plans_over
from tc_portal.jobs.models import MaintenanceRow
from tc_portal.jobs.queries import hosts_in_use, tags_in_use
from tc_portal.store.planning_quiet import add_maintenance, end_maintenance, remove_maintenance
from tc_portal.web.access import administrator_required
from tc_portal.web.maintenance_form import MaintenanceForm
from tc_portal.web.maintenance_words import scope_in_words, tool_names, when_in_words, windows_in_words
from tc_portal.web.wording import page_wording

PLANS_SHOWN = 300
OVER_A_PAGE = 20
OFFERED = 200
WINDOWS_AHEAD = 5


@dataclass(frozen=True)
class Told:
    """A plan as the page tells it."""

    row: MaintenanceRow
    scope: str
    when: str
    until: str
    ahead: list[str]


@require_safe
def maintenance_list(request: HttpRequest) -> HttpResponse:
    wording = page_wording()
    plans = [plan_of(row, wording.now) for row in plans_not_over(wording.now)[:PLANS_SHOWN]]
    over = Paginator(plans_over(wording.now), OVER_A_PAGE).get_page(request.GET.get("page"))
    told = _told([*plans, *(plan_of(row, wording.now) for row in over.object_list)], wording)
    context = {
        "on": [each for each, plan in zip(told, plans, strict=False) if plan.window is not None],
        "to_come": [each for each, plan in zip(told, plans, strict=False) if plan.window is None],
        "over": over,
        "over_plans": told[len(plans) :],
    }
    return render(request, "maintenance/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def new_maintenance(request: HttpRequest) -> HttpResponse:
    """The form; it shows the next windows before anything is kept."""
    if request.method != "POST":
        begun = {"scope": "everything", "when": "once", "at": "02:00", "hours": 2, "minutes": 0, "day": "1"}
        asked = {name: request.GET[name] for name in ("scope", "job_key", "tag", "host") if name in request.GET}
        return _form(request, MaintenanceForm(initial={**begun, **asked}))
    form = MaintenanceForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=400)
    if "preview" in request.POST:
        return _form(request, form)
    add_maintenance(form.cleaned_data["title"], form.plan, timezone.now(), request.user.get_username())
    messages.success(request, _("The maintenance “%(title)s” is planned.") % {"title": form.cleaned_data["title"]})
    return redirect("maintenance")


@require_POST
@administrator_required
def maintenance_preview(request: HttpRequest) -> HttpResponse:
    """The next windows of what the form says, while it is being filled in; nothing while it says no plan yet."""
    posted = request.POST.copy()
    posted["title"] = posted.get("title") or "–"
    return render(request, "maintenance/windows.html", _windows(MaintenanceForm(posted)))


@require_POST
@administrator_required
def maintenance_end(request: HttpRequest, plan_id: int) -> HttpResponse:
    row = get_object_or_404(MaintenanceRow, id=plan_id)
    end_maintenance(row.id, timezone.now())
    messages.success(request, _("The maintenance “%(title)s” was ended.") % {"title": row.title})
    return redirect("maintenance")


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def maintenance_removal(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Ask, then delete the plan."""
    row = get_object_or_404(MaintenanceRow, id=plan_id)
    if request.method == "POST":
        remove_maintenance(row.id)
        messages.success(request, _("“%(title)s” was deleted.") % {"title": row.title})
        return redirect("maintenance")
    return render(request, "maintenance/removal.html", {"plan": row})


def _form(request: HttpRequest, form: MaintenanceForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "time_zone": settings.TIME_ZONE,
        "tags": tags_in_use()[:OFFERED],
        "hosts": hosts_in_use()[:OFFERED],
        **_windows(form),
    }
    return render(request, "maintenance/new.html", context, status=status)


def _windows(form: MaintenanceForm) -> dict[str, object]:
    if not form.is_bound or not form.is_valid():
        return {"windows": None}
    wording = page_wording()
    told = windows_in_words(form.plan, wording, WINDOWS_AHEAD)
    return {"windows": told, "when": when_in_words(form.plan, wording)}


def _told(plans: list[Plan], wording: Wording) -> list[Told]:
    names = tool_names(plan.maintenance for plan in plans)
    return [
        Told(
            plan.row,
            scope_in_words(plan.maintenance, names, wording),
            when_in_words(plan.maintenance, wording),
            wording.moment(plan.window.ends_at) if plan.window is not None else "",
            [] if plan.row.over_at is not None else windows_in_words(plan.maintenance, wording, 2),
        )
        for plan in plans
    ]
