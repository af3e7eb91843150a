"""Which of the incidents a person wants to see: by text, tool, tag and host, or their own."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tc_portal.core.text import storable

from .job_list import Wanted, wanted_jobs
from .models import Incident, Job, JobStatusWithTool
from .queries import holds_text


@dataclass(frozen=True)
class BoardFilter:
    """What is empty does not matter. ``mine`` is the name of the account whose incidents are wanted alone."""

    jobs: Wanted = field(default_factory=Wanted)
    mine: str = ""

    @property
    def wants_all(self) -> bool:
        """Whether everything is wanted."""
        return self == BoardFilter()


def incidents_within(incidents: QuerySet[Incident], wanted: BoardFilter) -> QuerySet[Incident]:
    """Those that are wanted: also by the text of the error. The cost is that of the incidents: each one's job is looked up."""
    jobs, text = wanted.jobs, storable(wanted.jobs.text)
    if jobs != Wanted():
        of_job = Exists(wanted_jobs(jobs).filter(id=OuterRef("job_id")))
        if text:
            besides_text = Exists(wanted_jobs(replace(jobs, text="")).filter(id=OuterRef("job_id")))
            incidents = incidents.filter(of_job | (Q(besides_text) & holds_text(text, "gist")))
        else:
            incidents = incidents.filter(of_job)
    if wanted.mine:
        incidents = incidents.filter(Q(assigned_to=wanted.mine) | Q(acknowledged_by=wanted.mine))
    return incidents


def jobs_within(jobs: QuerySet[Job], wanted: BoardFilter) -> QuerySet[Job]:
    """Those that are wanted. Nobody is at a job without an incident, so that none of them is anybody's."""
    if wanted.mine:
        return jobs.none()
    return jobs if wanted.jobs == Wanted() else jobs.filter(Exists(wanted_jobs(wanted.jobs).filter(id=OuterRef("id"))))


def statuses_within(statuses: QuerySet[JobStatusWithTool], wanted: BoardFilter) -> QuerySet[JobStatusWithTool]:
    """Last results of jobs that are wanted."""
    if wanted.mine:
        return statuses.none()
    if wanted.jobs == Wanted():
        return statuses
    return statuses.filter(Exists(wanted_jobs(wanted.jobs).filter(job_key=OuterRef("job_key"))))


def lone_statuses_within(statuses: QuerySet[JobStatusWithTool], wanted: BoardFilter) -> QuerySet[JobStatusWithTool]:
    """Last results that no job of the portal's goes with, which have no tag and no host, and are nobody's."""
    jobs = wanted.jobs
    if wanted.mine or jobs.tag or jobs.host:
        return statuses.none()
    if jobs.tool:
        statuses = statuses.filter(tool_id=jobs.tool if isinstance(jobs.tool, UUID) else None)
    if text := storable(jobs.text):
        statuses = statuses.filter(holds_text(text, "job_key", "title", "tool__name"))
    return statuses
