"""What templates say of instants and runs."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tc_portal.core.fingerprint.identity import fingerprint
from tc_portal.jobs.models import Run
from tc_portal.web.relative_time import ago
from tc_portal.web.wording import page_wording

register = template.Library()


@register.simple_tag
def since(instant: datetime | None) -> SafeString | str:
    """「約3時間前」, with the exact local time on hover and for machines."""
    if instant is None:
        return "–"
    exact = exact_time(instant)
    words = ago(instant, timezone.now(), get_language() or "ja")
    return format_html('<time datetime="{}" title="{}">{}</time>', instant.isoformat(), exact, words)


@register.filter
def exact_time(instant: datetime | None) -> str:
    """The instant in the portal's time zone, to the second."""
    return "–" if instant is None else f"{timezone.localtime(instant):%Y-%m-%d %H:%M:%S}"


@register.filter
def when(instant: datetime | None) -> str:
    """「昨日 03:04」, in the portal's time zone."""
    return "–" if instant is None else page_wording().moment(instant)


@register.filter
def local_minute(instant: datetime) -> str:
    """The instant on its own clock, to the minute: ``2026-12-01 08:00``."""
    return f"{instant:%Y-%m-%d %H:%M}"


@register.filter
def took(run: Run) -> str:
    """How long the run took, where the script said when it started: "1:02:03" or "4.2 s"."""
    if run.started_at is None or run.finished_at < run.started_at:
        return "–"
    duration = run.finished_at - run.started_at
    if duration < timedelta(minutes=1):
        return f"{duration.total_seconds():.1f} s"
    hours, rest = divmod(int(duration.total_seconds()), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"


@register.filter
def metric(value: float) -> str:
    """The number without more digits than it has: "12,345" or "0.25"."""
    return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:,.10g}"


@register.filter
def gist(message: str) -> str:
    """What a long message says in short: of a traceback, wherever it stands in it, the error in one line."""
    told = fingerprint(message) if "Traceback (most recent call last)" in message else None
    return message if told is None else told.gist
