"""A trigger in Japanese."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from .task import EVERY_MONTH, AnyTrigger, Daily, Monthly, MonthlyByWeekday, Once, Trigger, Unpredictable, Weekly
from .trigger_days import days_of_month, is_every_week, months_of, weekdays_of
from .words_of_time import clock_time, date_and_time, last_moment, units

_WEEKDAYS = "月火水木金土日"
_UNITS = {"day": "日", "hour": "時間", "minute": "分", "second": "秒"}
_EVENTS = {
    "boot": "PC の起動時",
    "logon": "ログオン時",
    "registration": "タスクの登録時",
    "session": "セッションの変化時",
    "event": "イベント発生時",
    "idle": "アイドル時",
}
_SESSIONS = {
    "ConsoleConnect": "コンソールへの接続時",
    "ConsoleDisconnect": "コンソールの切断時",
    "RemoteConnect": "リモート接続時",
    "RemoteDisconnect": "リモート切断時",
    "SessionLock": "画面のロック時",
    "SessionUnlock": "画面のロック解除時",
}


def trigger_in_japanese(trigger: AnyTrigger) -> str:
    """「毎週 月・水 08:00、そこから 15 分ごとに 8 時間（最大 30 分のランダムな遅れ）（2026-12-31 まで）（無効）」"""
    return _when(trigger) + _repetition(trigger) + "".join(f"（{note}）" for note in _notes(trigger))


def _when(trigger: AnyTrigger) -> str:
    start = date.min if trigger.start is None else trigger.start.local.date()
    match trigger:
        case Once():
            return _once(trigger)
        case Daily(every_days=every):
            days = "毎日" if every == 1 else f"{every} 日ごと"
        case Weekly(every_weeks=every):
            weeks = "毎週" if every == 1 else f"{every} 週間ごと"
            days = f"{weeks} {_joined(_WEEKDAYS[day] for day in sorted(weekdays_of(trigger, start)))}"
        case Monthly():
            days = _within(trigger, _days_of_month(trigger, start))
        case MonthlyByWeekday():
            days = _weeks_of_month(trigger, start)
        case Unpredictable():
            if trigger.kind == "session" and trigger.detail in _SESSIONS:
                return _SESSIONS[trigger.detail]
            return _EVENTS.get(trigger.kind) or f"不明なトリガー {trigger.detail}".rstrip()
    return days if trigger.start is None else f"{days} {clock_time(trigger.start)}"


def _once(trigger: Once) -> str:
    if trigger.start is None:
        return "開始日時なし"
    moment = date_and_time(trigger.start)
    return f"{moment} に 1 回" if trigger.repetition is None else f"{moment} から"


def _within(trigger: Monthly | MonthlyByWeekday, days: str) -> str:
    months = sorted(set(months_of(trigger)))
    if tuple(months) == EVERY_MONTH:
        return days if days.startswith("毎週") else f"毎月 {days}"
    return f"{_joined(map(str, months))} 月の{' ' if days[0].isdigit() else ''}{days}"


def _days_of_month(trigger: Monthly, start: date) -> str:
    days = [f"{day} 日" for day in sorted(days_of_month(trigger, start))]
    return _joined(days + ["末日"] * trigger.is_last_day)


def _weeks_of_month(trigger: MonthlyByWeekday, start: date) -> str:
    weekdays = _joined(f"{_WEEKDAYS[day]}曜" for day in sorted(weekdays_of(trigger, start)))
    if is_every_week(trigger):
        return _within(trigger, f"毎週 {weekdays}")
    numbers = _joined(map(str, sorted(trigger.weeks)))
    weeks = [f"第 {numbers}"] * bool(numbers) + ["最終"] * trigger.is_last_week
    return _within(trigger, f"{_joined(weeks)} {weekdays}")


def _repetition(trigger: Trigger) -> str:
    if trigger.repetition is None:
        return ""
    duration = trigger.repetition.duration
    every = f"{length_in_japanese(trigger.repetition.interval)}ごとに"
    again = f"{every}無期限" if duration is None else f"{every} {length_in_japanese(duration)}"
    return f" {again}" if isinstance(trigger, Once) else f"、そこから {again}"


def _notes(trigger: AnyTrigger) -> Iterator[str]:
    if trigger.random_delay:
        yield f"最大 {length_in_japanese(trigger.random_delay)}のランダムな遅れ"
    if trigger.end is not None:
        yield f"{last_moment(trigger.end)} まで"
    if isinstance(trigger, Unpredictable):
        yield "予測できません"
    if not trigger.is_enabled:
        yield "無効"


def length_in_japanese(length: timedelta) -> str:
    """「1 時間 30 分」"""
    return " ".join(f"{number} {_UNITS[unit]}" for number, unit in units(length))


def _joined(words: Iterable[str]) -> str:
    return "・".join(words)
