"""A trigger in English."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from ..english_ordinal import ordinal
from .task import EVERY_MONTH, AnyTrigger, Daily, Monthly, MonthlyByWeekday, Once, Trigger, Unpredictable, Weekly
from .trigger_days import days_of_month, is_every_week, months_of, weekdays_of
from .words_of_time import clock_time, date_and_time, last_moment, units

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_EVENTS = {
    "boot": "When the PC starts",
    "logon": "When a user logs on",
    "registration": "When the task is registered",
    "session": "When a session changes",
    "event": "When an event occurs",
    "idle": "When the PC is idle",
}
_SESSIONS = {
    "ConsoleConnect": "When a user connects to the console",
    "ConsoleDisconnect": "When a user disconnects from the console",
    "RemoteConnect": "When a user connects remotely",
    "RemoteDisconnect": "When a user disconnects remotely",
    "SessionLock": "When the screen is locked",
    "SessionUnlock": "When the screen is unlocked",
}


def trigger_in_english(trigger: AnyTrigger) -> str:
    """ "Every Monday at 08:00, then every 15 minutes for 8 hours (random delay of up to 30 minutes) (disabled)" """
    return _when(trigger) + _repetition(trigger) + "".join(f" ({note})" for note in _notes(trigger))


def _when(trigger: AnyTrigger) -> str:
    start = date.min if trigger.start is None else trigger.start.local.date()
    match trigger:
        case Once():
            return _once(trigger)
        case Daily(every_days=every):
            days = "Every day" if every == 1 else f"Every {every} days"
        case Weekly(every_weeks=every):
            weekdays = _weekdays(trigger, start)
            days = f"Every {weekdays}" if every == 1 else f"Every {every} weeks on {weekdays}"
        case Monthly():
            days = f"On the {_days_of_month(trigger, start)} of {_months(trigger)}"
        case MonthlyByWeekday():
            days = _weeks_of_month(trigger, start)
        case Unpredictable():
            if trigger.kind == "session" and trigger.detail in _SESSIONS:
                return _SESSIONS[trigger.detail]
            return _EVENTS.get(trigger.kind) or f"At an unknown trigger {trigger.detail}".rstrip()
    return days if trigger.start is None else f"{days} at {clock_time(trigger.start)}"


def _once(trigger: Once) -> str:
    if trigger.start is None:
        return "No start date"
    return f"{'Once at' if trigger.repetition is None else 'From'} {date_and_time(trigger.start)}"


def _months(trigger: Monthly | MonthlyByWeekday) -> str:
    months = sorted(set(months_of(trigger)))
    return "every month" if tuple(months) == EVERY_MONTH else _listed(_MONTHS[month - 1] for month in months)


def _days_of_month(trigger: Monthly, start: date) -> str:
    days = [ordinal(day) for day in sorted(days_of_month(trigger, start))]
    return _listed(days + ["last day"] * trigger.is_last_day)


def _weeks_of_month(trigger: MonthlyByWeekday, start: date) -> str:
    weekdays, months = _weekdays(trigger, start), _months(trigger)
    if is_every_week(trigger):
        return f"Every {weekdays}" + ("" if months == "every month" else f" in {months}")
    weeks = [ordinal(week) for week in sorted(trigger.weeks)] + ["last"] * trigger.is_last_week
    return f"On the {_listed(weeks)} {weekdays} of {months}"


def _weekdays(trigger: Weekly | MonthlyByWeekday, start: date) -> str:
    return _listed(_WEEKDAYS[day] for day in sorted(weekdays_of(trigger, start)))


def _repetition(trigger: Trigger) -> str:
    if trigger.repetition is None:
        return ""
    interval, duration = length_in_english(trigger.repetition.interval), trigger.repetition.duration
    every = interval.removeprefix("1 ") if " and " not in interval else interval
    lasts = "indefinitely" if duration is None else f"for {length_in_english(duration)}"
    return f"{'' if isinstance(trigger, Once) else ', then'} every {every} {lasts}"


def _notes(trigger: AnyTrigger) -> Iterator[str]:
    if trigger.random_delay:
        yield f"random delay of up to {length_in_english(trigger.random_delay)}"
    if trigger.end is not None:
        yield f"until {last_moment(trigger.end)}"
    if isinstance(trigger, Unpredictable):
        yield "cannot be predicted"
    if not trigger.is_enabled:
        yield "disabled"


def length_in_english(length: timedelta) -> str:
    """ "1 hour and 30 minutes" """
    return _listed(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in units(length))


def _listed(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
