"""Rules in words."""

import pytest
from business_days_strategies import RULE
from hypothesis import given
from tc_portal.core.business_days.day_choice import (
    BusinessDaysBefore,
    DayChoice,
    DayOfMonth,
    EveryBusinessDay,
    NthBusinessDay,
)
from tc_portal.core.business_days.rule import BusinessDayRule
from tc_portal.core.business_days.words import rule_in_words


@pytest.mark.parametrize(
    ("day", "closing_day", "ja", "en"),
    [
        (EveryBusinessDay(), None, "毎営業日 09:00", "Every business day at 09:00"),
        (NthBusinessDay(3), None, "第 3 営業日 09:00", "On the 3rd business day of the month at 09:00"),
        (NthBusinessDay(-1), None, "最終営業日 09:00", "On the last business day of the month at 09:00"),
        (NthBusinessDay(-2), None, "月の最後から 2 番目の営業日 09:00",
         "On the 2nd to last business day of the month at 09:00"),
        (NthBusinessDay(1), 20, "20 日締めの月の第 1 営業日 09:00",
         "On the 1st business day of the month that closes on the 20th at 09:00"),
        (DayOfMonth(25, "before"), None, "25 日（休日なら前営業日）09:00",
         "On the 25th of the month (if that is a day off, the business day before) at 09:00"),
        (DayOfMonth(11, "after"), None, "11 日（休日なら翌営業日）09:00",
         "On the 11th of the month (if that is a day off, the business day after) at 09:00"),
        (DayOfMonth("last", "skip"), None, "月末（休日なら中止）09:00",
         "On the last day of the month (not if that is a day off) at 09:00"),
        (DayOfMonth("last", "before"), 20, "締め日 20 日（休日なら前営業日）09:00",
         "On the closing day, the 20th (if that is a day off, the business day before) at 09:00"),
        (DayOfMonth(31, "anyway"), None, "31 日（ない月は末日、休日でも実行）09:00",
         "On the 31st of the month (or the last of a shorter month; even if that is a day off) at 09:00"),
        (BusinessDaysBefore(2, "last"), None, "月末の 2 営業日前 09:00",
         "2 business days before the last day of the month at 09:00"),
        (BusinessDaysBefore(1, 22), None, "22 日の 1 営業日前 09:00",
         "1 business day before the 22nd of the month at 09:00"),
    ],
)  # fmt: skip
def test_a_rule_reads_as_an_operator_would_say_it(day: DayChoice, closing_day: int | None, ja: str, en: str) -> None:
    rule = BusinessDayRule("本社", "Asia/Tokyo", ("9:00",), day, closing_day)
    assert rule_in_words(rule, "", "ja") == ja
    assert rule_in_words(rule, "", "en") == en


def test_times_are_told_in_order_and_those_after_midnight_by_both_clocks() -> None:
    rule = BusinessDayRule("本社", "Asia/Tokyo", ("25:30", "07:30", "7:30"), EveryBusinessDay())
    assert rule_in_words(rule, "", "ja") == "毎営業日 07:30、25:30（翌日 01:30）"
    assert rule_in_words(rule, "", "en") == "Every business day at 07:30, 25:30 (01:30 the day after)"


def test_the_calendar_is_named() -> None:
    rule = BusinessDayRule("本社", "Asia/Tokyo", ("07:30",), EveryBusinessDay())
    assert rule_in_words(rule, "本社", "ja") == "毎営業日 07:30（カレンダー: 本社）"
    assert rule_in_words(rule, "Head office", "en") == "Every business day at 07:30 (calendar: Head office)"


@given(RULE)
def test_every_rule_can_be_told(rule: BusinessDayRule) -> None:
    assert rule_in_words(rule, "c", "ja") and rule_in_words(rule, "c", "en")
