"""メンテナンス: what is on, to come and over; planning, ending, deleting."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from job_rows import NOW, a_job, on_each_database
from shown_page import ShownPage
from tc_portal.core.maintenance import (
    Everything,
    Maintenance,
    OfTool,
    Once,
    OneJob,
    OnHost,
    Recurring,
    Tagged,
    read_maintenance,
)
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.jobs.models import MaintenanceRow, Tool
from tc_portal.store.planning_quiet import add_maintenance

HOUR = timedelta(hours=1)
FORM = {
    "title": "停電",
    "scope": "everything",
    "when": "once",
    "at": "02:00",
    "hours": "2",
    "minutes": "30",
    "day": "1",
}
FROM_TO = {"begins_at": "2026-03-07T22:00", "ends_at": "2026-03-08T02:30"}


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 21:00 of Sunday, the 1st of March, in Tokyo."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def recurring(line: str) -> Recurring:
    return Recurring(JobSchedule(Cron((line,), "Asia/Tokyo")), 2.5 * HOUR)


def kept() -> Maintenance:
    return read_maintenance(MaintenanceRow.objects.get().definition)


@on_each_database
def test_plans_are_told_by_whether_they_are_on_to_come_or_over(viewer: Client) -> None:
    for title, begin, end in (("移設", -1, 2), ("停電", 24, 30), ("更新", -30, -24)):
        once = Once(NOW + begin * HOUR, NOW + end * HOUR)
        add_maintenance(title, Maintenance(Everything(), once), NOW, "hanako")
    add_maintenance("再起動", Maintenance(Tagged("夜間"), recurring("0 3 * * 0")), NOW, "hanako")
    page = ShownPage(viewer.get("/maintenance"))
    sections = {section.attributes["aria-labelledby"]: section.text for section in page.all("section")}
    assert sections.keys() == {"on", "to-come", "over"}
    for name, told in {
        "on": ["移設", "20:00〜23:00", "23:00 まで", "すべてのジョブ"],
        "to-come": [
            "停電",
            "明日 21:00〜3 月 3 日 03:00",
            "再起動",
            "毎週日曜 03:00 から 2 時間 30 分",
            "タグ 夜間",
            "3 月 8 日 03:00〜05:30",
        ],
        "over": ["更新"],
    }.items():
        assert [text for text in told if text not in sections[name]] == []


def test_without_a_plan_the_page_says_so(viewer: Client) -> None:
    assert "メンテナンスの計画はありません。" in ShownPage(viewer.get("/maintenance")).one("div", "empty").text


@on_each_database
@pytest.mark.parametrize(
    ("form", "when"),
    [
        (
            {"when": "once", **FROM_TO},
            Once(datetime(2026, 3, 7, 13, 0, tzinfo=UTC), datetime(2026, 3, 7, 17, 30, tzinfo=UTC)),
        ),
        ({"when": "weekly", "weekdays": ["0", "3"]}, recurring("0 2 * * 0,3")),
        ({"when": "monthly", "day": "15", "at": "23:05"}, recurring("5 23 15 * *")),
        ({"when": "monthly", "day": "L"}, recurring("0 2 L * *")),
        ({"when": "cron", "cron": "0 2 * * SUN#1"}, recurring("0 2 * * SUN#1")),
    ],
)
def test_an_administrator_plans_when(admin: Client, form: dict[str, Any], when: Once | Recurring) -> None:
    answer = admin.post("/maintenance/new", {**FORM, **form}, follow=True)
    assert "メンテナンス「停電」を計画しました。" in answer.text
    assert kept() == Maintenance(Everything(), when)
    assert MaintenanceRow.objects.get().created_by == "hanako"


@on_each_database
@pytest.mark.parametrize("scope", ["job", "tag", "tool", "host"])
def test_an_administrator_plans_what_is_kept_quiet(admin: Client, scope: str) -> None:
    tool = Tool.objects.create(name="倉庫")
    a_job("sales")
    said = {"job": {"job_key": "sales"}, "tag": {"tag": "夜間"}, "tool": {"tool": tool.id}, "host": {"host": "PC-1"}}
    scopes = {"job": OneJob("sales"), "tag": Tagged("夜間"), "tool": OfTool(tool.id), "host": OnHost("PC-1")}
    admin.post("/maintenance/new", {**FORM, **FROM_TO, "scope": scope, **said[scope]})
    assert kept().scope == scopes[scope]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"title": " "}, "必須"),
        ({"begins_at": ""}, "開始と終了の日時を指定してください。"),
        ({"begins_at": "tomorrow"}, "日付と時刻を指定してください。"),
        ({"begins_at": "9999-12-31T23:59"}, "日付と時刻を指定してください。"),
        ({"ends_at": "2026-03-07T22:00"}, "終了は開始より後にしてください。"),
        ({"when": "weekly"}, "曜日を 1 つ以上選んでください。"),
        ({"when": "weekly", "weekdays": ["0"], "at": "25:00"}, "00:00 から 23:59 までの時刻を指定してください。"),
        ({"when": "weekly", "weekdays": ["0"], "at": ""}, "を読めません。"),
        ({"when": "weekly", "weekdays": ["0"], "hours": "0", "minutes": "0"}, "長さは 1 分から 31 日まで"),
        ({"when": "cron", "cron": ""}, "cron の式を入力してください。"),
        ({"when": "cron", "cron": "60 2 * * *"}, "分（1 番目の欄）を読めません"),
        ({"scope": "job", "job_key": "none"}, "このキーのジョブはありません。"),
        ({"scope": "tag", "tag": " 、"}, "タグを入力してください。"),
        ({"scope": "tool"}, "ツールを選んでください。"),
        ({"scope": "tool", "tool": "00000000-0000-0000-0000-000000000001"}, "選択"),
        ({"scope": "host"}, "ホスト名を入力してください。"),
        ({"scope": "none"}, "none"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_what_to_do(admin: Client, form: dict[str, Any], said: str) -> None:
    answer = admin.post("/maintenance/new", {**FORM, **FROM_TO, **form})
    assert answer.status_code == 400
    assert said in "".join(ShownPage(answer).texts("span", "error") + ShownPage(answer).texts("p", "error"))
    assert not MaintenanceRow.objects.exists()


@pytest.mark.parametrize("by_button", [True, False])
def test_the_next_times_are_shown_before_anything_is_kept(admin: Client, by_button: bool) -> None:
    asked = {**FORM, "when": "weekly", "weekdays": ["0"], "title": "停電" if by_button else ""}
    address, more = ("/maintenance/new", {"preview": "1"}) if by_button else ("/maintenance/new/windows", {})
    answer = admin.post(address, {**asked, **more})
    assert answer.status_code == 200
    windows = [row.text for row in ShownPage(answer).one("ol", "happenings").inside if row.tag == "li"]
    assert windows[:2] == ["3 月 8 日 02:00〜04:30", "3 月 15 日 02:00〜04:30"]
    assert not MaintenanceRow.objects.exists()


def test_a_plan_that_makes_no_sense_yet_shows_no_times(admin: Client) -> None:
    answer = admin.post("/maintenance/new/windows", {"scope": "everything", "when": "weekly"})
    assert not ShownPage(answer).all("ol", "happenings")
    assert "保存する前に" in answer.text


@on_each_database
def test_an_administrator_ends_a_window_early_and_deletes_a_plan(admin: Client) -> None:
    number = add_maintenance("移設", Maintenance(Everything(), Once(NOW - HOUR, NOW + HOUR)), NOW, None)
    page = ShownPage(admin.post(f"/maintenance/{number}/end", follow=True))
    assert {section.attributes["aria-labelledby"] for section in page.all("section")} == {"over"}
    assert "「移設」を削除します" in admin.get(f"/maintenance/{number}/delete").text
    admin.post(f"/maintenance/{number}/delete")
    assert not MaintenanceRow.objects.exists()


@pytest.mark.parametrize("path", ["/maintenance/99/end", "/maintenance/99/delete"])
def test_a_plan_that_is_not_there_is_not_found(admin: Client, path: str) -> None:
    assert admin.post(path).status_code == 404
