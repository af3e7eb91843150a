"""From a job of the story to the reports that it would have sent."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from tc_portal.core.report import Report, Result

from .story import TROUBLES, StoryJob


def runs_of(
    job: StoryJob, tool_id: UUID, since: datetime, now: datetime, zone: ZoneInfo, randomness: Random
) -> list[Report]:
    """The job's reports between ``since`` and ``now`` (aware UTC), oldest first, its last ones failing if it is."""
    starts = [start for start in _starts(job, since, zone) if start + timedelta(seconds=job.seconds * 1.6) < now]
    well_until = len(starts) - job.failing_for
    reports = []
    for number, start in enumerate(starts):
        is_failing = number >= well_until or (number < well_until - 1 and randomness.random() < job.fails)
        reports.append(_report(job, tool_id, start, "error" if is_failing else "success", randomness))
    return reports


def _starts(job: StoryJob, since: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    at = time.fromisoformat(job.at)
    day = since.astimezone(zone).date()
    while True:
        first = datetime.combine(day, at, zone).astimezone(since.tzinfo)
        if first > since + timedelta(days=92):
            return
        if isinstance(job.every, int):
            for minutes in range(0, 24 * 60, job.every):
                yield first + timedelta(minutes=minutes)
        elif (
            job.every == "daily"
            or (job.every == "weekdays" and day.weekday() < 5)
            or (job.every == "monthly" and day.day == 1)
        ):
            yield first
        day += timedelta(days=1)


def _report(job: StoryJob, tool_id: UUID, start: datetime, status: Result, randomness: Random) -> Report:
    started_at = start + timedelta(seconds=randomness.uniform(0.2, 4))
    # A run that fails mostly does so before its end.
    share = randomness.uniform(0.05, 0.6) if status == "error" else randomness.lognormvariate(0, 0.12)
    finished_at = started_at + timedelta(seconds=min(job.seconds * share, job.seconds * 1.5))
    message = TROUBLES[job.trouble] if status == "error" else job.done.format(n=randomness.randint(3, 2400))
    return Report(
        job_key=job.key,
        title=job.title,
        status=status,
        finished_at=finished_at,
        received_at=finished_at + timedelta(milliseconds=randomness.randint(20, 400)),
        run_id=f"demo-{start:%Y%m%d%H%M}",
        message=message,
        tool_id=tool_id,
        started_at=started_at,
        exit_code=1 if status == "error" else 0,
        host=job.host,
        source="demo",
    )
