"""Healthchecks' checks, as its API and its export have them, become jobs: key, title, schedule, allowances, tags and address."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from unicodedata import normalize

import msgspec

from tc_portal.core.job_settings import LONGEST_GRACE, JobSettings
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.core.schedule.on_calendar import OnCalendar
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.tag import read_tags
from tc_portal.core.text import JOB_KEY_LIMIT, TITLE_LIMIT, cut, storable

Seconds = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Check(msgspec.Struct, frozen=True):
    """What is read of a check; ``uuid`` is there where a key asked that may write."""

    name: str = ""
    slug: str = ""
    tags: str = ""
    grace: Seconds = 3600
    timeout: Seconds | None = None
    schedule: str | None = None
    tz: str = "UTC"
    status: Literal["new", "up", "grace", "down", "paused", "started"] = "new"
    last_ping: datetime | None = None
    uuid: str | None = None
    ping_url: str | None = None


class _Checks(msgspec.Struct, frozen=True):
    checks: list[msgspec.Raw]


class Imported(msgspec.Struct, frozen=True):
    """A job to be made of a check. ``token`` is what its clients carry in their addresses, None where it is not told."""

    job_key: str
    title: str
    settings: JobSettings
    tags: tuple[str, ...]
    token: str | None


class NotImported(msgspec.Struct, frozen=True):
    """A check that cannot be a job, and why."""

    name: str
    ja: str
    en: str


def checks_in(content: bytes) -> list[msgspec.Raw]:
    """The checks of an answer of the API. Raises ``msgspec.MsgspecError`` where it is none."""
    return msgspec.json.decode(content, type=_Checks).checks


def imported(raw_checks: Iterable[msgspec.Raw], now: datetime) -> list[Imported | NotImported]:
    """What becomes of each check, in their order. Keys are told apart by a number behind them."""
    taken: set[str] = set()
    results: list[Imported | NotImported] = []
    for raw in raw_checks:
        try:
            check = msgspec.json.decode(raw, type=Check)
        except msgspec.MsgspecError as error:
            results.append(NotImported("?", f"読めません（{error}）", f"it cannot be read ({error})"))
            continue
        title = cut(storable(check.name), TITLE_LIMIT) or check.slug or "?"
        try:
            one = Imported("", title, _settings(check, now), read_tags(",".join(check.tags.split())), _token(check))
        except Unschedulable as error:
            results.append(NotImported(title, error.ja, error.en))
            continue
        key = _key(check, taken)
        taken.add(key)
        results.append(msgspec.structs.replace(one, job_key=key))
    return results


def _key(check: Check, taken: set[str]) -> str:
    words = re.sub(r"[^\w]+", "-", normalize("NFKC", storable(check.slug or check.name)).lower()).strip("-")
    key = wanted = words[: JOB_KEY_LIMIT - 10] or "check"
    number = 2
    while key in taken:
        key, number = f"{wanted}-{number}", number + 1
    return key


def _settings(check: Check, now: datetime) -> JobSettings:
    """Healthchecks' one grace is how late a run may be and how long it may take."""
    grace = min(timedelta(seconds=check.grace), LONGEST_GRACE)
    return JobSettings(
        grace=grace,
        max_runtime=grace or None,
        is_paused=check.status == "paused",
        schedules=(JobSchedule(_schedule(check, now)),),
    )


def _schedule(check: Check, now: datetime) -> Interval | Cron | OnCalendar:
    if check.schedule is None:
        anchor = (check.last_ping or now).astimezone(UTC).replace(second=0, microsecond=0)
        return Interval(timedelta(seconds=86_400 if check.timeout is None else check.timeout), anchor)
    lines = [line for line in check.schedule.splitlines() if line.strip()]
    if len(lines) == 1 and len(lines[0].split()) == 5:
        return Cron((lines[0],), check.tz)
    return OnCalendar(tuple(lines), check.tz)


def _token(check: Check) -> str | None:
    if check.uuid is not None and _UUID.fullmatch(check.uuid):
        return check.uuid
    found = _UUID.search(check.ping_url or "")
    return None if found is None else found[0]
