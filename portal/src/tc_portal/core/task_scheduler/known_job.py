"""A job that is there, as far as tasks are matched to it."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from ..job_settings import JobSettings
from .naming import same_host
from .windows_schedule import WindowsSchedule


class KnownJob(msgspec.Struct, frozen=True):
    """``host`` is where its last result came from. ``runs`` are when its last ones began or, where that is not known, ended:
    aware UTC datetimes. ``settings`` is None where nothing is expected of it yet."""

    job_key: str
    title: str
    host: str = ""
    settings: JobSettings | None = None
    runs: tuple[datetime, ...] = ()


def windows_schedules(settings: JobSettings | None) -> Iterator[WindowsSchedule]:
    """Those of the schedules that were imported from Windows."""
    for each in () if settings is None else settings.schedules:
        if isinstance(each.schedule, WindowsSchedule):
            yield each.schedule


def is_of_task(schedule: WindowsSchedule, path: str, host: str) -> bool:
    """Whether the schedule was imported from the task at ``path`` of ``host``. Windows knows no capitals in paths; a host that
    was not told may be any."""
    return schedule.path.casefold() == path.casefold() and not is_elsewhere(schedule, host)


def is_elsewhere(schedule: WindowsSchedule, host: str) -> bool:
    """Whether the schedule is another PC's than ``host``, where both are known."""
    return bool(schedule.host and host) and not same_host(schedule.host, host)
