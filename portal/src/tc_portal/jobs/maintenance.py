"""メンテナンス: which plans are on at an instant, and which jobs they keep quiet.

Plans are few, and those that are over are not read; what they cover becomes one condition on jobs, however many there are.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Q, QuerySet

from tc_portal.core.maintenance import (
    Everything,
    Maintenance,
    OfTool,
    OneJob,
    OnHost,
    Tagged,
    Window,
    calendars_of_maintenance,
    read_maintenance,
    window_at,
)

from .calendar_queries import calendars_named
from .models import Job, JobTag, MaintenanceRow

_plan_in = lru_cache(1000)(read_maintenance)


@dataclass(frozen=True)
class Plan:
    """A plan as it is kept, and the window that it is in, if any."""

    row: MaintenanceRow
    maintenance: Maintenance
    window: Window | None = None


def plan_of(row: MaintenanceRow, instant: datetime) -> Plan:
    """The row's plan, with the window that it is in at ``instant``."""
    maintenance = _plan_in(row.definition)
    named = calendars_of_maintenance(maintenance)
    calendars = calendars_named(named)
    window = window_at(maintenance, calendars, instant) if named <= calendars.keys() else None
    return Plan(row, maintenance, window)


def plans_not_over(instant: datetime) -> QuerySet[MaintenanceRow]:
    """Those that are on or may come, newest first, on the index ``maintenance_over_at``."""
    return MaintenanceRow.objects.filter(Q(over_at=None) | Q(over_at__gt=instant)).order_by("-id")


def plans_over(instant: datetime) -> QuerySet[MaintenanceRow]:
    """Those that are never on again, the last to end first, on the same index; to be sliced by the caller."""
    return MaintenanceRow.objects.filter(over_at__lte=instant).order_by("-over_at", "-id")


def plans_on(instant: datetime) -> list[Plan]:
    """The plans that are on at ``instant``."""
    plans = [plan_of(row, instant) for row in plans_not_over(instant)]
    return [plan for plan in plans if plan.window is not None]


def covered_by(plans: Sequence[Plan], of: str = "") -> Q:
    """The condition that a job is within the scope of one of the plans. ``of`` leads to the job, such as ``job__``."""
    condition = Q(**{f"{of}job_key__in": [each.job_key for each in _scopes(plans, OneJob)]})
    condition |= Q(**{f"{of}tool_id__in": [each.tool_id for each in _scopes(plans, OfTool)]})
    condition |= Q(**{f"{of}host__in": [each.host for each in _scopes(plans, OnHost)]})
    if tags := [each.tag for each in _scopes(plans, Tagged)]:
        condition |= Q(**{f"{of}id__in": JobTag.objects.filter(tag__in=tags).values("job_id")})
    if _scopes(plans, Everything):
        condition |= Q(**{f"{of}job_key__isnull": False})
    return condition


def jobs_in_maintenance(job_ids: Collection[int], instant: datetime) -> frozenset[int]:
    """Those of the jobs that nothing is to be alerted of at ``instant``. Two queries, however many jobs."""
    plans = plans_on(instant)
    if not plans:
        return frozenset()
    return frozenset(Job.objects.filter(covered_by(plans), id__in=job_ids).values_list("id", flat=True))


def plan_that_covers(job: Job, tags: Collection[str], plans: Sequence[Plan]) -> Plan | None:
    """The one of the plans that keeps the job quiet longest; ``tags`` are the job's."""
    covering = [plan for plan in plans if plan.window is not None and _covers(plan.maintenance, job, tags)]
    return max(covering, key=lambda plan: plan.window.ends_at if plan.window else plan.row.created_at, default=None)


def _covers(maintenance: Maintenance, job: Job, tags: Collection[str]) -> bool:
    match maintenance.scope:
        case OneJob(job_key=job_key):
            return job.job_key == job_key
        case Tagged(tag=tag):
            return tag in tags
        case OfTool(tool_id=tool_id):
            return bool(job.tool_id == tool_id)
        case OnHost(host=host):
            return bool(job.host == host)
        case Everything():
            return True


def _scopes(plans: Sequence[Plan], kind: type) -> list:
    return [plan.maintenance.scope for plan in plans if isinstance(plan.maintenance.scope, kind)]
