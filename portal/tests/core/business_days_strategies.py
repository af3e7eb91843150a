"""Any rule, any calendar, any instant: what the tests of business days draw from."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.business_days.day_choice import (
    BusinessDaysBefore,
    DayOfMonth,
    EveryBusinessDay,
    NthBusinessDay,
)
from tc_portal.core.business_days.rule import BusinessDayRule
from tc_portal.core.schedule.slot import Slot

SlotsBetween = Callable[[datetime, datetime], Iterator[Slot]]

PLACES = [("Asia/Tokyo", "JP"), ("Europe/Berlin", "DE"), ("America/New_York", "US"), ("Australia/Lord_Howe", "AU")]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Calendars near 2026, some with long runs of days off, some with no business day at all."""
    run_begins = draw(st.dates(date(2025, 6, 1), date(2027, 12, 31)))
    run = tuple((run_begins + timedelta(days=n), "休") for n in range(draw(st.sampled_from([0, 3, 9, 60, 130]))))
    weekly = tuple(draw(st.sets(st.integers(0, 6), max_size=7)))
    return Calendar("c", draw(st.sampled_from([None, "JP", "US"])), weekly, run)


NUMBERS = st.integers(1, 31)
DATES = NUMBERS | st.just("last")
TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 47), st.sampled_from([0, 15, 30, 59]))
CHOICES = (
    st.just(EveryBusinessDay())
    | st.builds(NthBusinessDay, NUMBERS | NUMBERS.map(int.__neg__))
    | st.builds(DayOfMonth, DATES, st.sampled_from(["before", "after", "skip", "anyway"]))
    | st.builds(BusinessDaysBefore, st.integers(1, 12), DATES)
)
RULE = st.builds(
    BusinessDayRule,
    st.just("c"),
    st.sampled_from([zone for zone, _ in PLACES]),
    st.lists(TIMES, min_size=1, max_size=3).map(tuple),
    CHOICES,
    st.none() | NUMBERS,
)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


def every(step: timedelta) -> SlotsBetween:
    """A schedule that is due each ``step`` since the beginning of 2025."""
    anchor = datetime(2025, 1, 1, tzinfo=UTC)

    def slots(after: datetime, until: datetime) -> Iterator[Slot]:
        due = anchor + ((after - anchor) // step + 1) * step
        while due <= until:
            yield Slot(due, may_start_late_by=timedelta(minutes=5))
            due += step

    return slots
