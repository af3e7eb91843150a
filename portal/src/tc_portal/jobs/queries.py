"""What pages and API read. Every query here says what bounds its cost as data grows."""

import re
from collections.abc import Collection
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from tc_portal.core.text import storable

from .models import Job, JobStatus, JobStatusWithTool, JobTag, Run, Tool, Transition


def get_job_statuses() -> list[JobStatusWithTool]:
    """Every job's last result with its tool's id and name, newest first: the guide's query.

    One row a job; pages read ``job_statuses`` instead, which they cut to a page.
    """
    return list(job_statuses())


def get_job_error_count() -> int:
    """How many jobs' last result is an error: the guide's query, on its index over ``last_status``."""
    return JobStatus.objects.filter(last_status="error").count()


def job_statuses(status: str | None = None) -> QuerySet[JobStatusWithTool]:
    """Last results with their tools, newest first, only those of ``status`` if given; to be sliced by the caller."""
    found = JobStatusWithTool.objects.select_related("tool").order_by("-last_finished_at", "job_key")
    return found.filter(last_status=status) if status else found


def jobs_matching(text: str = "", tool_id: UUID | None = None) -> QuerySet[Job]:
    """Jobs whose key, title or tool's name holds ``text``, in any letter case, by title; to be sliced by the caller.

    The cost is of one pass over the job table, or over those of the tool (``job_tool``) asked for.
    """
    found = Job.objects.select_related("tool", "settings_row").order_by("title", "id")
    if text := storable(text):
        found = found.filter(holds_text(text, "job_key", "title", "tool__name"))
    if tool_id:
        found = found.filter(tool_id=tool_id)
    return found


def holds_text(text: str, *fields: str) -> Q:
    """The condition that one of the fields holds ``text``, in any letter case."""
    # SQLite's LIKE knows the case of ASCII letters alone; its regular expressions are Python's.
    holds, wanted = ("icontains", text) if text.isascii() else ("iregex", re.escape(text))
    return reduce(or_, (Q(**{f"{field}__{holds}": wanted}) for field in fields))


def job_by_key(job_key: str) -> Job | None:
    return Job.objects.select_related("tool").filter(job_key=storable(job_key)).first()


def status_of(job: Job) -> JobStatus | None:
    """The job's last finished result, if it ever had one."""
    return JobStatus.objects.filter(job_key=job.job_key).first()


def last_runs(job: Job) -> QuerySet[Run]:
    """The job's runs, newest first, on the index ``run_latest``; to be sliced by the caller."""
    return Run.objects.filter(job=job).order_by("-finished_at", "-id")


def tools_by_name() -> QuerySet[Tool]:
    return Tool.objects.order_by("name", "id")


def tools_with_job_counts() -> QuerySet[Tool]:
    """Tools by name, each with ``job_count``, counted on the index ``job_tool``; to be sliced by the caller."""
    return tools_by_name().annotate(job_count=Count("jobs"))


def jobs_of(job_keys: Collection[str]) -> dict[str, Job]:
    """These jobs by key: one query for a page of cards."""
    return {job.job_key: job for job in Job.objects.filter(job_key__in=job_keys).select_related("tool")}


def statuses_of(job_keys: Collection[str]) -> dict[str, JobStatus]:
    """The last finished result of each of these jobs by key: one query for a page of jobs."""
    return {status.job_key: status for status in JobStatus.objects.filter(job_key__in=job_keys)}


def tags_of(job_ids: Collection[int]) -> dict[int, list[str]]:
    """The tags of each of these jobs that has some: one query for a page of jobs."""
    tags: dict[int, list[str]] = {}
    for job_id, tag in JobTag.objects.filter(job_id__in=job_ids).order_by("tag").values_list("job_id", "tag"):
        tags.setdefault(job_id, []).append(tag)
    return tags


def tags_in_use() -> QuerySet[JobTag, str]:
    """Every tag once, by name; to be sliced by the caller."""
    return JobTag.objects.order_by("tag").values_list("tag", flat=True).distinct()


def hosts_in_use() -> QuerySet[Job, str]:
    """Every host that a job's last result came from, by name, on the index ``job_host``; to be sliced by the caller."""
    return Job.objects.exclude(host=None).order_by("host").values_list("host", flat=True).distinct()


def newest_record() -> str:
    """What an open page compares to see whether anything happened: it changes with every run recorded, with every transition,
    those that are judged anew too, with what people do about incidents, and with what is found of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT max(id) FROM run), (SELECT max(id) FROM incident_action), (SELECT max(id) FROM incident_notice)"
        )
        newest = "-".join(str(number or 0) for number in cursor.fetchone())
    transition = Transition.objects.order_by("-id").values_list("id", "at", "verdict").first()
    if transition is None:
        return newest
    number, at, verdict = transition
    return f"{newest}-{number}-{at.timestamp():.6f}-{verdict}"


def job_ids_of(job_keys: Collection[str]) -> dict[str, int]:
    """The ids of these jobs by key: one query for all of them."""
    return dict(Job.objects.filter(job_key__in=job_keys).values_list("job_key", "id"))
