"""What became of a job: its transitions and incidents, and when nobody could see."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from .models import BlindTime, Incident, Job, Transition

BLIND_TIMES_SHOWN = 50


def transitions_of(job: Job) -> QuerySet[Transition]:
    """The changes of the job's verdict, newest first, on the index ``transition_of_job``; to be sliced by the caller."""
    return Transition.objects.filter(job=job).order_by("-at", "-id")


def incidents_of(job: Job) -> QuerySet[Incident]:
    """The job's incidents, newest first, on the index ``incident_of_job``; to be sliced by the caller."""
    return Incident.objects.filter(job=job).order_by("-opened_at")


def open_incident_of(job: Job) -> Incident | None:
    """The job's open incident, if any, on the index ``incident_open``."""
    return Incident.objects.filter(job=job, resolved_at=None).first()


def blind_times_between(start: datetime, end: datetime) -> Sequence[BlindTime]:
    """The latest times in which the portal was away between the two, on the index ``blind_time_latest``."""
    found = BlindTime.objects.filter(drained_at__gte=start, ended_at__gte=start, started_at__lte=end)
    return found.order_by("-drained_at")[:BLIND_TIMES_SHOWN]
