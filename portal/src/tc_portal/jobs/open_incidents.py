"""障害: what is bad now, what is kept quiet, and what is neither bad nor good."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import BooleanField, Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from .maintenance import Plan, covered_by
from .models import BY_GRAVITY, Incident, Job, JobStatus, JobStatusWithTool
from .queries import job_statuses

# Neither an incident nor good, the one that asks for most attention first.
LOOKED_AT_BESIDES = ("unknown", "error", "missed", "overdue", "running", "paused")


def counted_incidents(plans: Sequence[Plan]) -> QuerySet[Incident]:
    """The incidents that are open, and not closed by hand, of jobs that are in none of these plans, which are those that are on.

    The cost is that of the open incidents, on the index ``incident_open``.
    """
    found = Incident.objects.filter(resolved_at=None, closed_at=None)
    return found.filter(~covered_by(plans, "job__")) if plans else found


def attended(incidents: QuerySet[Incident], now: datetime, *, is_so: bool) -> QuerySet[Incident]:
    """Those of the incidents that somebody has acknowledged or muted at ``now``; or the others."""
    return _with_whether_attended(incidents, now).filter(is_attended=is_so)


def _with_whether_attended(incidents: QuerySet[Incident], now: datetime) -> QuerySet[Incident]:
    lasts = Q(acknowledged_at__isnull=False) & (Q(acknowledged_until=None) | Q(acknowledged_until__gt=now))
    is_attended = Case(
        When(lasts | Q(muted_until__gt=now), then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    return incidents.annotate(is_attended=is_attended)


def closed_incidents(plans: Sequence[Plan]) -> QuerySet[Incident]:
    """The incidents that were closed by hand while their jobs are still bad, of jobs that are in none of these plans."""
    found = Incident.objects.filter(resolved_at=None).exclude(closed_at=None)
    return found.filter(~covered_by(plans, "job__")) if plans else found


def quiet_incidents(plans: Sequence[Plan]) -> QuerySet[Incident]:
    """The open incidents of jobs that are in one of these plans."""
    if not plans:
        return Incident.objects.none()
    return Incident.objects.filter(covered_by(plans, "job__"), resolved_at=None)


def newest_first(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    """The incidents with their jobs and tools, by when the job was last heard of or, if that is later, last found missing."""
    finished = JobStatus.objects.filter(job_key=OuterRef("job__job_key")).values("last_finished_at")[:1]
    news = Case(
        When(job__verdict="error", then=Coalesce(Subquery(finished), F("job__since"))),
        default=Greatest(F("job__since"), F("opened_at")),
    )
    return (
        incidents.select_related("job", "job__tool")
        .annotate(news_at=Coalesce(news, F("opened_at")))
        .order_by("-news_at", "job__job_key")
    )


def gravest_first(incidents: QuerySet[Incident], now: datetime) -> QuerySet[Incident]:
    """The incidents with their jobs and tools: those that nobody is at yet, then the others; by gravity, the latest news first."""
    found = newest_first(_with_whether_attended(incidents, now))
    return found.order_by("is_attended", "job__gravity", "-news_at", "job__job_key")


def failing_without_job() -> QuerySet[JobStatusWithTool]:
    """Failed results that another program wrote: no job of the portal's goes with them. Newest first.

    The cost is that of the failed results, on the index over ``last_status``.
    """
    return job_statuses("error").filter(~Exists(Job.objects.filter(job_key=OuterRef("job_key"))))


def incident_count(plans: Sequence[Plan]) -> int:
    """What the badge says: how many incidents are open and not kept quiet."""
    return counted_incidents(plans).count() + failing_without_job().count()


def recovered_incidents(since: datetime) -> QuerySet[Incident]:
    """The incidents that have recovered since then, the latest first, on the index ``incident_resolved``; to be sliced by the
    caller."""
    found = Incident.objects.select_related("job", "job__tool").filter(resolved_at__gte=since)
    return found.order_by("-resolved_at", "-id")


def jobs_beside() -> QuerySet[Job]:
    """Jobs that are neither an incident nor good: not known, failed less often than an incident takes, running, paused.

    To be sliced by the caller. The cost is that of these jobs, on the index ``job_verdict``.
    """
    ranks = [When(verdict=verdict, then=Value(rank)) for rank, verdict in enumerate(LOOKED_AT_BESIDES)]
    return (
        Job.objects.select_related("tool")
        .filter(verdict__in=LOOKED_AT_BESIDES, is_bad=False)
        .order_by(Case(*ranks, output_field=IntegerField()), F("since").desc(nulls_last=True), "id")
    )


def good_statuses() -> QuerySet[JobStatusWithTool]:
    """Last results that are successes, of jobs that nothing else is to be said of, newest first.

    To be sliced by the caller: read on the index over ``last_finished_at`` until there are enough. A result is a success or an
    error; to ask for what is no error keeps SQLite from reading all successes by their own index, and sorting them.
    """
    is_otherwise = Job.objects.filter(job_key=OuterRef("job_key")).exclude(verdict="ok")
    return job_statuses().exclude(last_status="error").filter(~Exists(is_otherwise))


def good_count() -> int:
    """How many ``good_statuses`` are: all successes but those of the jobs that are not good, which are the fewer ones.

    Read on the index over ``last_status``, and on ``job_gravity``.
    """
    succeeded = JobStatus.objects.filter(job_key=OuterRef("job_key"), last_status="success")
    otherwise = Job.objects.filter(gravity__lt=BY_GRAVITY.index("ok")).filter(Exists(succeeded))
    return JobStatus.objects.filter(last_status="success").count() - otherwise.count()
