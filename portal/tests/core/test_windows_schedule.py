"""Tasks of the Windows Task Scheduler: when their runs are due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.task_scheduler.task import (
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
from tc_portal.core.task_scheduler.windows_schedule import WindowsSchedule, unpredictable

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY, TUESDAY, WEDNESDAY, FRIDAY, SATURDAY, SUNDAY = 0, 1, 2, 4, 5, 6


def on(written: str, offset: timedelta | None = None) -> Boundary:
    return Boundary(datetime.fromisoformat(written), offset)


def due(begin: str, end: str, *triggers: AnyTrigger, zone: str = "Asia/Tokyo") -> list[str]:
    """What is due from ``begin`` to ``end``, both included, as the PC's clock shows it; those in brackets are optional."""
    clock = ZoneInfo(zone)
    after = datetime.fromisoformat(begin).replace(tzinfo=clock).astimezone(UTC) - timedelta(microseconds=1)
    until = datetime.fromisoformat(end).replace(tzinfo=clock).astimezone(UTC)
    times = []
    for slot in WindowsSchedule(triggers, zone).slots(after, until):
        time = f"{slot.due.astimezone(clock):%Y-%m-%d %H:%M}"
        times.append(f"[{time}]" if slot.is_optional else time)
    return times


def hours(begin: str, end: str, *triggers: AnyTrigger, zone: str = "Europe/Berlin") -> list[str]:
    """The same for a day, with the offset of the clock instead of the date."""
    after = datetime.fromisoformat(begin).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(microseconds=1)
    until = datetime.fromisoformat(end).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    slots = WindowsSchedule(triggers, zone).slots(after, until)
    return [f"{slot.due.astimezone(ZoneInfo(zone)):%H:%M %z}" for slot in slots]


def test_once() -> None:
    once = Once(start=on("2026-12-01T10:00:00"))
    assert due("2020-01-01", "2030-01-01", once) == ["2026-12-01 10:00"]
    assert due("2026-12-02", "2030-01-01", once) == []


def test_a_range_leaves_out_its_begin_and_includes_its_end() -> None:
    daily = WindowsSchedule((Daily(start=on("2026-04-01T09:00:00")),), "Asia/Tokyo")
    first, second = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC)
    assert [slot.due for slot in daily.slots(first, second)] == [second]
    assert list(daily.slots(second, first)) == []


def test_every_day_from_the_start_boundary_on() -> None:
    daily = Daily(start=on("2026-04-01T02:00:00"))
    assert due("2026-03-30", "2026-04-04", daily) == ["2026-04-01 02:00", "2026-04-02 02:00", "2026-04-03 02:00"]


def test_every_third_day_counts_from_the_start_boundary_over_the_ends_of_months() -> None:
    daily = Daily(start=on("2026-02-25T02:00:00"), every_days=3)
    assert due("2026-02-26", "2026-03-07", daily) == ["2026-02-28 02:00", "2026-03-03 02:00", "2026-03-06 02:00"]


def test_each_week_on_its_weekdays_none_of_them_before_the_start_boundary() -> None:
    weekly = Weekly(start=on("2026-04-01T08:00:00"), weekdays=(MONDAY, WEDNESDAY))  # a Wednesday
    assert due("2026-03-29", "2026-04-09", weekly) == ["2026-04-01 08:00", "2026-04-06 08:00", "2026-04-08 08:00"]


def test_every_second_week_counts_from_the_week_of_the_start_boundary_which_begins_on_sunday() -> None:
    weekly = Weekly(start=on("2026-04-01T08:00:00"), every_weeks=2, weekdays=(FRIDAY, SUNDAY))
    assert due("2026-04-01", "2026-04-27", weekly) == [
        "2026-04-03 08:00",
        "2026-04-12 08:00",
        "2026-04-17 08:00",
        "2026-04-26 08:00",
    ]


def test_each_week_without_weekdays_is_on_that_of_the_start_boundary() -> None:
    assert due("2026-04-02", "2026-04-16", Weekly(start=on("2026-04-01T08:00:00"))) == [
        "2026-04-08 08:00",
        "2026-04-15 08:00",
    ]


def test_each_month_leaves_out_a_day_that_it_lacks() -> None:
    monthly = Monthly(start=on("2026-01-01T04:00:00"), days=(1, 29, 31))
    assert due("2026-01-02", "2026-04-30", monthly) == [
        "2026-01-29 04:00",
        "2026-01-31 04:00",
        "2026-02-01 04:00",
        "2026-03-01 04:00",
        "2026-03-29 04:00",
        "2026-03-31 04:00",
        "2026-04-01 04:00",
        "2026-04-29 04:00",
    ]


def test_the_last_day_of_each_month_comes_besides_the_others_and_once_only() -> None:
    monthly = Monthly(start=on("2026-01-01T04:00:00"), days=(15, 30), is_last_day=True)
    assert due("2026-02-01", "2026-05-01", monthly) == [
        "2026-02-15 04:00",
        "2026-02-28 04:00",
        "2026-03-15 04:00",
        "2026-03-30 04:00",
        "2026-03-31 04:00",
        "2026-04-15 04:00",
        "2026-04-30 04:00",
    ]


def test_some_months_only() -> None:
    quarterly = Monthly(start=on("2026-01-01T04:00:00"), days=(1,), months=(1, 4, 7, 10))
    assert due("2026-03-01", "2027-01-31", quarterly) == [
        "2026-04-01 04:00",
        "2026-07-01 04:00",
        "2026-10-01 04:00",
        "2027-01-01 04:00",
    ]


def test_each_month_without_days_is_on_that_of_the_start_boundary() -> None:
    monthly = Monthly(start=on("2026-01-31T04:00:00"))
    assert due("2026-01-01", "2026-05-01", monthly) == ["2026-01-31 04:00", "2026-03-31 04:00"]


def test_29_february_comes_after_eight_years_too() -> None:
    monthly = Monthly(start=on("2096-02-29T04:00:00"), days=(29,), months=(2,), repetition=Repetition(DAY))
    assert due("2104-02-27", "2104-03-02", monthly) == [
        "2104-02-27 04:00",
        "2104-02-28 04:00",
        "2104-02-29 04:00",
        "2104-03-01 04:00",
    ]


def test_a_day_that_never_comes_is_never_due() -> None:
    never = Monthly(start=on("2000-01-01T04:00:00"), days=(31,), months=(2, 4), repetition=Repetition(MINUTE))
    assert due("2026-01-01", "2028-12-31", never) == []


def test_the_second_and_the_last_friday_of_each_month() -> None:
    fridays = MonthlyByWeekday(start=on("2026-01-01T05:00:00"), weeks=(2,), is_last_week=True, weekdays=(FRIDAY,))
    assert due("2026-01-01", "2026-02-28", fridays) == [
        "2026-01-09 05:00",
        "2026-01-30 05:00",
        "2026-02-13 05:00",
        "2026-02-27 05:00",
    ]


@pytest.mark.parametrize(
    ("week", "weekday", "expected"),
    [
        (1, SUNDAY, ["2026-02-01 05:00", "2026-03-01 05:00"]),
        (1, SATURDAY, ["2026-02-07 05:00", "2026-03-07 05:00"]),
        (2, SUNDAY, ["2026-02-08 05:00", "2026-03-08 05:00"]),
        (4, SATURDAY, ["2026-02-28 05:00", "2026-03-28 05:00"]),
        ("last", SATURDAY, ["2026-02-28 05:00", "2026-03-28 05:00"]),
        ("last", SUNDAY, ["2026-02-22 05:00", "2026-03-29 05:00"]),
        ("last", TUESDAY, ["2026-02-24 05:00", "2026-03-31 05:00"]),
    ],
)
def test_weeks_of_a_month_count_from_its_first_day(week: int | str, weekday: int, expected: list[str]) -> None:
    trigger = MonthlyByWeekday(
        start=on("2026-01-01T05:00:00"),
        weeks=(week,) if isinstance(week, int) else (),
        is_last_week=week == "last",
        weekdays=(weekday,),
    )
    assert due("2026-02-01", "2026-04-01", trigger) == expected


def test_the_fourth_and_the_last_week_are_one_where_there_is_no_fifth() -> None:
    tuesdays = MonthlyByWeekday(start=on("2026-01-01T05:00:00"), weeks=(4,), is_last_week=True, weekdays=(TUESDAY,))
    assert due("2026-02-01", "2026-03-31T23:59", tuesdays) == [
        "2026-02-24 05:00",
        "2026-03-24 05:00",
        "2026-03-31 05:00",
    ]


@pytest.mark.parametrize(("weeks", "is_last_week"), [((), False), ((1, 2, 3, 4), True)])
def test_all_weeks_of_a_month_are_meant_where_none_is_given(weeks: tuple[int, ...], is_last_week: bool) -> None:
    mondays = MonthlyByWeekday(
        start=on("2026-01-01T05:00:00"), weeks=weeks, is_last_week=is_last_week, weekdays=(MONDAY,), months=(3,)
    )
    assert due("2026-01-01", "2026-12-31", mondays) == [
        "2026-03-02 05:00",
        "2026-03-09 05:00",
        "2026-03-16 05:00",
        "2026-03-23 05:00",
        "2026-03-30 05:00",
    ]


def test_a_repetition_runs_up_to_its_duration_and_the_last_of_it_is_optional() -> None:
    daily = Daily(start=on("2026-04-01T09:00:00"), repetition=Repetition(MINUTE, 4 * MINUTE))
    assert due("2026-04-02", "2026-04-03", daily) == [
        "2026-04-02 09:00",
        "2026-04-02 09:01",
        "2026-04-02 09:02",
        "2026-04-02 09:03",
        "[2026-04-02 09:04]",
    ]


@pytest.mark.parametrize("stops_at_end", [True, False])
def test_a_repetition_whose_duration_is_no_multiple_of_its_interval_ends_before_it(stops_at_end: bool) -> None:
    daily = Daily(start=on("2026-04-01T09:00:00"), repetition=Repetition(25 * MINUTE, HOUR, stops_at_end))
    assert due("2026-04-02", "2026-04-03", daily) == ["2026-04-02 09:00", "2026-04-02 09:25", "2026-04-02 09:50"]


def test_stopping_at_the_end_leaves_the_last_start_optional() -> None:
    daily = Daily(start=on("2026-04-01T09:00:00"), repetition=Repetition(HOUR, HOUR, stops_at_end=True))
    assert due("2026-04-02", "2026-04-03", daily) == ["2026-04-02 09:00", "[2026-04-02 10:00]"]


def test_a_repetition_for_a_day_joins_the_next_day_without_an_optional_start() -> None:
    daily = Daily(start=on("2026-04-01T09:00:00"), repetition=Repetition(8 * HOUR, DAY))
    assert due("2026-04-02", "2026-04-03T12:00", daily) == [
        "2026-04-02 01:00",
        "2026-04-02 09:00",
        "2026-04-02 17:00",
        "2026-04-03 01:00",
        "2026-04-03 09:00",
    ]


def test_a_repetition_reaches_over_midnight_into_the_range() -> None:
    weekly = Weekly(start=on("2026-04-03T22:00:00"), weekdays=(FRIDAY,), repetition=Repetition(HOUR, 4 * HOUR))
    assert due("2026-04-11", "2026-04-12", weekly) == ["2026-04-11 00:00", "2026-04-11 01:00", "[2026-04-11 02:00]"]


def test_a_repetition_without_duration_begins_anew_when_the_trigger_fires_again() -> None:
    daily = Daily(start=on("2026-04-01T09:00:00"), repetition=Repetition(7 * HOUR))
    assert due("2026-04-01", "2026-04-02T17:00", daily) == [
        "2026-04-01 09:00",
        "2026-04-01 16:00",
        "2026-04-01 23:00",
        "2026-04-02 06:00",
        "2026-04-02 09:00",
        "2026-04-02 16:00",
    ]


def test_a_repetition_longer_than_the_days_between_begins_anew_as_well() -> None:
    endless = Daily(start=on("2026-04-01T09:00:00"), repetition=Repetition(7 * HOUR))
    for_years = Daily(start=on("2026-04-01T09:00:00"), repetition=Repetition(7 * HOUR, 9999 * DAY))
    assert due("2026-05-01", "2026-05-09", for_years) == due("2026-05-01", "2026-05-09", endless)


def test_a_repetition_without_duration_lasts_through_days_on_which_the_trigger_does_not_fire() -> None:
    weekly = Weekly(start=on("2026-04-03T09:00:00"), weekdays=(FRIDAY,), repetition=Repetition(2 * DAY))
    assert due("2026-04-04", "2026-04-12", weekly) == [
        "2026-04-05 09:00",
        "2026-04-07 09:00",
        "2026-04-09 09:00",
        "2026-04-10 09:00",
    ]


def test_each_minute_since_1970_goes_on_for_ever() -> None:
    once = Once(start=on("1970-01-01T00:00:30"), repetition=Repetition(MINUTE))
    assert due("2026-04-01T09:00", "2026-04-01T09:02", once) == ["2026-04-01 09:00", "2026-04-01 09:01"]
    assert due("1969-12-31T23:59", "1970-01-01T00:01", once) == ["1970-01-01 00:00"]


def test_what_two_triggers_start_at_the_same_time_is_due_once_and_not_optional() -> None:
    optional_at_ten = Daily(start=on("2026-04-01T09:00:00"), repetition=Repetition(HOUR, HOUR))
    at_ten = Daily(start=on("2026-04-01T10:00:00"))
    assert due("2026-04-01", "2026-04-02", optional_at_ten, at_ten) == ["2026-04-01 09:00", "2026-04-01 10:00"]
    assert due("2026-04-01", "2026-04-02", optional_at_ten, optional_at_ten) == [
        "2026-04-01 09:00",
        "[2026-04-01 10:00]",
    ]


def test_several_triggers_are_due_in_order() -> None:
    evening, morning = Daily(start=on("2026-04-01T18:00:00")), Weekly(start=on("2026-04-01T08:00:00"))
    assert due("2026-04-01", "2026-04-03", evening, morning) == [
        "2026-04-01 08:00",
        "2026-04-01 18:00",
        "2026-04-02 18:00",
    ]


def test_the_end_boundary_is_the_last_moment_of_the_trigger_and_of_its_repetition() -> None:
    daily = Daily(
        start=on("2026-04-01T09:00:00"), end=on("2026-04-02T11:00:00"), repetition=Repetition(HOUR, 4 * HOUR)
    )
    assert due("2026-04-02", "2026-05-01", daily) == ["2026-04-02 09:00", "2026-04-02 10:00", "2026-04-02 11:00"]


def test_the_end_boundary_goes_by_its_own_clock() -> None:
    daily = Daily(start=on("2026-04-01T09:00:00"), end=on("2026-04-02T00:00:00", timedelta()))
    assert due("2026-04-01", "2026-05-01", daily) == ["2026-04-01 09:00", "2026-04-02 09:00"]


def test_what_is_disabled_or_unpredictable_or_has_no_start_boundary_is_not_due() -> None:
    daily = Daily(start=on("2026-04-01T09:00:00"), is_enabled=False)
    boot = Unpredictable(kind="boot", start=on("2026-04-01T09:00:00"), repetition=Repetition(HOUR))
    assert due("2026-04-01", "2026-05-01", daily, boot, Daily(), Once()) == []
    assert due("2026-04-01", "2026-05-01") == []


def test_those_that_nobody_can_predict_are_told() -> None:
    boot, logon = Unpredictable(kind="boot"), Unpredictable(kind="logon", is_enabled=False)
    assert unpredictable(WindowsSchedule((boot, Daily(), logon), "Asia/Tokyo")) == (boot,)


@pytest.mark.parametrize(
    ("random_delay", "starts_when_available", "late"),
    [
        (timedelta(), False, timedelta()),
        (30 * MINUTE, False, 30 * MINUTE),
        (timedelta(), True, 10 * MINUTE),
        (30 * MINUTE, True, 40 * MINUTE),
    ],
)
def test_a_run_may_start_late_by_the_random_delay_and_when_the_pc_was_off(
    random_delay: timedelta, starts_when_available: bool, late: timedelta
) -> None:
    daily = Daily(start=on("2026-04-01T09:00:00"), random_delay=random_delay)
    schedule = WindowsSchedule((daily,), "Asia/Tokyo", starts_when_available)
    (slot,) = schedule.slots(datetime(2026, 4, 30, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
    assert slot.may_start_late_by == late


def test_a_time_that_the_clock_skips_runs_when_it_has_been_put_forward() -> None:
    daily = Daily(start=on("2026-03-01T02:30:00"))
    assert hours("2026-03-28", "2026-03-31", daily) == ["02:30 +0100", "03:00 +0200", "02:30 +0200"]


def test_a_time_that_comes_twice_runs_the_first_time() -> None:
    daily = Daily(start=on("2026-03-01T02:30:00"))
    assert hours("2026-10-24", "2026-10-27", daily) == ["02:30 +0200", "02:30 +0200", "02:30 +0100"]


def test_a_repetition_goes_by_elapsed_time_when_the_clock_is_put_forward() -> None:
    daily = Daily(start=on("2026-03-01T00:30:00"), repetition=Repetition(HOUR, 3 * HOUR))
    assert hours("2026-03-29", "2026-03-30", daily) == ["00:30 +0100", "01:30 +0100", "03:30 +0200", "04:30 +0200"]


def test_a_repetition_goes_by_elapsed_time_when_the_clock_is_put_back() -> None:
    daily = Daily(start=on("2026-03-01T00:30:00"), repetition=Repetition(HOUR, 3 * HOUR))
    assert hours("2026-10-25", "2026-10-26", daily) == ["00:30 +0200", "01:30 +0200", "02:30 +0200", "02:30 +0100"]


def test_a_repetition_over_a_day_of_23_hours_ends_when_the_trigger_fires_again() -> None:
    daily = Daily(start=on("2026-03-01T09:00:00"), repetition=Repetition(9 * HOUR, DAY))
    assert hours("2026-03-28T09:00", "2026-03-29T18:00", daily) == [
        "09:00 +0100", "18:00 +0100", "04:00 +0200", "09:00 +0200", "18:00 +0200"
    ]  # fmt: skip


def test_a_repetition_for_a_day_leaves_the_25th_hour_empty_but_for_an_optional_start() -> None:
    daily = Daily(start=on("2026-03-01T09:00:00"), repetition=Repetition(12 * HOUR, DAY))
    assert due("2026-10-24T09:00", "2026-10-25T21:00", daily, zone="Europe/Berlin") == [
        "2026-10-24 09:00",
        "2026-10-24 21:00",
        "[2026-10-25 08:00]",
        "2026-10-25 09:00",
        "2026-10-25 21:00",
    ]


def test_a_start_boundary_with_an_offset_keeps_to_it_in_summer_and_winter() -> None:
    utc = Daily(start=on("2022-05-10T13:45:00", timedelta()))
    assert due("2026-04-01", "2026-04-03", utc) == ["2026-04-01 22:45", "2026-04-02 22:45"]
    assert hours("2026-03-28", "2026-03-30", utc) == ["14:45 +0100", "15:45 +0200"]


def test_weekdays_and_days_of_the_month_go_by_the_clock_of_the_start_boundary() -> None:
    start = on("2026-04-01T20:00:00", timedelta(hours=-5))
    fridays = Weekly(start=start, weekdays=(FRIDAY,))
    assert due("2026-04-01", "2026-04-12", fridays) == ["2026-04-04 10:00", "2026-04-11 10:00"]
    assert due("2026-04-01", "2026-06-30", Monthly(start=start, is_last_day=True)) == [
        "2026-05-01 10:00",
        "2026-06-01 10:00",
    ]


def test_a_start_boundary_that_the_clock_skips_does_not_run_before_it_is_put_forward() -> None:
    once = Once(start=on("2026-03-29T02:30:00"), repetition=Repetition(HOUR, HOUR))
    assert hours("2026-03-01", "2026-04-30", once) == ["03:00 +0200", "04:00 +0200"]


def test_a_day_that_the_clock_skips_runs_at_the_begin_of_the_next_and_once_only() -> None:
    daily = Daily(start=on("2011-12-01T00:00:00"))
    assert due("2011-12-29", "2012-01-01", daily, zone="Pacific/Apia") == [
        "2011-12-29 00:00",
        "2011-12-31 00:00",
        "2012-01-01 00:00",
    ]


def test_boundaries_of_the_first_and_last_years_are_no_trouble() -> None:
    always = Daily(start=on("0001-01-01T09:00:00"), end=on("9999-12-31T23:59:59"))
    assert due("2026-04-01", "2026-04-02", always) == ["2026-04-01 09:00"]
    schedule = WindowsSchedule((always, Once(start=on("9999-12-31T23:59:59"))), "America/New_York")
    end = datetime.max.replace(tzinfo=UTC)
    assert list(schedule.slots(end - 30 * DAY, end)) == []
    begin = datetime.min.replace(tzinfo=UTC)
    assert list(schedule.slots(begin, begin + 30 * DAY)) == []


@pytest.mark.parametrize(
    "trigger",
    [
        Daily(every_days=0),
        Weekly(every_weeks=0),
        Once(repetition=Repetition(timedelta())),
        Once(start=on("2026-04-01T09:00:00", DAY)),
        Once(end=on("2026-04-01T09:00:00", -DAY)),
    ],
)
def test_what_could_not_be_counted_by_cannot_be_scheduled(trigger: AnyTrigger) -> None:
    with pytest.raises(Unschedulable):
        WindowsSchedule((trigger,), "Asia/Tokyo")


def test_a_time_zone_that_does_not_exist_cannot_be_scheduled() -> None:
    with pytest.raises(Unschedulable, match="Tokyo Standard Time"):
        WindowsSchedule((), "Tokyo Standard Time")


def test_a_schedule_that_was_stored_is_the_same_again() -> None:
    start, end = on("2026-04-01T09:00:00"), on("2026-12-31T00:00:00", 9 * HOUR)
    boot = Unpredictable(kind="boot")
    weekly = Weekly(start=start, end=end, weekdays=(MONDAY,), repetition=Repetition(MINUTE, HOUR, True))
    schedule = WindowsSchedule((weekly, boot, Once(start=start)), "Asia/Tokyo", True, "\\Backup\\Nightly")
    assert msgspec.json.decode(msgspec.json.encode(schedule), type=WindowsSchedule) == schedule
