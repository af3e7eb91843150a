"""One job: how it stands and why, what is expected of it, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.job_settings import JobSettings, calendars_of
from tc_portal.core.job_settings_words import settings_in_words
from tc_portal.core.judge import limit_of
from tc_portal.core.reason_words import reason_in_words
from tc_portal.core.schedule.schedule_words import schedule_in_words
from tc_portal.core.wording import Wording
from tc_portal.jobs.calendar_queries import calendars_named
from tc_portal.jobs.dependencies import jobs_after, jobs_before
from tc_portal.jobs.maintenance import plan_that_covers
from tc_portal.jobs.models import BlindTime, Incident, Job, Result, RunStart, Transition
from tc_portal.jobs.past import blind_times_between, incidents_of, open_incident_of, transitions_of
from tc_portal.jobs.queries import status_of, tags_of, tools_by_name
from tc_portal.jobs.run_history import last_timed_runs, run_days, runs_before
from tc_portal.jobs.run_queries import starts_of
from tc_portal.jobs.standing import expectation_of, next_due_of, open_runs_of, reasons_in, reasons_of, settings_of
from tc_portal.web.charts.duration_chart import duration_chart
from tc_portal.web.charts.year_of_results import first_day_shown, year_of_results
from tc_portal.web.job_settings.calendar_choices import CalendarChoices, default_calendar
from tc_portal.web.keyset import place_in, place_named
from tc_portal.web.shell import trouble_at
from tc_portal.web.wording import page_wording

RUNS_A_PAGE = 50
CHANGES_A_PAGE = 10
INCIDENTS_SHOWN = 10
TOOLS_OFFERED = 500
RUNS_CHARTED = 200


@dataclass(frozen=True)
class Happening:
    """A line of the history: a change of verdict, or a time in which the portal was away (``verdict`` is empty)."""

    at: datetime
    before: str
    verdict: str
    why: str


@require_safe
def job_page(request: HttpRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.select_related("tool", "settings_row"), id=job_id)
    wording, status, settings = page_wording(), status_of(job), settings_of(job)
    calendars = calendars_named(calendars_of(settings)) if settings else {}
    tags = tags_of([job.id]).get(job.id, [])
    plan = plan_that_covers(job, tags, trouble_at(request).plans)
    changes: Page[Transition] = Paginator(transitions_of(job), CHANGES_A_PAGE).get_page(request.GET.get("changes"))
    reasons = reasons_of(job, status)
    context = {
        "job": job,
        "status": status,
        "tags": tags,
        "plan": plan,
        "quiet_until": wording.moment(plan.window.ends_at) if plan is not None and plan.window is not None else "",
        "why": reason_in_words(reasons[0], wording, job.since) if reasons else "",
        "open_incident": open_incident_of(job) if job.is_bad else None,
        "next_due": next_due_of([job], timezone.now()).get(job.id),
        "running": _running(job, wording),
        "changes": changes,
        "happenings": _happenings(changes, wording),
        "runs_after": jobs_before(job),
        "runs_before": jobs_after(job),
        "incident_rows": [(each, _lasted(each, wording)) for each in incidents_of(job)[:INCIDENTS_SHOWN]],
        "tools": tools_by_name()[:TOOLS_OFFERED] if request.user.is_staff else [],
        **_expected(settings, calendars, wording),
        **_runs(request, job),
        **_charts(job, calendars, wording),
    }
    return render(request, "jobs/page.html", context)


def _expected(settings: JobSettings | None, calendars: Mapping[str, Calendar], wording: Wording) -> dict[str, Any]:
    if settings is None:
        return {"settings": None}
    return {
        "settings": settings_in_words(settings, wording),
        "schedules": [schedule_in_words(each, calendars, wording.language) for each in settings.schedules],
        "is_paused": settings.is_paused,
    }


def _runs(request: HttpRequest, job: Job) -> dict[str, Any]:
    """A page of the job's runs, of one result where that is asked for."""
    result = request.GET.get("result", "")
    result = result if result in Result.values else ""
    found = runs_before(job, result, place_in(request.GET.get("before", "")), RUNS_A_PAGE)
    kept = {"result": result} if result else {}
    return {
        "runs": found,
        "result": result,
        "is_first": not request.GET.get("before"),
        "first_page": urlencode(kept),
        "next_page": urlencode({**kept, "before": place_named(*found.next_before)}) if found.next_before else "",
    }


def _charts(job: Job, named: Mapping[str, Calendar], wording: Wording) -> dict[str, Any]:
    """How long the last runs took, and what each day of the last year was like; ``named`` are the calendars of its settings."""
    choices = None if named else CalendarChoices()
    calendar, today = _calendar_of(named, choices), timezone.localdate()
    timed = last_timed_runs(job, RUNS_CHARTED)
    days = run_days(job, first_day_shown(today), today, wording.zone)
    return {
        "duration_chart": duration_chart(job.id, timed, calendar, wording),
        "calendar_choices": choices,
        "year_of_results": year_of_results(days, calendar, wording.zone),
        "calendar_name": calendar.name,
    }


def _calendar_of(named: Mapping[str, Calendar], choices: CalendarChoices | None) -> Calendar:
    """The calendar that the job goes by, else the one that settings would propose."""
    if named:
        return named[min(named)]
    first = choices.first if choices else None
    return first[1] if first else default_calendar()


def _lasted(incident: Incident, wording: Wording) -> str:
    """How long it lasted; empty while it does."""
    ends = [each for each in (incident.resolved_at, incident.closed_at) if each is not None]
    return wording.span(min(ends) - incident.opened_at) if ends else ""


def _running(job: Job, wording: Wording) -> list[tuple[datetime, str, RunStart | None]]:
    """When each open run began, what is to be said of how long it may take, and what it told on its way."""
    expected = expectation_of(job)
    told = []
    runs = open_runs_of(job)
    starts = starts_of(job, [run.run_id for run in runs]) if runs else {}
    for run in runs:
        limit = None if expected is None else limit_of(run, expected)
        said = "" if limit is None else wording.moment(limit)
        told.append((run.started_at, said, starts.get(run.run_id)))
    return told


def _happenings(changes: Page[Transition], wording: Wording) -> list[Happening]:
    """A page of the job's changes, newest first, and the times among them in which the portal was away."""
    shown = list(changes.object_list)
    if not shown:
        return []
    until = timezone.now() if changes.number == 1 else shown[0].at
    told = [_change(each, wording) for each in shown]
    told += [_absence(each, wording) for each in blind_times_between(shown[-1].at, until)]
    return sorted(told, key=lambda each: each.at, reverse=True)


def _change(change: Transition, wording: Wording) -> Happening:
    reasons = reasons_in(change.reasons)
    why = reason_in_words(reasons[0], wording) if reasons else ""
    return Happening(change.at, change.verdict_before, change.verdict, why)


def _absence(blind: BlindTime, wording: Wording) -> Happening:
    return Happening(blind.started_at, "", "", wording.between(blind.started_at, blind.ended_at))
