"""An incident's timeline: what happened, what people did, and how each acknowledgement ended, in the order of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tc_portal.alerts.folding import Folded
from tc_portal.core.fingerprint.identity import fingerprint
from tc_portal.core.incident import (
    Acknowledged,
    AnyAction,
    Assigned,
    Closed,
    Commented,
    Ending,
    Muted,
    Unacknowledged,
    Unmuted,
    endings,
    news,
)
from tc_portal.core.reason_words import reason_in_words
from tc_portal.core.wording import Wording
from tc_portal.jobs.models import Run, Transition
from tc_portal.jobs.standing import reasons_in


@dataclass(frozen=True)
class Moment:
    """A line of the timeline. ``kind`` names its look, ``state`` the verdict or result that it is about, if it is about one."""

    at: datetime
    kind: str
    text: str
    icon: str = ""
    state: str = ""
    by: str = ""
    note: str = ""
    run: Run | None = None
    reasons: tuple[str, ...] = ()


# Of one instant: what was found before what followed from it.
_RANKS = {"run": 0, "verdict": 1, "news": 2, "person": 3, "ending": 4}


def timeline(folded: Folded, runs: Sequence[Run], transitions: Sequence[Transition], wording: Wording) -> list[Moment]:
    """All moments, the latest first."""
    moments = [
        *_verdicts(folded, transitions, wording),
        *(_run(run) for run in runs if run.result == "error"),
        *_news(folded),
        *(_action(action, wording) for action in folded.actions),
        *(_ending(each) for each in endings(folded.course, folded.actions, wording.now) if each.by in _ENDED),
    ]
    return sorted(moments, key=lambda moment: (moment.at, _RANKS[moment.kind]), reverse=True)


def _verdicts(folded: Folded, transitions: Iterable[Transition], wording: Wording) -> Iterable[Moment]:
    opened_at, resolved_at = folded.row.opened_at, folded.row.resolved_at
    for each in transitions:
        text = ""
        if each.at == opened_at:
            text = _("The incident opened")
        elif each.at == resolved_at:
            text = _("Recovered") if each.verdict in ("ok", "running", "waiting") else _("No longer an incident")
        words = tuple(reason_in_words(reason, wording) for reason in reasons_in(each.reasons))
        yield Moment(each.at, "verdict", text, state=each.verdict, reasons=words)


def _run(run: Run) -> Moment:
    said = fingerprint(run.message or "")
    return Moment(run.received_at, "run", said.gist if said is not None else "", icon="circle-x", run=run)


def _news(folded: Folded) -> Iterable[Moment]:
    for each in news(folded.course, folded.actions):
        if each.kind == "reopened":
            yield Moment(each.at, "news", _("Opened again: something happened after it had been closed"), "rotate-ccw")
        elif each.kind == "changed" and each.error.verdict == "error":
            yield Moment(each.at, "news", _("Another error than before"), "shuffle", note=each.error.gist or "")


def _action(action: AnyAction, wording: Wording) -> Moment:
    match action:
        case Acknowledged():
            text = _("Acknowledged")
            if action.until is not None:
                text = _("Acknowledged until %(until)s") % {"until": wording.moment(action.until)}
            return Moment(action.at, "person", text, "user-check", by=action.by, note=action.note)
        case Unacknowledged():
            return Moment(action.at, "person", _("Acknowledgement withdrawn"), "user-x", by=action.by)
        case Assigned():
            text = _("Assigned to nobody")
            if action.to is not None:
                text = _("Assigned to %(account)s") % {"account": action.to}
            return Moment(action.at, "person", text, "user", by=action.by)
        case Commented():
            return Moment(action.at, "person", _("Note"), "message-square", by=action.by, note=action.note)
        case Muted():
            text = _("Muted until %(until)s") % {"until": wording.moment(action.until)}
            return Moment(action.at, "person", text, "bell-off", by=action.by)
        case Unmuted():
            return Moment(action.at, "person", _("Alerts on again"), "bell", by=action.by)
        case Closed():
            return Moment(action.at, "person", _("Closed by hand"), "circle-check", by=action.by, note=action.note)


# Endings that no other line tells.
_ENDED = ("expired", "changed")


def _ending(ending: Ending) -> Moment:
    by = ending.acknowledged.by
    if ending.by == "expired":
        text = _("The acknowledgement of %(account)s ran out") % {"account": by}
    else:
        text = _("The acknowledgement of %(account)s ended: the error has changed") % {"account": by}
    return Moment(ending.at, "ending", text, "timer-off")
