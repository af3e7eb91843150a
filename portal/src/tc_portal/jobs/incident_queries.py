"""What is known of an incident, and of the past ones. Every query here says what bounds its cost as data grows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Exists, Func, OuterRef, Q, QuerySet, TextField

from tc_portal.core.text import storable

from .models import Incident, IncidentAction, Run, Transition
from .queries import holds_text

RUNS_SHOWN = 60
TRANSITIONS_SHOWN = 100
ACTIONS_SHOWN = 500
SAME_SHOWN = 5
# How many incidents one page of a search looks at. What lies before them is for the next page.
LOOKED_AT = 5_000
# A run's end is by the script's clock, and may have been reported late.
CLOCKS_DIFFER_BY = timedelta(days=7)


def incident_with_job(incident_id: int) -> Incident | None:
    return Incident.objects.select_related("job__tool", "job__settings_row").filter(id=incident_id).first()


def runs_in(incident: Incident) -> list[Run]:
    """The last runs that arrived in the incident, and the one that it opened with, newest first: a stretch of the index
    ``run_latest``."""
    found = Run.objects.filter(
        job_id=incident.job_id,
        finished_at__gte=incident.opened_at - CLOCKS_DIFFER_BY,
        received_at__gte=incident.opened_at - timedelta(minutes=1),
    )
    if incident.resolved_at is not None:
        found = found.filter(
            received_at__lt=incident.resolved_at, finished_at__lte=incident.resolved_at + CLOCKS_DIFFER_BY
        )
    runs = list(found.order_by("-finished_at", "-id")[:RUNS_SHOWN])
    before = [run for run in runs if run.received_at <= incident.opened_at]
    opening = max(before, key=lambda run: (run.received_at, run.id), default=None)
    return [run for run in runs if run is opening or run.received_at > incident.opened_at]


def transitions_in(incident: Incident) -> list[Transition]:
    """The changes of verdict from the incident's opening to its recovery, newest first, on the index ``transition_of_job``."""
    found = Transition.objects.filter(job_id=incident.job_id, at__gte=incident.opened_at)
    if incident.resolved_at is not None:
        found = found.filter(at__lte=incident.resolved_at)
    return list(found.order_by("-at", "-id")[:TRANSITIONS_SHOWN])


def actions_in(incident: Incident) -> list[IncidentAction]:
    """What was done about the incident, newest first, on the index ``incident_action_of_incident``. One that was judged anew may
    open earlier than it did then."""
    found = IncidentAction.objects.filter(job_id=incident.job_id, incident_opened_at__gte=incident.opened_at)
    if incident.resolved_at is not None:
        found = found.filter(incident_opened_at__lt=incident.resolved_at)
    return list(found.order_by("-incident_opened_at", "-id")[:ACTIONS_SHOWN])


def of_the_same_error(incident: Incident, error: str | None) -> list[Incident]:
    """The latest incidents before this one with the same fingerprint, of whichever job, on the index ``incident_fingerprint``."""
    if error is None:
        return []
    before = Incident.objects.filter(fingerprint=error, opened_at__lt=incident.opened_at)
    return list(before.select_related("job").order_by("-opened_at", "-id")[:SAME_SHOWN])


def actions_about(incidents: Collection[Incident]) -> dict[int, list[IncidentAction]]:
    """What was done about each of these incidents, oldest first, by incident id: one query for a page of them."""
    by_name = {(each.job_id, each.opened_at): each.id for each in incidents}
    found: dict[int, list[IncidentAction]] = {}
    if not by_name:
        return found
    named = (Q(job_id=job_id, incident_opened_at=opened_at) for job_id, opened_at in by_name)
    for action in IncidentAction.objects.filter(reduce(or_, named)).order_by("id")[: ACTIONS_SHOWN * 4]:
        found.setdefault(by_name[action.job_id, action.incident_opened_at], []).append(action)
    return found


def openings_of(incidents: Collection[Incident]) -> dict[int, Transition]:
    """The change of verdict that each of these incidents opened with, by incident id: one query for a page of them."""
    by_name = {(each.job_id, each.opened_at): each.id for each in incidents}
    if not by_name:
        return {}
    named = (Q(job_id=job_id, at=opened_at) for job_id, opened_at in by_name)
    found = Transition.objects.filter(reduce(or_, named), is_bad=True)
    return {by_name[each.job_id, each.at]: each for each in found}


@dataclass(frozen=True)
class Wanted:
    """Which past incidents are looked for. ``start`` and ``end`` are of when they opened; ``job_id`` is of one job."""

    text: str = ""
    tool_id: UUID | None = None
    verdict: str = ""
    start: datetime | None = None
    end: datetime | None = None
    job_id: int | None = None


@dataclass(frozen=True)
class Found:
    """A page of past incidents. ``next_before`` is where the next one goes on: when an incident opened, and its id.

    ``is_whole`` says that the page is full or the past is at its end; else only so many were looked at.
    """

    incidents: Sequence[Incident]
    next_before: tuple[datetime, int] | None
    is_whole: bool


def past_incidents(wanted: Wanted, before: tuple[datetime, int] | None, limit: int) -> Found:
    """Incidents that are over, the latest first, before the one named. Looks at ``LOOKED_AT`` of them at most, on the index
    ``incident_latest``, or ``incident_of_job`` where they are one job's."""
    every = _within(wanted, before)
    last_looked_at = list(every.values_list("opened_at", "id")[LOOKED_AT - 1 : LOOKED_AT])
    searched = every.filter(_not_before(*last_looked_at[0])) if last_looked_at else every
    found = list(_matching(searched, wanted).select_related("job__tool")[: limit + 1])
    if len(found) > limit:
        return Found(found[:limit], (found[limit - 1].opened_at, found[limit - 1].id), is_whole=True)
    return Found(found, last_looked_at[0] if last_looked_at else None, is_whole=not last_looked_at)


def _within(wanted: Wanted, before: tuple[datetime, int] | None) -> QuerySet[Incident]:
    found = Incident.objects.order_by("-opened_at", "-id")
    if wanted.job_id is not None:
        found = found.filter(job_id=wanted.job_id)
    if wanted.start is not None:
        found = found.filter(opened_at__gte=wanted.start)
    if wanted.end is not None:
        found = found.filter(opened_at__lt=wanted.end)
    if before is not None:
        opened_at, number = before
        # The first half leads into the index; the second is exact.
        found = found.filter(Q(opened_at__lte=opened_at) & (Q(opened_at__lt=opened_at) | Q(id__lt=number)))
    return found


def _not_before(opened_at: datetime, number: int) -> Q:
    return Q(opened_at__gte=opened_at) & (Q(opened_at__gt=opened_at) | Q(id__gte=number))


def _matching(incidents: QuerySet[Incident], wanted: Wanted) -> QuerySet[Incident]:
    found = incidents.filter(Q(resolved_at__isnull=False) | Q(closed_at__isnull=False))
    if wanted.verdict:
        found = found.filter(verdict=wanted.verdict)
    if wanted.tool_id is not None:
        found = found.filter(job__tool_id=wanted.tool_id)
    if text := storable(wanted.text):
        actions = IncidentAction.objects.filter(job_id=OuterRef("job_id"), incident_opened_at=OuterRef("opened_at"))
        noted = actions.annotate(note=_Note("definition")).filter(holds_text(text, "note"))
        found = found.filter(holds_text(text, "job__job_key", "job__title", "gist") | Exists(noted))
    return found


class _Note(Func):
    """The note in the JSON of an action."""

    output_field = TextField()
    arity = 1

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s::jsonb ->> 'note')", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="json_extract(%(expressions)s, '$.note')", **context)
