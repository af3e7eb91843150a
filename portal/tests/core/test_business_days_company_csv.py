"""A company's days off and on, read from CSV."""

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.business_days.company_days import CompanyDays, read_company_days
from tc_portal.core.business_days.gathering import LARGE, MANY_DAYS, MANY_UNREAD

SUMMER = (date(2026, 8, 13), "夏季休業")
LIST = "日付,名称,区分\r\n2026-08-13,夏季休業,休\r\n2026-11-21,出勤土曜日,出勤\r\n"


def days_off(text: str) -> list[date]:
    read = read_company_days(text)
    assert read.unread == ()
    return [day for day, _ in read.days_off]


@pytest.mark.parametrize(
    "content",
    [
        LIST,
        LIST.encode(),
        LIST.encode("utf-8-sig"),
        LIST.encode("cp932"),
        LIST.replace("\r\n", "\n"),
        LIST.replace(",", "\t"),
    ],
    ids=["text", "utf-8", "utf-8 with a mark", "cp932", "unix", "tabs"],
)
def test_a_list_is_read_in_the_encodings_and_forms_that_offices_keep_it_in(content: bytes | str) -> None:
    assert read_company_days(content) == CompanyDays((SUMMER,), (date(2026, 11, 21),))


@pytest.mark.parametrize(
    "written",
    [
        "2026-08-13", "2026-8-13", "2026/8/13", "2026/08/13", "2026.8.13", "20260813", "2026年8月13日", "２０２６年８月１３日",
        "令和8年8月13日", "令和８年８月１３日", "令和 8 年 8 月 13 日", "R8.8.13", "r8/8/13", "㋿8年8月13日",
        "2026/8/13(木)", "2026/8/13（木）", "2026年8月13日（木曜日）", "2026/8/13 0:00", "2026-08-13 00:00:00", " 2026-08-13 ",
    ],
)  # fmt: skip
def test_a_date_may_be_written_in_many_ways(written: str) -> None:
    assert days_off(f"{written},夏季休業") == [date(2026, 8, 13)]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("H31.4.30", date(2019, 4, 30)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("2028-02-29", date(2028, 2, 29)),
    ],
)
def test_eras_and_leap_days_are_understood(written: str, day: date) -> None:
    assert days_off(written) == [day]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("夏休み,8月", "日付「夏休み」を読めません"),
        ("8/13,夏季休業", "日付「8/13」を読めません"),
        ("26/8/13,夏季休業", "4 桁"),
        ("2026-02-29,閏日", "日はありません"),
        ("2026/13/1,十三月", "日はありません"),
        ("2026/8-13,混ぜ書き", "読めません"),
        ("令和1年4月30日,改元前", "元号の期間の外です。西暦なら 2019-04-30"),
        ("平成38年8月13日,改元後", "元号の期間の外"),
        ("2026/8/13(金),曜日違い", "木曜日です"),
        ("2026-08-13,夏季休業,半休", "休・出勤のどちらでもありません"),
        ("2026-08-13,夏季休業,休,全社,本社", "列が多すぎます"),
        ('2026-08-13,"夏季休業', "引用符"),
        ("99999999999999999999999-08-13,遠い未来", "読めません"),
        ("2300-01-01,未来", "4 桁"),
    ],
)
def test_a_line_that_makes_no_sense_is_told_with_its_number_and_the_rest_is_read(line: str, said: str) -> None:
    read = read_company_days(f"date,name\n\n2026-08-13,夏季休業\n{line}\n2026-08-14,夏季休業\n")
    assert [day.day for day, _ in read.days_off] == [13, 14]
    (unread,) = read.unread
    assert unread.line == 4
    assert said in unread.ja and unread.en


@pytest.mark.parametrize("word", ["on", "ON", "出勤", "出勤日", "営業日", "ｏｎ"])
def test_a_day_on_is_one_on_which_the_company_works(word: str) -> None:
    assert read_company_days(f"2026-11-21,,{word}") == CompanyDays(days_on=(date(2026, 11, 21),))


@pytest.mark.parametrize("word", ["", "off", "Off", "休", "休み", "休業日"])
def test_a_day_is_off_unless_it_says_otherwise(word: str) -> None:
    assert read_company_days(f"2026-08-13,夏季休業,{word}") == CompanyDays((SUMMER,))


def test_a_day_both_off_and_on_is_told_and_the_first_line_stands() -> None:
    read = read_company_days("2026-08-13,夏季休業\n2026-08-13,夏季休業\n2026-08-13,出勤,出勤")
    assert read.days_off == (SUMMER,) and read.days_on == ()
    assert read.unread[0].line == 3 and "1 行目と食い違います" in read.unread[0].ja


def test_days_come_in_order_and_comments_and_empty_lines_are_passed_over() -> None:
    assert days_off("# 2026 年度\n\n2027-01-04\n,,\n2026-12-29\n  \n") == [date(2026, 12, 29), date(2027, 1, 4)]


def test_a_first_line_with_a_bad_date_is_no_header() -> None:
    assert [unread.line for unread in read_company_days("2026-02-30,名称\n").unread] == [1]
    assert [unread.line for unread in read_company_days("日付,名称\n日付,名称\n").unread] == [2]


def test_a_name_is_kept_short_and_on_one_line() -> None:
    ((_, name),) = read_company_days("2026-08-13,夏\0季\x0b休業" + "業" * 1000).days_off
    assert name.startswith("夏季 休業") and len(name) == 100


def test_a_quoted_name_may_hold_a_comma() -> None:
    assert read_company_days('2026-08-13,"夏季休業, 本社 ""全館"""').days_off == (
        (date(2026, 8, 13), '夏季休業, 本社 "全館"'),
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x81\xff\x00\xfd", "文字コード"),
        (b"2026-08-13,x\n" * LARGE, "大きすぎます"),
        ("," * (LARGE + 1), "大きすぎます"),
    ],
    ids=["neither encoding", "too large", "too large a text"],
)
def test_a_file_that_cannot_be_read_at_all_is_told(content: bytes | str, said: str) -> None:
    read = read_company_days(content)
    assert (read.days_off, read.days_on) == ((), ())
    assert said in read.unread[0].ja and read.unread[0].en


def test_no_more_days_or_complaints_are_kept_than_a_page_can_show() -> None:
    many = "\n".join(
        f"{year}-{month:02}-{day:02}" for year in range(1990, 2020) for month in range(1, 13) for day in range(1, 29)
    )
    assert len(read_company_days(many).days_off) == MANY_DAYS
    unread = read_company_days("x,\n" * 5_000).unread
    assert len(unread) == MANY_UNREAD + 1
    assert "4899 行" in unread[-1].ja


PIECES = st.sampled_from(
    [
        "2026-08-13",
        "令和8年8月13日",
        "R0.0.0",
        "(木)",
        ",",
        "\t",
        '"',
        "\n",
        "\r\n",
        "出勤",
        "off",
        "\ufeff",
        "\0",
        "元年",
        "平成",
        "0" * 50,
    ]
)
TEXTS = st.text(st.characters(codec=None), max_size=60) | st.lists(PIECES, max_size=20).map("".join)
BYTES = st.binary(max_size=80) | TEXTS.map(lambda text: text.encode("cp932", "replace"))


@given(TEXTS | BYTES)
@settings(max_examples=400, deadline=None)
def test_whatever_is_sent_is_answered(content: bytes | str) -> None:
    read = read_company_days(content)
    again = msgspec.json.decode(msgspec.json.encode(read), type=CompanyDays)
    assert again == read
    assert not {day for day, _ in read.days_off} & set(read.days_on)
    assert all(unread.line >= 1 and unread.ja and unread.en and len(unread.ja) < 300 for unread in read.unread)
