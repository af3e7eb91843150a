"""The triggers of a task, read from its XML."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypedDict
from xml.etree.ElementTree import Element

from ..business_days.unread import Unreadable
from ..text import cut
from .task import (
    EVERY_MONTH,
    AnyTrigger,
    Boundary,
    Daily,
    EventKind,
    Monthly,
    MonthlyByWeekday,
    Months,
    Once,
    Repetition,
    Unpredictable,
    Weekly,
)
from .values import SPACE, boolean, boundary, duration, limit, number, senseless, written

MANY_TRIGGERS = 48
DETAIL_LIMIT = 500
SHORTEST = timedelta(minutes=1)
LONGEST_INTERVAL = timedelta(days=31)

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# What each happens at, and the child that says more.
_EVENTS: dict[str, tuple[EventKind, str]] = {
    "BootTrigger": ("boot", ""),
    "LogonTrigger": ("logon", "UserId"),
    "RegistrationTrigger": ("registration", ""),
    "SessionStateChangeTrigger": ("session", "StateChange"),
    "EventTrigger": ("event", "Subscription"),
    "IdleTrigger": ("idle", ""),
}


class _Common(TypedDict):
    is_enabled: bool
    start: Boundary | None
    end: Boundary | None
    repetition: Repetition | None
    execution_time_limit: timedelta | None
    random_delay: timedelta


def read_triggers(triggers: Element | None) -> Iterator[AnyTrigger]:
    """Each trigger in ``<Triggers>``. Raises ``Unreadable`` for one that makes no sense."""
    elements = [] if triggers is None else list(triggers)
    if len(elements) > MANY_TRIGGERS:
        raise Unreadable(
            ja=f"Triggers にトリガーが {len(elements)} 個あります。{MANY_TRIGGERS} 個までです。",
            en=f"Triggers holds {len(elements)} triggers; {MANY_TRIGGERS} at most.",
        )
    for place, element in enumerate(elements, start=1):
        try:
            yield _trigger(element)
        except Unreadable as reason:
            kind = cut(element.tag, 40)
            raise Unreadable(
                ja=f"{place} 番目のトリガー（{kind}）: {reason.ja}", en=f"Trigger {place} ({kind}): {reason.en}"
            ) from reason


def _trigger(element: Element) -> AnyTrigger:
    common: _Common = {
        "is_enabled": boolean(element, "Enabled", default=True),
        "start": boundary(element, "StartBoundary"),
        "end": boundary(element, "EndBoundary"),
        "repetition": _repetition(element.find("Repetition")),
        "execution_time_limit": limit(element, "ExecutionTimeLimit"),
        "random_delay": timedelta(),
    }
    if element.tag not in ("TimeTrigger", "CalendarTrigger"):
        kind, said_in = _EVENTS.get(element.tag, ("unknown", ""))
        detail = written(element, said_in) if said_in else element.tag if kind == "unknown" else ""
        return Unpredictable(kind=kind, detail=cut(" ".join((detail or "").split()), DETAIL_LIMIT), **common)
    if common["start"] is None:
        raise Unreadable(ja="StartBoundary（開始日時）がありません。", en="It has no StartBoundary.")
    common["random_delay"] = duration(element, "RandomDelay") or timedelta()
    if element.tag == "TimeTrigger":
        return Once(**common)
    schedules = [child for child in element if child.tag in _SCHEDULES]
    if len(schedules) != 1:
        names = ", ".join(_SCHEDULES)
        raise Unreadable(ja=f"{names} のどれか 1 つが必要です。", en=f"Exactly one of {names} was expected.")
    return _SCHEDULES[schedules[0].tag](schedules[0], common)


def _repetition(element: Element | None) -> Repetition | None:
    interval, lasts = duration(element, "Interval"), limit(element, "Duration")
    stops_at_end = boolean(element, "StopAtDurationEnd", default=False)
    if interval is None:
        if lasts is None:
            return None
        raise Unreadable(
            ja="Repetition に Interval（間隔）がありません。", en="Its Repetition has a Duration, but no Interval."
        )
    if not SHORTEST <= interval <= LONGEST_INTERVAL:
        raise senseless(
            "Interval",
            written(element, "Interval") or "",
            ja="PT1M（1 分）から P31D（31 日）まで",
            en="PT1M (a minute) to P31D (31 days)",
        )
    if lasts is not None and lasts < SHORTEST:
        raise senseless(
            "Duration", written(element, "Duration") or "", ja="PT1M（1 分）以上", en="PT1M (a minute) or more"
        )
    return Repetition(interval, lasts, stops_at_end)


def _daily(schedule: Element, common: _Common) -> Daily:
    return Daily(every_days=_every(schedule, "DaysInterval", 365), **common)


def _weekly(schedule: Element, common: _Common) -> Weekly:
    weekdays = _named(schedule, "DaysOfWeek", _WEEKDAYS) or ()
    return Weekly(every_weeks=_every(schedule, "WeeksInterval", 52), weekdays=weekdays, **common)


def _monthly(schedule: Element, common: _Common) -> Monthly:
    chosen = _numbered(schedule, "DaysOfMonth", "Day", 31)
    if chosen is None:
        raise Unreadable(ja="DaysOfMonth（日）がありません。", en="Its ScheduleByMonth has no DaysOfMonth.")
    days, is_last_day = chosen
    return Monthly(days=days, is_last_day=is_last_day, months=_months(schedule), **common)


def _monthly_by_weekday(schedule: Element, common: _Common) -> MonthlyByWeekday:
    weekdays = _named(schedule, "DaysOfWeek", _WEEKDAYS)
    if weekdays is None:
        raise Unreadable(ja="DaysOfWeek（曜日）がありません。", en="Its ScheduleByMonthDayOfWeek has no DaysOfWeek.")
    weeks, is_last_week = _numbered(schedule, "Weeks", "Week", 4) or ((1, 2, 3, 4), True)
    return MonthlyByWeekday(
        weeks=weeks, is_last_week=is_last_week, weekdays=weekdays, months=_months(schedule), **common
    )


_SCHEDULES: dict[str, Callable[[Element, _Common], AnyTrigger]] = {
    "ScheduleByDay": _daily,
    "ScheduleByWeek": _weekly,
    "ScheduleByMonth": _monthly,
    "ScheduleByMonthDayOfWeek": _monthly_by_weekday,
}


def _every(schedule: Element, name: str, highest: int) -> int:
    value = written(schedule, name)
    return 1 if value is None else number(name, value, highest)


def _months(schedule: Element) -> Months:
    months = _named(schedule, "Months", _MONTHS)
    return EVERY_MONTH if months is None else tuple(month + 1 for month in months)


def _named(schedule: Element, name: str, names: tuple[str, ...]) -> tuple[int, ...] | None:
    """The places in ``names`` of the children of ``name``, ascending; None where there is no ``name``."""
    parent = schedule.find(name)
    if parent is None:
        return None
    chosen = {child.tag for child in parent}
    first, last = names[0], names[-1]
    if not chosen:
        raise senseless(name, "", ja=f"{first} から {last} のどれか", en=f"at least one of {first} to {last}")
    for tag in sorted(chosen.difference(names)):
        raise senseless(name, tag, ja=f"{first} から {last} のどれか", en=f"one of {first} to {last}")
    return tuple(place for place, known in enumerate(names) if known in chosen)


def _numbered(schedule: Element, name: str, child_name: str, highest: int) -> tuple[tuple[int, ...], bool] | None:
    """The numbers below ``name``, ascending, and whether ``Last`` is among them; None where there is no ``name``."""
    parent = schedule.find(name)
    if parent is None:
        return None
    values = {(child.text or "").strip(SPACE) for child in parent.findall(child_name)}
    numbers = {value for value in values if value.lower() != "last"}
    if not values:
        raise Unreadable(
            ja=f"{name} に {child_name} がありません。1 から {highest} か Last を書いてください。",
            en=f"{name} holds no {child_name}; 1 to {highest} or Last was expected.",
        )
    return tuple(sorted({number(child_name, value, highest, or_last=True) for value in sorted(numbers)})), len(
        numbers
    ) < len(values)
