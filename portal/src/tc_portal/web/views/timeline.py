"""タイムライン: what ran when, side by side: the jobs of a page over an hour, six, a day or a week."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tc_portal.core.at_once import running_each_minute
from tc_portal.jobs.models import Job
from tc_portal.jobs.past import blind_times_between
from tc_portal.jobs.queries import hosts_in_use, tags_in_use, tools_by_name
from tc_portal.jobs.timeline_queries import JobsWanted, jobs_in_order, runs_at_once
from tc_portal.web.charts.run_words import runs_in_words
from tc_portal.web.charts.time_window import SPANS, TimeWindow, window_asked, window_at
from tc_portal.web.charts.timeline_chart import gantt, strip
from tc_portal.web.charts.timeline_rows import Row, rows_of
from tc_portal.web.keyset import LARGEST_ID
from tc_portal.web.tool_choice import chosen_tool

JOBS_A_PAGE = 50
OFFERED = 500
BARS_IN_TABLE = 500
BUSIEST_SHOWN = 10


@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    now, zone = timezone.now(), ZoneInfo(settings.TIME_ZONE)
    window = window_asked(request.GET.get("span", ""), request.GET.get("at", ""), now, zone)
    tool = chosen_tool(request.GET.get("tool", ""))
    tag, host = (request.GET.get(name, "").strip()[:200] for name in ("tag", "host"))
    wanted = JobsWanted(tool.id if tool else None, tag, host)
    by_host = request.GET.get("by") == "host"
    after = _job(request.GET.get("after", ""))
    jobs = jobs_in_order(wanted, by_host, after, JOBS_A_PAGE + 1)
    rows = rows_of(jobs[:JOBS_A_PAGE], window, now)
    chosen = {"by": "host" if by_host else "", "tool": tool.id if tool else "", "tag": tag, "host": host}
    kept = {name: value for name, value in chosen.items() if value}
    context = {
        "window": window,
        "rows": rows,
        "chart": gantt(rows, blind_times_between(window.start, window.end), window, now),
        "bars": _bars(rows),
        "bars_in_table": BARS_IN_TABLE,
        "is_now": window.holds(now),
        "by_host": by_host,
        "tool": tool,
        "tag": tag,
        "host": host,
        "tools": tools_by_name()[:OFFERED],
        "tags": list(tags_in_use()[:OFFERED]),
        "hosts": list(hosts_in_use()[:OFFERED]),
        "is_filtered": bool(wanted.tool_id or tag or host),
        "is_first": after is None,
        "first_page": _address(window, kept),
        "next_page": _address(window, {**kept, "after": jobs[JOBS_A_PAGE - 1].id}) if len(jobs) > JOBS_A_PAGE else "",
        "earlier": _address(window.earlier, kept),
        "later": _address(window.later, kept),
        "today": urlencode({**kept, "span": window.span}),
        "spans": _spans(window, kept, now),
        "orders": _orders(window, kept, by_host),
        **_at_once(wanted, window, kept, now),
    }
    return render(request, "timeline/page.html", context)


def _at_once(wanted: JobsWanted, window: TimeWindow, kept: dict[str, Any], now: datetime) -> dict[str, Any]:
    """How many runs went on at each minute, and the busiest of them."""
    found = runs_at_once(wanted, window.start, window.end)
    counts = running_each_minute(found.spans, window.start, window.end, now)
    hours = [window.start + timedelta(hours=number) for number in range(max(len(counts) // 60, 1))]
    addresses = [f"?{_address(_zoomed('1h', hour, window.zone), kept)}" for hour in hours]
    return {
        "strip": strip(counts, window, addresses),
        "most": max(counts, default=0),
        "busiest": _busiest(counts, window),
        "is_part": found.is_part,
    }


def _busiest(counts: list[int], window: TimeWindow) -> list[tuple[str, str]]:
    """The minutes at which most runs went on, each of them the first of a time in which as many did."""
    begins = [number for number, many in enumerate(counts) if many and (not number or counts[number - 1] != many)]
    first = sorted(begins, key=lambda number: (-counts[number], number))[:BUSIEST_SHOWN]
    moments = [(window.start + timedelta(minutes=number)).astimezone(window.zone) for number in first]
    return [(f"{at:%m-%d %H:%M}", runs_in_words(counts[number])) for at, number in zip(moments, first, strict=True)]


def _bars(rows: list[Row]) -> list[tuple[Job, Any]]:
    """The runs on the chart as lines of a table."""
    return [(row.job, bar) for row in rows for bar in row.bars][:BARS_IN_TABLE]


def _address(window: TimeWindow, kept: dict[str, Any]) -> str:
    return urlencode({**kept, "span": window.span, "at": window.named()})


def _spans(window: TimeWindow, kept: dict[str, Any], now: datetime) -> list[tuple[str, str, bool]]:
    """The spans to choose from: each one's name, address, and whether it is the one shown. Nearer ones are of now, if it is shown."""
    names = {"week": _("Week"), "day": _("Day"), "6h": _("6 hours"), "1h": _("1 hour")}
    around = now if window.holds(now) else window.start
    return [(names[span], _address(_zoomed(span, around, window.zone), kept), span == window.span) for span in SPANS]


def _zoomed(span: str, instant: datetime, zone: ZoneInfo) -> TimeWindow:
    return window_at(span, instant.astimezone(zone).replace(tzinfo=None), zone)


def _orders(window: TimeWindow, kept: dict[str, Any], by_host: bool) -> list[tuple[str, str, bool]]:
    rest = {name: value for name, value in kept.items() if name != "by"}
    return [
        (_("By job"), _address(window, rest), not by_host),
        (_("By host"), _address(window, {**rest, "by": "host"}), by_host),
    ]


def _job(number: str) -> Job | None:
    is_number = number.isascii() and number.isdecimal() and int(number) <= LARGEST_ID
    return Job.objects.filter(id=int(number)).first() if is_number else None
