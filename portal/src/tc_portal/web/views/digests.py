"""朝の一覧: when each is told next, and how one is made, changed and deleted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tc_portal.alerts.changing_rules import keep_digest
from tc_portal.alerts.models import Channel, DigestRow, DigestSent
from tc_portal.alerts.rules_in_force import clock_at
from tc_portal.core.digest import next_due, read_digest
from tc_portal.core.hours import Clock
from tc_portal.core.route_words import Names
from tc_portal.web.access import administrator_required
from tc_portal.web.alerts.digest_form import DigestForm, digest_initial
from tc_portal.web.alerts.rule_names import rule_names

DIGESTS_SHOWN = 50


@require_safe
def digest_list(request: HttpRequest) -> HttpResponse:
    names, clock = rule_names(), clock_at(timezone.now())
    shown = [_shown(row, names, clock) for row in DigestRow.objects.order_by("name", "id")[:DIGESTS_SHOWN]]
    return render(request, "digests/list.html", {"digests": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def new_digest(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        begun = {"name": _("Morning digest"), "at": "08:30", "is_enabled": True}
        return _form_page(request, DigestForm(initial=begun), None)
    return _saved(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def edit_digest(request: HttpRequest, digest_id: int) -> HttpResponse:
    row = get_object_or_404(DigestRow, id=digest_id)
    if request.method != "POST":
        initial = digest_initial(row.name, read_digest(row.definition), row.is_enabled)
        return _form_page(request, DigestForm(initial=initial), row)
    return _saved(request, row)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def digest_removal(request: HttpRequest, digest_id: int) -> HttpResponse:
    """Ask, then delete it."""
    row = get_object_or_404(DigestRow, id=digest_id)
    if request.method == "POST":
        row.delete()
        messages.success(request, _("“%(title)s” was deleted.") % {"title": row.name})
        return redirect("digests")
    return render(request, "digests/removal.html", {"digest": row})


def _saved(request: HttpRequest, row: DigestRow | None) -> HttpResponse:
    form = DigestForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, row, status=400)
    said = form.cleaned_data
    by = request.user.get_username()
    keep_digest(row.id if row else None, said["name"], form.digest, said["is_enabled"], timezone.now(), by)
    messages.success(request, _("The digest “%(name)s” was saved.") % {"name": said["name"]})
    return redirect("digests")


def _form_page(request: HttpRequest, form: DigestForm, row: DigestRow | None, status: int = 200) -> HttpResponse:
    context = {"form": form, "digest": row, "has_channels": Channel.objects.exists()}
    return render(request, "digests/form.html", context, status=status)


def _shown(row: DigestRow, names: Names, clock: Clock) -> dict[str, Any]:
    digest = read_digest(row.definition)
    return {
        "row": row,
        "at": digest.at,
        "calendar": names.calendars.get(digest.calendar) if digest.calendar is not None else None,
        "is_calendar_gone": digest.calendar is not None and digest.calendar not in names.calendars,
        "channels": [names.channels.get(each, "–") for each in digest.channels],
        "next": next_due(digest, clock) if row.is_enabled else None,
        "last": DigestSent.objects.filter(digest=row).order_by("-day").values_list("end", flat=True).first(),
    }
