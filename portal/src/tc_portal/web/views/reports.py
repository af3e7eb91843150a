"""月次レポート: a month in figures, by tool and by job, to be read, printed, or opened in a spreadsheet."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tc_portal.core.month_report import together
from tc_portal.jobs.models import Tool
from tc_portal.jobs.month_queries import jobs_to_report
from tc_portal.jobs.queries import tools_by_name
from tc_portal.web.job_settings.dates import month_in_words
from tc_portal.web.month_figures import (
    JobFigures,
    edges_of,
    figures_of,
    jobs_figures,
    month_moved,
    month_named,
    tools_figures,
)
from tc_portal.web.spreadsheet import csv_of
from tc_portal.web.tool_choice import chosen_tool
from tc_portal.web.wording import page_wording

JOBS_A_PAGE = 200
JOBS_IN_CSV = 10_000
TOOLS_OFFERED = 500
LAST_PAGE = 10_000


@require_safe
def this_month(request: HttpRequest) -> HttpResponse:
    return redirect("report", month=f"{timezone.localdate():%Y-%m}")


@require_safe
def report(request: HttpRequest, month: str) -> HttpResponse:
    """A month of the jobs of a page, and of their tools."""
    first, tool = _month_or_404(month), chosen_tool(request.GET.get("tool", ""))
    wording, number = page_wording(), _page(request.GET.get("page", ""))
    begin = (number - 1) * JOBS_A_PAGE
    jobs = list(jobs_to_report(tool.id if tool else None)[begin : begin + JOBS_A_PAGE + 1])
    figures = jobs_figures(jobs[:JOBS_A_PAGE], *edges_of(first, wording.zone), wording)
    kept = {"tool": tool.id} if tool else {}
    context = {
        "first": first,
        "month": month_in_words(first.year, first.month),
        "is_going_on": (first.year, first.month) == (timezone.localdate().year, timezone.localdate().month),
        "jobs": figures,
        "tool_figures": tools_figures(figures, wording),
        "all": figures_of(together(each.figures.month for each in figures), wording),
        "is_whole": number == 1 and len(jobs) <= JOBS_A_PAGE,
        "number": number,
        "tool": tool,
        "tools": tools_by_name()[:TOOLS_OFFERED],
        "kept": urlencode(kept),
        "earlier": f"{month_moved(first, -1):%Y-%m}",
        "later": f"{month_moved(first, 1):%Y-%m}",
        "previous_page": urlencode({**kept, "page": number - 1}) if number > 1 else "",
        "next_page": urlencode({**kept, "page": number + 1}) if len(jobs) > JOBS_A_PAGE else "",
        "printed_at": timezone.now(),
    }
    return render(request, "reports/month.html", context)


@require_safe
def report_csv(request: HttpRequest, month: str) -> HttpResponse:
    """The same for every job, as a file for spreadsheets."""
    first, tool = _month_or_404(month), chosen_tool(request.GET.get("tool", ""))
    answer = HttpResponse(csv_of(_rows(first, tool)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="tc-portal-{first:%Y-%m}.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _rows(first: date, tool: Tool | None) -> Iterator[list[Any]]:
    yield [
        *(_("Month"), _("Tool"), _("Title"), _("Key"), _("Runs"), _("Failed"), _("Success rate (%)"), _("Missed")),
        *(_("Longest run (seconds)"), _("Incidents"), _("Not recovered"), _("Time to recover, median (minutes)")),
    ]
    wording = page_wording()
    jobs = list(jobs_to_report(tool.id if tool else None)[: JOBS_IN_CSV + 1])
    for start in range(0, min(len(jobs), JOBS_IN_CSV), JOBS_A_PAGE):
        some = jobs[start : min(start + JOBS_A_PAGE, JOBS_IN_CSV)]
        for each in jobs_figures(some, *edges_of(first, wording.zone), wording):
            yield _row(first, each)
    if len(jobs) > JOBS_IN_CSV:
        yield [_("There are more jobs than this file holds: choose a tool.")]


def _row(first: date, told: JobFigures) -> list[Any]:
    job, month = told.job, told.figures.month
    rate, longest, recovery = month.success_rate, month.longest, month.time_to_recover
    return [
        *(f"{first:%Y-%m}", job.tool.name if job.tool else None, job.title, job.job_key, month.runs, month.errors),
        None if rate is None else round(rate * 100, 2),
        month.missed,
        None if longest is None else longest.total_seconds(),
        month.incidents,
        month.unrecovered,
        None if recovery is None else round(recovery.total_seconds() / 60, 1),
    ]


def _month_or_404(text: str) -> date:
    first = month_named(text)
    if first is None:
        raise Http404
    return first


def _page(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) < 6
    return min(max(int(text), 1), LAST_PAGE) if is_number else 1
