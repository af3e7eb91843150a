"""How the scheduled tasks of PCs stand: what the PCs said of them, joined with their jobs and what those reported."""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
from django.conf import settings

from tc_portal.core.task_scheduler.expecting import schedule_of
from tc_portal.core.task_scheduler.matching import Jobs, Match, match
from tc_portal.core.task_scheduler.naming import leaf_of
from tc_portal.core.task_scheduler.task import Task
from tc_portal.core.task_standing.seen_task import SeenTask, TaskEvent
from tc_portal.core.task_standing.standing import ROUNDING, HeardJob, HeardRun, Reading, TaskStanding, standing_of

from .known_jobs import known_jobs
from .models import Host, HostTask, Job, Run, Verdict
from .runs_after import first_runs_after
from .standing import open_runs_of

_read_task = msgspec.json.Decoder(Task).decode
_read_events = msgspec.json.Decoder(tuple[TaskEvent, ...]).decode


class StandingTask(msgspec.Struct):
    """A task of a PC and how it stands. ``job`` is the one that monitors it, if any; ``may_be`` those that might."""

    id: int
    seen: SeenTask
    standing: TaskStanding
    job: Job | None = None
    may_be: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The task's own name, without its folders."""
        return leaf_of(self.seen.path)

    @property
    def may_be_monitored(self) -> bool:
        """Whether a job can be made of it."""
        return self.job is None and self.seen.task is not None


def standing_tasks(hosts: Collection[Host]) -> dict[int, list[StandingTask]]:
    """The tasks of these PCs, by the PC's id; those that somebody should look at first, then by path.

    The cost is of these PCs' tasks, a few hundred each at most, and where there are some, of one pass over the job table: which
    job is a task's goes by names in any spelling. Four queries, however many.
    """
    by_id = {host.id: host for host in hosts if host.tasks_read_at is not None}
    rows = list(HostTask.objects.filter(host_id__in=by_id)) if by_id else []
    if not rows:
        return {}
    jobs = Jobs(known_jobs(and_their_runs=False))
    seen = {row.id: seen_task(row) for row in rows}
    matched = {row.id: _match(seen[row.id], by_id[row.host_id].name, jobs) for row in rows}
    sure = {number: found.certain.job.job_key for number, found in matched.items() if found.certain is not None}
    # A job that vanished since is none.
    there = {job.job_key: job for job in _jobs(set(sure.values()))}
    monitored = {number: there[key] for number, key in sure.items() if key in there}
    runs = first_runs_after(
        {
            number: (job.id, last_run_at - ROUNDING)
            for number, job in monitored.items()
            if (last_run_at := seen[number].last_run_at) is not None
        }
    )
    found: dict[int, list[StandingTask]] = {host_id: [] for host_id in by_id}
    for row in rows:
        job = monitored.get(row.id)
        heard = None if job is None else _heard(job, runs.get(row.id), seen[row.id].last_run_at)
        standing = standing_of(seen[row.id], _reading(by_id[row.host_id]), heard, row.first_seen_at)
        may_be = () if job is not None else tuple(each.job.title for each in matched[row.id].candidates)
        found[row.host_id].append(StandingTask(row.id, seen[row.id], standing, job, may_be))
    for tasks in found.values():
        tasks.sort(key=_worst_first)
    return found


def seen_task(row: HostTask) -> SeenTask:
    """The task as its PC told it."""
    return SeenTask(
        row.path,
        None if row.definition is None else _read_task(row.definition),
        row.last_run_at,
        row.next_run_at,
        row.last_result,
        _read_events(row.events),
    )


def task_counts(tasks: Mapping[int, list[StandingTask]]) -> dict[int, tuple[int, int, int]]:
    """Of each PC, how many tasks it has, how many somebody should look at, and how many nobody monitors."""
    return {
        host_id: (
            len(each),
            sum(task.standing.is_bad for task in each),
            sum(task.standing.verdict == "unmonitored" for task in each),
        )
        for host_id, each in tasks.items()
    }


def _match(seen: SeenTask, host: str, jobs: Jobs) -> Match:
    task = seen.task or Task(seen.path)
    schedule = schedule_of(task, settings.TIME_ZONE, host)
    return match(task, schedule, jobs, by_times_alone=False, by_likeness=False)


def _jobs(keys: Collection[str]) -> list[Job]:
    return list(Job.objects.filter(job_key__in=keys).select_related("settings_row")) if keys else []


def _heard(job: Job, run: Run | None, last_run_at: datetime | None) -> HeardJob:
    heard = None if run is None else HeardRun(run.result, run.finished_at, run.started_at, run.exit_code)
    return HeardJob(job.job_key, job.created_at, job.verdict == Verdict.PAUSED, _runs_now(job, last_run_at), heard)


def _runs_now(job: Job, last_run_at: datetime | None) -> bool:
    """Whether a run of it has begun when the task was last started, or later, and has not ended."""
    since = None if last_run_at is None else last_run_at - ROUNDING
    return any(since is None or (run.by_own_clock or run.started_at) >= since for run in open_runs_of(job))


def _reading(host: Host) -> Reading:
    assert host.tasks_read_at is not None
    return Reading(host.tasks_read_at, settings.TIME_ZONE, host.held_back or 0)


def _worst_first(task: StandingTask) -> tuple[bool, bool, str]:
    return not task.standing.is_bad, task.standing.verdict != "unmonitored", task.seen.path.casefold()
