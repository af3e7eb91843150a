"""What the incidents page says of a job, be it from an incident, a job or a result alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tc_portal.core.reason import Failed, NeverRan, Succeeded
from tc_portal.core.reason_words import reason_in_words
from tc_portal.core.wording import Wording
from tc_portal.jobs.maintenance import Plan, plan_that_covers
from tc_portal.jobs.models import Incident, Job, JobStatus
from tc_portal.jobs.queries import jobs_of, statuses_of, tags_of
from tc_portal.jobs.standing import reasons_of


@dataclass(frozen=True)
class Card:
    """One job: its verdict, why, since when, and what it said last."""

    job_key: str
    title: str
    job_id: int | None
    tool_name: str | None
    verdict: str
    is_bad: bool
    since: datetime | None
    why: str
    message: str | None
    plan: Plan | None = None
    quiet_until: str = ""
    care: "Care | None" = None


@dataclass(frozen=True)
class Care:
    """What is known of a card's incident, and who is at it. Instants that have passed are not said."""

    incident_id: int
    seen: str
    gist: str
    acknowledged_by: str
    acknowledged_until: str
    note: str
    assigned_to: str
    muted_until: str
    closed_by: str


def care_of(incident: Incident, wording: Wording) -> Care:
    ends = incident.acknowledged_until
    is_acknowledged = incident.acknowledged_at is not None and (ends is None or ends > wording.now)
    is_muted = incident.muted_until is not None and incident.muted_until > wording.now
    return Care(
        incident_id=incident.id,
        seen=(incident.error_since or incident.opened_at).isoformat(),
        gist=incident.gist or "",
        acknowledged_by=(incident.acknowledged_by or "") if is_acknowledged else "",
        acknowledged_until=wording.moment(ends) if is_acknowledged and ends is not None else "",
        note=(incident.acknowledgement_note or "") if is_acknowledged else "",
        assigned_to=incident.assigned_to or "",
        muted_until=wording.moment(incident.muted_until) if is_muted else "",
        closed_by=incident.closed_by or "",
    )


def cards_of_incidents(
    incidents: Iterable[Incident], statuses: dict[str, JobStatus], wording: Wording
) -> list[tuple[datetime, Card]]:
    """Cards with the instants that they come in order of."""
    return [
        (
            incident.news_at,
            card_of(incident.job, statuses.get(incident.job.job_key), wording, incident=incident),
        )
        for incident in incidents
    ]


def quiet_cards(
    incidents: Sequence[Incident], statuses: dict[str, JobStatus], plans: Sequence[Plan], wording: Wording
) -> list[Card]:
    """Cards of jobs that are bad while a plan keeps them quiet."""
    tags = tags_of([incident.job_id for incident in incidents])
    return [
        card_of(
            incident.job,
            statuses.get(incident.job.job_key),
            wording,
            incident=incident,
            plan=plan_that_covers(incident.job, tags.get(incident.job_id, []), plans),
        )
        for incident in incidents
    ]


def cards_of_statuses(statuses: Sequence[JobStatus], wording: Wording) -> list[Card]:
    """Cards of last results, with their jobs where there are some."""
    jobs = jobs_of([status.job_key for status in statuses])
    return [card_of(jobs.get(status.job_key), status, wording) for status in statuses]


def statuses_of_all(jobs: Iterable[Job]) -> dict[str, JobStatus]:
    return statuses_of([job.job_key for job in jobs])


def card_of(
    job: Job | None,
    status: JobStatus | None,
    wording: Wording,
    incident: Incident | None = None,
    plan: Plan | None = None,
) -> Card:
    """The card of a job, of a result, or of both."""
    named = job if job is not None else status
    assert named is not None
    verdict = job.verdict if job is not None else _verdict_of(status)
    is_last_word = verdict in ("ok", "error")
    since = incident.opened_at if incident is not None else None
    return Card(
        job_key=named.job_key,
        title=named.title,
        job_id=None if job is None else job.id,
        tool_name=named.tool.name if named.tool else None,
        verdict=verdict,
        is_bad=job.is_bad if job is not None else verdict == "error",
        since=status.last_finished_at if is_last_word and status is not None else since or (job and job.since),
        why=why_of(job, status, wording),
        message=status.last_message if status is not None and is_last_word else None,
        plan=plan,
        quiet_until=wording.moment(plan.window.ends_at) if plan is not None and plan.window is not None else "",
        care=None if incident is None else care_of(incident, wording),
    )


def why_of(job: Job | None, status: JobStatus | None, wording: Wording) -> str:
    """The sentence; empty where a good job's last success is all that there is to say."""
    reasons = reasons_of(job, status)
    first = reasons[0] if reasons else NeverRan()
    if isinstance(first, Succeeded) and first.late_for is None:
        return ""
    streak_began = job.since if job is not None and isinstance(first, Failed) else None
    return reason_in_words(first, wording, streak_began)


def _verdict_of(status: JobStatus | None) -> str:
    return "error" if status is not None and status.last_status == "error" else "ok"
