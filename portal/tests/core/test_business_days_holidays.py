"""National holidays: those of Japan as the government publishes them, and how far ahead they are known."""

import csv
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.company_days import read_company_days
from tc_portal.core.business_days.national_holidays import national_holidays

OFFICIAL_LIST = Path(__file__).with_name("japanese_holidays.csv")
JAPAN = Calendar("本社", "JP")


def official() -> dict[date, str]:
    lines = [line for line in OFFICIAL_LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = list(csv.reader(lines))[1:]
    return {date(*map(int, day.split("/"))): name for day, name in rows}


@pytest.mark.parametrize("year", range(2016, 2028))
def test_japans_holidays_are_those_that_the_cabinet_office_publishes(year: int) -> None:
    published = {day for day in official() if day.year == year}
    assert set(national_holidays("JP", year, "ja")) == published


def test_japans_holidays_bear_the_names_of_the_law() -> None:
    for day, name in official().items():
        said = JAPAN.day_off_name(day, "ja")
        if name == "休日":
            assert said in ("振替休日", "国民の休日")
        elif name == "休日（祝日扱い）":
            assert said in ("天皇の即位の日", "即位礼正殿の儀が行われる日")
        else:
            assert said == name.removesuffix("（スポーツの日）")


@pytest.mark.parametrize(
    ("day", "ja", "en"),
    [
        (date(2019, 4, 30), "国民の休日", "National Holiday"),
        (date(2019, 5, 1), "天皇の即位の日", "Emperor's Enthronement Day"),
        (date(2019, 5, 2), "国民の休日", "National Holiday"),
        (date(2019, 10, 22), "即位礼正殿の儀が行われる日", "Emperor's Enthronement Day"),
        (date(2020, 7, 24), "スポーツの日", "Sports Day"),
        (date(2021, 8, 8), "山の日", "Mountain Day"),
        (date(2021, 8, 9), "振替休日", "Substitute Holiday"),
        (date(2026, 5, 6), "振替休日", "Substitute Holiday"),
        (date(2026, 9, 22), "国民の休日", "National Holiday"),
        (date(2027, 3, 22), "振替休日", "Substitute Holiday"),
        (date(2026, 11, 14), "土曜日", "Saturday"),
        (date(2026, 11, 15), "日曜日", "Sunday"),
        (date(2026, 5, 3), "憲法記念日", "Constitution Day"),
    ],
)
def test_a_day_off_says_why(day: date, ja: str, en: str) -> None:
    assert JAPAN.day_off_name(day, "ja") == ja
    assert JAPAN.day_off_name(day, "en") == en


@pytest.mark.parametrize(
    "day", [date(2019, 12, 23), date(2020, 10, 12), date(2020, 7, 20), date(2021, 8, 11), date(2021, 10, 11)]
)
def test_a_holiday_that_was_moved_away_is_a_business_day(day: date) -> None:
    assert JAPAN.is_business_day(day)
    assert JAPAN.day_off_name(day, "ja") is None


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("DE", date(2026, 10, 3), "German Unity Day"),
        ("US", date(2026, 7, 3), "Independence Day (observed)"),
        ("NZ", date(2026, 2, 6), "Waitangi Day"),
    ],
)
def test_other_countries_are_known_and_named_in_english(country: str, day: date, name: str) -> None:
    for language in ("ja", "en"):
        assert Calendar("branch", country).day_off_name(day, language) == name


def test_what_is_certain_ends_with_what_is_announced() -> None:
    assert JAPAN.certain_until == date(2027, 12, 31)
    assert max(official()).year == 2027, "the constant and the list above go together"
    assert JAPAN.is_certain(date(2027, 12, 31)) and not JAPAN.is_certain(date(2028, 1, 1))
    assert Calendar("工場", None).certain_until == date.max
    assert Calendar("branch", "DE").certain_until is None, "nobody has gathered when other countries announce"


def test_the_cabinet_offices_own_list_can_be_read_in_as_days_off() -> None:
    read = read_company_days(OFFICIAL_LIST.read_bytes())
    assert read.unread == () and dict(read.days_off) == official()
    calendar = Calendar("本社", "JP", days_off=read.days_off)
    assert calendar.day_off_name(date(2026, 9, 22), "ja") == "国民の休日", "the library's name says more than 休日"


def test_many_threads_may_ask_at_once() -> None:
    national_holidays.cache_clear()
    days = [date(2000, 1, 1) + timedelta(days=n) for n in range(0, 9000, 7)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: [JAPAN.is_business_day(day) for day in days], range(8)))
    assert all(answer == answers[0] for answer in answers)


def test_the_library_of_holidays_is_loaded_only_when_a_calendar_is_asked() -> None:
    script = """
import datetime, sys
from tc_portal.core.business_days import calendar, company_days, narrowed, rule, words
japan = calendar.Calendar("本社", "JP")
assert not any(name.split(".")[0] == "holidays" for name in sys.modules)
assert not japan.is_business_day(datetime.date(2026, 11, 3))
"""
    subprocess.run([sys.executable, "-c", script], check=True)
