"""Any of a job's schedules in words, with the calendar that it goes by."""

from collections.abc import Mapping

from ..business_days.calendar import Calendar
from ..business_days.rule import BusinessDayRule
from ..business_days.words import rule_in_words
from ..task_scheduler.windows_schedule import WindowsSchedule
from ..task_scheduler.words import trigger_in_words
from .job_schedule import JobSchedule
from .words import in_words

_ON_DAY_OFF_JA = {"skip": "休日は中止", "before": "休日は前営業日に前倒し", "after": "休日は翌営業日に後倒し"}
_ON_DAY_OFF_EN = {
    "skip": "not on days off",
    "before": "on days off the business day before",
    "after": "on days off the business day after",
}


def schedule_in_words(one: JobSchedule, calendars: Mapping[str, Calendar], language: str) -> str:
    """「毎日 07:30（休日は中止、カレンダー: 日本の営業日）」: Japanese where ``language`` begins with "ja", else English.

    The time zone is not told. A calendar that is not among ``calendars`` goes without its name.
    """
    is_ja = language.startswith("ja")
    if isinstance(one.schedule, BusinessDayRule):
        return rule_in_words(one.schedule, _name(one.schedule.calendar, calendars), language)
    if isinstance(one.schedule, WindowsSchedule):
        triggers = [trigger_in_words(trigger, language) for trigger in one.schedule.triggers if trigger.is_enabled]
        said = ("／" if is_ja else "; ").join(triggers) or ("有効なトリガーなし" if is_ja else "no enabled trigger")
    else:
        said = in_words(one.schedule, language)
    if one.narrowed is None:
        return said
    name, policy = _name(one.narrowed.calendar, calendars), one.narrowed.on_day_off
    if is_ja:
        return f"{said}（{_ON_DAY_OFF_JA[policy]}{f'、カレンダー: {name}' if name else ''}）"
    return f"{said} ({_ON_DAY_OFF_EN[policy]}{f'; calendar: {name}' if name else ''})"


def _name(reference: str, calendars: Mapping[str, Calendar]) -> str:
    calendar = calendars.get(reference)
    return "" if calendar is None else calendar.name
