"""当番表: who is on duty now and next, and how one is made, changed and deleted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tc_portal.alerts.changing_rules import keep_roster, remove_roster, routes_with_roster
from tc_portal.alerts.models import RosterRow
from tc_portal.core.roster import Duty, duties_ahead, read_roster
from tc_portal.core.route_words import Names
from tc_portal.web.access import administrator_required
from tc_portal.web.alerts.roster_form import RosterForm, roster_initial
from tc_portal.web.alerts.rule_names import rule_names
from tc_portal.web.wording import page_wording

DUTIES_AHEAD = 4
ROSTERS_SHOWN = 100


@require_safe
def roster_list(request: HttpRequest) -> HttpResponse:
    """Each roster with who is on duty now and who comes next."""
    wording, names = page_wording(), rule_names()
    shown = []
    for row in RosterRow.objects.order_by("name")[:ROSTERS_SHOWN]:
        duties = duties_ahead(read_roster(row.definition), wording.now, DUTIES_AHEAD, wording.zone)
        now, *ahead = [_duty(duty, names) for duty in duties]
        shown.append({"row": row, "now": now, "ahead": ahead, "routes": routes_with_roster(row.id)})
    return render(request, "rosters/list.html", {"rosters": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def new_roster(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        begun = {"begins_on": timezone.localdate(), "hand_over": "09:00", "turn": "week"}
        return render(request, "rosters/form.html", {"form": RosterForm(initial=begun)})
    return _saved(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def edit_roster(request: HttpRequest, roster_id: int) -> HttpResponse:
    row = get_object_or_404(RosterRow, id=roster_id)
    if request.method != "POST":
        form = RosterForm(initial=roster_initial(row.name, read_roster(row.definition)))
        return render(request, "rosters/form.html", {"form": form, "roster": row})
    return _saved(request, row)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def roster_removal(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Ask, then delete it, unless routes go by it."""
    row = get_object_or_404(RosterRow, id=roster_id)
    using = routes_with_roster(row.id)
    if request.method == "POST":
        using = remove_roster(row.id)
        if not using:
            messages.success(request, _("“%(title)s” was deleted.") % {"title": row.name})
            return redirect("rosters")
    status = 409 if request.method == "POST" else 200
    return render(request, "rosters/removal.html", {"roster": row, "using": using}, status=status)


def _saved(request: HttpRequest, row: RosterRow | None) -> HttpResponse:
    form = RosterForm(request.POST)
    if form.is_whole():
        others = RosterRow.objects.filter(name=form.cleaned_data["name"]).exclude(id=row.id if row else None)
        if not others.exists():
            by = request.user.get_username()
            keep_roster(row.id if row else None, form.cleaned_data["name"], form.roster, timezone.now(), by)
            messages.success(request, _("The roster “%(name)s” was saved.") % {"name": form.cleaned_data["name"]})
            return redirect("rosters")
        form.add_error("name", _("There is a roster of this name already."))
    return render(request, "rosters/form.html", {"form": form, "roster": row}, status=400)


def _duty(duty: Duty, names: Names) -> dict[str, Any]:
    return {
        "person": duty.person.name,
        "begins_at": duty.begins_at,
        "ends_at": duty.ends_at,
        "stands_in": duty.stands_in,
        "channels": [names.channels.get(each, "–") for each in duty.person.channels],
    }
