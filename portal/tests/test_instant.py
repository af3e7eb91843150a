"""Which texts name an instant, and which one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tc_portal.core.instant import EARLIEST, LATEST, parse_instant

NOON = datetime(2026, 1, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-25T12:00:00Z", NOON),
        ("2026-01-25T12:00:00.000Z", NOON),
        ("2026-01-25T12:00:00+00:00", NOON),
        ("2026-01-25T21:00:00+09:00", NOON),
        ("2026-01-25T12:00:00", NOON),
        ("2026-01-25 12:00:00", NOON),
        ("2026-01-25T12:00", NOON),
        ("2026-01-25T12", NOON),
        ("2026-01-25t12:00:00z", NOON),
        (" 2026-01-25T12:00:00Z\n", NOON),
        ("20260125T120000Z", NOON),
        ("2026-01-25T12:00:00.1234567Z", NOON.replace(microsecond=123456)),
        ("2026-01-25T21:00:00.1234567+09:00", NOON.replace(microsecond=123456)),
        ("2026-01-25T12:00:00,5Z", NOON.replace(microsecond=500000)),
        ("2026-01-25", NOON.replace(hour=0)),
        ("2026-01", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-24T24:00:00Z", datetime(2026, 1, 25, tzinfo=UTC)),
        ("+002026-01-25T12:00:00.000Z", NOON),
        ("+275760-09-13T00:00:00.000Z", LATEST),
        ("-000001-01-01T00:00:00.000Z", EARLIEST),
        ("0001-01-01T00:00:00+09:00", EARLIEST),
        ("9999-12-31T23:59:59-09:00", LATEST),
    ],
)
def test_a_text_names_an_instant(text: str, instant: datetime) -> None:
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-13-01", "2026-02-30", "2026/01/25", "25.01.2026", "12:00", "2026-01-25T25:00:00Z", "1769310245",
     "2026-01-25T12:00:00+25:00", "2026-01-25T24:30:00Z", "+275760-13-01T00:00:00Z", "２０２６-01-25"],
)  # fmt: skip
def test_a_text_that_names_none_is_none(text: str) -> None:
    assert parse_instant(text) is None


@given(
    st.datetimes(
        min_value=datetime(2, 1, 1),
        max_value=datetime(9998, 1, 1),
        timezones=st.none()
        | st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
        | st.integers(-86_000, 86_000).map(lambda seconds: timezone(timedelta(seconds=seconds))),
    ),
    st.sampled_from(["auto", "minutes", "seconds", "milliseconds", "microseconds"]),
    st.sampled_from(["T", " "]),
)
def test_whatever_python_prints_is_read_as_it_was(instant: datetime, precision: str, separator: str) -> None:
    printed = instant.isoformat(separator, precision)
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    lost = {
        "minutes": timedelta(minutes=1),
        "seconds": timedelta(seconds=1),
        "milliseconds": timedelta(milliseconds=1),
    }
    parsed = parse_instant(printed)
    assert parsed is not None
    assert timedelta(0) <= aware - parsed < lost.get(precision, timedelta(microseconds=1))


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    instant = parse_instant(text)
    assert instant is None or EARLIEST <= instant <= LATEST
