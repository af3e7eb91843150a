"""過去の障害: searched by text, tool, verdict and time, a page after the other into the past."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tc_portal.core.incident import AnyAction, read_action
from tc_portal.core.instant import parse_instant
from tc_portal.core.wording import Wording
from tc_portal.jobs.incident_queries import Wanted, actions_about, openings_of, past_incidents
from tc_portal.jobs.models import Incident, Job
from tc_portal.jobs.queries import tools_by_name
from tc_portal.jobs.standing import reasons_in
from tc_portal.web.incident_times import durations
from tc_portal.web.tool_choice import chosen_tool
from tc_portal.web.wording import page_wording

INCIDENTS_A_PAGE = 30
TOOLS_OFFERED = 500
BAD = ("error", "missed", "overdue")
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Row:
    """A past incident as a line of the table."""

    incident: Incident
    noticed: str
    acknowledged: str
    lasted: str
    people: list[str]
    note: str


@require_safe
def past_incidents_page(request: HttpRequest) -> HttpResponse:
    wording = page_wording()
    tool = chosen_tool(request.GET.get("tool", ""))
    job = _job(request.GET.get("job", ""))
    start, end = _day(request.GET.get("from", "")), _day(request.GET.get("to", ""))
    verdict = request.GET.get("verdict", "")
    wanted = Wanted(
        text=request.GET.get("q", "").strip()[:200],
        tool_id=tool.id if tool else None,
        verdict=verdict if verdict in BAD else "",
        start=_midnight(start, wording),
        end=_midnight(end + timedelta(days=1), wording) if end and end < date.max else None,
        job_id=job.id if job else None,
    )
    found = past_incidents(wanted, _before(request.GET.get("before", "")), INCIDENTS_A_PAGE)
    kept = {name: request.GET[name] for name in ("q", "tool", "verdict", "from", "to", "job") if request.GET.get(name)}
    next_page = ""
    if found.next_before is not None:
        opened_at, number = found.next_before
        next_page = urlencode({**kept, "before": f"{opened_at.isoformat()}_{number}"})
    context = {
        "rows": _rows(found.incidents, wording),
        "wanted": wanted,
        "job": job,
        "tool": tool,
        "start": start,
        "end": end,
        "tools": tools_by_name()[:TOOLS_OFFERED],
        "verdicts": BAD,
        "next_page": next_page,
        "is_whole": found.is_whole,
        "first_page": urlencode(kept),
        "is_first": not request.GET.get("before"),
        "is_searched": bool(kept),
    }
    return render(request, "incidents/past.html", context)


def _rows(incidents: list[Incident], wording: Wording) -> list[Row]:
    about, openings = actions_about(incidents), openings_of(incidents)
    return [
        _row(
            each,
            [read_action(action.definition) for action in about.get(each.id, [])],
            openings[each.id].reasons if each.id in openings else "[]",
            wording,
        )
        for each in incidents
    ]


def _row(incident: Incident, done: list[AnyAction], reasons: str, wording: Wording) -> Row:
    ends = [each for each in (incident.resolved_at, incident.closed_at) if each is not None]
    took = durations(incident.opened_at, min(ends, default=None), reasons_in(reasons), done)
    spans = ["–" if each is None else wording.span(each) for each in (took.noticed, took.acknowledged, took.over)]
    notes = [note for action in reversed(done) if (note := getattr(action, "note", ""))]
    return Row(incident, *spans, list(dict.fromkeys(action.by for action in done)), notes[0] if notes else "")


def _job(number: str) -> Job | None:
    return Job.objects.filter(id=int(number)).first() if number.isdecimal() and int(number) <= LARGEST_ID else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _midnight(day: date | None, wording: Wording) -> datetime | None:
    if day is None or not 1900 <= day.year <= 9000:
        return None
    return datetime.combine(day, time(), wording.zone)


def _before(text: str) -> tuple[datetime, int] | None:
    instant, _, number = text.partition("_")
    opened_at = parse_instant(instant)
    if opened_at is None or not number.isdecimal() or int(number) > LARGEST_ID:
        return None
    return opened_at, int(number)
