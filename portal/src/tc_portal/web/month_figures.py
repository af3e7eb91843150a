"""A month's figures as a page says them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tc_portal.core.month_report import JobMonth, percent, together
from tc_portal.core.wording import Wording
from tc_portal.jobs.models import Job, Tool
from tc_portal.jobs.month_queries import months_of
from tc_portal.jobs.run_history import midnight
from tc_portal.web.charts.duration_words import short_duration

FIRST_YEAR, LAST_YEAR = 1970, 9_000
GOOD_ENOUGH = 0.99


@dataclass(frozen=True)
class Figures:
    """The figures in words; "–" where there is nothing to say."""

    month: JobMonth
    runs: str
    rate: str
    longest: str
    recovery: str

    @property
    def is_poor(self) -> bool:
        """Whether less than 99 % of the runs succeeded."""
        rate = self.month.success_rate
        return rate is not None and rate < GOOD_ENOUGH


@dataclass(frozen=True)
class JobFigures:
    job: Job
    figures: Figures


@dataclass(frozen=True)
class ToolFigures:
    """``tool`` is None for the jobs without one."""

    tool: Tool | None
    jobs: int
    figures: Figures


def figures_of(month: JobMonth, wording: Wording) -> Figures:
    rate, longest, recovery = month.success_rate, month.longest, month.time_to_recover
    return Figures(
        month,
        _("%(n)s or more") % {"n": f"{month.runs:,}"} if month.is_cut else f"{month.runs:,}",
        "–" if rate is None else percent(rate),
        "–" if longest is None else short_duration(longest.total_seconds()),
        "–" if recovery is None else wording.span(recovery),
    )


def jobs_figures(jobs: Sequence[Job], start: datetime, end: datetime, wording: Wording) -> list[JobFigures]:
    """The figures of each of the jobs, in their order."""
    months = months_of([job.id for job in jobs], start, end)
    return [JobFigures(job, figures_of(months[job.id], wording)) for job in jobs]


def tools_figures(jobs: Sequence[JobFigures], wording: Wording) -> list[ToolFigures]:
    """Of each tool the figures of its jobs together; ``jobs`` are in the order of their tools."""
    found = []
    for _tool, group in groupby(jobs, key=lambda each: each.job.tool_id):
        members = list(group)
        figures = figures_of(together(each.figures.month for each in members), wording)
        found.append(ToolFigures(members[0].job.tool, len(members), figures))
    return found


def month_named(text: str) -> date | None:
    """The first day of the month that is written like 2026-11; None where it is none."""
    year, dash, month = text.partition("-")
    is_written = dash and len(year) == 4 and len(month) == 2 and year.isascii() and month.isascii()
    if not (is_written and year.isdecimal() and month.isdecimal()):
        return None
    is_month = FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(month) <= 12
    return date(int(year), int(month), 1) if is_month else None


def month_moved(first: date, step: int) -> date:
    """The first day of the month that comes before (-1) or after (1)."""
    return (first + timedelta(days=31 if step > 0 else -1)).replace(day=1)


def edges_of(first: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the month begins and ends on the clock in ``zone``."""
    return midnight(first, zone), midnight(month_moved(first, 1), zone)
