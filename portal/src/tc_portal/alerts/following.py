"""The follower: wherever something has happened to an incident, look how it stands now, and have it decided who is told.

What has happened is a notice in the database. It goes in the transaction that keeps what was found, so that whatever dies in
between, the next look finds the same.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from tc_portal.core.incident_now import IncidentNow
from tc_portal.jobs.models import IncidentNotice, Job

from .folding import Folded, folded_incidents, incident_now, write_standing

# Given what was found, in the transaction that keeps it: record what is owed.
Plan = Callable[[Sequence[IncidentNow], datetime], None]

NOTICES_LOOKED_AT = 5_000
JOBS_A_BATCH = 200
# An incident that has been over for longer was found to be over, or is so old that nobody is to be told.
STILL_NEWS = timedelta(days=7)


def follow(now: datetime, plan: Plan) -> int:
    """Take one batch of notices; how many they were, 0 where there are none that can be taken now."""
    with transaction.atomic():
        jobs = _noticed_jobs()
        if not jobs:
            return 0
        notices = IncidentNotice.objects.filter(job_id__in=[job.id for job in jobs])
        newest = notices.aggregate(newest=Max("id"))["newest"]
        found = [(each, each.standing(now)) for each in folded_incidents(jobs) if _is_news(each, now)]
        write_standing(found)
        plan([incident_now(each, stands) for each, stands in found], now)
        # Of a job that is locked nobody adds a notice meanwhile.
        return notices.filter(id__lte=newest).delete()[0] if newest else 0


def _noticed_jobs() -> list[Job]:
    """The jobs that notices tell of, the oldest first, locked. What somebody else has locked is left for the next look:
    who waits for nobody ends in no deadlock. SQLite has one writer, which is this transaction."""
    oldest = IncidentNotice.objects.order_by("id").values_list("job_id", flat=True)[:NOTICES_LOOKED_AT]
    wanted = list(dict.fromkeys(oldest))
    if not wanted:
        return []
    locked = Job.objects.select_for_update(skip_locked=True).filter(id__in=wanted)
    ids = list(locked.order_by("job_key").values_list("id", flat=True)[:JOBS_A_BATCH])
    return list(Job.objects.select_related("settings_row").filter(id__in=ids).order_by("job_key"))


def _is_news(folded: Folded, now: datetime) -> bool:
    row = folded.row
    return row.resolved_at is None or row.error_since is None or row.resolved_at > now - STILL_NEWS
