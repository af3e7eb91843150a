"""ジョブの設定: when a job should run, what that means, and what it would have raised."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings as portal
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tc_portal.core.job_settings import JobSettings, calendars_of, read_settings
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.jobs.dependencies import jobs_before
from tc_portal.jobs.models import Job, JobSettingsRow
from tc_portal.jobs.queries import jobs_matching
from tc_portal.jobs.settings_queries import settings_in_force
from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.changing_settings import SettingsChange
from tc_portal.store.expectations import expect_of_jobs
from tc_portal.web.access import administrator_required
from tc_portal.web.job_settings.calendar_choices import CalendarChoices, with_calendars_made
from tc_portal.web.job_settings.dates import weekday_names
from tc_portal.web.job_settings.history import differences, history_of
from tc_portal.web.job_settings.preview import preview_of, said_schedule
from tc_portal.web.job_settings.proposing import proposal_for
from tc_portal.web.job_settings.replay import replay_of
from tc_portal.web.job_settings.schedule_row import ScheduleRow
from tc_portal.web.job_settings.settings_form import SettingsForm, kept_name, read_form, sent_form, written_form
from tc_portal.web.job_settings.simple_forms import WEEKDAYS

JOBS_OFFERED = 500
_IN_FORCE = Job.objects.select_related("tool", "settings_row")


@require_http_methods(["GET", "HEAD", "POST"])
def job_settings(request: HttpRequest, job_id: int) -> HttpResponse:
    """Anybody sees what is expected of the job; administrators change it here."""
    job = get_object_or_404(_IN_FORCE, id=job_id)
    if request.method == "POST":
        return _change(request, job)
    before = settings_in_force(job)
    choices = CalendarChoices(before)
    form = written_form(before, choices, portal.TIME_ZONE, _based_on(job))
    return _page(request, job, form, before, choices, before)


@administrator_required
def _change(request: HttpRequest, job: Job) -> HttpResponse:
    before = settings_in_force(job)
    choices, form = CalendarChoices(before), sent_form(request.POST)
    if "add" in request.POST:
        form.add_row(portal.TIME_ZONE)
    elif "remove" in request.POST:
        form.remove_row(request.POST["remove"])
    wanted = read_form(form, before, choices, _kept_schedules(job, form), portal.TIME_ZONE)
    if "add" in request.POST or "remove" in request.POST:
        _forget_errors(form, "add" in request.POST)
        return _page(request, job, form, before, choices, wanted)
    if wanted is None or "save" not in request.POST:
        return _page(request, job, form, before, choices, wanted, status=400 if wanted is None else 200)
    if form.based_on != _based_on(job):
        changed = differences(_settings_of(job, form.based_on), before, choices.by_name)
        form.errors["form"] = _(
            "Meanwhile somebody else changed these settings: %(what)s. Save again to replace that."
        ) % {"what": ", ".join(label for label, _old, _new in changed)}
        form.based_on = _based_on(job)
        return _page(request, job, form, before, choices, wanted, status=409)
    return _save(request, job, form, before, choices, wanted)


def _save(
    request: HttpRequest,
    job: Job,
    form: SettingsForm,
    before: JobSettings,
    choices: CalendarChoices,
    wanted: JobSettings,
) -> HttpResponse:
    if wanted == before and job.settings_row is not None:
        messages.info(request, _("Nothing was changed."))
        return redirect("job_settings", job_id=job.id)
    try:
        _put_in_force(request, job, wanted)
    except (Refused, Unavailable):
        form.errors["form"] = _("The database is busy. Nothing was saved; try again in a moment.")
        return _page(request, job, form, before, choices, wanted, status=503)
    messages.success(request, _("The settings were saved. They judge from now on."))
    return redirect("job_settings", job_id=job.id)


def _put_in_force(request: HttpRequest, job: Job, wanted: JobSettings) -> None:
    person = request.user.get_username()
    expect_of_jobs([SettingsChange(job.job_key, with_calendars_made(wanted, person), job.title)], person)


@require_POST
@administrator_required
def accept_proposal(request: HttpRequest, job_id: int) -> HttpResponse:
    """Put the proposed settings in force, if they are still what was shown."""
    job = get_object_or_404(_IN_FORCE, id=job_id)
    before = settings_in_force(job)
    proposal = proposal_for(job, before, CalendarChoices(before), portal.TIME_ZONE)
    if proposal is None or proposal.token != request.POST.get("token"):
        messages.error(request, _("The proposal has changed with the job’s last runs. Look at it again."))
        return redirect("job_settings", job_id=job.id)
    try:
        _put_in_force(request, job, proposal.kept_with(before))
    except (Refused, Unavailable):
        messages.error(request, _("The database is busy. Nothing was saved; try again in a moment."))
        return redirect("job_settings", job_id=job.id)
    messages.success(request, _("The schedule was put in force: %(words)s") % {"words": proposal.words})
    return redirect("job_settings", job_id=job.id)


@require_POST
@never_cache
@administrator_required
def job_settings_preview(request: HttpRequest, job_id: int) -> HttpResponse:
    """What the form means as it stands; what in it makes no sense is said in the preview's place."""
    job = get_object_or_404(_IN_FORCE, id=job_id)
    before = settings_in_force(job)
    choices, form = CalendarChoices(before), sent_form(request.POST)
    wanted = read_form(form, before, choices, _kept_schedules(job, form), portal.TIME_ZONE)
    return render(request, "job_settings/preview.html", _meaning(job, form, before, choices, wanted))


def _page(
    request: HttpRequest,
    job: Job,
    form: SettingsForm,
    before: JobSettings,
    choices: CalendarChoices,
    wanted: JobSettings | None,
    status: int = 200,
) -> HttpResponse:
    _name_kept_rows(form, _kept_schedules(job, form), choices)
    may_change = request.user.is_staff
    context = {
        **_meaning(job, form, before, choices, wanted, is_tried=request.method == "POST"),
        "job": job,
        "calendars": choices.options,
        "zones": _zones(),
        "portal_zone": portal.TIME_ZONE,
        "weekdays": _named_weekdays(),
        "history": history_of(job),
        "runs_after": jobs_before(job),
        "jobs_offered": jobs_matching().exclude(id=job.id)[:JOBS_OFFERED] if may_change else [],
        "proposal": proposal_for(job, before, choices, portal.TIME_ZONE) if may_change else None,
    }
    return render(request, "job_settings/page.html", context, status=status)


def _meaning(
    job: Job,
    form: SettingsForm,
    before: JobSettings,
    choices: CalendarChoices,
    wanted: JobSettings | None,
    *,
    is_tried: bool = True,
) -> dict[str, Any]:
    """What the preview shows. The replay is made when something was tried, not when the page is opened."""
    if wanted is None:
        return {"form": form, "preview": None, "replay": None}
    now: datetime = timezone.now()
    shown = preview_of(wanted, choices.by_name, now, portal.TIME_ZONE)
    replay = None
    if is_tried and calendars_of(before) <= choices.by_name.keys():
        replay = replay_of(job, wanted, before, choices.by_name, now, ZoneInfo(portal.TIME_ZONE))
    return {"form": form, "preview": shown, "replay": replay, "week": weekday_names()}


def _based_on(job: Job) -> str:
    return "" if job.settings_row is None else str(job.settings_row.id)


def _settings_of(job: Job, settings_id: str) -> JobSettings:
    row = JobSettingsRow.objects.filter(job=job, id=int(settings_id)).first() if settings_id.isdecimal() else None
    return JobSettings() if row is None else read_settings(row.definition)


def _kept_schedules(job: Job, form: SettingsForm) -> Mapping[str, JobSchedule]:
    """The schedules that the form sends back by name: of settings of this job only."""
    ids = {row.kept.partition(".")[0] for row in form.rows if row.kind == "kept"}
    numbers = [int(number) for number in ids if number.isdecimal() and len(number) < 19]
    rows = JobSettingsRow.objects.filter(job=job, id__in=numbers) if numbers else []
    return {
        kept_name(str(row.id), number): one
        for row in rows
        for number, one in enumerate(read_settings(row.definition).schedules)
    }


def _name_kept_rows(form: SettingsForm, kept: Mapping[str, JobSchedule], choices: CalendarChoices) -> None:
    for row in form.rows:
        if row.kind == "kept" and row.kept in kept:
            row.words = said_schedule(kept[row.kept], choices.by_name, portal.TIME_ZONE).words


def _forget_errors(form: SettingsForm, is_added: bool) -> None:
    """A row that was just added has nothing in it yet: that is no error to tell."""
    added: ScheduleRow | None = form.rows[-1] if is_added and form.rows else None
    if added is not None:
        added.errors = {}


def _zones() -> list[str]:
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))


def _named_weekdays() -> list[tuple[str, str]]:
    return [(WEEKDAYS[number], name) for number, name in weekday_names()]
