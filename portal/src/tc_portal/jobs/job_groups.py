"""The list of all jobs under their tools or their tags: some groups a page, and of each the gravest jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from tc_portal.core.text import storable

from .job_list import Wanted, wanted_jobs, with_what_is_shown
from .models import Job, JobTag, Tool

_GRAVEST_FIRST = ("gravity", "title", "id")


@dataclass(frozen=True)
class Group:
    """A tool or a tag with some of its jobs. ``tool`` and ``tag`` are None for the jobs that have none."""

    tool: Tool | None
    tag: str | None
    jobs: list[Job]
    has_more: bool


@dataclass(frozen=True)
class GroupPage:
    groups: list[Group]
    next_after: str


def groups_by_tool(wanted: Wanted, after: str, groups: int, jobs: int) -> GroupPage:
    """The tools by name, each with ``jobs`` jobs at most; jobs without a tool come last. ``after`` is a tool's id.

    The cost is one pass over the tools, and for each tool of the page a stretch of ``job_tool``.
    """
    has_jobs = Exists(wanted_jobs(wanted).filter(tool_id=OuterRef("id")))
    tools = Tool.objects.filter(has_jobs).order_by("name", "id")
    before = _tool(after)
    if before is not None:
        tools = tools.filter(Q(name__gt=before.name) | Q(name=before.name, id__gt=before.id))
    found: list[Tool | None] = list(tools[: groups + 1])
    next_after = ""
    if len(found) > groups:
        found = found[:groups]
        next_after = str(found[-1].id) if found[-1] is not None else ""
    else:
        found.append(None)
    of_each = [wanted_jobs(wanted).filter(tool_id=None if tool is None else tool.id) for tool in found]
    listed = [
        Group(tool, None, rows[:jobs], len(rows) > jobs)
        for tool, rows in zip(found, _first_of_each(of_each, jobs + 1), strict=True)
        if rows
    ]
    return GroupPage(listed, next_after)


def groups_by_tag(wanted: Wanted, after: str, groups: int, jobs: int) -> GroupPage:
    """The tags by name, each with ``jobs`` jobs at most; jobs without a tag come last. ``after`` is a tag.

    The cost is that of the jobs that have one of the page's tags, on ``job_tag_tag``.
    """
    tags = JobTag.objects.order_by("tag").values_list("tag", flat=True).distinct()
    if wanted != Wanted():
        tags = tags.filter(Exists(wanted_jobs(wanted).filter(id=OuterRef("job_id"))))
    if after:
        tags = tags.filter(tag__gt=storable(after))
    found: list[str | None] = list(tags[: groups + 1])
    next_after = ""
    if len(found) > groups:
        found = found[:groups]
        next_after = found[-1] or ""
    else:
        found.append(None)
    listed = [
        Group(None, tag, rows[:jobs], len(rows) > jobs)
        for tag, rows in zip(found, _first_of_each([_tagged(wanted, tag) for tag in found], jobs + 1), strict=True)
        if rows
    ]
    return GroupPage(listed, next_after)


def _tagged(wanted: Wanted, tag: str | None) -> QuerySet[Job]:
    if tag is None:
        return wanted_jobs(wanted).filter(~Exists(JobTag.objects.filter(job_id=OuterRef("id"))))
    return wanted_jobs(wanted).filter(id__in=JobTag.objects.filter(tag=tag).values("job_id"))


def _tool(number: str) -> Tool | None:
    try:
        return Tool.objects.filter(id=UUID(number)).first()
    except ValueError:
        return None


def _first_of_each(groups: Sequence[QuerySet[Job]], limit: int) -> list[list[Job]]:
    """Of each group its gravest jobs: two queries, however many groups."""
    parts, parameters = [], list[object]()
    for place, jobs in enumerate(groups):
        statement, values = jobs.order_by(*_GRAVEST_FIRST).values(*_GRAVEST_FIRST)[:limit].query.sql_with_params()
        parts.append(f"SELECT {place} AS place, found.* FROM ({statement}) AS found")
        parameters += values
    together = " UNION ALL ".join(parts)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT place, id FROM ({together}) AS every ORDER BY place, gravity, title, id", parameters)
        rows = cursor.fetchall()
    jobs_by_id = {job.id: job for job in with_what_is_shown([number for _, number in rows])}
    found: list[list[Job]] = [[] for _ in groups]
    for place, number in rows:
        if number in jobs_by_id:
            found[place].append(jobs_by_id[number])
    return found
