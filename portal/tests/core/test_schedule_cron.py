"""Runs by cron expressions: when they are due, and what is refused."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.schedule.cron import Cron, read_cron_lines
from tc_portal.core.schedule.unschedulable import Unschedulable

ZONES = ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
NAMES = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))}

EXPRESSIONS = st.builds(
    "{} {} {} {} {}".format,
    st.sampled_from(["*", "*/7", "*/15", "0", "0,30", "10-40/10", "1-59/2"]) | st.integers(0, 59),
    st.sampled_from(["*", "*", "*/2", "0", "1", "2", "3", "1-3", "2,14", "0-23", "0-23/3"]) | st.integers(0, 23),
    st.sampled_from(["*", "*", "*", "*/2", "1-7", "13,31"]),
    st.sampled_from(["*", "*", "*", "3-4", "9,10,11", "1-12/3"]),
    st.sampled_from(["*", "*", "*", "SUN", "0", "7", "5-7", "MON,wed", "1-5", "*/2"]),
)


def due(cron: Cron, after: datetime, until: datetime) -> list[datetime]:
    return [slot.due for slot in cron.slots(after, until)]


def shown(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@cache
def changes(zone: str) -> list[datetime]:
    """The minutes at which the clock is changed."""
    days = [datetime(2016, 1, 1, tzinfo=UTC) + n * DAY for n in range(21 * 365)]
    near = [day for day in days if shown(day + DAY, zone) - shown(day, zone) != DAY]
    minutes = [day + n * MINUTE for day in near for n in range(1, 1441)]
    return [minute for minute in minutes if shown(minute, zone) - shown(minute - MINUTE, zone) != MINUTE]


def numbers(field: str, last: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        steps, _, step = part.partition("/")
        begin, _, end = ("0", "-", str(last)) if steps == "*" else steps.upper().partition("-")
        low = NAMES[begin] if begin in NAMES else int(begin)
        found |= set(range(low, (int(end) if end else low) + 1, int(step or 1)))
    return found


def due_by_walking(expression: str, zone: str, after: datetime, until: datetime) -> list[datetime]:
    """Debian's rule, minute by minute. What the clock has shown furthest is kept in mind: jobs at fixed times run for
    each minute beyond it, at once where it jumps; others run by what the clock shows."""
    minute, hour, day, month, weekday = expression.split()
    minutes, hours, months, weekdays = numbers(minute, 59), numbers(hour, 23), numbers(month, 12), numbers(weekday, 7)
    # A star's days begin with 1, not with 0.
    days = {n + day.startswith("*") for n in numbers(day, 30)}
    months = set(range(1, 13)) if month == "*" else months

    def matches(time: datetime) -> bool:
        if time.minute not in minutes or time.hour not in hours or time.month not in months:
            return False
        is_day, is_weekday = time.day in days, bool({time.isoweekday(), time.isoweekday() % 7} & weekdays)
        either_begins_with_star = day.startswith("*") or weekday.startswith("*")
        return is_day and is_weekday if either_begins_with_star else is_day or is_weekday

    is_fixed = not minute.startswith("*") and not hour.startswith("*")
    instant = after.replace(second=0, microsecond=0) - timedelta(hours=4)
    furthest, found = shown(instant, zone), []
    while (instant := instant + MINUTE) <= until:
        now = shown(instant, zone)
        is_due = not is_fixed and matches(now)
        while furthest < now:
            furthest += MINUTE
            is_due = is_due or (is_fixed and matches(furthest))
        if is_due and instant > after:
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
@settings(max_examples=400, deadline=None)
def test_slots_are_those_that_debians_cron_runs(expression: str, window: tuple[str, datetime, datetime]) -> None:
    zone, after, until = window
    assert due(Cron((expression,), zone), after, until) == due_by_walking(expression, zone, after, until)


@given(st.lists(EXPRESSIONS, min_size=1, max_size=4), windows(), st.floats(0, 1))
@settings(deadline=None)
def test_lines_are_joined_in_order_without_repeats_and_windows_that_adjoin_give_the_whole(
    lines: list[str], window: tuple[str, datetime, datetime], share: float
) -> None:
    zone, after, until = window
    cron, middle = Cron(tuple(lines), zone), after + (until - after) * share
    whole = due(cron, after, until)
    assert whole == sorted(set().union(*(due(Cron((line,), zone), after, until) for line in lines)))
    assert due(cron, after, middle) + due(cron, middle, until) == whole


@pytest.mark.parametrize(
    ("zone", "expression", "day", "expected"),
    [
        ("Asia/Tokyo", "30 7 * * 1-5", "2026-06-05", ["06-04 22:30"]),
        # Put forward at 01:00 UTC from 02:00 to 03:00; put back at 01:00 UTC from 03:00 to 02:00.
        ("Europe/Berlin", "30 2 * * *", "2026-03-29", ["03-29 01:00"]),
        ("Europe/Berlin", "0,30 2,3 * * *", "2026-03-29", ["03-29 01:00", "03-29 01:30"]),
        ("Europe/Berlin", "*/30 2 * * *", "2026-03-29", []),
        ("Europe/Berlin", "30 2 * * *", "2026-10-25", ["10-25 00:30"]),
        ("Europe/Berlin", "*/30 2 * * *", "2026-10-25", ["10-25 00:00", "10-25 00:30", "10-25 01:00", "10-25 01:30"]),
        ("Europe/Berlin", "@daily", "2026-10-25", ["10-24 22:00"]),
        ("America/New_York", "30 1 * * *", "2026-11-01", ["11-01 05:30"]),
        ("America/New_York", "15 */13 * * *", "2026-03-08", ["03-08 05:15", "03-08 17:15"]),
        # By half an hour: put forward at 15:30 UTC from 02:00 to 02:30; put back at 15:00 UTC from 02:00 to 01:30.
        ("Australia/Lord_Howe", "15 2 * * *", "2026-10-04", ["10-03 15:30"]),
        ("Australia/Lord_Howe", "*/15 2,3 * * *", "2026-10-04",
         ["10-03 15:30", "10-03 15:45", "10-03 16:00", "10-03 16:15", "10-03 16:30", "10-03 16:45"]),
        ("Australia/Lord_Howe", "45 1 * * *", "2026-04-05", ["04-04 14:45"]),
        ("Australia/Lord_Howe", "*/15 1 * * *", "2026-04-05",
         ["04-04 14:00", "04-04 14:15", "04-04 14:30", "04-04 14:45", "04-04 15:00", "04-04 15:15"]),
        # At midnight: put forward at 22:00 UTC from 00:00 to 01:00.
        ("Africa/Cairo", "*/20 0 * * *", "2026-04-24", []),
        ("Africa/Cairo", "@daily", "2026-04-24", ["04-23 22:00"]),
    ],
)  # fmt: skip
def test_what_is_due_on_a_day(zone: str, expression: str, day: str, expected: list[str]) -> None:
    begin = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    after, until = (begin - MINUTE).astimezone(UTC), (begin + DAY - MINUTE).astimezone(UTC)
    found = [f"{instant:%m-%d %H:%M}" for instant in due(Cron((expression,), zone), after, until)]
    assert found == expected


@pytest.mark.parametrize(
    ("line", "begin", "end", "expected"),
    [
        # The clock in Berlin shows 02:00 to 03:00 from 00:00 UTC on, and again from 01:00 UTC on.
        ("*/15 2 * * *", "00:45", "01:20", ["01:00", "01:15"]), ("50 2 * * *", "00:20", "01:20", ["00:50"]),
        ("*/15 2 * * *", "01:20", "23:00", ["01:30", "01:45"]), ("50 2 * * *", "01:20", "23:00", []),
    ],
)  # fmt: skip
def test_a_window_may_begin_and_end_within_a_doubled_hour(
    line: str, begin: str, end: str, expected: list[str]
) -> None:
    after, until = (datetime.fromisoformat(f"2026-10-25T{time}Z") for time in (begin, end))
    assert [f"{instant:%H:%M}" for instant in due(Cron((line,), "Europe/Berlin"), after, until)] == expected


def test_the_window_leaves_out_its_beginning_and_includes_its_end() -> None:
    hourly = Cron(("0 * * * *",), "UTC")
    assert due(hourly, NOON, NOON + 60 * MINUTE) == [NOON + 60 * MINUTE]
    assert due(hourly, NOON - timedelta(microseconds=1), NOON + 60 * MINUTE - timedelta(microseconds=1)) == [NOON]
    assert due(hourly, NOON, NOON) == due(hourly, NOON + DAY, NOON) == []


@settings(deadline=timedelta(seconds=2))
@given(
    st.sampled_from([datetime.min, datetime(1912, 6, 1), datetime(9899, 6, 1), datetime.max - 60 * MINUTE]),
    st.sampled_from(["* * * * *", "30 2 * * *", "0 0 29 2 */7"]),
)
def test_a_small_window_is_cheap_up_to_the_ends_of_time(begin: datetime, expression: str) -> None:
    after = begin.replace(tzinfo=UTC)
    assert len(due(Cron((expression,) * 50, "Pacific/Apia"), after, after + 60 * MINUTE)) <= 60


def test_times_that_the_clock_always_skips_end_the_search() -> None:
    assert due(Cron(("*/5 2 * 3 SUN#2",), "America/New_York"), NOON, NOON + 7300 * DAY) == []


def test_a_pasted_crontab_is_read_without_its_comments_settings_and_commands() -> None:
    crontab = """
        # m h dom mon dow command
        MAILTO=ops@example.jp
        PATH = /usr/bin:/bin
        30 2 * * *\troot  /opt/backup --password=secret
        */5  *  * * 1-5 /opt/poll  # 5 minutes
        @Daily /opt/tidy
    """
    expressions = read_cron_lines(crontab)
    assert expressions == ("30 2 * * *", "*/5 * * * 1-5", "@daily")
    cron = Cron(expressions, "Asia/Tokyo")
    assert msgspec.json.decode(msgspec.json.encode(cron), type=Cron) == cron
    assert Cron(("  30 2 * * * /opt/backup --password=secret ",), "Asia/Tokyo").lines == ("30 2 * * *",)


@pytest.mark.parametrize(
    ("line", "in_ja", "in_en"),
    [
        ("@reboot /opt/start", "予測できません", "cannot be predicted"), ("@noon", "@noon", "@noon"),
        ("", "cron 式ではありません", "is not a cron expression"), ("毎日 2 時", "毎日 2 時", "毎日 2 時"),
        ("30 2 * *", "30 2 * *", "30 2 * *"), ("9" * 5000 + " * * * *", "cron 式ではありません", "is not a cron expression"),
        ("60 2 * * *", "分", "minute"), ("0 24 * * *", "時", "hour"), ("0 2 0 * *", "日", "day of the month"),
        ("0 2 * 13 *", "月", "month"), ("0 2 * * 8", "曜日", "day of the week"),
        ("0 0 30 2 *", "その月にない", "does not exist"), ("0 0 */31 * MON#5", "合う日はありません", "No day ever matches"),
        ("0 0 2 * * *", "6 つ以上", "more than five"), ("0 0 2 ? * MON-FRI", "6 つ以上", "more than five"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_is_refused_in_both_languages(line: str, in_ja: str, in_en: str) -> None:
    with pytest.raises(Unschedulable) as refused:
        Cron(("0 2 * * *", line), "Asia/Tokyo")
    assert in_ja in refused.value.ja and in_en in refused.value.en
    if line:
        with pytest.raises(Unschedulable) as refused:
            read_cron_lines(f"# nightly\n\n{line}")
        assert refused.value.ja.startswith("3 行目: ") and refused.value.en.startswith("Line 3: ")


@pytest.mark.parametrize("crontab", ["", "# nothing\nMAILTO=root\n", "0 2 * * *\n" * 51])
def test_no_line_and_too_many_lines_are_refused_in_both_languages(crontab: str) -> None:
    for read in (
        read_cron_lines,
        lambda text: Cron(tuple(line for line in text.splitlines() if line[0] == "0"), "UTC"),
    ):
        with pytest.raises(Unschedulable) as refused:
            read(crontab)
        assert "50" in refused.value.ja and "50" in refused.value.en


def test_a_time_zone_that_is_not_there_is_refused_in_both_languages() -> None:
    with pytest.raises(Unschedulable) as refused:
        Cron(("0 2 * * *",), "Mars/Olympus")
    assert "Mars" in refused.value.ja and "Mars" in refused.value.en


@settings(max_examples=300)
@given(st.text() | st.text("0123456789 */,-#@LW?SUNMON\n=", max_size=40) | st.lists(
    st.text("01239*/,-#LW", min_size=1, max_size=4), min_size=5, max_size=7).map(" ".join))  # fmt: skip
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_cron_lines, lambda text: Cron((text,), "America/New_York").lines):
        try:
            cron = Cron(read(text), "Europe/Berlin")
        except Unschedulable as refused:
            assert refused.ja and refused.en
        else:
            assert len(due(cron, NOON, NOON + 60 * MINUTE)) <= 60
