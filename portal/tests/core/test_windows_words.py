"""Triggers of the Windows Task Scheduler in words."""

from datetime import datetime, timedelta

import pytest
from tc_portal.core.task_scheduler.task import (
    AnyTrigger,
    Boundary,
    Daily,
    EventKind,
    Monthly,
    MonthlyByWeekday,
    Once,
    Repetition,
    Unpredictable,
    Weekly,
)
from tc_portal.core.task_scheduler.words import length_in_words, trigger_in_words, triggers_in_words

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AT_TWO = Boundary(datetime(2026, 12, 1, 2, 0))  # a Tuesday
MONDAY, WEDNESDAY, FRIDAY = 0, 2, 4


@pytest.mark.parametrize(
    ("trigger", "ja", "en"),
    [
        (Daily(start=AT_TWO), "毎日 02:00", "Every day at 02:00"),
        (Daily(start=AT_TWO, every_days=2), "2 日ごと 02:00", "Every 2 days at 02:00"),
        (Weekly(start=AT_TWO, weekdays=(WEDNESDAY, MONDAY)), "毎週 月・水 02:00",
         "Every Monday and Wednesday at 02:00"),
        (Weekly(start=AT_TWO, every_weeks=2, weekdays=(MONDAY,)), "2 週間ごと 月 02:00",
         "Every 2 weeks on Monday at 02:00"),
        (Weekly(start=AT_TWO), "毎週 火 02:00", "Every Tuesday at 02:00"),
        (Monthly(start=AT_TWO, days=(1,), is_last_day=True), "毎月 1 日・末日 02:00",
         "On the 1st and last day of every month at 02:00"),
        (Monthly(start=AT_TWO, days=(2, 13, 23)), "毎月 2 日・13 日・23 日 02:00",
         "On the 2nd, 13th and 23rd of every month at 02:00"),
        (Monthly(start=AT_TWO), "毎月 1 日 02:00", "On the 1st of every month at 02:00"),
        (Monthly(start=AT_TWO, days=(1,), months=(1, 4, 7, 10)), "1・4・7・10 月の 1 日 02:00",
         "On the 1st of January, April, July and October at 02:00"),
        (Monthly(start=AT_TWO, is_last_day=True, months=(3,)), "3 月の末日 02:00",
         "On the last day of March at 02:00"),
        (MonthlyByWeekday(start=AT_TWO, weeks=(2,), is_last_week=True, weekdays=(FRIDAY,)), "毎月 第 2・最終 金曜 02:00",
         "On the 2nd and last Friday of every month at 02:00"),
        (MonthlyByWeekday(start=AT_TWO, weeks=(1, 3), weekdays=(MONDAY, FRIDAY), months=(6, 12)),
         "6・12 月の第 1・3 月曜・金曜 02:00", "On the 1st and 3rd Monday and Friday of June and December at 02:00"),
        (MonthlyByWeekday(start=AT_TWO, is_last_week=True, weekdays=(FRIDAY,)), "毎月 最終 金曜 02:00",
         "On the last Friday of every month at 02:00"),
        (MonthlyByWeekday(start=AT_TWO, weekdays=(FRIDAY,)), "毎週 金曜 02:00", "Every Friday at 02:00"),
        (MonthlyByWeekday(start=AT_TWO, weeks=(1, 2, 3, 4), is_last_week=True, weekdays=(FRIDAY,), months=(2,)),
         "2 月の毎週 金曜 02:00", "Every Friday in February at 02:00"),
        (Once(start=AT_TWO), "2026-12-01 02:00 に 1 回", "Once at 2026-12-01 02:00"),
        (Once(), "開始日時なし", "No start date"),
        (Daily(), "毎日", "Every day"),
    ],
)  # fmt: skip
def test_a_trigger_reads_as_an_operator_would_say_it(trigger: AnyTrigger, ja: str, en: str) -> None:
    assert trigger_in_words(trigger, "ja") == ja
    assert trigger_in_words(trigger, "en") == en


@pytest.mark.parametrize(
    ("trigger", "ja", "en"),
    [
        (Daily(start=AT_TWO, repetition=Repetition(15 * MINUTE, 8 * HOUR)),
         "毎日 02:00、そこから 15 分ごとに 8 時間", "Every day at 02:00, then every 15 minutes for 8 hours"),
        (Daily(start=AT_TWO, repetition=Repetition(HOUR)),
         "毎日 02:00、そこから 1 時間ごとに無期限", "Every day at 02:00, then every hour indefinitely"),
        (Once(start=AT_TWO, repetition=Repetition(MINUTE)),
         "2026-12-01 02:00 から 1 分ごとに無期限", "From 2026-12-01 02:00 every minute indefinitely"),
        (Once(start=AT_TWO, repetition=Repetition(90 * MINUTE, DAY)),
         "2026-12-01 02:00 から 1 時間 30 分ごとに 1 日",
         "From 2026-12-01 02:00 every 1 hour and 30 minutes for 1 day"),
        (Daily(start=AT_TWO, random_delay=30 * MINUTE),
         "毎日 02:00（最大 30 分のランダムな遅れ）", "Every day at 02:00 (random delay of up to 30 minutes)"),
        (Daily(start=AT_TWO, random_delay=timedelta(seconds=4.2)),
         "毎日 02:00（最大 5 秒のランダムな遅れ）", "Every day at 02:00 (random delay of up to 5 seconds)"),
        (Daily(start=AT_TWO, end=Boundary(datetime(2026, 12, 31, 23, 59, 59))),
         "毎日 02:00（2026-12-31 まで）", "Every day at 02:00 (until 2026-12-31)"),
        (Daily(start=AT_TWO, end=Boundary(datetime(2027, 1, 1), timedelta())),
         "毎日 02:00（2027-01-01 00:00 UTC まで）", "Every day at 02:00 (until 2027-01-01 00:00 UTC)"),
        (Daily(start=AT_TWO, is_enabled=False), "毎日 02:00（無効）", "Every day at 02:00 (disabled)"),
        (Weekly(start=AT_TWO, repetition=Repetition(HOUR, 2 * HOUR), random_delay=MINUTE,
                end=Boundary(datetime(2026, 12, 31, 18, 0)), is_enabled=False),
         "毎週 火 02:00、そこから 1 時間ごとに 2 時間（最大 1 分のランダムな遅れ）（2026-12-31 18:00 まで）（無効）",
         "Every Tuesday at 02:00, then every hour for 2 hours (random delay of up to 1 minute)"
         " (until 2026-12-31 18:00) (disabled)"),
    ],
)  # fmt: skip
def test_repetition_delay_end_and_being_disabled_follow(trigger: AnyTrigger, ja: str, en: str) -> None:
    assert trigger_in_words(trigger, "ja") == ja
    assert trigger_in_words(trigger, "en") == en


@pytest.mark.parametrize(
    ("offset", "shown"),
    [
        (timedelta(), "13:45:10 UTC"),
        (9 * HOUR, "13:45:10 UTC+09:00"),
        (timedelta(hours=-9, minutes=-30), "13:45:10 UTC-09:30"),
    ],
)
def test_a_clock_that_is_not_the_pcs_is_told_and_so_are_seconds(offset: timedelta, shown: str) -> None:
    daily = Daily(start=Boundary(datetime(2022, 5, 10, 13, 45, 10), offset))
    assert trigger_in_words(daily, "ja") == f"毎日 {shown}"
    assert trigger_in_words(daily, "en") == f"Every day at {shown}"


@pytest.mark.parametrize(
    ("kind", "ja", "en"),
    [
        ("boot", "PC の起動時", "When the PC starts"),
        ("logon", "ログオン時", "When a user logs on"),
        ("event", "イベント発生時", "When an event occurs"),
        ("idle", "アイドル時", "When the PC is idle"),
        ("session", "セッションの変化時", "When a session changes"),
        ("registration", "タスクの登録時", "When the task is registered"),
        ("unknown", "不明なトリガー", "At an unknown trigger"),
    ],
)
def test_what_nobody_can_predict_says_so(kind: EventKind, ja: str, en: str) -> None:
    trigger = Unpredictable(kind=kind, start=AT_TWO)
    assert trigger_in_words(trigger, "ja") == f"{ja}（予測できません）"
    assert trigger_in_words(trigger, "en") == f"{en} (cannot be predicted)"


def test_a_trigger_that_is_not_known_here_is_named() -> None:
    trigger = Unpredictable(kind="unknown", detail="WnfStateChangeTrigger", is_enabled=False)
    assert trigger_in_words(trigger, "ja") == "不明なトリガー WnfStateChangeTrigger（予測できません）（無効）"
    assert (
        trigger_in_words(trigger, "en")
        == "At an unknown trigger WnfStateChangeTrigger (cannot be predicted) (disabled)"
    )


def test_a_repetition_after_something_that_nobody_can_predict() -> None:
    boot = Unpredictable(kind="boot", repetition=Repetition(15 * MINUTE))
    assert trigger_in_words(boot, "ja") == "PC の起動時、そこから 15 分ごとに無期限（予測できません）"
    assert (
        trigger_in_words(boot, "en") == "When the PC starts, then every 15 minutes indefinitely (cannot be predicted)"
    )


@pytest.mark.parametrize(
    ("language", "said"), [("ja-JP", "毎日 02:00"), ("en-GB", "Every day at 02:00"), ("de", "Every day at 02:00")]
)
def test_whatever_is_not_japanese_is_english(language: str, said: str) -> None:
    assert trigger_in_words(Daily(start=AT_TWO), language) == said


@pytest.mark.parametrize(
    ("change", "ja", "en"),
    [
        ("SessionLock", "画面のロック時（予測できません）", "When the screen is locked (cannot be predicted)"),
        ("RemoteConnect", "リモート接続時（予測できません）", "When a user connects remotely (cannot be predicted)"),
        ("Something", "セッションの変化時（予測できません）", "When a session changes (cannot be predicted)"),
    ],
)
def test_a_change_of_session_says_which(change: str, ja: str, en: str) -> None:
    trigger = Unpredictable(kind="session", detail=change)
    assert (trigger_in_words(trigger, "ja"), trigger_in_words(trigger, "en")) == (ja, en)


def test_of_many_triggers_some_are_told_and_how_many_more_there_are() -> None:
    starts = [Boundary(datetime(2026, 4, 1, hour)) for hour in range(24)]
    triggers = [Daily(start=start) for start in starts]
    assert triggers_in_words(triggers[:2] * 2, "ja") == ["毎日 00:00", "毎日 01:00"]
    assert triggers_in_words(triggers, "ja", most=3) == ["毎日 00:00", "毎日 01:00", "ほか 22 個のトリガー"]
    assert triggers_in_words(triggers, "en", most=3)[-1] == "and 22 more triggers"


def test_a_length_of_time_in_words() -> None:
    assert length_in_words(timedelta(minutes=90), "ja") == "1 時間 30 分"
    assert length_in_words(timedelta(minutes=90), "en") == "1 hour and 30 minutes"
