"""The list of all jobs: which are wanted, in which order, a page after the other.

A page begins after the last row of the one before (keyset), so that the thousandth costs what the first does. Each order is that
of an index, whose rows are read until the page is full; ``schema/job_list.*.sql`` has them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet, Value

from tc_portal.core.instant import parse_instant
from tc_portal.core.text import storable

from .models import BY_GRAVITY, Job, JobStatus, JobTag
from .queries import holds_text

# More than these are not counted: to count them would cost more than to show them.
COUNTED_UP_TO = 10_000
# What a filter says of jobs without a tool or without tags.
NONE = "none"


@dataclass(frozen=True)
class Wanted:
    """Which jobs are looked for; what is empty does not matter. ``tool`` may be ``NONE``."""

    text: str = ""
    verdict: str = ""
    tool: UUID | str = ""
    tag: str = ""
    is_untagged: bool = False
    host: str = ""


@dataclass(frozen=True)
class Order:
    """An order of the list, by columns of ``model`` that an index holds; the last of them tells any two rows apart."""

    model: type[Job] | type[JobStatus]
    columns: tuple[str, ...]
    is_reversed: bool = False


BY_LAST_REPORT = Order(JobStatus, ("last_finished_at", "job_key"), is_reversed=True)
ORDERS = {
    # On the index job_title.
    "name": Order(Job, ("title", "id")),
    "-name": Order(Job, ("title", "id"), is_reversed=True),
    # On job_gravity.
    "gravity": Order(Job, ("gravity", "title", "id")),
    # On job_due.
    "due": Order(Job, ("due_or_never", "id")),
    # On idx_job_status_last_finished_at. Jobs that have never ended come after all others.
    "last": BY_LAST_REPORT,
    "-last": Order(JobStatus, ("last_finished_at", "job_key")),
}


@dataclass(frozen=True)
class JobPage:
    """The jobs of a page, and where the next one goes on, if there is one."""

    jobs: list[Job]
    next_after: str


def wanted_jobs(wanted: Wanted) -> QuerySet[Job]:
    """The jobs that are wanted, in no order.

    A verdict is looked for by its gravity, so that ``job_gravity`` gives those of one verdict by name. A text costs one pass over
    the jobs that the rest leaves; the others are on ``job_tool``, ``job_tag_tag`` and ``job_host``.
    """
    found = Job.objects.all()
    if wanted.verdict in BY_GRAVITY:
        found = found.filter(gravity=BY_GRAVITY.index(wanted.verdict))
    if wanted.tool:
        found = found.filter(tool_id=None) if wanted.tool == NONE else found.filter(tool_id=wanted.tool)
    if wanted.tag:
        found = found.filter(Exists(JobTag.objects.filter(job_id=OuterRef("id"), tag=storable(wanted.tag))))
    if wanted.is_untagged:
        found = found.filter(~Exists(JobTag.objects.filter(job_id=OuterRef("id"))))
    if wanted.host:
        found = found.filter(host=storable(wanted.host))
    if text := storable(wanted.text):
        found = found.filter(holds_text(text, "job_key", "title", "tool__name"))
    return found


def count_of(wanted: Wanted) -> int:
    """How many jobs are wanted, ``COUNTED_UP_TO`` and one for more than that."""
    return wanted_jobs(wanted)[: COUNTED_UP_TO + 1].count()


def page_of_jobs(wanted: Wanted, order: Order, after: str, limit: int) -> JobPage:
    """The jobs that come after the row ``after``, which is what another page's ``next_after`` said; from the first where it is
    empty or says nothing. At most four queries."""
    place = _place(after, order)
    if order.model is JobStatus:
        return _page_by_report(wanted, order, place, limit)
    found = list(_beyond(wanted_jobs(wanted), order, place)[: limit + 1])
    return JobPage(
        with_what_is_shown([job.id for job in found[:limit]]),
        _mark(found[limit - 1], order) if len(found) > limit else "",
    )


def with_what_is_shown(job_ids: Sequence[int]) -> list[Job]:
    """These jobs in their order, each with its tool and settings: one query, however many."""
    found = Job.objects.select_related("tool", "settings_row").in_bulk(list(job_ids))
    return [found[number] for number in job_ids if number in found]


def _page_by_report(wanted: Wanted, order: Order, place: tuple[Any, ...] | None, limit: int) -> JobPage:
    """Those that have reported, then those that have not, by name."""
    by_name = ORDERS["name"]
    is_among_silent = place is not None and len(place) == 3
    reported: list[JobStatus] = []
    if not is_among_silent:
        is_wanted = Exists(wanted_jobs(wanted).filter(job_key=OuterRef("job_key")))
        reported = list(_beyond(JobStatus.objects.filter(is_wanted), order, place)[: limit + 1])
    without = ~Exists(JobStatus.objects.filter(job_key=OuterRef("job_key")))
    # A job that is good or has failed has ended once.
    silent_ones = wanted_jobs(wanted).filter(without).exclude(verdict__in=("ok", "error"))
    silent = list(
        _beyond(silent_ones, by_name, place[1:] if is_among_silent and place else None)[
            : max(limit + 1 - len(reported), 1)
        ]
    )
    keys = {job.job_key: job for job in Job.objects.filter(job_key__in=[each.job_key for each in reported])}
    found = [keys[each.job_key] for each in reported if each.job_key in keys] + silent
    next_after = ""
    if len(reported) > limit or (len(reported) == limit and silent):
        next_after = _mark(reported[limit - 1], order)
    elif len(reported) + len(silent) > limit:
        next_after = json.dumps(["silent", *json.loads(_mark(silent[limit - len(reported) - 1], by_name))])
    return JobPage(with_what_is_shown([job.id for job in found[:limit]]), next_after)


def _beyond(rows: QuerySet[Any], order: Order, place: tuple[Any, ...] | None) -> QuerySet[Any]:
    """The rows in the order, those after the place."""
    if place is not None:
        rows = rows.filter(_Beyond(order, place))
    return rows.order_by(*(f"-{name}" if order.is_reversed else name for name in order.columns))


class _Row(Func):
    """Several values as one, which SQL compares from the first on: (title, id)."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


class _Beyond(Func):
    """The condition that a row comes after a place: (title, id) > ('a', 7), which either database looks up in an index."""

    template = "%(expressions)s"
    output_field = BooleanField()

    def __init__(self, order: Order, place: tuple[Any, ...]) -> None:
        fields = [order.model._meta.get_field(name) for name in order.columns]
        values = (
            Value(value, output_field=getattr(field, "output_field", field))
            for value, field in zip(place, fields, strict=True)
        )
        self.arg_joiner = " < " if order.is_reversed else " > "
        super().__init__(_Row(*(F(name) for name in order.columns)), _Row(*values))


def _mark(row: Job | JobStatus, order: Order) -> str:
    values = [getattr(row, name) for name in order.columns]
    return json.dumps([value.isoformat() if isinstance(value, datetime) else value for value in values])


def _place(after: str, order: Order) -> tuple[Any, ...] | None:
    """The place that the mark names; None where it is none of this order's."""
    try:
        values = json.loads(after)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, list):
        return None
    if order.model is JobStatus and values[:1] == ["silent"]:
        place = _read(values[1:], ORDERS["name"])
        return None if place is None else ("silent", *place)
    return _read(values, order)


def _read(values: list[Any], order: Order) -> tuple[Any, ...] | None:
    if len(values) != len(order.columns):
        return None
    read: list[Any] = []
    for name, value in zip(order.columns, values, strict=True):
        if name in ("id", "gravity"):
            is_number = isinstance(value, int) and not isinstance(value, bool) and -(2**15) < value < 2**63
            read.append(value if is_number else None)
        elif not isinstance(value, str):
            read.append(None)
        else:
            read.append(parse_instant(value) if name in ("due_or_never", "last_finished_at") else storable(value))
    return None if None in read else tuple(read)
