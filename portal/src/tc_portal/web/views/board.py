"""What is done on the incidents page itself: acting on several incidents at once, and keeping views of it."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tc_portal.accounts.models import SavedView
from tc_portal.alerts import acting
from tc_portal.alerts.acting import ActionRefused, IncidentGone
from tc_portal.core.instant import parse_instant
from tc_portal.core.text import storable
from tc_portal.core.wording import Wording
from tc_portal.jobs.models import Job
from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.pausing import pause_jobs
from tc_portal.web.incident_times import chosen_end
from tc_portal.web.job_filters import board_address, board_filter_in
from tc_portal.web.wording import page_wording

AT_ONCE = 500
VIEWS_KEPT = 20
LARGEST_ID = 2**63 - 1

# An incident's id, and since when the error is what the page showed.
_Ticked = list[tuple[int, datetime]]


@require_POST
def act_on_several(request: HttpRequest) -> HttpResponse:
    """Acknowledge, mute or pause what was ticked. What cannot be done to one of them is said, and the others are done."""
    ticked, wording = _ticked(request), page_wording()
    acts: dict[str, Callable[[HttpRequest, _Ticked, Wording], None]] = {
        "acknowledge": _acknowledge,
        "mute": _mute,
        "pause": _pause,
    }
    act = acts.get(request.POST.get("act", ""))
    if act is None or not ticked:
        messages.error(request, _("Tick the incidents first, then choose what to do with them."))
    else:
        try:
            act(request, ticked, wording)
        except ActionRefused as refusal:
            messages.error(request, wording.say(ja=refusal.ja, en=refusal.en))
    return redirect(_back(request))


def saved_views(request: HttpRequest) -> list[SavedView]:
    """The views that the person has kept, by name."""
    return list(SavedView.objects.filter(user=request.user).order_by("name")[:VIEWS_KEPT])


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep what the board is filtered by under a name; under a name that there is, it takes that one's place."""
    wanted = board_filter_in(QueryDict(request.POST.get("query", "")[:2000]), request.user.get_username())
    asked = urlencode(board_address(wanted))
    name = storable(request.POST.get("name", "")).strip()[:60]
    others = SavedView.objects.filter(user=request.user).exclude(name=name)
    if not name:
        messages.error(request, _("Give the view a name."))
    elif not asked:
        messages.error(request, _("Filter the incidents first; a view keeps the filters."))
    elif others.count() >= VIEWS_KEPT:
        messages.error(request, _("You have %(n)s views already. Delete one first.") % {"n": VIEWS_KEPT})
    else:
        try:
            with transaction.atomic():
                SavedView.objects.update_or_create(user=request.user, name=name, defaults={"query": asked})
        except IntegrityError:
            SavedView.objects.filter(user=request.user, name=name).update(query=asked)
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": name})
    return redirect(f"{reverse('incidents')}?{asked}" if asked else "incidents")


@require_POST
def forget_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete one of the person's own views; there are no others to them."""
    if view_id <= LARGEST_ID:
        SavedView.objects.filter(user=request.user, id=view_id).delete()
    messages.success(request, _("The view was deleted."))
    return redirect(_back(request))


def _ticked(request: HttpRequest) -> _Ticked:
    found: dict[int, datetime] = {}
    for value in request.POST.getlist("incident")[:AT_ONCE]:
        number, _separator, seen = value.partition(" ")
        since = parse_instant(seen)
        if number.isascii() and number.isdecimal() and int(number) <= LARGEST_ID and since is not None:
            found[int(number)] = since
    return list(found.items())


def _back(request: HttpRequest) -> str:
    """The board as it was filtered; never an address of others."""
    back = request.POST.get("next", "")
    is_ours = back.startswith("/incidents") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours else reverse("incidents")


def _name(request: HttpRequest) -> str:
    return str(request.user.get_username())


def _end(request: HttpRequest, wording: Wording) -> datetime:
    """Until when; tomorrow morning where nothing of the list was chosen."""
    choice = request.POST.get("until", "")
    end = chosen_end(choice if choice in ("hour", "4-hours", "week") else "morning", "", wording)
    assert end is not None
    return end


def _acknowledge(request: HttpRequest, ticked: _Ticked, wording: Wording) -> None:
    until = _end(request, wording)

    def act(number: int, seen: datetime) -> None:
        acting.acknowledge(number, _name(request), wording.now, seen=seen, until=until)

    done = _each(request, ticked, wording, act)
    if done:
        told = ngettext(
            "%(n)s incident acknowledged until %(until)s.", "%(n)s incidents acknowledged until %(until)s.", done
        )
        messages.success(request, told % {"n": done, "until": wording.moment(until)})


def _mute(request: HttpRequest, ticked: _Ticked, wording: Wording) -> None:
    until = _end(request, wording)

    def act(number: int, seen: datetime) -> None:
        acting.mute(number, _name(request), wording.now, until)

    done = _each(request, ticked, wording, act)
    if done:
        told = ngettext("%(n)s incident muted until %(until)s.", "%(n)s incidents muted until %(until)s.", done)
        messages.success(request, told % {"n": done, "until": wording.moment(until)})


def _each(request: HttpRequest, ticked: _Ticked, wording: Wording, act: Callable[[int, datetime], None]) -> int:
    """Do it to each; how many it was done to. Why it was not to the others is said once a reason."""
    refused: Counter[str] = Counter()
    for number, seen in ticked:
        try:
            act(number, seen)
        except IncidentGone:
            refused[_("The incident is not there any more.")] += 1
        except ActionRefused as refusal:
            refused[wording.say(ja=refusal.ja, en=refusal.en)] += 1
    for why, count in refused.items():
        told = ngettext("Not done for %(n)s incident: %(why)s", "Not done for %(n)s incidents: %(why)s", count)
        messages.error(request, told % {"n": count, "why": why})
    return len(ticked) - refused.total()


def _pause(request: HttpRequest, ticked: _Ticked, wording: Wording) -> None:
    if not request.user.is_staff:
        raise ActionRefused(
            ja="ジョブを一時停止できるのは管理者だけです。", en="Only an administrator may pause jobs."
        )
    numbers = [number for number, _seen in ticked]
    jobs = Job.objects.select_related("settings_row").filter(incidents__id__in=numbers).distinct()
    try:
        done = pause_jobs(jobs, True, _name(request))
    except (Refused, Unavailable):
        messages.error(request, _("That could not be stored now. Try again in a moment."))
        return
    told = ngettext(
        "%(n)s job paused. It is not judged until it is watched again.",
        "%(n)s jobs paused. They are not judged until they are watched again.",
        done,
    )
    messages.success(request, told % {"n": done})
