"""One incident: how it stands and why, who is at it, what became of it, and what people do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tc_portal.alerts import acting
from tc_portal.alerts.acting import ActionRefused, IncidentGone
from tc_portal.alerts.folding import Folded, fold
from tc_portal.core.incident import NOTE_LIMIT, Acknowledged, Closed, Commented, Standing, read_action
from tc_portal.core.instant import parse_instant
from tc_portal.core.reason_words import reason_in_words
from tc_portal.core.wording import Wording
from tc_portal.jobs.incident_queries import (
    RUNS_SHOWN,
    actions_about,
    actions_in,
    incident_with_job,
    of_the_same_error,
    runs_in,
    transitions_in,
)
from tc_portal.jobs.models import Incident, Run, RunOutput, Transition
from tc_portal.jobs.queries import status_of
from tc_portal.jobs.run_queries import output_of
from tc_portal.jobs.standing import reasons_in
from tc_portal.web.cards import why_of
from tc_portal.web.incident_timeline import timeline
from tc_portal.web.incident_times import acknowledgement_choices, chosen_end, durations, mute_choices
from tc_portal.web.output_lines import lines_of
from tc_portal.web.wording import page_wording

ACCOUNTS_OFFERED = 200
TAIL_LINES = 20


@dataclass(frozen=True)
class Earlier:
    """An incident of the same error, with the notes that were left on it."""

    incident: Incident
    lasted: str
    notes: list[str]


@require_safe
def incident_page(request: HttpRequest, incident_id: int) -> HttpResponse:
    incident = incident_with_job(incident_id)
    if incident is None:
        return gone(request)
    return _page(request, incident)


def gone(request: HttpRequest) -> HttpResponse:
    """The page that says kindly where an incident may be that is not here."""
    return render(request, "incidents/gone.html", status=404)


@require_POST
def incident_action(request: HttpRequest, incident_id: int, action: str) -> HttpResponse:
    """Do what the form asks, and go back to where it was; what is refused is said beside what was written."""
    act = _ACTIONS.get(action)
    if act is None:
        raise Http404
    wording = page_wording()
    try:
        done = act(request, incident_id, wording)
    except IncidentGone:
        return gone(request)
    except ActionRefused as refusal:
        incident = incident_with_job(incident_id)
        words = wording.say(ja=refusal.ja, en=refusal.en)
        return gone(request) if incident is None else _page(request, incident, (action, words))
    messages.success(request, done)
    back = request.POST.get("next", "")
    is_ours = back.startswith("/incidents") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else f"/incidents/{incident_id}")


def _page(request: HttpRequest, incident: Incident, refused: tuple[str, str] | None = None) -> HttpResponse:
    wording, job = page_wording(), incident.job
    runs, transitions, actions = runs_in(incident), transitions_in(incident), actions_in(incident)
    folded = fold(incident, job, runs, transitions, actions)
    stands = folded.standing(wording.now)
    failed = next((run for run in runs if run.result == "error"), None)
    output = output_of(failed) if failed is not None else None
    context: dict[str, Any] = {
        "incident": incident,
        "job": job,
        "stands": stands,
        "seen": stands.news_at.isoformat(),
        "is_over": stands.over_at is not None,
        "why": _why(folded, transitions, wording),
        "times": _times(folded, stands, transitions, wording),
        "earlier": _earlier(incident, stands.error.fingerprint, wording),
        "moments": timeline(folded, runs, transitions, wording),
        "has_more_runs": len(runs) >= RUNS_SHOWN,
        "failed_run": failed,
        "output": output,
        "tail": _tail(failed, output),
        "wants_acknowledgement": "acknowledge" in request.GET,
        "acknowledgement_choices": acknowledgement_choices(wording),
        "mute_choices": mute_choices(wording),
        "accounts": _accounts(),
        "note_limit": NOTE_LIMIT,
        "refused": refused[0] if refused else "",
        "refusal": refused[1] if refused else "",
        "written": request.POST if refused else {},
    }
    return render(request, "incidents/incident.html", context, status=400 if refused else 200)


def _why(folded: Folded, transitions: list[Transition], wording: Wording) -> str:
    """One sentence: why the job is bad now, or what it was bad for last."""
    row, job = folded.row, folded.job
    if row.resolved_at is None and job.is_bad:
        return why_of(job, status_of(job), wording)
    bad = next((each for each in transitions if each.is_bad), None)
    reasons = reasons_in(bad.reasons) if bad is not None else ()
    return reason_in_words(reasons[0], wording) if reasons else ""


def _times(folded: Folded, stands: Standing, transitions: list[Transition], wording: Wording) -> list[tuple[str, str]]:
    opening = next((each for each in transitions if each.at == folded.row.opened_at), None)
    reasons = reasons_in(opening.reasons) if opening is not None else ()
    took = durations(folded.row.opened_at, stands.over_at, reasons, folded.actions)
    named: list[tuple[str, timedelta | None]] = [
        (_("Until it was noticed"), took.noticed),
        (_("Until it was acknowledged"), took.acknowledged),
        (_("Until it was closed") if stands.closed is not None else _("Until it recovered"), took.over),
    ]
    return [(name, "–" if span is None else wording.span(span)) for name, span in named]


def _earlier(incident: Incident, error: str | None, wording: Wording) -> list[Earlier]:
    """Earlier incidents of the same error; the notes are those that people left, the latest first."""
    found = of_the_same_error(incident, error)
    about = actions_about(found)
    told = []
    for each in found:
        ends = each.resolved_at or each.closed_at
        lasted = wording.span(ends - each.opened_at) if ends is not None else ""
        done = [read_action(row.definition) for row in reversed(about.get(each.id, []))]
        notes = [act.note for act in done if isinstance(act, Acknowledged | Commented | Closed) and act.note]
        told.append(Earlier(each, lasted, notes))
    return told


def _tail(run: Run | None, output: RunOutput | None) -> list[Any]:
    if run is None or output is None:
        return []
    return lines_of(output, "")[-TAIL_LINES:]


def _accounts() -> list[str]:
    people = get_user_model().objects.filter(is_active=True).order_by("username")
    return list(people.values_list("username", flat=True)[:ACCOUNTS_OFFERED])


_Act = Callable[[HttpRequest, int, Wording], str]


def _seen(request: HttpRequest) -> datetime:
    seen = parse_instant(request.POST.get("seen", ""))
    if seen is None:
        raise ActionRefused(
            ja="この画面は古くなっています。今の内容を確かめてから、もう一度操作してください。",
            en="This page is out of date. Look at what it is now, then try again.",
        )
    return seen


def _name(request: HttpRequest) -> str:
    return str(request.user.get_username())


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "").replace("\r\n", "\n")


def _acknowledge(request: HttpRequest, incident_id: int, wording: Wording) -> str:
    until = chosen_end(request.POST.get("until", "recovery"), request.POST.get("custom", ""), wording)
    seen, note = _seen(request), _note(request)
    acting.acknowledge(incident_id, _name(request), wording.now, seen=seen, until=until, note=note)
    if until is None:
        return _("Acknowledged, until it recovers or changes.")
    return _("Acknowledged until %(until)s.") % {"until": wording.moment(until)}


def _unacknowledge(request: HttpRequest, incident_id: int, wording: Wording) -> str:
    acting.unacknowledge(incident_id, _name(request), wording.now)
    return _("The acknowledgement was withdrawn.")


def _assign(request: HttpRequest, incident_id: int, wording: Wording) -> str:
    to = request.POST.get("to", "") or None
    acting.assign(incident_id, _name(request), wording.now, to)
    return _("Assigned to %(account)s.") % {"account": to} if to else _("Assigned to nobody.")


def _comment(request: HttpRequest, incident_id: int, wording: Wording) -> str:
    acting.comment(incident_id, _name(request), wording.now, _note(request))
    return _("The note was added.")


def _mute(request: HttpRequest, incident_id: int, wording: Wording) -> str:
    until = chosen_end(request.POST.get("until", ""), request.POST.get("custom", ""), wording)
    if until is None:
        until = chosen_end("custom", "", wording)
    assert until is not None
    acting.mute(incident_id, _name(request), wording.now, until)
    return _("Muted until %(until)s.") % {"until": wording.moment(until)}


def _unmute(request: HttpRequest, incident_id: int, wording: Wording) -> str:
    acting.unmute(incident_id, _name(request), wording.now)
    return _("Alerts are on again.")


def _close(request: HttpRequest, incident_id: int, wording: Wording) -> str:
    acting.close(incident_id, _name(request), wording.now, seen=_seen(request), note=_note(request))
    return _("Closed. If the job fails again, the incident opens again.")


_ACTIONS: dict[str, _Act] = {
    "acknowledge": _acknowledge,
    "unacknowledge": _unacknowledge,
    "assign": _assign,
    "comment": _comment,
    "mute": _mute,
    "unmute": _unmute,
    "close": _close,
}
