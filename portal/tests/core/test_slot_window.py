"""A slot window gives just what its schedule gives, whatever it was asked before."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.day_choice import DayOfMonth, EveryBusinessDay
from tc_portal.core.business_days.rule import BusinessDayRule
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.interval import Interval
from tc_portal.core.schedule.job_schedule import JobSchedule, Narrowing, slots_of
from tc_portal.core.schedule.slot_window import SlotWindow

START = datetime(2026, 3, 1, tzinfo=UTC)
CALENDARS = {"1": Calendar("本社", "JP")}
BERLIN = "Europe/Berlin"

SCHEDULES = [
    (JobSchedule(Cron(("*/15 * * * *",), BERLIN)),),
    (JobSchedule(Cron(("30 2 * * *", "0 3 * * 1"), BERLIN)),),
    (JobSchedule(Interval(timedelta(minutes=7), START)), JobSchedule(Cron(("0 * * * *",), BERLIN))),
    (JobSchedule(BusinessDayRule("1", "Asia/Tokyo", ("07:30", "25:30"), EveryBusinessDay())),),
    (JobSchedule(Cron(("0 2 * * *",), "Asia/Tokyo"), Narrowing("1", "after", "Asia/Tokyo")),),
    (JobSchedule(BusinessDayRule("1", "Asia/Tokyo", ("10:00",), DayOfMonth(25, "before"))),),
]

minutes = st.integers(0, 60 * 24 * 60)
lengths = st.integers(0, 5 * 24 * 60)


@settings(deadline=None)
@given(st.sampled_from(SCHEDULES), st.lists(st.tuples(minutes, lengths), min_size=1, max_size=8))
def test_it_gives_what_the_schedule_gives(schedules: tuple[JobSchedule, ...], asked: list[tuple[int, int]]) -> None:
    source = slots_of(schedules, CALENDARS)
    window = SlotWindow(source)
    for begin, length in asked:
        after = START + timedelta(minutes=begin)
        until = after + timedelta(minutes=length)
        assert list(window.slots(after, until)) == list(source(after, until))
