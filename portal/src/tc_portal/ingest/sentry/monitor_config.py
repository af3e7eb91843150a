"""The ``monitor_config`` of a Sentry check-in, in the terms of our settings."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tc_portal.core.client_settings import ClientSettings
from tc_portal.core.job_settings import LONGEST_GRACE, LONGEST_RUNTIME, MANY_FAILURES, JobSettings
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.core.schedule.unschedulable import Unschedulable

logger = logging.getLogger(__name__)

# What Sentry goes by where a new monitor's config does not say.
SENTRYS_OWN = JobSettings(grace=timedelta(minutes=1), max_runtime=timedelta(minutes=30))
DEFAULT_TIME_ZONE = "UTC"

_MINUTE = timedelta(minutes=1)
_UNITS = {
    "minute": _MINUTE,
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
# Of a hundred billion minutes no timedelta can be made.
_MANY = 10**9


def client_settings(config: object, job: tuple[str, str], client: str, received_at: datetime) -> ClientSettings | None:
    """What the config asks for; None, and a line in the log, where it cannot be: the check-in counts all the same."""
    try:
        if not isinstance(config, dict):
            raise Unschedulable(ja="monitor_config がオブジェクトではありません。", en="It is not an object.")
        return ClientSettings(
            *job,
            client,
            received_at,
            schedules=_schedules(config, received_at),
            grace=_minutes(config.get("checkin_margin"), LONGEST_GRACE),
            max_runtime=_minutes(config.get("max_runtime"), LONGEST_RUNTIME),
            tolerance=_tolerance(config.get("failure_issue_threshold")),
            first=SENTRYS_OWN,
        )
    except Unschedulable as reason:
        logger.warning("the monitor_config of job %r was passed over: %s", job[0], reason)
        return None


def _schedules(config: Mapping[str, Any], received_at: datetime) -> tuple[JobSchedule, ...] | None:
    schedule = config.get("schedule")
    if schedule is None:
        return None
    kind, value = (schedule.get("type"), schedule.get("value")) if isinstance(schedule, dict) else (None, None)
    if kind == "crontab" and isinstance(value, str):
        zone = config.get("timezone")
        return (JobSchedule(_cron(value, zone if isinstance(zone, str) and zone else DEFAULT_TIME_ZONE)),)
    if kind == "interval":
        return (JobSchedule(_interval(value, schedule.get("unit"), received_at)),)
    raise Unschedulable(
        ja="schedule の type は crontab か interval にしてください。",
        en="The type of its schedule must be crontab or interval.",
    )


def _cron(expression: str, time_zone: str) -> Cron:
    fields = expression.split(maxsplit=6)
    if len(fields) != 5 and not (len(fields) == 1 and fields[0].startswith("@")):
        raise Unschedulable(
            ja="crontab の value は 5 つの欄にしてください。", en="The value of a crontab schedule has five fields."
        )
    return Cron((" ".join(fields),), time_zone)


def _interval(value: object, unit: object, received_at: datetime) -> Interval:
    number = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 10 else value
    each = _UNITS.get(unit) if isinstance(unit, str) else None
    if type(number) is not int or each is None or not 0 < number < _MANY:
        raise Unschedulable(
            ja="interval は minute・hour・day・week の単位で、1 以上の整数にしてください。月・年の単位は crontab で指定してください。",
            en="An interval is a whole number of minutes, hours, days or weeks; give one of months or years as a crontab.",
        )
    return Interval(number * each, received_at)


def _minutes(value: object, longest: timedelta) -> timedelta | None:
    """A number of minutes, at least one, within what a job can have."""
    if type(value) not in (int, float) or not 0 <= value < _MANY:  # type: ignore[operator]
        return None
    return min(max(value * _MINUTE, _MINUTE), longest)  # type: ignore[operator]


def _tolerance(value: object) -> int | None:
    return min(value, MANY_FAILURES) if type(value) is int and value >= 1 else None
