"""What is told of incidents, as facts: read for as many as a message names, whatever there is of them."""

from collections.abc import Sequence
from datetime import datetime

from tc_portal.core.alert_message import INCIDENTS_NAMED, IncidentTold
from tc_portal.core.route import GRAVITY
from tc_portal.jobs.models import Job, JobStatus, Run
from tc_portal.jobs.run_queries import output_of
from tc_portal.jobs.standing import reasons_of

from .models import AlertMember

# Of the end of an output; what a channel takes of it is the channel's business.
OUTPUT_TOLD = 2_000
# A job's last success and failure are looked for among so many of its runs.
RUNS_LOOKED_AT = 1_000


def facts_of(members: Sequence[AlertMember]) -> tuple[IncidentTold, ...]:
    """The facts of the members that are named: what still is bad first, the gravest of it first. Two queries, and three
    for each that is named, on ``run_latest`` and ``run_output_of_run``."""
    order = sorted(
        members, key=lambda m: (m.over_at is not None, -GRAVITY.get(m.verdict, 0), m.incident_opened_at, m.id)
    )
    named = order[:INCIDENTS_NAMED]
    ids = [member.job_id for member in named]
    jobs = {job.id: job for job in Job.objects.select_related("tool").filter(id__in=ids)}
    keys = [job.job_key for job in jobs.values()]
    statuses = {each.job_key: each for each in JobStatus.objects.filter(job_key__in=keys)}
    return tuple(_told(member, jobs.get(member.job_id), statuses) for member in named)


def _told(member: AlertMember, job: Job | None, statuses: dict[str, JobStatus]) -> IncidentTold:
    is_bad = member.over_at is None and job is not None
    return IncidentTold(
        incident_id=member.incident_id,
        job_id=member.job_id,
        job_key=job.job_key if job is not None else member.title,
        title=job.title if job is not None else member.title,
        verdict=member.verdict,
        since=member.incident_opened_at,
        reasons=reasons_of(job, statuses.get(job.job_key)) if is_bad else (),
        tool=job.tool.name if job is not None and job.tool is not None else None,
        host=member.host,
        gist=member.gist,
        last_success=_last_success(member.job_id) if is_bad else None,
        output_tail=_output(member.job_id) if is_bad and member.verdict == "error" else None,
        recovered_at=member.over_at,
        acknowledged_by=member.acknowledged_by,
    )


def _last_success(job_id: int) -> datetime | None:
    run = _last_run(job_id, "success")
    return None if run is None else run.finished_at


def _output(job_id: int) -> str | None:
    """The end of what the run printed that failed last."""
    run = _last_run(job_id, "error")
    output = None if run is None else output_of(run)
    if output is None:
        return None
    return (output.tail or output.head)[-OUTPUT_TOLD:] or None


def _last_run(job_id: int, result: str) -> Run | None:
    newest = Run.objects.filter(job_id=job_id).order_by("-finished_at", "-id").values("id")[:RUNS_LOOKED_AT]
    return Run.objects.filter(id__in=newest, result=result).order_by("-finished_at", "-id").first()
