"""営業日カレンダー: made, changed by hand and by file, shown, and deleted only where no job goes by it."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from job_rows import a_job, on_each_database
from settings_forms import form, in_force, schedule
from shown_page import ShownPage
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.job_settings import JobSettings, calendars_of
from tc_portal.jobs.calendar_queries import kept_calendars
from tc_portal.jobs.models import CalendarRevision, CalendarRow, Job, JobSettingsRow
from tc_portal.store.calendars import make_calendar

JAPAN = Calendar("日本の営業日", "JP")
SUMMER = (date(2026, 8, 13), "夏季休業")


def sent(**fields: Any) -> dict[str, Any]:
    plain = {"name": "本社", "country": "JP", "weekdays": ["5", "6"], "own_days": "", "based_on": ""}
    pressed = {} if {"check", "read_file"} & fields.keys() else {"save": "1"}
    return {**plain, **pressed, **fields}


def a_file(text: str, name: str = "days.csv", encoding: str = "cp932") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(encoding))


def newest() -> Calendar:
    (kept,) = kept_calendars()
    return kept.calendar


def edit_fields(client: Client, calendar_id: int) -> dict[str, Any]:
    page = ShownPage(client.get(f"/calendars/{calendar_id}/edit"))
    return sent(
        name=page.one("input", name="name").attributes["value"],
        own_days=page.one("textarea", name="own_days").text,
        based_on=page.one("input", name="based_on").attributes["value"],
    )


@pytest.fixture
def headquarters(data: object) -> CalendarRow:
    return make_calendar(Calendar("本社", "JP", (5, 6), (SUMMER,), (date(2026, 11, 21),)), "hanako")


def test_without_calendars_the_default_is_offered_and_not_made(admin: Client, data: object) -> None:
    assert "「日本の営業日」は、ジョブで初めて必要になったとき" in admin.get("/calendars").text
    assert ShownPage(admin.get("/calendars/new")).one("input", name="name").attributes["value"] == "日本の営業日"
    assert not CalendarRow.objects.exists()


@on_each_database
def test_a_calendar_is_made_by_hand(admin: Client) -> None:
    own = "2026-08-13,夏季休業\n令和8年11月21日,,出勤"
    answer = admin.post("/calendars/new", sent(own_days=own, weekdays=["6"]), follow=True)
    assert "カレンダー「本社」を作成しました。" in answer.text
    assert newest() == Calendar("本社", "JP", (6,), (SUMMER,), (date(2026, 11, 21),))
    assert CalendarRevision.objects.get().changed_by == "hanako"


@pytest.mark.parametrize(
    ("fields", "at", "text"),
    [
        ({"name": " "}, "name", "名前を付けてください"),
        ({"name": "長" * 101}, "name", "100 文字まで"),
        ({"country": "XX"}, "country", "国「XX」の祝日はわかりません"),
        ({"own_days": "2026-02-30,x"}, "own_days", "読めない行があります"),
    ],
)
def test_wrong_input_comes_back_with_nothing_lost(
    admin: Client, data: object, fields: dict[str, str], at: str, text: str
) -> None:
    answer = admin.post("/calendars/new", sent(**{"own_days": "2026-08-13,夏季休業", **fields}))
    page = ShownPage(answer)
    assert answer.status_code == 400
    assert text in page.one("span", "error", id=f"{at}-error").text
    assert page.one("textarea", name="own_days").text == fields.get("own_days", "2026-08-13,夏季休業")
    assert not CalendarRow.objects.exists()


def test_lines_that_cannot_be_read_are_named_by_number(admin: Client, data: object) -> None:
    answer = admin.post("/calendars/new", sent(own_days="2026-08-13,夏季休業\n\n2026-13-01,x"))
    assert "3 行目: 「2026-13-01」という日はありません。" in ShownPage(answer).one("ul", "unread").text


def test_two_calendars_have_two_names(admin: Client, headquarters: CalendarRow) -> None:
    answer = admin.post("/calendars/new", sent(name="本社"))
    assert "同じ名前のカレンダーがすでにあります。" in answer.text
    assert CalendarRow.objects.count() == 1


FILES = {
    "CP932": a_file("国民の祝日・休日月日,名称\r\n2026/8/13,夏季休業\r\n2026/12/29,年末\r\n"),
    "UTF-8 with a mark": a_file("2026-08-13,夏季休業\n2026-12-29,年末", encoding="utf-8-sig"),
    "iCalendar": a_file(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260813\r\nSUMMARY:夏季休業\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261229\r\nSUMMARY:年末\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        "days.ics",
        "utf-8",
    ),
}


@pytest.mark.parametrize("upload", FILES.values(), ids=FILES.keys())
def test_a_file_is_read_into_the_form_and_what_changes_is_shown_before_it_is_saved(
    admin: Client, headquarters: CalendarRow, upload: SimpleUploadedFile
) -> None:
    upload.seek(0)
    address = f"/calendars/{headquarters.id}/edit"
    fields = edit_fields(admin, headquarters.id) | {"read_file": "1", "file_mode": "add"}
    fields.pop("save")
    answer = admin.post(address, {**fields, "file": upload})
    page = ShownPage(answer)
    assert answer.status_code == 200
    assert page.one("textarea", name="own_days").text.splitlines() == [
        "2026-08-13,夏季休業",
        "2026-11-21,,出勤",
        "2026-12-29,年末",
    ]
    assert page.one("ul", "changed-days").text.split() == ["+", "追加", "2026年12月29日(火)", "年末"]
    assert newest().days_off == (SUMMER,)


def test_a_file_in_place_of_the_days_says_what_goes(admin: Client, headquarters: CalendarRow) -> None:
    fields = edit_fields(admin, headquarters.id) | {"read_file": "1", "file_mode": "replace"}
    answer = admin.post(
        f"/calendars/{headquarters.id}/edit", {**fields, "file": a_file("2026-08-13,お盆\n2026-12-29,年末")}
    )
    changes = ShownPage(answer).one("ul", "changed-days").text
    assert "夏季休業 → お盆" in changes and "削除 2026年11月21日(土) 出勤日" in changes
    assert CalendarRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("2026-08-13,夏季休業\n2026-99-01,x".encode(), "2 行目"),
        (b"\x81\xff\xfe\x00", "文字コードがわかりません"),
        (b"", "ファイルに日付がありません"),
        (b"x" * 1_000_002, "ファイルが大きすぎます"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(
    admin: Client, headquarters: CalendarRow, content: bytes, text: str
) -> None:
    fields = edit_fields(admin, headquarters.id) | {"read_file": "1"}
    answer = admin.post(
        f"/calendars/{headquarters.id}/edit", {**fields, "file": SimpleUploadedFile("days.csv", content or b"\n")}
    )
    assert answer.status_code == 400
    assert text in answer.text
    assert ShownPage(answer).one("textarea", name="own_days").text == fields["own_days"]


def test_a_year_is_shown_with_the_names_of_days_off(viewer: Client, headquarters: CalendarRow) -> None:
    shown = viewer.get(f"/calendars/{headquarters.id}?year=2026").text
    for text in ("13 夏季休業", "22 国民の休日", "6 振替休日", 'href="?year=2025"'):
        assert text in shown
    assert "/edit" not in shown and "/delete" not in shown


@pytest.mark.parametrize("year", ["abc", "99999", "0001", "２０２６"])
def test_a_year_that_makes_no_sense_is_this_year(viewer: Client, headquarters: CalendarRow, year: str) -> None:
    assert viewer.get(f"/calendars/{headquarters.id}", {"year": year}).status_code == 200


def test_a_calendar_that_is_not_there_is_not_found(admin: Client, data: object) -> None:
    for path in ("/calendars/9", "/calendars/9/edit", "/calendars/9/delete"):
        assert admin.get(path).status_code == 404


def a_job_by(client: Client, calendar: CalendarRow, key: str = "payroll") -> Job:
    job = a_job(key, title="給与計算")
    fields = schedule(0, kind="business", calendar=str(calendar.id), choice="every", times="07:30")
    assert client.post(f"/jobs/{job.id}/settings", form(fields)).status_code == 302
    return job


@on_each_database
def test_a_changed_calendar_judges_its_jobs_from_now_on(hanako: Client) -> None:
    calendar = make_calendar(Calendar("本社", "JP"), "taro")
    job, other = a_job_by(hanako, calendar), a_job("other")
    before = calendars_of(in_force(job))
    checked = hanako.post(
        f"/calendars/{calendar.id}/edit",
        edit_fields(hanako, calendar.id) | {"own_days": "2026-08-13,夏季休業"},
        follow=True,
    )
    assert "これ以降、ジョブ 1 件をこのカレンダーで判定します。" in checked.text
    first, second = CalendarRevision.objects.order_by("id")
    assert (before, calendars_of(in_force(job))) == ({str(first.id)}, {str(second.id)})
    assert JobSettingsRow.objects.filter(job=job).count() == 2
    assert JobSettingsRow.objects.filter(job=job).order_by("-id")[0].changed_by == "hanako"
    assert not JobSettingsRow.objects.filter(job=other).exists()
    assert "カレンダー: 変更前 → 変更後" in ShownPage(hanako.get(f"/jobs/{job.id}/settings")).column(2)[-2]


def test_a_new_name_alone_makes_no_revision_and_no_new_settings(hanako: Client) -> None:
    calendar = make_calendar(Calendar("本社", "JP"), "taro")
    job = a_job_by(hanako, calendar)
    hanako.post(f"/calendars/{calendar.id}/edit", edit_fields(hanako, calendar.id) | {"name": "全社"})
    assert (CalendarRevision.objects.count(), JobSettingsRow.objects.count()) == (1, 1)
    assert "毎営業日 07:30（カレンダー: 全社）" in hanako.get(f"/jobs/{job.id}").text


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_unseen(hanako: Client) -> None:
    calendar = make_calendar(Calendar("本社", "JP"), "taro")
    stale = edit_fields(hanako, calendar.id)
    hanako.post(f"/calendars/{calendar.id}/edit", {**stale, "own_days": "2026-08-13,夏季休業"})
    answer = hanako.post(f"/calendars/{calendar.id}/edit", {**stale, "own_days": "2026-08-14,別"})
    assert "別の人がカレンダーを変更しました" in answer.text
    assert "削除 2026年8月13日(木) 夏季休業" in ShownPage(answer).one("ul", "changed-days").text
    assert newest().days_off == (SUMMER,)


@on_each_database
def test_a_calendar_in_use_is_not_deleted_and_says_by_which_jobs(hanako: Client) -> None:
    calendar = make_calendar(Calendar("本社", "JP"), "taro")
    job = a_job_by(hanako, calendar)
    for answer in (hanako.get(f"/calendars/{calendar.id}/delete"), hanako.post(f"/calendars/{calendar.id}/delete")):
        assert "次のジョブが使っているため削除できません" in answer.text
        assert f'href="/jobs/{job.id}/settings"' in answer.text
    assert CalendarRow.objects.exists()
    hanako.post(f"/jobs/{job.id}/settings", form(based_on=str(Job.objects.get(id=job.id).settings_row_id)))
    assert in_force(job) == JobSettings()
    answer = hanako.post(f"/calendars/{calendar.id}/delete", follow=True)
    assert "カレンダー「本社」を削除しました。" in answer.text
    assert not CalendarRow.objects.exists() and CalendarRevision.objects.count() == 1


def test_the_history_still_says_by_which_calendar_it_was_when_that_is_deleted(hanako: Client) -> None:
    calendar = make_calendar(Calendar("本社", "JP"), "taro")
    job = a_job_by(hanako, calendar)
    hanako.post(f"/jobs/{job.id}/settings", form(based_on=str(Job.objects.get(id=job.id).settings_row_id)))
    hanako.post(f"/calendars/{calendar.id}/delete")
    assert "毎営業日 07:30（カレンダー: 本社）" in hanako.get(f"/jobs/{job.id}/settings").text
