"""What pages read of a job's settings and of its past. Every query here says what bounds its cost as data grows."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tc_portal.core.history import RunTold, StartTold, read_extensions
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.judge import BlindTime as BlindTimeKnown
from tc_portal.core.schedule_proposal.run_seen import RunSeen

from .models import BlindTime, Job, JobSettingsRow, Run, RunStart
from .standing import settings_of

MANY_BLIND_TIMES = 500


class Past(msgspec.Struct, frozen=True):
    """A job's runs from ``since`` on; later than was asked for where there were too many, which ``is_cut`` says."""

    since: datetime
    is_cut: bool
    runs: Sequence[RunTold]
    starts: Sequence[StartTold]
    blind_times: Sequence[BlindTimeKnown]


def settings_in_force(job: Job) -> JobSettings:
    """What is expected of the job now; nothing but that it does not fail, where nobody has said anything."""
    return settings_of(job) or JobSettings()


def settings_history(job: Job, many: int) -> list[JobSettingsRow]:
    """The newest settings first, on the index ``job_settings_of_job``."""
    return list(JobSettingsRow.objects.filter(job=job).order_by("-in_force_from", "-id")[:many])


def past_of(job: Job, since: datetime, most_runs: int) -> Past:
    """The last ``most_runs`` runs since then and their starts, on the indexes ``run_latest`` and ``run_start_latest``."""
    rows = list(Run.objects.filter(job=job, finished_at__gt=since).order_by("-finished_at", "-id")[: most_runs + 1])
    starts = list(RunStart.objects.filter(job=job, started_at__gt=since).order_by("-started_at")[: most_runs + 1])
    is_cut = len(rows) > most_runs or len(starts) > most_runs
    if is_cut:
        cuts = [rows[-1].finished_at] if len(rows) > most_runs else []
        cuts += [starts[-1].started_at] if len(starts) > most_runs else []
        since = max(cuts)
    return Past(
        since,
        is_cut,
        [
            RunTold(row.run_id, row.result, row.finished_at, row.received_at, row.started_at)
            for row in rows
            if row.finished_at > since
        ],
        [
            StartTold(row.run_id, row.started_at, row.received_at, read_extensions(row.extensions))
            for row in starts
            if row.started_at is not None and row.started_at > since
        ],
        [
            BlindTimeKnown(blind.started_at, blind.ended_at, blind.drained_at)
            for blind in BlindTime.objects.filter(drained_at__gt=since).order_by("-drained_at")[:MANY_BLIND_TIMES]
        ],
    )


def last_runs_seen(job: Job, many: int) -> list[RunSeen]:
    """The last runs as a proposal is made from: by their start where most say it, else by their end."""
    rows = list(
        Run.objects.filter(job=job)
        .order_by("-finished_at", "-id")
        .values_list("run_id", "started_at", "finished_at")[:many]
    )
    begun = dict(
        RunStart.objects.filter(job=job, run_id__in=[row[0] for row in rows]).values_list("run_id", "started_at")
    )
    known = [(started_at or begun.get(run_id), finished_at) for run_id, started_at, finished_at in rows]
    if sum(started_at is not None for started_at, _ in known) * 2 > len(known):
        return [RunSeen(start, max(end, start) - start) for start, end in known if start is not None]
    return [RunSeen(end) for _, end in known]
