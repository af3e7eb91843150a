"""タイムライン: the rows as a Gantt chart, and above them how many runs went on at once."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tc_portal.jobs.models import BlindTime

from .drawing import across, drawing, element, linked, mark, title
from .duration_words import short_duration
from .run_words import runs_in_words
from .scales import TimeScale, round_moments
from .time_window import TimeWindow
from .timeline_rows import MANY_IN_STRETCH, Bar, Row, Stretch

ROW, AXIS = 34, 24
MOST_LANES = 4
STRIP = 56
_BUCKETS = 144
_DIAMOND = "M0-5L5 0L0 5L-5 0Z"


def gantt(rows: Sequence[Row], blind: Sequence[BlindTime], window: TimeWindow, now: datetime) -> SafeString:
    """The chart, a row of ``ROW`` pixels a job below an axis of ``AXIS`` pixels, and the axis again below."""
    scale = TimeScale(window.start, window.end)
    height = AXIS + ROW * len(rows)
    parts = [*_axis(window, scale, height), *_blind(blind, window, scale, height)]
    for number, row in enumerate(rows):
        parts += _row(row, AXIS + ROW * number, scale, window)
    if window.holds(now):
        place = across(scale.share(now))
        parts.append(element("line", title(_("Now")), x1=place, x2=place, y1=AXIS - 6, y2=height, class_="now"))
    return drawing(height + AXIS, parts, "chart gantt-chart")


def strip(counts: Sequence[int], window: TimeWindow, addresses: Sequence[str]) -> SafeString:
    """How many runs went on at once, given each minute; ``addresses`` lead to each of as many parts as there are."""
    most = max(counts, default=0)
    size = max(-(-len(counts) // _BUCKETS), 1)
    parts = []
    for first in range(0, len(counts), size):
        many = max(counts[first : first + size])
        if not many:
            continue
        height = max(round((STRIP - 4) * many / most, 1), 2)
        moment = (window.start + timedelta(minutes=first)).astimezone(window.zone)
        told = title(f"{moment:%m-%d %H:%M} · {runs_in_words(many)}")
        place = {"x": across(first / len(counts)), "width": across(min(size, len(counts) - first) / len(counts))}
        class_ = "load most" if many == most > 1 else "load"
        bar = element("rect", told, y=STRIP - height, height=height, class_=class_, **place)
        parts.append(linked(addresses[first * len(addresses) // len(counts)], bar))
    return drawing(STRIP, parts, "chart strip")


def _axis(window: TimeWindow, scale: TimeScale, height: int) -> Iterator[str]:
    for moment in round_moments(scale, window.zone, window.grid):
        share = scale.share(moment)
        place = across(share)
        yield element("line", x1=place, x2=place, y1=AXIS - 6, y2=height, class_="grid-line")
        if share < 0.97:
            label = f"{moment:%m-%d}" if window.span == "week" else f"{moment:%H:%M}"
            yield element("text", label, x=place, y=AXIS - 10, class_="tick")
            yield element("text", label, x=place, y=height + 14, class_="tick")


def _blind(blind: Sequence[BlindTime], window: TimeWindow, scale: TimeScale, height: int) -> Iterator[str]:
    for each in blind:
        left, right = scale.share(each.started_at), scale.share(each.ended_at)
        times = _between(each.started_at, each.ended_at, window)
        place = {"x": across(left), "width": across(right - left), "y": AXIS - 6, "height": height - AXIS + 6}
        yield element("rect", title(f"{_('Portal away')} · {times}"), class_="blind", **place)


def _row(row: Row, top: int, scale: TimeScale, window: TimeWindow) -> Iterator[str]:
    yield element("line", x1=0, x2="100%", y1=top, y2=top, class_="grid-line")
    for stretch in row.stretches:
        yield _stretch(row, stretch, top, scale, window)
    # From the longest to the shortest, or a short one would lie under another and could not be hit.
    for bar in sorted(row.bars, key=_length, reverse=True):
        yield _bar(row, bar, top, scale, window)
    for seen in row.slots:
        told = {"coming": _("Due"), "kept": _("Due, and it ran"), "unfilled": _("Due, but no run began")}[seen.state]
        at = scale.share(seen.slot.due)
        said = title(f"{row.job.title} · {_clock(seen.slot.due, window)} · {told}")
        if seen.state == "kept":
            place = {"x1": across(at), "x2": across(at), "y1": top + ROW - 8, "y2": top + ROW - 2}
            yield element("line", said, class_="slot kept", **place)
        else:
            yield mark(at, top + ROW / 2, _DIAMOND, f"slot {seen.state}", said)


def _length(bar: Bar) -> timedelta:
    return timedelta() if bar.start is None else bar.end - bar.start


def _bar(row: Row, bar: Bar, top: int, scale: TimeScale, window: TimeWindow) -> str:
    lanes = min(row.lanes, MOST_LANES)
    thick = (ROW - 16) / lanes
    y = top + 5 + thick * min(bar.lane, MOST_LANES - 1)
    said = title(_told(row, bar, window))
    if bar.start is None:
        drawn = element(
            "circle", said, cx=across(scale.share(bar.end)), cy=top + (ROW - 6) / 2, r=4, class_=f"point {bar.result}"
        )
    else:
        left, right = scale.share(bar.start), scale.share(bar.end)
        size = {"width": across(max(right - left, 0.0015)), "height": round(max(thick - 1, 2), 1), "rx": 1.5}
        drawn = element("rect", said, x=across(left), y=round(y, 1), class_=f"bar {bar.result}", **size)
    if bar.run is None:
        return linked(reverse("job", args=[row.job.id]), drawn)
    return linked(reverse("run", args=[row.job.id, bar.run.id]), drawn)


def _told(row: Row, bar: Bar, window: TimeWindow) -> str:
    result = {"success": _("Success"), "error": _("Failed"), "running": _("Running")}[bar.result]
    if bar.start is None:
        return f"{row.job.title} · {_clock(bar.end, window)} · {result}"
    said = f"{row.job.title} · {_between(bar.start, bar.end, window)} · {short_duration(_length(bar).total_seconds())} · {result}"
    overlaps = _("overlaps another run")
    return f"{said} · {overlaps}" if bar.lane else said


def _stretch(row: Row, stretch: Stretch, top: int, scale: TimeScale, window: TimeWindow) -> str:
    runs = runs_in_words(stretch.runs, MANY_IN_STRETCH)
    said = f"{row.job.title} · {_between(stretch.start, stretch.end, window)} · {runs}"
    said += f" · {_('Failed')} {stretch.errors}" if stretch.errors else ""
    left, right = scale.share(stretch.start), scale.share(stretch.end)
    place = {"x": across(left), "width": across(right - left), "y": top + 9, "height": ROW - 24}
    class_ = f"stretch {'error' if stretch.errors else 'success'}"
    return linked(reverse("job", args=[row.job.id]), element("rect", title(said), class_=class_, **place))


def _clock(instant: datetime, window: TimeWindow) -> str:
    local = instant.astimezone(window.zone)
    return (
        f"{local:%m-%d %H:%M}" if window.span == "week" else f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    )


def _between(start: datetime, end: datetime, window: TimeWindow) -> str:
    return f"{_clock(start, window)}–{_clock(end, window)}"
