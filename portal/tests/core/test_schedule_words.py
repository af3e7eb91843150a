"""Schedules in words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.on_calendar import OnCalendar
from tc_portal.core.schedule.words import in_words

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "ja", "en"),
    [
        (timedelta(minutes=15), "15 分ごと", "every 15 minutes"),
        (timedelta(minutes=1), "1 分ごと", "every minute"),
        (timedelta(minutes=90), "1 時間 30 分ごと", "every 1 hour 30 minutes"),
        (timedelta(hours=1), "1 時間ごと", "every hour"),
        (timedelta(hours=6), "6 時間ごと", "every 6 hours"),
        (timedelta(days=1), "1 日ごと", "every day"),
        (timedelta(days=7, seconds=5), "7 日 5 秒ごと", "every 7 days 5 seconds"),
    ],
)
def test_an_interval_is_told_in_its_largest_units(every: timedelta, ja: str, en: str) -> None:
    assert in_words(Interval(every, EPOCH), "ja") == ja
    assert in_words(Interval(every, EPOCH), "en") == en


@pytest.mark.parametrize(
    ("line", "ja", "en"),
    [
        ("0 2 * * *", "毎日 02:00", "every day at 02:00"),
        ("@daily", "毎日 00:00", "every day at 00:00"),
        ("0 9,12,17 * * *", "毎日 09:00、12:00、17:00", "every day at 09:00, 12:00, 17:00"),
        ("0,30 8 * * *", "毎日 08:00、08:30", "every day at 08:00, 08:30"),
        ("* * * * *", "1 分ごと", "every minute"),
        ("*/5 * * * *", "5 分ごと", "every 5 minutes"),
        ("0,30 * * * *", "30 分ごと", "every 30 minutes"),
        ("5 * * * *", "毎時 5 分", "every hour at :05"),
        ("@hourly", "毎時 0 分", "every hour at :00"),
        ("10,40,50 * * * *", "毎時 10 分、40 分、50 分", "every hour at :10, :40, :50"),
        ("5 1/6 * * *", "6 時間ごと（01:05 から）", "every 6 hours from 01:05"),
        ("*/10 9-17 * * *", "09:00〜17:50 に 10 分ごと", "every 10 minutes from 09:00 to 17:50"),
        ("0 9-18 * * 1-5", "平日（月〜金）09:00〜18:00 に 1 時間ごと",
         "every hour from 09:00 to 18:00, weekdays (Mon–Fri)"),
        ("30 7 * * 1-5", "平日（月〜金）07:30", "weekdays (Mon–Fri) at 07:30"),
        ("30 7 * * MON-FRI", "平日（月〜金）07:30", "weekdays (Mon–Fri) at 07:30"),
        ("*/5 * * * 1-5", "平日（月〜金）5 分ごと", "every 5 minutes, weekdays (Mon–Fri)"),
        ("0 3 * * 1", "毎週月曜 03:00", "every Monday at 03:00"),
        ("0 3 * * 7,sat", "毎週土曜・日曜 03:00", "every Saturday and Sunday at 03:00"),
        ("0 3 * * 0-6", "毎日 03:00", "every day at 03:00"),
        ("0 4 1 * *", "毎月 1 日 04:00", "on the 1st of every month at 04:00"),
        ("0 4 1,15 * *", "毎月 1 日・15 日 04:00", "on the 1st and 15th of every month at 04:00"),
        ("0 4 31 * *", "毎月 31 日（ない月は飛ばす）04:00",
         "on the 31st of every month (skipped where there is none) at 04:00"),
        ("0 4 L * *", "毎月末日 04:00", "on the last day of every month at 04:00"),
        ("@yearly", "毎年 1 月 1 日 00:00", "on the 1st of January at 00:00"),
        ("0 0 30 4,6 *", "毎年 4 月・6 月の 30 日 00:00", "on the 30th of April and June at 00:00"),
    ],
)  # fmt: skip
def test_a_common_cron_expression_reads_as_an_operator_would_say_it(line: str, ja: str, en: str) -> None:
    assert in_words(Cron((line,), "Asia/Tokyo"), "ja") == ja
    assert in_words(Cron((line,), "Asia/Tokyo"), "en") == en


def test_days_of_the_month_or_of_the_week_are_every_day_where_either_is() -> None:
    # Without a star, they are joined by "or".
    assert in_words(Cron(("0 9 1-31 * MON",), "UTC"), "en") == "every day at 09:00"
    assert in_words(Cron(("0 9 * * MON",), "UTC"), "en") == "every Monday at 09:00"


@pytest.mark.parametrize(
    "line",
    [
        "0 9 1 * MON",
        "0 9 * * MON#2",
        "0 9 * * 5L",
        "0 12 LW * *",
        "0 9 * 4 *",
        "1-50 3 * * *",
        "0 9 */2 * *",
        "0 9 1 1-6 *",
    ],
)
def test_any_other_cron_expression_is_given_as_it_is_written(line: str) -> None:
    assert in_words(Cron((line,), "UTC"), "ja") == in_words(Cron((line,), "UTC"), "en") == f"cron: {line}"


def test_several_lines_are_joined_and_none_is_told_twice() -> None:
    cron = Cron(("0 2 * * *", "@daily", "0 0 * * *", "0 9 * * MON#2"), "Asia/Tokyo")
    assert in_words(cron, "ja-JP") == "毎日 02:00／毎日 00:00／cron: 0 9 * * MON#2"
    assert in_words(cron, "fr") == "every day at 02:00; every day at 00:00; cron: 0 9 * * MON#2"


def test_on_calendar_expressions_are_given_as_they_are_written() -> None:
    on_calendar = OnCalendar(("Mon..Fri 07:30", "daily Europe/Berlin"), "Asia/Tokyo")
    assert in_words(on_calendar, "ja") == "OnCalendar: Mon..Fri 07:30／OnCalendar: daily Europe/Berlin"
    assert in_words(on_calendar, "en") == "OnCalendar: Mon..Fri 07:30; OnCalendar: daily Europe/Berlin"


TIMES = st.sampled_from(["*", "*/5", "*/7", "0", "7,23", "2-5", "1-23/2", "0-19", "0-23"])
DAYS = st.sampled_from(["*", "*/2", "1", "1-20", "31", "L", "LW", "1,L"])
MONTHS = st.sampled_from(["*", "1", "JAN,MAY", "1-7"])
WEEKDAYS = st.sampled_from(["*", "*/2", "1-5", "SUN", "0-7", "5L", "MON#1", "5L,1"])


@given(st.builds("{} {} {} {} {}".format, TIMES, TIMES, DAYS, MONTHS, WEEKDAYS))
def test_every_cron_expression_can_be_told(line: str) -> None:
    assert in_words(Cron((line,), "UTC"), "ja") and in_words(Cron((line,), "UTC"), "en")
