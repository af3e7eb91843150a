"""What a page's address says of the jobs that are wanted, read and written; and what its form offers."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import QueryDict

from tc_portal.jobs.board_filter import BoardFilter
from tc_portal.jobs.job_list import NONE, Wanted
from tc_portal.jobs.models import Host, Verdict
from tc_portal.jobs.queries import tags_in_use, tools_by_name

OFFERED = 200


def wanted_in(asked: QueryDict) -> Wanted:
    """What the address asks for. What makes no sense is left out."""
    said = {name: asked.get(name, "").strip() for name in ("q", "verdict", "tool", "tag", "host", "untagged")}
    return Wanted(
        text=said["q"][:200],
        verdict=said["verdict"] if said["verdict"] in Verdict.values else "",
        tool=_tool(said["tool"]),
        tag=said["tag"][:100],
        is_untagged=said["untagged"] == "1",
        host=said["host"][:255],
    )


def as_address(wanted: Wanted) -> dict[str, str]:
    """The same as an address says it; what is empty is left out."""
    said = {
        "q": wanted.text,
        "verdict": wanted.verdict,
        "tool": str(wanted.tool),
        "tag": wanted.tag,
        "untagged": "1" if wanted.is_untagged else "",
        "host": wanted.host,
    }
    return {name: value for name, value in said.items() if value}


def board_filter_in(asked: QueryDict, account: str) -> BoardFilter:
    """What the board's address asks for; ``account`` is who asks."""
    told = wanted_in(asked)
    jobs = Wanted(text=told.text, tool=told.tool, tag=told.tag, host=told.host)
    return BoardFilter(jobs, account if asked.get("mine") == "1" else "")


def board_address(wanted: BoardFilter) -> dict[str, str]:
    return {**as_address(wanted.jobs), **({"mine": "1"} if wanted.mine else {})}


def offered(wanted: Wanted) -> dict[str, Any]:
    """The tools, tags and hosts that a form lets choose from: three queries."""
    return {
        "tools": tools_by_name()[:OFFERED],
        "tags": _with(wanted.tag, tags_in_use()[:OFFERED]),
        "hosts": _with(wanted.host, Host.objects.order_by("name").values_list("name", flat=True)[:OFFERED]),
        "none": NONE,
    }


def _tool(value: str) -> UUID | str:
    if value == NONE:
        return NONE
    try:
        return UUID(value)
    except ValueError:
        return ""


def _with(chosen: str, every: Iterable[str]) -> list[str]:
    """What there is, and what is chosen already where that is not among it."""
    found = list(every)
    return [chosen, *found] if chosen and chosen not in found else found
