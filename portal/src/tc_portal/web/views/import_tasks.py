"""タスクを取り込む: files of the Windows Task Scheduler, what they would become, and the jobs made of them."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.task_scheduler.encoding import LARGE
from tc_portal.core.task_scheduler.found_tasks import FoundTasks, tasks_in
from tc_portal.core.task_scheduler.matching import Jobs
from tc_portal.core.task_scheduler.pieces import MANY_TASKS
from tc_portal.core.task_scheduler.plan import Decision, Plan, plan_of
from tc_portal.core.text import HOST_LIMIT
from tc_portal.jobs.calendar_queries import calendars_named, newest_revisions
from tc_portal.jobs.known_jobs import known_jobs
from tc_portal.jobs.queries import job_ids_of
from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.changing_settings import SettingsChange
from tc_portal.store.expectations import expect_of_jobs
from tc_portal.web.access import administrator_required
from tc_portal.web.task_rows import Upload, decisions_said, narrowing_said, rows_of, signed, unsigned

# Of all files of one upload together.
LARGEST_UPLOAD = 20_000_000
PREFIX_LIMIT = 100

EXPORT_BY_CMD = "schtasks /query /xml ONE > tasks.xml"
EXPORT_BY_POWERSHELL = (
    "Get-ScheduledTask | Where-Object TaskPath -NotLike '\\Microsoft\\*' |\n"
    "  ForEach-Object { Export-ScheduledTask -TaskName $_.TaskName -TaskPath $_.TaskPath } |\n"
    "  Out-File tasks.xml"
)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
@never_cache
def import_tasks(request: HttpRequest) -> HttpResponse:
    """Ask for files; show what their tasks would become; make it so."""
    if request.method != "POST":
        return _ask_for_files(request)
    if "tasks" in request.POST:
        return _apply(request)
    return _preview(request)


def _ask_for_files(request: HttpRequest, trouble: list[str] | None = None, status: int = 200) -> HttpResponse:
    context = {
        "trouble": trouble or [],
        "time_zone": request.POST.get("time_zone", settings.TIME_ZONE),
        "host": request.POST.get("host", ""),
        "key_prefix": request.POST.get("key_prefix", ""),
        "calendars": newest_revisions(),
        "by_cmd": EXPORT_BY_CMD,
        "by_powershell": EXPORT_BY_POWERSHELL,
    }
    return render(request, "import_tasks/files.html", context, status=status)


def _preview(request: HttpRequest) -> HttpResponse:
    files = request.FILES.getlist("files")
    if not files:
        return _ask_for_files(request, [_("Choose at least one XML file.")], 400)
    if sum(file.size for file in files) > LARGEST_UPLOAD:
        limit = LARGEST_UPLOAD // 1_000_000
        return _ask_for_files(request, [_("The files are too large: %(n)d MB at most together.") % {"n": limit}], 413)
    found = tasks_in(
        [(file.name, file.read(LARGE + 1)) for file in files], with_windows_own="with_windows_own" in request.POST
    )
    if len(found.tasks) > MANY_TASKS:
        return _ask_for_files(request, [_("Too many tasks: %(n)d at most at a time.") % {"n": MANY_TASKS}], 400)
    if not found.tasks:
        return _ask_for_files(request, _why_there_are_none(found), 400)
    upload = Upload(
        found,
        request.POST.get("time_zone", "").strip() or settings.TIME_ZONE,
        request.POST.get("host", "").strip()[:HOST_LIMIT],
        request.POST.get("key_prefix", "").strip()[:PREFIX_LIMIT],
    )
    newest = newest_revisions()
    of_all = narrowing_said(request.POST.get("calendar", ""), upload.time_zone, newest.values())
    known, now = Jobs(known_jobs()), datetime.now(UTC)
    try:
        terms = msgspec.structs.replace(upload.terms, narrowed=of_all)
        plan = plan_of(found.tasks, known, terms, {}, now)
    except Unschedulable as refusal:
        return _ask_for_files(request, [_in_language(refusal.ja, refusal.en)], 400)
    return show_plan(request, upload, plan, known, None, newest, now)


def show_plan(
    request: HttpRequest,
    upload: Upload,
    plan: Plan,
    known: Jobs,
    decided: dict[str, Decision] | None,
    newest: dict[str, str],
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    """The page on which a person decides what becomes of each task, before anything is saved."""
    narrowed = {one.narrowed.calendar for one in plan.tasks if one.narrowed is not None}
    calendars = calendars_named(narrowed | set(newest.values()))
    context = {
        "rows": rows_of(plan, known, decided, newest, calendars, now),
        "tasks": signed(upload),
        "host": upload.host,
        "time_zone": upload.time_zone,
        "unread": _unread(upload.found),
        "windows_own": upload.found.windows_own,
        "is_refused": status != 200,
    }
    return render(request, "import_tasks/preview.html", context, status=status)


def _apply(request: HttpRequest) -> HttpResponse:
    upload = unsigned(request.POST["tasks"])
    if upload is None:
        return _ask_for_files(request, [_("That preview is too old. Choose the files again.")], 400)
    newest = newest_revisions()
    known, now = Jobs(known_jobs()), datetime.now(UTC)
    in_force = {
        each.narrowed.calendar
        for job in known.by_key.values()
        if job.settings is not None
        for each in job.settings.schedules
        if each.narrowed is not None
    }
    decided = decisions_said(request.POST, upload, in_force | set(newest.values()))
    plan = plan_of(upload.found.tasks, known, upload.terms, decided, now)
    if any(one.outcome == "unclear" for one in plan.tasks) or all(one.outcome == "left_out" for one in plan.tasks):
        return show_plan(request, upload, plan, known, decided, newest, now, 400)
    changes = [SettingsChange(each.job_key, each.settings, each.title) for each in plan.changes]
    try:
        expect_of_jobs(changes, request.user.get_username())
    except (Refused, Unavailable):
        trouble = _("The database could not save it. Try again: what is saved already stays.")
        return _ask_for_files(request, [trouble], 503)
    return render(request, "import_tasks/done.html", _done(plan, upload))


def _done(plan: Plan, upload: Upload) -> dict[str, Any]:
    ids = job_ids_of([one.job_key for one in plan.tasks if one.outcome != "left_out"])
    done = {
        outcome: [(one, ids.get(one.job_key)) for one in plan.tasks if one.outcome == outcome]
        for outcome in ("new", "changed", "same")
    }
    left_out = sum(one.outcome == "left_out" for one in plan.tasks)
    return {**done, "left_out": left_out, "unread": _unread(upload.found)}


def _why_there_are_none(found: FoundTasks) -> list[str]:
    own = found.windows_own
    said = (
        [_("Only tasks of Windows itself are in it, %(n)d. Tick the box to take them in.") % {"n": own}] if own else []
    )
    return said + [f"{where}: {reason}" for where, reason in _unread(found)]


def _unread(found: FoundTasks) -> list[tuple[str, str]]:
    return [
        (f"{each.file} {each.unread.where}".strip(), _in_language(each.unread.ja, each.unread.en))
        for each in found.unread
    ]


def _in_language(ja: str, en: str) -> str:
    return ja if (get_language() or "ja").startswith("ja") else en
