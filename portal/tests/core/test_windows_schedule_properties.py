"""Any task of Windows, in any time zone, over any range: the same as when reckoned the long way."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
import windows_schedule_oracle as oracle
from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.task_scheduler.task import (
    EVERY_MONTH,
    AnyTrigger,
    Boundary,
    Daily,
    Monthly,
    MonthlyByWeekday,
    Once,
    Repetition,
    Unpredictable,
    Weekly,
)
from tc_portal.core.task_scheduler.windows_schedule import WindowsSchedule

ZONES = ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
BEGIN, END = datetime(2016, 1, 1), datetime(2036, 12, 31)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# Half of them where clocks change, in the small hours.
TIMES = st.sampled_from([0, 90, 120, 135, 150, 165, 180, 1439]) | st.integers(0, 1439)
OFFSETS = st.sampled_from([None, None, timedelta(), 9 * HOUR, -5 * HOUR, timedelta(hours=5, minutes=30)])
WEEKDAYS = st.sets(st.integers(0, 6)).map(tuple)
MONTHS = st.just(EVERY_MONTH) | st.sets(st.integers(1, 12), min_size=1).map(tuple)
REPETITIONS = st.builds(
    Repetition,
    st.sampled_from([MINUTE, 7 * MINUTE, 15 * MINUTE, HOUR, 90 * MINUTE, 7 * HOUR, DAY, 3 * DAY, 31 * DAY]),
    st.sampled_from([None, None, MINUTE, HOUR, 4 * HOUR, 7 * HOUR, DAY, 3 * DAY, 9999 * DAY]),
    st.booleans(),
)


@cache
def clock_changes(zone: str) -> list[datetime]:
    """The days on which the clock is changed."""

    def offset(day: datetime) -> timedelta | None:
        return day.replace(tzinfo=ZoneInfo(zone)).utcoffset()

    days = [BEGIN + n * DAY for n in range((END - BEGIN).days)]
    return [day for day in days if offset(day) != offset(day + DAY)]


@st.composite
def ranges(draw: st.DrawFn, zone: str, longest: timedelta) -> tuple[datetime, datetime]:
    """A range within 2016 to 2036, half of them around a change of the clock."""
    changes = clock_changes(zone)
    if changes and draw(st.booleans()):
        begin = draw(st.sampled_from(changes)) - draw(st.timedeltas(timedelta(), min(longest, 2 * DAY)))
    else:
        begin = draw(st.datetimes(BEGIN, END))
    after = max(begin, BEGIN).replace(tzinfo=UTC)
    return after, min(after + draw(st.timedeltas(timedelta(), longest)), END.replace(tzinfo=UTC))


@st.composite
def triggers(draw: st.DrawFn, after: datetime, repetitions: st.SearchStrategy[Repetition | None]) -> AnyTrigger:
    """A trigger that began before the range, or begins in it, and sometimes has ended."""
    near = after.date() - draw(st.integers(-2, 40)) * DAY
    day = max(draw(st.just(near) | st.dates(BEGIN.date(), max(BEGIN.date(), near))), BEGIN.date())
    start = Boundary(datetime(day.year, day.month, day.day) + draw(TIMES) * MINUTE, draw(OFFSETS))
    ends = after.replace(tzinfo=None, second=0, microsecond=0) + draw(st.integers(-1, 3)) * DAY
    common = {
        "start": start,
        "end": draw(st.none() | st.builds(Boundary, st.just(ends), OFFSETS)),
        "repetition": draw(repetitions),
        "random_delay": draw(st.sampled_from([timedelta(), 30 * MINUTE])),
        "is_enabled": draw(st.sampled_from([True, True, True, False])),
    }
    kinds: dict[type, dict[str, object]] = {
        Once: {},
        Daily: {"every_days": draw(st.integers(1, 5) | st.integers(1, 365))},
        Weekly: {"every_weeks": draw(st.integers(1, 4) | st.integers(1, 52)), "weekdays": draw(WEEKDAYS)},
        Monthly: {
            "days": draw(st.sets(st.integers(1, 31), max_size=5).map(tuple)),
            "is_last_day": draw(st.booleans()),
            "months": draw(MONTHS),
        },
        MonthlyByWeekday: {
            "weeks": draw(st.sets(st.integers(1, 4)).map(tuple)),
            "is_last_week": draw(st.booleans()),
            "weekdays": draw(WEEKDAYS.filter(bool)),
            "months": draw(MONTHS),
        },
        Unpredictable: {"kind": "boot"},
    }
    kind = draw(st.sampled_from([Once, Daily, Daily, Weekly, Weekly, Monthly, MonthlyByWeekday, Unpredictable]))
    trigger: AnyTrigger = kind(**common, **kinds[kind])
    return trigger


@st.composite
def cases(
    draw: st.DrawFn, longest: timedelta, repetitions: st.SearchStrategy[Repetition | None]
) -> tuple[WindowsSchedule, datetime, datetime]:
    zone = draw(st.sampled_from(ZONES))
    after, until = draw(ranges(zone, longest))
    chosen = tuple(draw(st.lists(triggers(after, repetitions), min_size=1, max_size=3)))
    return WindowsSchedule(chosen, zone, draw(st.booleans())), after, until


LONG = cases(800 * DAY, st.none())
REPEATED = cases(3 * DAY, st.none() | REPETITIONS)


@settings(max_examples=200, deadline=None)
@given(LONG)
def test_over_years_exactly_what_the_walk_over_all_days_finds(
    case: tuple[WindowsSchedule, datetime, datetime],
) -> None:
    schedule, after, until = case
    assert list(schedule.slots(after, until)) == oracle.slots(schedule, after, until)


@settings(max_examples=300, deadline=None)
@given(REPEATED)
def test_with_repetitions_exactly_the_minutes_that_are_due(case: tuple[WindowsSchedule, datetime, datetime]) -> None:
    schedule, after, until = case
    assert list(schedule.slots(after, until)) == oracle.slots(schedule, after, until)


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("week", [1, 2, 3, 4, "last"])
def test_each_week_of_a_month_on_each_weekday_over_ten_years(week: int | str, weekday: int) -> None:
    trigger = MonthlyByWeekday(
        start=Boundary(datetime(2020, 1, 1, 9)),
        weeks=(week,) if isinstance(week, int) else (),
        is_last_week=week == "last",
        weekdays=(weekday,),
    )
    schedule = WindowsSchedule((trigger,), "Asia/Tokyo")
    after, until = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    assert list(schedule.slots(after, until)) == oracle.slots(schedule, after, until)


@settings(max_examples=200, deadline=None)
@given(LONG | REPEATED, st.floats(0, 1))
def test_two_ranges_give_what_the_one_of_both_gives(
    case: tuple[WindowsSchedule, datetime, datetime], share: float
) -> None:
    schedule, after, until = case
    whole = list(schedule.slots(after, until))
    middle = after + (until - after) * share
    assert [*schedule.slots(after, middle), *schedule.slots(middle, until)] == whole
    for slot in whole[:3]:
        parts = [*schedule.slots(after, slot.due), *schedule.slots(slot.due, until)]
        assert parts == whole


@given(REPEATED)
def test_the_time_zone_of_the_range_makes_no_difference(case: tuple[WindowsSchedule, datetime, datetime]) -> None:
    schedule, after, until = case
    far_east, far_west = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")
    assert list(schedule.slots(after.astimezone(far_east), until.astimezone(far_west))) == list(
        schedule.slots(after, until)
    )
