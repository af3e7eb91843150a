"""Which days are business days, why the others are not, and how far ahead that is known."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.business_days.calendar import LONGEST_RUN_OFF, Calendar
from tc_portal.core.business_days.month import Month, month_after, month_containing
from tc_portal.core.schedule.unschedulable import Unschedulable

JAPAN = Calendar("本社", "JP")
YEAR_END = tuple((date(2026, 12, 29) + timedelta(days=distance), "年末年始休業") for distance in range(6))
HEAD_OFFICE = Calendar(
    "本社", "JP", days_off=((date(2026, 8, 13), "夏季休業"), *YEAR_END), days_on=(date(2026, 11, 21),)
)
ANY_DAY = st.dates(date(2000, 1, 1), date(2100, 12, 31))


def test_the_companys_own_days_off_and_on_count() -> None:
    assert HEAD_OFFICE.day_off_name(date(2026, 8, 13), "ja") == "夏季休業"
    assert HEAD_OFFICE.day_off_name(date(2026, 12, 31), "en") == "年末年始休業"
    assert HEAD_OFFICE.is_business_day(date(2026, 11, 21)), "a Saturday on which the company works"
    assert HEAD_OFFICE.day_off_name(date(2027, 1, 1), "ja") == "元日", "the national name goes first"
    assert HEAD_OFFICE.day_off_name(date(2027, 1, 2), "ja") == "年末年始休業", (
        "the company's name goes before the weekday's"
    )
    assert HEAD_OFFICE.next_business_day(date(2026, 12, 28)) == date(2027, 1, 4)
    assert HEAD_OFFICE.previous_business_day(date(2027, 1, 4)) == date(2026, 12, 28)


def test_a_day_off_without_a_name_has_one_all_the_same() -> None:
    calendar = Calendar("本社", "JP", days_off=((date(2026, 8, 13), ""),))
    assert calendar.day_off_name(date(2026, 8, 13), "ja") == "休業日"
    assert calendar.day_off_name(date(2026, 8, 13), "en") == "Company day off"


def test_a_company_may_work_at_weekends_or_on_holidays() -> None:
    assert Calendar("店", "JP", weekly_days_off=(2,)).is_business_day(date(2026, 11, 14))
    assert Calendar("店", "JP", weekly_days_off=(2,)).day_off_name(date(2026, 11, 11), "ja") == "水曜日"
    assert Calendar("工場", None).is_business_day(date(2026, 11, 3))
    assert not Calendar("工場", None).is_business_day(date(2026, 11, 14))


@settings(deadline=None)
@given(ANY_DAY)
def test_the_nearest_business_days_lie_on_either_side_with_only_days_off_between(day: date) -> None:
    following, preceding = HEAD_OFFICE.next_business_day(day), HEAD_OFFICE.previous_business_day(day)
    assert following is not None and preceding is not None and preceding < day < following
    assert HEAD_OFFICE.is_business_day(following) and HEAD_OFFICE.is_business_day(preceding)
    between = [preceding + timedelta(days=n) for n in range(1, (following - preceding).days)]
    assert not any(HEAD_OFFICE.is_business_day(other) for other in between if other != day)


@settings(deadline=None)
@given(ANY_DAY)
def test_a_business_day_is_one_that_has_no_reason_to_be_off(day: date) -> None:
    assert HEAD_OFFICE.is_business_day(day) == (HEAD_OFFICE.day_off_name(day, "ja") is None)


@settings(deadline=None)
@given(ANY_DAY, st.sampled_from([None, 1, 5, 20, 28, 29, 30, 31]), st.integers(1, 31))
def test_the_nth_business_day_counts_from_either_end_of_the_month(day: date, closing_day: int | None, n: int) -> None:
    month = month_containing(day, closing_day)
    days = [month.first + timedelta(days=distance) for distance in range((month.last - month.first).days + 1)]
    business_days = [other for other in days if HEAD_OFFICE.is_business_day(other)]
    fits = n <= len(business_days)
    assert HEAD_OFFICE.nth_business_day_of(month, n) == (business_days[n - 1] if fits else None)
    assert HEAD_OFFICE.nth_business_day_of(month, -n) == (business_days[-n] if fits else None)


@settings(deadline=None)
@given(ANY_DAY, st.none() | st.integers(1, 31))
def test_months_by_a_closing_day_follow_one_another_without_a_gap(day: date, closing_day: int | None) -> None:
    month = month_containing(day, closing_day)
    assert month.first <= day <= month.last
    assert month_containing(month.first, closing_day) == month_containing(month.last, closing_day) == month
    assert month_after(month, closing_day).first == month.last + timedelta(days=1)


def test_a_month_closes_on_its_closing_day_or_on_its_last() -> None:
    assert month_containing(date(2026, 11, 21), 20) == Month(date(2026, 11, 21), date(2026, 12, 20))
    assert month_containing(date(2026, 12, 20), 20) == Month(date(2026, 11, 21), date(2026, 12, 20))
    assert month_containing(date(2027, 2, 10), 30) == Month(date(2027, 1, 31), date(2027, 2, 28))
    assert month_containing(date(2027, 2, 10)) == Month(date(2027, 2, 1), date(2027, 2, 28))


def test_a_calendar_without_business_days_has_none_and_says_so() -> None:
    never = Calendar("休業中", None, weekly_days_off=tuple(range(7)))
    assert never.next_business_day(date(2026, 11, 14)) is None
    assert never.previous_business_day(date(2026, 11, 14)) is None
    assert never.business_days_before(date(2026, 11, 14), 3) is None
    assert never.nth_business_day_of(month_containing(date(2026, 11, 14)), 1) is None
    assert JAPAN.next_business_day(date.max) is None and JAPAN.previous_business_day(date.min) is None


@pytest.mark.parametrize(("days_off", "reaches"), [(LONGEST_RUN_OFF, True), (LONGEST_RUN_OFF + 1, False)])
def test_a_long_run_of_days_off_is_bridged_up_to_a_season(days_off: int, reaches: bool) -> None:
    first = date(2026, 7, 1)
    run = tuple((first + timedelta(days=distance), "閉鎖") for distance in range(days_off))
    calendar = Calendar("学校", None, weekly_days_off=(), days_off=run)
    assert (calendar.next_business_day(first - timedelta(days=1)) is not None) == reaches


@pytest.mark.parametrize(
    "values",
    [
        {"name": " ", "country": "JP"},
        {"name": "本社", "country": "ZZ"},
        {"name": "本社", "country": "jp"},
        {"name": "本社", "country": "../../etc/passwd"},
        {"name": "本社", "country": "JP", "weekly_days_off": (7,)},
        {"name": "本社", "country": "JP", "days_off": ((date(2026, 8, 13), "夏"),), "days_on": (date(2026, 8, 13),)},
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_in_both_languages(values: dict[str, object]) -> None:
    with pytest.raises(Unschedulable) as refused:
        msgspec.convert(values, Calendar)
    assert refused.value.ja and refused.value.en


def test_a_calendar_survives_json() -> None:
    again = msgspec.json.decode(msgspec.json.encode(HEAD_OFFICE), type=Calendar)
    assert again == HEAD_OFFICE
    assert again.day_off_name(date(2026, 8, 13), "ja") == "夏季休業"


def test_a_changed_copy_of_a_calendar_goes_by_the_change() -> None:
    assert HEAD_OFFICE.is_business_day(date(2026, 11, 16))
    changed = msgspec.structs.replace(HEAD_OFFICE, days_off=((date(2026, 11, 16), "創立記念日"),))
    assert changed.day_off_name(date(2026, 11, 16), "ja") == "創立記念日"
