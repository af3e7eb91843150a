"""実行時間の推移: how long a job's runs took, with what was normal for each and those that fell far out of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.kind_of_day import kind_of_day
from tc_portal.core.duration_band import Band, Lasted, bands_before
from tc_portal.core.wording import Wording
from tc_portal.jobs.run_history import Timed

from .drawing import across, drawing, element, linked, mark, title
from .duration_words import short_duration
from .scales import DurationScale, TimeScale, duration_scale, round_moments

HEIGHT, TOP, BOTTOM = 220, 10, 26
LABELS = 7
_DIAMOND, _CROSS = "M0-5L5 0L0 5L-5 0Z", "M-3.5-3.5L3.5 3.5M-3.5 3.5L3.5-3.5"
_STEPS = [timedelta(minutes=each) for each in (1, 5, 10, 30, 60, 180, 360, 720)] + [
    timedelta(days=each) for each in (1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 1820, 3640)
]


@dataclass(frozen=True)
class Point:
    """A run on the chart, and as a line of the table behind it. ``remark`` says of an outlier which way it is out."""

    run: Timed
    href: str
    finished: str
    result: str
    took: str
    usual: str
    remark: str
    band: Band | None

    @property
    def is_outlier(self) -> bool:
        return bool(self.remark)


@dataclass(frozen=True)
class DurationChart:
    """``points`` are the runs, newest first; ``normal`` is the band for the next run in words, "" where there is none yet."""

    svg: SafeString
    points: Sequence[Point]
    normal: str
    is_log: bool
    outliers: Sequence[Point]


def duration_chart(job_id: int, runs: Sequence[Timed], calendar: Calendar, wording: Wording) -> DurationChart | None:
    """The chart of the runs, given oldest first; None where there is none."""
    if not runs:
        return None
    lasted = [Lasted(run.seconds, run.result == "success", _kind(run, calendar, wording)) for run in runs]
    # All runs of a job are below the address of its last one, but for their number.
    address = reverse("last_run", args=[job_id]).removesuffix("last")
    points = [_point(address, run, band, wording.zone) for run, band in zip(runs, bands_before(lasted), strict=True)]
    next_band = bands_before([*lasted, lasted[-1]])[-1]
    seconds = [run.seconds for run in runs]
    scale = duration_scale([*seconds, *(point.band.high for point in points if point.band)], median(seconds))
    times = _times(runs)
    parts = [*_grid(scale, times, wording), *_bands(points, scale, times), *_points(points, scale, times)]
    newest_first = points[::-1]
    outliers = [point for point in newest_first if point.is_outlier]
    return DurationChart(drawing(HEIGHT, parts), newest_first, _normal(next_band), scale.is_log, outliers)


def _times(runs: Sequence[Timed]) -> TimeScale:
    start, end = runs[0].finished_at, runs[-1].finished_at
    # What happened all at once, as one run does, is in the middle.
    around = timedelta(hours=1) if end - start < timedelta(minutes=1) else timedelta()
    return TimeScale(start - around, end + around)


def _kind(run: Timed, calendar: Calendar, wording: Wording) -> str:
    return kind_of_day(run.started_at.astimezone(wording.zone).date(), calendar)


def _point(address: str, run: Timed, band: Band | None, zone: ZoneInfo) -> Point:
    finished = f"{run.finished_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    result = _("Failed") if run.result == "error" else _("Success")
    took, usual = short_duration(run.seconds), _range(band)
    return Point(run, f"{address}{run.id}", finished, result, took, usual, _remark(run, band), band)


def _remark(run: Timed, band: Band | None) -> str:
    # A failure that ends at once is no news of how long the job takes.
    if band is None or run.result != "success" or not band.is_outlier(run.seconds):
        return ""
    return _("longer than usual") if run.seconds > band.median else _("shorter than usual")


def _range(band: Band | None) -> str:
    return "–" if band is None else f"{short_duration(band.low)} – {short_duration(band.high)}"


def _normal(band: Band | None) -> str:
    if band is None:
        return ""
    return _("%(range)s, typically %(median)s") % {"range": _range(band), "median": short_duration(band.median)}


def _grid(scale: DurationScale, times: TimeScale, wording: Wording) -> Iterator[str]:
    for seconds in scale.ticks:
        y = _down(scale, seconds)
        yield element("line", x1=0, x2="100%", y1=y, y2=y, class_="grid-line")
        yield element("text", short_duration(seconds), x=2, y=y - 3, class_="tick")
    local = _day_of if times.end - times.start > timedelta(days=2) else _minute_of
    step = next((each for each in _STEPS if (times.end - times.start) / each <= LABELS), _STEPS[-1])
    for moment in round_moments(times, wording.zone, step):
        share = times.share(moment)
        if 0.04 < share < 0.96:
            yield element("line", x1=_place(share), x2=_place(share), y1=TOP, y2=HEIGHT - BOTTOM, class_="grid-line")
            yield element("text", local(moment), x=_place(share), y=HEIGHT - 8, class_="tick middle")


def _day_of(moment: datetime) -> str:
    return f"{moment:%m-%d}"


def _minute_of(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def _bands(points: Sequence[Point], scale: DurationScale, times: TimeScale) -> Iterator[str]:
    """From half-way to the run before until half-way to the next, the band of each run."""
    places = [times.share(point.run.finished_at) for point in points]
    edges = [places[0], *((one + other) / 2 for one, other in pairwise(places)), places[-1]]
    for number, point in enumerate(points):
        if point.band is None:
            continue
        left, right = edges[number], edges[number + 1]
        high, low, middle = (_down(scale, each) for each in (point.band.high, point.band.low, point.band.median))
        width = _width(right - left)
        yield element("rect", x=_place(left), y=high, width=width, height=max(low - high, 1), class_="band")
        yield element("line", x1=_place(left), x2=_place(right), y1=middle, y2=middle, class_="median")


def _points(points: Sequence[Point], scale: DurationScale, times: TimeScale) -> Iterator[str]:
    for point in points:
        share, y = times.share(point.run.finished_at), _down(scale, point.run.seconds)
        told = title(_told(point))
        if point.run.result == "error":
            drawn = mark(_inset(share), y, _CROSS, "dot error", told)
        elif point.is_outlier:
            drawn = mark(_inset(share), y, _DIAMOND, "dot outlier", told)
        else:
            drawn = element("circle", told, cx=_place(share), cy=y, r=2.5, class_="dot")
        yield linked(point.href, drawn)


def _told(point: Point) -> str:
    said = " · ".join(each for each in (point.finished, point.took, point.remark) if each)
    usually = _("usually")
    return f"{said} ({usually} {point.usual})" if point.band else said


# The first and the last run's marks are not cut off at the edges, and the labels of the durations have room.
_LEFT, _RIGHT = 0.06, 0.985


def _inset(share: float) -> float:
    return _LEFT + share * (_RIGHT - _LEFT)


def _place(share: float) -> str:
    return across(_inset(share))


def _width(share: float) -> str:
    return across(share * (_RIGHT - _LEFT))


def _down(scale: DurationScale, seconds: float) -> float:
    return round(HEIGHT - BOTTOM - scale.share(seconds) * (HEIGHT - BOTTOM - TOP), 1)
