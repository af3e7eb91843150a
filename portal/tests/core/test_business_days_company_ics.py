"""A company's days off, read from iCalendar."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.business_days.company_days import CompanyDays, read_company_days
from tc_portal.core.business_days.gathering import MANY_DAYS


def calendar(*events: str) -> str:
    lines = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//会社//JA\n{lines}END:VCALENDAR\n"


def days(*events: str) -> list[str]:
    read = read_company_days(calendar(*events))
    assert read.unread == ()
    return [f"{day} {name}".strip() for day, name in read.days_off]


OUTLOOK = """BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
BEGIN:VTIMEZONE
TZID:Tokyo Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
CLASS:PUBLIC
DTSTART;VALUE=DATE:20261229
DTEND;VALUE=DATE:20270104
SUMMARY;LANGUAGE=ja:年末年始\\, 休業（全
 社）
DESCRIPTION:"本社": 1 階\\n
BEGIN:VALARM
TRIGGER:-PT1080M
DTSTART:19990101
SUMMARY:思い出すこと
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID="Tokyo Standard Time";X="a:b":20260813T000000
DTEND;TZID="Tokyo Standard Time":20260815T000000
SUMMARY:夏季休業
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_calendar_as_outlook_writes_it_is_read(encoding: str, line_end: str) -> None:
    read = read_company_days(OUTLOOK.replace("\n", line_end).encode(encoding))
    assert read.unread == () and read.days_on == ()
    assert read.days_off == (
        (date(2026, 8, 13), "夏季休業"),
        (date(2026, 8, 14), "夏季休業"),
        *((date(2026, 12, 29) + timedelta(days=n), "年末年始, 休業（全社）") for n in range(6)),
    )


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("DTSTART;VALUE=DATE:20260813\nSUMMARY:夏", ["2026-08-13 夏"]),
        ("dtstart;value=date:20260813\nsummary:夏", ["2026-08-13 夏"]),
        ("DTSTART:20260813\nDTEND:20260813", ["2026-08-13"]),
        ("DTSTART:20260813\nDTEND:20260814", ["2026-08-13"]),
        ("DTSTART:20260813\nDURATION:P2D", ["2026-08-13", "2026-08-14"]),
        ("DTSTART:20260813\nSTATUS:CANCELLED", []),
        ("DTSTART:20260813\nRRULE:FREQ=DAILY;COUNT=2", ["2026-08-13", "2026-08-14"]),
        ("DTSTART:20260812\nRRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260831T150000Z;BYDAY=WE;WKST=SU", ["2026-08-12", "2026-08-26"]),
        ("DTSTART:20260501\nRRULE:FREQ=YEARLY;BYMONTHDAY=1;BYMONTH=5;COUNT=2", ["2026-05-01", "2027-05-01"]),
        ("DTSTART:20240229\nRRULE:FREQ=YEARLY;COUNT=2", ["2024-02-29", "2028-02-29"]),
        ("DTSTART:20261230\nDTEND:20270102\nRRULE:FREQ=YEARLY;UNTIL=20271230",
         ["2026-12-30", "2026-12-31", "2027-01-01", "2027-12-30", "2027-12-31", "2028-01-01"]),
    ],
)  # fmt: skip
def test_an_event_takes_the_days_that_it_says(event: str, expected: list[str]) -> None:
    assert days(event) == expected


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("SUMMARY:夏", "DTSTART がありません"),
        ("DTSTART:20260813T090000\nSUMMARY:会議", "5 行目の「20260813T090000」は終日の日付ではありません"),
        ("DTSTART:20260812T150000Z", "終日の日付ではありません"),
        ("DTSTART:20260230", "日はありません"),
        ("DTSTART:20260813\nDTEND:20260812", "DTEND が DTSTART より前"),
        ("DTSTART:20260813\nDTEND:20290101", "日続く予定です"),
        ("DTSTART:20260813\nDURATION:PT8H", "DURATION"),
        ("DTSTART:20260813\nDURATION:P0D", "DURATION"),
        ("DTSTART:20260813\nRRULE:FREQ=YEARLY", "終わりのない繰り返し"),
        ("DTSTART:20260813\nRRULE:FREQ=YEARLY;COUNT=2;UNTIL=20300101", "どちらか"),
        ("DTSTART:20260813\nRRULE:FREQ=MONTHLY;COUNT=3", "この繰り返し（RRULE）は読めません"),
        ("DTSTART:20260813\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3", "この繰り返し（RRULE）は読めません"),
        ("DTSTART:20260813\nRRULE:FREQ=DAILY;INTERVAL=0;COUNT=3", "この繰り返し（RRULE）は読めません"),
        ("DTSTART:20260813\nRRULE:FREQ=DAILY;COUNT=999999", "繰り返しが多すぎます"),
        ("DTSTART:20260813\nRRULE:FREQ=DAILY;UNTIL=いつか", "読めません"),
        ("DTSTART:20260813\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260814", "EXDATE"),
        ("DTSTART:20260813\nRDATE:20260820", "RDATE"),
        ("DTSTART:20260813\nRECURRENCE-ID:20260813", "RECURRENCE-ID"),
    ],
)
def test_an_event_that_cannot_be_read_is_told_with_its_line_and_the_rest_is_read(event: str, said: str) -> None:
    read = read_company_days(calendar(event, "DTSTART:20260814\nSUMMARY:夏季休業"))
    assert read.days_off == ((date(2026, 8, 14), "夏季休業"),)
    (unread,) = read.unread
    assert unread.line == 4
    assert said in unread.ja and unread.en


def test_a_line_within_an_event_that_is_no_property_is_told() -> None:
    read = read_company_days(calendar("DTSTART:20260813\nこれは何"))
    assert [unread.line for unread in read.unread] == [6] and len(read.days_off) == 1


def test_a_calendar_that_breaks_off_is_told() -> None:
    read = read_company_days("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260813\nEND:VCALENDAR\n")
    assert read.days_off == ()
    assert [unread.line for unread in read.unread] == [2]


def test_events_that_overlap_thousands_of_times_are_not_read_for_ever() -> None:
    event = "DTSTART:20260101\nDURATION:P400D\nRRULE:FREQ=DAILY;COUNT=1000"
    read = read_company_days(calendar(*[event] * 10_000))
    assert 0 < len(read.days_off) <= MANY_DAYS
    assert "日数が多すぎます" in read.unread[-1].ja


PIECES = st.sampled_from(
    ["BEGIN:VEVENT\n", "END:VEVENT\n", "BEGIN:VALARM\n", "END:VALARM\n", "DTSTART:20260813\n", "DTEND;VALUE=DATE:20260820\n",
     "DTSTART", ";VALUE=DATE", ":", '"', "\n ", "\n", "20260813", "99999999", "00000000", "RRULE:FREQ=YEARLY;COUNT=3\n",
     "RRULE:FREQ=DAILY;UNTIL=", "DURATION:P9999W\n", "SUMMARY:夏\\", "\\n", "END:VCALENDAR\n", "\0", "²"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(st.characters(codec=None), max_size=5), max_size=30).map("".join))
@settings(max_examples=400, deadline=None)
def test_whatever_is_sent_is_answered(pieces: str) -> None:
    for content in ("BEGIN:VCALENDAR\n" + pieces, ("BEGIN:VCALENDAR\n" + pieces).encode("utf-8", "surrogatepass")):
        read = read_company_days(content)
        assert msgspec.json.decode(msgspec.json.encode(read), type=CompanyDays) == read
        assert all(unread.line >= 1 and unread.ja and unread.en for unread in read.unread)
