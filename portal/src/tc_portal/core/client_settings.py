"""What a client's own code says is expected of a job, as Sentry's ``monitor_config``, and what of it is to hold.

A person's word on the page comes first, setting by setting: a client changes what it set itself, and nothing else.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from .job_settings import JobSettings
from .schedule.interval import Interval
from .schedule.job_schedule import JobSchedule


class ClientSettings(msgspec.Struct, frozen=True, array_like=True):
    """What the client ``client`` says of a job, in the terms of ``JobSettings``; None where it says nothing.

    ``first`` is what holds besides for a job of which nothing has been expected yet. ``is_once`` tells what somebody asks for now,
    of a job that is there, from what stands in code and is told again and again.
    """

    job_key: str
    title: str
    client: str
    received_at: datetime
    schedules: tuple[JobSchedule, ...] | None = None
    grace: timedelta | None = None
    max_runtime: timedelta | None = None
    tolerance: int | None = None
    is_paused: bool | None = None
    first: JobSettings = JobSettings()
    is_once: bool = False


_SAID = ("schedules", "grace", "max_runtime", "tolerance", "is_paused")


def changed_by_client(client: str) -> str:
    """Who changed settings, where a client's code did: no account can be named so."""
    return f"{client} (client)"


def wanted_settings(
    told: ClientSettings, in_force: JobSettings | None, last_told: JobSettings | None
) -> JobSettings | None:
    """The settings that are to be in force; None where they are as they should be.

    ``last_told`` are the settings that the client's word put in force last; without them, settings that are in force are a
    person's, and stay. A setting that a person has changed since stays, too, until it is again as the client had it. Whoever asks
    once for a pause gets it; but what a person has paused, a person lets go on.

    Raises ``Unschedulable`` where what is told does not go with the rest.
    """
    if in_force is None:
        return _with_said(told, told.first, _SAID)
    if told.is_once and told.is_paused:
        return None if in_force.is_paused else replace(in_force, is_paused=True)
    if last_told is None:
        return None
    free = [name for name in _SAID if _is_as(getattr(in_force, name), getattr(last_told, name))]
    wanted = _with_said(told, in_force, free)
    return None if wanted == in_force else wanted


def says_what_holds(told: ClientSettings, in_force: JobSettings) -> bool:
    """Whether all that is told is in force already."""
    return _with_said(told, in_force, _SAID) == in_force


def _with_said(told: ClientSettings, settings: JobSettings, names: Sequence[str]) -> JobSettings:
    said = {name: value for name in names if (value := getattr(told, name)) is not None}
    if "schedules" in said and _is_as(said["schedules"], settings.schedules):
        # Told anew, an interval goes on from where it began.
        said["schedules"] = settings.schedules
    return replace(settings, **said)


def _is_as(one: object, other: object) -> bool:
    """Whether two values of a setting say the same: of an interval, wherever it begins."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return [_without_anchor(each) for each in one] == [_without_anchor(each) for each in other]
    return one == other


def _without_anchor(one: JobSchedule) -> object:
    return (one.schedule.every, one.narrowed) if isinstance(one.schedule, Interval) else one
