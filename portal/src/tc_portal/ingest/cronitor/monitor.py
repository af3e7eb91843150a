"""A monitor as Cronitor's SDKs describe it, in the terms of our settings."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tc_portal.core.client_settings import ClientSettings, wanted_settings
from tc_portal.core.job_settings import MANY_FAILURES
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.text import JOB_KEY_LIMIT, TITLE_LIMIT, cut, storable

SOURCE = "cronitor"
DEFAULT_ENVIRONMENT = "production"
DEFAULT_TIME_ZONE = "UTC"

_UNIT = r"(second|sec|s|minute|min|m|hour|hr|h|day|d|week|w)s?"
_PERIOD = re.compile(rf"(\d{{1,9}})\s*{_UNIT}")
_EVERY = re.compile(rf"every\s+((?:\d{{1,9}}\s*)?{_UNIT}(?:(?:\s+and\s+|\s*,\s*|\s+)\d{{1,9}}\s*{_UNIT})*)")
_LONGEST_RUN = re.compile(rf"metric\.duration\s*<=?\s*(\d{{1,9}}(?:\.\d{{1,9}})?)\s*{_UNIT}")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def job_of_monitor(key: str, environment: str = "", name: str = "") -> tuple[str, str]:
    """Key and title of a monitor's job. What runs in the environment ``production`` is the job of the monitor's key; others are
    jobs of their own."""
    key, name = storable(key), storable(name or key)
    if environment and environment != DEFAULT_ENVIRONMENT:
        key, name = f"{key}@{environment}", f"{name} ({environment})"
    return key[:JOB_KEY_LIMIT], cut(name, TITLE_LIMIT)


def settings_of_monitor(monitor: Mapping[str, Any], received_at: datetime) -> ClientSettings:
    """What is expected of the monitor's job. Raises ``Unschedulable``; what the portal has not is passed over."""
    key, name = monitor.get("key"), monitor.get("name")
    if not isinstance(key, str) or not key.strip():
        raise Unschedulable(ja="key が必要です。", en="key is required.")
    paused = monitor.get("paused", monitor.get("disabled"))
    told = ClientSettings(
        *job_of_monitor(key, name=name if isinstance(name, str) else ""),
        SOURCE,
        received_at,
        schedules=_schedules(monitor, received_at),
        grace=_seconds(monitor.get("grace_seconds")),
        max_runtime=_longest_run(monitor.get("assertions")),
        tolerance=_tolerance(monitor.get("failure_tolerance")),
        is_paused=paused if isinstance(paused, bool) else None,
    )
    # Whether a job can have them is told to who sends them.
    wanted_settings(told, None, None)
    return told


def pause_of(key: str, is_paused: bool, received_at: datetime) -> ClientSettings:
    """What asks for a pause of the monitor's job, or for the end of one."""
    return ClientSettings(*job_of_monitor(key), SOURCE, received_at, is_paused=is_paused, is_once=True)


def _schedules(monitor: Mapping[str, Any], received_at: datetime) -> tuple[JobSchedule, ...] | None:
    told = monitor.get("schedules") or monitor.get("schedule")
    if not told:
        return None
    zone = monitor.get("timezone") or DEFAULT_TIME_ZONE
    each_one = told if isinstance(told, list) else [told]
    if not isinstance(zone, str) or not all(isinstance(each, str) for each in each_one):
        raise Unschedulable(ja="schedule と timezone は文字列にしてください。", en="schedule and timezone are texts.")
    return tuple(JobSchedule(_schedule(each, zone, received_at)) for each in each_one)


def _schedule(text: str, time_zone: str, received_at: datetime) -> Cron | Interval:
    every = _EVERY.fullmatch(text.strip().lower())
    if every is None:
        return Cron((text,), time_zone)
    counted = every[1] if every[1][0].isdigit() else f"1 {every[1]}"
    periods = (int(number) * _SECONDS[unit[0]] for number, unit in _PERIOD.findall(counted))
    return Interval(timedelta(seconds=sum(periods)), received_at)


def _seconds(value: object) -> timedelta | None:
    if value is None:
        return None
    if type(value) not in (int, float) or not 0 <= value < 10**9:  # type: ignore[operator]
        raise Unschedulable(
            ja="grace_seconds は 0 以上の秒数にしてください。", en="grace_seconds is a number, not below 0."
        )
    return timedelta(seconds=value)  # type: ignore[arg-type]


def _longest_run(assertions: object) -> timedelta | None:
    """The longest duration that an assertion such as ``metric.duration < 5 min`` allows; of others there is nothing here."""
    for each in assertions if isinstance(assertions, list) else ():
        found = _LONGEST_RUN.fullmatch(each.strip().lower()) if isinstance(each, str) else None
        if found is not None:
            return timedelta(seconds=float(found[1]) * _SECONDS[found[2][0]])
    return None


def _tolerance(value: object) -> int | None:
    """So many failures are let pass before one counts."""
    return min(value + 1, MANY_FAILURES) if type(value) is int and value >= 0 else None
