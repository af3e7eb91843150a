"""Runs by systemd's calendar expressions: when they are due, and what is refused."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.schedule.on_calendar import OnCalendar
from tc_portal.core.schedule.unschedulable import Unschedulable

ZONES = ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

EXPRESSIONS = st.builds(
    "{}{}{}:{}".format,
    st.sampled_from(["", "", "", "Sun ", "Mon..Fri ", "Sat,Sun "]),
    st.sampled_from(["", "", "", "*-*-* ", "*-3,4,10,11-* ", "*-*-1/2 ", "2026-*-* "]),
    st.sampled_from(["*", "0/2", "0", "1", "2", "3", "1..3", "02,14"]) | st.integers(0, 23),
    st.sampled_from(["*", "0/7", "0/15", "0", "00,30", "10..40"]) | st.integers(0, 59),
)


def due(on_calendar: OnCalendar, after: datetime, until: datetime) -> list[datetime]:
    return [slot.due for slot in on_calendar.slots(after, until)]


def shown(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@cache
def changes(zone: str) -> list[datetime]:
    """The minutes at which the clock is changed."""
    days = [datetime(2016, 1, 1, tzinfo=UTC) + n * DAY for n in range(21 * 365)]
    near = [day for day in days if shown(day + DAY, zone) - shown(day, zone) != DAY]
    minutes = [day + n * MINUTE for day in near for n in range(1, 1441)]
    return [minute for minute in minutes if shown(minute, zone) - shown(minute - MINUTE, zone) != MINUTE]


def matches(field: str, value: int) -> bool:
    for part in field.split(","):
        begin, _, step = part.partition("/")
        low, _, high = begin.partition("..")
        if part == "*" or (step and value >= int(low) and (value - int(low)) % int(step) == 0):
            return True
        if not step and int(low) <= value <= int(high or low):
            return True
    return False


def due_by_walking(expression: str, zone: str, after: datetime, until: datetime) -> list[datetime]:
    """Minute by minute: due is what the clock shows, unless it has shown it before."""
    *words, time = expression.split()
    hour, minute = time.split(":")
    year, month, day = words.pop().split("-") if words and "-" in words[-1] else ("*", "*", "*")
    weekday = words.pop().replace("Mon..Fri", "Mon,Tue,Wed,Thu,Fri") if words else ",".join(WEEKDAYS)
    instant = after.replace(second=0, microsecond=0) - timedelta(hours=4)
    furthest, found = shown(instant, zone), []
    while (instant := instant + MINUTE) <= until:
        now = shown(instant, zone)
        if now <= furthest:
            continue
        furthest = now
        fields = ((minute, now.minute), (hour, now.hour), (day, now.day), (month, now.month), (year, now.year))
        if instant > after and WEEKDAYS[now.weekday()] in weekday and all(matches(*field) for field in fields):
            found.append(instant)
    return found


@st.composite
def windows(draw: st.DrawFn) -> tuple[str, datetime, datetime]:
    """Some hours or days, every other time at a change of the clock."""
    zone = draw(st.sampled_from(ZONES))
    near = st.builds(
        lambda change, n: change + n * MINUTE, st.sampled_from(changes(zone) or [NOON]), st.integers(-180, 120)
    )
    after = draw(near | st.datetimes(datetime(2016, 1, 1), datetime(2036, 12, 1), timezones=st.just(UTC)))
    return zone, after, after + draw(st.timedeltas(timedelta(), DAY / 6) | st.timedeltas(timedelta(), 4 * DAY))


@given(EXPRESSIONS, windows())
@settings(max_examples=300, deadline=None)
def test_slots_are_the_times_that_the_clock_shows_for_the_first_time(
    expression: str, window: tuple[str, datetime, datetime]
) -> None:
    zone, after, until = window
    assert due(OnCalendar((expression,), zone), after, until) == due_by_walking(expression, zone, after, until)


@given(st.lists(EXPRESSIONS, min_size=1, max_size=4), windows(), st.floats(0, 1))
@settings(deadline=None)
def test_expressions_are_joined_in_order_without_repeats_and_windows_that_adjoin_give_the_whole(
    expressions: list[str], window: tuple[str, datetime, datetime], share: float
) -> None:
    zone, after, until = window
    joined, middle = OnCalendar(tuple(expressions), zone), after + (until - after) * share
    whole = due(joined, after, until)
    assert whole == sorted(set().union(*(due(OnCalendar((each,), zone), after, until) for each in expressions)))
    assert due(joined, after, middle) + due(joined, middle, until) == whole


@pytest.mark.parametrize(
    ("zone", "expression", "day", "expected"),
    [
        ("Asia/Tokyo", "Mon..Fri 07:30", "2026-06-05", ["06-04 22:30"]),
        ("Asia/Tokyo", "Mon..Fri 07:30", "2026-06-06", []),
        ("Asia/Tokyo", "daily", "2026-06-06", ["06-05 15:00"]),
        ("Asia/Tokyo", "*-*~01 04:00", "2026-06-30", ["06-29 19:00"]),
        ("Asia/Tokyo", "02:00:00/20", "2026-06-06", ["06-05 17:00", "06-05 17:00", "06-05 17:00"]),
        # Put forward at 01:00 UTC from 02:00 to 03:00; put back at 01:00 UTC from 03:00 to 02:00.
        ("Europe/Berlin", "02:30", "2026-03-29", []),
        ("Europe/Berlin", "02,03:30", "2026-03-29", ["03-29 01:30"]),
        ("Europe/Berlin", "02:30", "2026-10-25", ["10-25 00:30"]),
        ("Europe/Berlin", "01..03:0/30", "2026-10-25",
         ["10-24 23:00", "10-24 23:30", "10-25 00:00", "10-25 00:30", "10-25 02:00", "10-25 02:30"]),
        # By half an hour: put forward at 15:30 UTC from 02:00 to 02:30; put back at 15:00 UTC from 02:00 to 01:30.
        ("Australia/Lord_Howe", "2:0/15", "2026-10-04", ["10-03 15:30", "10-03 15:45"]),
        ("Australia/Lord_Howe", "1:15,45", "2026-04-05", ["04-04 14:15", "04-04 14:45"]),
        # At midnight: put forward at 22:00 UTC from 00:00 to 01:00.
        ("Africa/Cairo", "daily", "2026-04-24", []),
    ],
)  # fmt: skip
def test_what_is_due_on_a_day(zone: str, expression: str, day: str, expected: list[str]) -> None:
    begin = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    after, until = (begin - MINUTE).astimezone(UTC), (begin + DAY - MINUTE).astimezone(UTC)
    found = [f"{instant:%m-%d %H:%M}" for instant in due(OnCalendar((expression,), zone), after, until)]
    assert found == expected


@pytest.mark.parametrize(("begin", "end", "expected"), [("00:20", "01:20", ["00:50"]), ("01:20", "23:00", [])])
def test_a_window_may_begin_and_end_within_a_doubled_hour(begin: str, end: str, expected: list[str]) -> None:
    # The clock in Berlin shows 02:00 to 03:00 from 00:00 UTC on, and again from 01:00 UTC on.
    after, until = (datetime.fromisoformat(f"2026-10-25T{time}Z") for time in (begin, end))
    found = due(OnCalendar(("02:50",), "Europe/Berlin"), after, until)
    assert [f"{instant:%H:%M}" for instant in found] == expected


def test_an_expressions_own_time_zone_counts_for_it_alone() -> None:
    both = OnCalendar(("07:30", " 07:30  Europe/Berlin"), "Asia/Tokyo")
    assert due(both, NOON, NOON + DAY) == [
        datetime(2026, 6, 1, 22, 30, tzinfo=UTC),
        datetime(2026, 6, 2, 5, 30, tzinfo=UTC),
    ]
    assert both.expressions == ("07:30", "07:30 Europe/Berlin")
    assert msgspec.json.decode(msgspec.json.encode(both), type=OnCalendar) == both


def test_the_window_leaves_out_its_beginning_and_includes_its_end() -> None:
    hourly = OnCalendar(("hourly",), "UTC")
    assert due(hourly, NOON, NOON + 60 * MINUTE) == [NOON + 60 * MINUTE]
    assert due(hourly, NOON - timedelta(microseconds=1), NOON + 60 * MINUTE - timedelta(microseconds=1)) == [NOON]
    assert due(hourly, NOON, NOON) == due(hourly, NOON + DAY, NOON) == []


@settings(deadline=timedelta(seconds=2))
@given(
    st.sampled_from([1, 1970, 2026, 2199, 9999]),
    st.sampled_from(["*:*", "Sun *-3-8..14 02:*:*", "Mon *-02-29", "1999-01-01"]),
)
def test_a_small_window_is_cheap_however_long_ago_or_far_ahead(year: int, expression: str) -> None:
    after = datetime(year, 6, 1, tzinfo=UTC)
    assert len(due(OnCalendar((expression,) * 20, "America/New_York"), after, after + 60 * MINUTE)) <= 60


def test_a_single_date_is_due_once_and_then_no_more() -> None:
    once = OnCalendar(("2026-06-02 04:00",), "UTC")
    assert due(once, NOON - 9000 * DAY, NOON + 9000 * DAY) == [datetime(2026, 6, 2, 4, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("expressions", "zone"),
    [
        ([], "UTC"), (["daily"] * 51, "UTC"), (["daily"], "Mars/Olympus"), (["daily Mars/Olympus"], "UTC"),
        (["daily America"], "UTC"), ([""], "UTC"), (["毎日"], "UTC"), (["24:00"], "UTC"), (["0 2 * * *"], "UTC"),
        (["*-02-30"], "UTC"), (["Mon 2026-06-02"], "UTC"), (["9" * 5000 + "-1-1"], "UTC"),
        (["daily", "@daily"], "UTC"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_both_languages(expressions: list[str], zone: str) -> None:
    with pytest.raises(Unschedulable) as refused:
        OnCalendar(tuple(expressions), zone)
    assert refused.value.ja and refused.value.en


@settings(max_examples=300)
@given(st.text() | st.text("0123456789 *:/,.-~MonFriUTC", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert len(due(OnCalendar((text,), "America/New_York"), NOON, NOON + 5 * MINUTE)) <= 300
    except Unschedulable as refused:
        assert refused.ja and refused.en
