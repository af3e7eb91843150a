"""営業日カレンダー: the list, a year of one, and how one is made, changed and deleted."""

from datetime import date
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tc_portal.alerts.changing_rules import rules_with_calendar
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.gathering import LARGE
from tc_portal.jobs.calendar_queries import KeptCalendar, kept_calendar, kept_calendars, last_revisions
from tc_portal.jobs.models import CalendarRow
from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.calendars import (
    ChangedMeanwhile,
    NameTaken,
    change_calendar,
    jobs_using,
    make_calendar,
    remove_calendar,
)
from tc_portal.web.access import administrator_required
from tc_portal.web.calendars.calendar_form import (
    CalendarForm,
    changes_between,
    read_form,
    sent_form,
    take_file,
    written_form,
)
from tc_portal.web.calendars.countries import COUNTRIES, country_name
from tc_portal.web.job_settings.calendar_choices import default_calendar
from tc_portal.web.job_settings.dates import day_in_words, weekday_names
from tc_portal.web.job_settings.year import year_of

JOBS_SHOWN = 50
REVISIONS_SHOWN = 10
CHANGES_SHOWN = 200
FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_safe
def calendar_list(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    shown = [
        {
            "id": each.id,
            "calendar": each.calendar,
            "country": country_name(each.calendar.country),
            "off": _next_off(each, today),
        }
        for each in kept_calendars()
    ]
    return render(request, "calendars/list.html", {"calendars": shown, "default": default_calendar().name})


def _next_off(kept: KeptCalendar, today: date) -> str:
    """The company's next own day off."""
    found = next(((day, name) for day, name in kept.calendar.days_off if day >= today), None)
    return "" if found is None else f"{day_in_words(found[0], with_year=True)} {found[1]}"


@require_safe
def calendar_page(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """A year of the calendar, the jobs that go by it, and who changed it."""
    kept = _kept_or_404(calendar_id)
    today = timezone.localdate()
    year = _year(request.GET.get("year", ""), today.year)
    using = list(islice(jobs_using(calendar_id), JOBS_SHOWN + 1))
    context = {
        "kept": kept,
        "country": country_name(kept.calendar.country),
        "weekly": [name for weekday, name in weekday_names() if weekday in kept.calendar.weekly_days_off],
        "year": year,
        "previous": year - 1 if year > FIRST_YEAR else None,
        "next": year + 1 if year < LAST_YEAR else None,
        **_year_context(kept.calendar, date(year, 1, 1), today),
        "jobs": using[:JOBS_SHOWN],
        "has_more_jobs": len(using) > JOBS_SHOWN,
        "revisions": last_revisions(calendar_id, REVISIONS_SHOWN),
    }
    return render(request, "calendars/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def new_calendar(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        default = default_calendar()
        is_free = all(each.calendar.name != default.name for each in kept_calendars())
        return _form_page(request, CalendarForm(name=default.name if is_free else ""), None)
    form, calendar, is_done = _sent(request)
    if calendar is None or not is_done:
        return _form_page(request, form, None, calendar)
    try:
        made = make_calendar(calendar, request.user.get_username())
    except NameTaken:
        form.errors["name"] = _("There is a calendar of this name already.")
        return _form_page(request, form, None, calendar)
    messages.success(request, _("The calendar “%(name)s” was made.") % {"name": calendar.name})
    return redirect("calendar", calendar_id=made.id)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def edit_calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    kept = _kept_or_404(calendar_id)
    if request.method != "POST":
        return _form_page(request, written_form(kept.calendar, str(kept.revision)), kept)
    form, calendar, is_done = _sent(request)
    if calendar is None or not is_done:
        return _form_page(request, form, kept, calendar)
    based_on = int(form.based_on) if form.based_on.isdecimal() else kept.revision
    try:
        count = change_calendar(calendar_id, based_on, calendar, request.user.get_username())
    except NameTaken:
        form.errors["name"] = _("There is a calendar of this name already.")
    except ChangedMeanwhile:
        form.errors["form"] = _("Meanwhile somebody else changed this calendar. Look at the changes, and save again.")
        form.based_on = str(kept.revision)
    except CalendarRow.DoesNotExist:
        raise Http404 from None
    except (Refused, Unavailable):
        form.errors["form"] = _(
            "The database is busy: not all jobs go by the changed calendar yet. Save again in a moment."
        )
        form.based_on = str(_kept_or_404(calendar_id).revision)
    else:
        messages.success(request, _saved(calendar.name, count))
        return redirect("calendar", calendar_id=calendar_id)
    return _form_page(request, form, kept, calendar)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def calendar_removal(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """Ask, then delete the calendar, unless jobs, routes or digests go by it."""
    kept = _kept_or_404(calendar_id)
    using, rules = list(islice(jobs_using(calendar_id), JOBS_SHOWN + 1)), rules_with_calendar(calendar_id)
    if request.method == "POST" and not rules:
        using = remove_calendar(calendar_id)
        if not using:
            messages.success(request, _("The calendar “%(name)s” was deleted.") % {"name": kept.calendar.name})
            return redirect("calendars")
    context = {"kept": kept, "jobs": using[:JOBS_SHOWN], "has_more_jobs": len(using) > JOBS_SHOWN, "rules": rules}
    return render(request, "calendars/removal.html", context, status=409 if request.method == "POST" else 200)


def _sent(request: HttpRequest) -> tuple[CalendarForm, Calendar | None, bool]:
    """The form, what it says, and whether it is to be saved; a file that was sent along is read first, and only that."""
    form = sent_form(request.POST)
    upload = request.FILES.get("file")
    if upload is not None:
        take_file(form, upload.read(LARGE + 1), replaces=request.POST.get("file_mode") == "replace")
    elif "read_file" in request.POST:
        form.errors["file"] = _("Choose a file first.")
    problems = dict(form.errors), list(form.unread)
    calendar = read_form(form)
    form.errors, form.unread = {**form.errors, **problems[0]}, problems[1] or form.unread
    return form, calendar, "save" in request.POST and upload is None and not form.errors


def _form_page(
    request: HttpRequest, form: CalendarForm, kept: KeptCalendar | None, calendar: Calendar | None = None
) -> HttpResponse:
    is_sent = request.method == "POST"
    changes = changes_between(kept.calendar if kept else None, calendar) if calendar is not None and is_sent else []
    today = timezone.localdate()
    shown = calendar or (kept.calendar if kept else default_calendar())
    using = list(islice(jobs_using(kept.id), JOBS_SHOWN + 1)) if kept else []
    context = {
        "form": form,
        "kept": kept,
        "countries": _countries(form.country),
        "weekdays": [(str(weekday), name) for weekday, name in weekday_names()],
        "changes": changes[:CHANGES_SHOWN],
        "change_count": len(changes),
        "is_tried": is_sent and calendar is not None,
        "job_count": min(len(using), JOBS_SHOWN),
        "has_more_jobs": len(using) > JOBS_SHOWN,
        **_year_context(shown, today.replace(day=1), today),
    }
    return render(request, "calendars/form.html", context, status=400 if form.errors else 200)


def _year_context(calendar: Calendar, first: date, today: date) -> dict[str, Any]:
    until = calendar.certain_until
    return {
        "months": year_of(first, today, calendar),
        "week": weekday_names(),
        "certain_until": day_in_words(until, with_year=True) if calendar.country and until else "",
    }


def _countries(code: str) -> list[tuple[str, str]]:
    offered = [(each, str(name)) for each, name in COUNTRIES]
    return offered if not code or code in dict(COUNTRIES) else [*offered, (code, code)]


def _kept_or_404(calendar_id: int) -> KeptCalendar:
    kept = kept_calendar(calendar_id)
    if kept is None:
        raise Http404
    return kept


def _year(text: str, this_year: int) -> int:
    return (
        int(text)
        if text.isascii() and text.isdecimal() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR
        else this_year
    )


def _saved(name: str, count: int) -> str:
    if not count:
        return _("The calendar “%(name)s” was saved.") % {"name": name}
    return _("The calendar “%(name)s” was saved. %(n)s jobs go by it from now on.") % {"name": name, "n": count}
