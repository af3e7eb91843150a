"""朝の一覧: which is due, what it says, and that it is owed once a business day."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import connection
from django.db.models import Max

from tc_portal.core.alert_message import AlertMessage, DigestTold, JobCounted
from tc_portal.core.business_days.local_time import local_day
from tc_portal.core.digest import covered_from, day_due, read_digest
from tc_portal.jobs.models import Incident, Job

from .models import DigestRow, DigestSent
from .outbox import owe
from .rules_in_force import clock_at

JOBS_NAMED = 30
MANY_DIGESTS = 50
_digest_in = lru_cache(MANY_DIGESTS)(read_digest)

# A walk down run_latest, or transition_of_job, for each job: the cost is that of the jobs and of what happened in the time.
_RUNS = """
SELECT run.result, COUNT(*) FROM job CROSS JOIN run
WHERE run.job_id = job.id AND run.finished_at > %s AND run.finished_at <= %s
GROUP BY run.result
"""
_MISSED = """
SELECT COUNT(*) FROM job CROSS JOIN transition
WHERE transition.job_id = job.id AND transition.at > %s AND transition.at <= %s AND transition.verdict = 'missed'
"""


def digest_is_due(now: datetime) -> bool:
    """Whether one is to be told now that has not been. A query once all are told, and one or two more before."""
    return bool(_due(now))


def owe_digests(now: datetime) -> int:
    """Owe each digest that is due, in the caller's transaction; how many. One that another process owes at the same moment is
    left to it."""
    owed = 0
    for row, day, begin in _due(now):
        # The row is the word that it is ours: whoever comes second finds it there.
        sent, is_ours = DigestSent.objects.get_or_create(digest=row, day=day, defaults={"begin": begin, "end": now})
        if is_ours:
            deliveries = owe(_digest_in(row.definition).channels, f"digest:{row.id}", digest_message(begin, now), now)
            sent.deliveries = msgspec.json.encode([each.hex for each in deliveries]).decode()
            sent.save(update_fields=["deliveries"])
            owed += 1
    return owed


def digest_message(begin: datetime, end: datetime) -> AlertMessage:
    """What happened from ``begin`` to ``end``, and how things stand. Seven queries."""
    with connection.cursor() as cursor:
        between = [connection.ops.adapt_datetimefield_value(instant) for instant in (begin, end)]
        cursor.execute(_RUNS, between)
        runs = dict(cursor.fetchall())
        cursor.execute(_MISSED, between)
        missed = cursor.fetchone()[0]
    incidents = Incident.objects.filter(resolved_at=None, closed_at=None)
    unknown = Job.objects.filter(verdict="unknown")
    still_open, unknown_count = incidents.count(), unknown.count()
    bad = incidents.select_related("job").order_by("verdict", "opened_at", "id")[:JOBS_NAMED]
    named = [JobCounted(job_id=i.job_id, title=i.job.title, verdict=i.verdict, since=i.opened_at) for i in bad]
    for job in unknown.order_by("since", "id")[: JOBS_NAMED - len(named)]:
        named.append(JobCounted(job_id=job.id, title=job.title, verdict="unknown", since=job.since))
    told = DigestTold(
        begin=begin,
        end=end,
        ran=sum(runs.values()),
        failed=runs.get("error", 0),
        missed=missed,
        unknown=unknown_count,
        still_open=still_open,
        named=tuple(named),
        unnamed=still_open + unknown_count - len(named),
    )
    return AlertMessage(occasion="digest", at=end, digest=told)


def _due(now: datetime) -> list[tuple[DigestRow, date, datetime]]:
    today = local_day(now, ZoneInfo(settings.TIME_ZONE))
    told = DigestSent.objects.filter(day=today).values("digest_id")
    rows = list(DigestRow.objects.filter(is_enabled=True).exclude(id__in=told).order_by("id")[:MANY_DIGESTS])
    if not rows:
        return []
    clock, found = clock_at(now), []
    for row in rows:
        digest = _digest_in(row.definition)
        day = day_due(digest, clock, row.made_at)
        if day is not None:
            last = DigestSent.objects.filter(digest=row).aggregate(end=Max("end"))["end"]
            found.append((row, day, covered_from(digest, clock, last)))
    return found
