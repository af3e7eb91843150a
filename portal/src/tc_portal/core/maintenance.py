"""Planned quiet: what it covers, and when it is on. Within it nothing is alerted; judging goes on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from .business_days.calendar import Calendar
from .schedule.job_schedule import JobSchedule, calendars_named, slots_of
from .schedule.unschedulable import Unschedulable
from .slots_ahead import slots_ahead

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=31)


class Everything(msgspec.Struct, frozen=True, tag="everything"):
    """All jobs."""


class OneJob(msgspec.Struct, frozen=True, tag="job"):
    job_key: str


class Tagged(msgspec.Struct, frozen=True, tag="tag"):
    """The jobs that have the tag."""

    tag: str


class OfTool(msgspec.Struct, frozen=True, tag="tool"):
    """The jobs of the tool."""

    tool_id: UUID


class OnHost(msgspec.Struct, frozen=True, tag="host"):
    """The jobs whose last result came from the host."""

    host: str


Scope = Everything | OneJob | Tagged | OfTool | OnHost


class Once(msgspec.Struct, frozen=True, tag="once"):
    """From one instant until another, both aware UTC. Raises ``Unschedulable`` where that makes no sense."""

    begins_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.ends_at <= self.begins_at:
            raise Unschedulable(ja="終了は開始より後にしてください。", en="The end must come after the beginning.")


class Recurring(msgspec.Struct, frozen=True, tag="recurring"):
    """For the time ``lasts``, by elapsed time, from each slot of ``schedule`` on."""

    schedule: JobSchedule
    lasts: timedelta

    def __post_init__(self) -> None:
        if not SHORTEST <= self.lasts <= LONGEST:
            raise Unschedulable(
                ja=f"長さは 1 分から {LONGEST.days} 日までで指定してください。",
                en=f"It lasts from 1 minute to {LONGEST.days} days.",
            )


class Maintenance(msgspec.Struct, frozen=True, omit_defaults=True):
    """A plan. ``ended_at`` is when a person last ended a window early: the one that it fell into is over from then on."""

    scope: Scope
    when: Once | Recurring
    ended_at: datetime | None = None


class Window(msgspec.Struct, frozen=True, order=True):
    """One time of quiet: from ``begins_at`` up to, not with, ``ends_at``. Aware UTC."""

    begins_at: datetime
    ends_at: datetime


def window_at(maintenance: Maintenance, calendars: Mapping[str, Calendar], instant: datetime) -> Window | None:
    """The window that ``instant`` falls into; of several the one that ends last. ``calendars`` as for ``slots_of``."""
    when = maintenance.when
    if isinstance(when, Once):
        windows = [Window(when.begins_at, when.ends_at)]
    else:
        slots = slots_of([when.schedule], calendars)(instant - when.lasts, instant)
        windows = [Window(slot.due, slot.due + when.lasts) for slot in slots]
    cut = [_cut(window, maintenance.ended_at) for window in windows]
    return max((each for each in cut if each.begins_at <= instant < each.ends_at), key=_end, default=None)


def is_on(maintenance: Maintenance, calendars: Mapping[str, Calendar], instant: datetime) -> bool:
    """Whether there is quiet at ``instant``."""
    return window_at(maintenance, calendars, instant) is not None


def windows_ahead(
    maintenance: Maintenance, calendars: Mapping[str, Calendar], after: datetime, count: int
) -> list[Window]:
    """The next windows that begin after ``after``, ``count`` at most."""
    when = maintenance.when
    if isinstance(when, Once):
        return [Window(when.begins_at, when.ends_at)] if when.begins_at > after else []
    found = slots_ahead(slots_of([when.schedule], calendars), after, count)
    return [Window(slot.due, slot.due + when.lasts) for slot in found]


def over_at(maintenance: Maintenance) -> datetime | None:
    """From when on it is never on again; None for one that recurs."""
    if isinstance(maintenance.when, Recurring):
        return None
    return _cut(Window(maintenance.when.begins_at, maintenance.when.ends_at), maintenance.ended_at).ends_at


def calendars_of_maintenance(maintenance: Maintenance) -> frozenset[str]:
    """The names of the calendars that it goes by."""
    return calendars_named([maintenance.when.schedule]) if isinstance(maintenance.when, Recurring) else frozenset()


def _cut(window: Window, ended_at: datetime | None) -> Window:
    if ended_at is None or not window.begins_at <= ended_at < window.ends_at:
        return window
    return Window(window.begins_at, ended_at)


def _end(window: Window) -> datetime:
    return window.ends_at


_read = msgspec.json.Decoder(Maintenance).decode
_encode = msgspec.json.encode


def read_maintenance(definition: str) -> Maintenance:
    """The plan in the JSON that ``maintenance_as_json`` wrote."""
    return _read(definition)


def maintenance_as_json(maintenance: Maintenance) -> str:
    """The plan as it is kept."""
    return _encode(maintenance).decode()
