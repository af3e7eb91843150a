"""Hours in which a route tells: by the clock, the weekday and a calendar's business days, and outside of them."""

from datetime import UTC, datetime

import pytest
from alert_lives import JAPAN, TOKYO
from tc_portal.core.hours import Clock, Hours, are_on, next_change
from tc_portal.core.schedule.unschedulable import Unschedulable


def clock(local: str) -> Clock:
    return Clock(datetime.fromisoformat(local).replace(tzinfo=TOKYO).astimezone(UTC), TOKYO, JAPAN)


WORK = Hours(weekdays=(0, 1, 2, 3, 4))
BUSINESS = Hours(calendar=1)
NIGHT = Hours("22:00", "07:00")


@pytest.mark.parametrize(
    ("hours", "local", "is_on", "change"),
    [
        (WORK, "2026-03-02 08:59", False, "2026-03-02 09:00"),
        (WORK, "2026-03-02 09:00", True, "2026-03-02 18:00"),
        (WORK, "2026-03-02 18:00", False, "2026-03-03 09:00"),
        (WORK, "2026-03-07 12:00", False, "2026-03-09 09:00"),
        # 春分の日 is a Friday.
        (WORK, "2026-03-20 12:00", True, "2026-03-20 18:00"),
        (BUSINESS, "2026-03-20 12:00", False, "2026-03-23 09:00"),
        (Hours(calendar=1, is_outside=True), "2026-03-20 12:00", True, "2026-03-23 09:00"),
        (Hours(is_outside=True), "2026-03-02 12:00", False, "2026-03-02 18:00"),
        (NIGHT, "2026-03-02 23:00", True, "2026-03-03 07:00"),
        (NIGHT, "2026-03-03 06:59", True, "2026-03-03 07:00"),
        (NIGHT, "2026-03-03 07:00", False, "2026-03-03 22:00"),
        # The night that begins on a Friday ends on Saturday.
        (Hours("22:00", "07:00", weekdays=(4,)), "2026-03-07 06:00", True, "2026-03-07 07:00"),
        (Hours("22:00", "07:00", weekdays=(4,)), "2026-03-08 06:00", False, "2026-03-13 22:00"),
        (Hours("00:00", "24:00"), "2026-03-02 12:00", True, None),
        (Hours("09:00", "09:00"), "2026-03-02 12:00", True, None),
        # A calendar that was deleted silences nobody.
        (Hours(calendar=9), "2026-03-20 03:00", True, None),
        (Hours(calendar=9, is_outside=True), "2026-03-20 03:00", True, None),
    ],
)
def test_hours_are_on_and_change(hours: Hours, local: str, is_on: bool, change: str | None) -> None:
    assert are_on(hours, clock(local)) is is_on
    assert next_change(hours, clock(local)) == (clock(change).now if change else None)


@pytest.mark.parametrize(
    "said", [{"begin": "24:00"}, {"end": "24:01"}, {"begin": "9"}, {"weekdays": ()}, {"weekdays": (7,)}]
)
def test_hours_that_cannot_be_are_refused(said: dict[str, object]) -> None:
    with pytest.raises(Unschedulable):
        Hours(**said)  # type: ignore[arg-type]
