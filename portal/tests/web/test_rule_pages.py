"""通知ルール、当番表、朝の一覧 on pages: what they say, and how administrators make, change and delete them."""

from datetime import date, timedelta
from typing import Any

import pytest
from alert_plans import NOON, a_channel, a_route, at
from django.test import Client
from job_rows import a_job, on_each_database
from shown_page import ShownPage
from tc_portal.alerts.models import DigestRow, RosterRow, RouteRow
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.digest import Digest, digest_as_json, read_digest
from tc_portal.core.hours import Hours
from tc_portal.core.roster import Person, Roster, StandIn, read_roster, roster_as_json
from tc_portal.core.route import Escalation, Match, Reminders, Route, read_route
from tc_portal.jobs.models import JobTag, Tool
from tc_portal.store.calendars import make_calendar

WHOLE_FORM = {"name": "経理", "about": "incidents", "hours": "always", "tells_recoveries": "on"}


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 12:00 of Monday, the 2nd of March, in Tokyo."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def kept() -> Route:
    return read_route(RouteRow.objects.get().definition)


def test_without_a_route_the_page_says_what_happens(viewer: Client) -> None:
    page = ShownPage(viewer.get("/routes"))
    assert "有効なすべての通知先にすべての障害を知らせ" in page.one("div", "empty").text
    assert "有効な通知先がありません" in page.one("p", "notice", role="alert").text


@on_each_database
def test_routes_are_told_in_their_order_and_in_words(viewer: Client) -> None:
    channel = a_channel("部長")
    boss = a_route(channel, name="部長へ", position=2, is_for_escalation=True)
    a_route(
        a_channel("経理チーム"),
        name="経理",
        match=Match(tags=("経理", "月次"), verdicts=("error", "missed")),
        hours=Hours("09:00", "18:00", weekdays=(0, 1, 2, 3, 4)),
        reminders=Reminders(timedelta(minutes=30), timedelta(hours=4)),
        escalation=Escalation(timedelta(minutes=20), boss.id),
        quiet=Hours("22:00", "07:00"),
        breaks_through=("error",),
        tells_recoveries=False,
        goes_on=True,
    )
    first, second = [each.text for each in ShownPage(viewer.get("/routes")).all("li", "card")]
    for said in (
        "1. 経理",
        "タグ 経理か月次、失敗・未報告",
        "月・火・水・木・金曜の 09:00〜18:00",
        "経理チーム",
        "続いていれば 30 分後に再通知し、間隔を 2 倍ずつ最長 4 時間まで延ばします。",
        "20 分以内に誰も対応しなければ「部長へ」に知らせます。",
        "毎日の 22:00〜翌日 07:00は保留し、終わったときにまとめて知らせます（失敗はすぐに知らせます）。",
        "復旧は知らせません。",
        "このあとのルールも見ます。",
    ):
        assert said in first
    assert "ほかのルールからのエスカレーションだけ" in second


def test_the_page_is_there_in_english(viewer: Client) -> None:
    a_route(a_channel("Team"), name="All", reminders=Reminders(timedelta(minutes=30)), quiet=Hours("22:00", "07:00"))
    viewer.post("/language", {"language": "en"})
    (card,) = ShownPage(viewer.get("/routes")).texts("li", "card")
    assert "every incident" in card
    assert "Reminds after 30 minutes, then after twice as long each time, up to 1 day." in card
    assert "Holds back 22:00 to 07:00 the day after every day, and sums up when that ends." in card


@on_each_database
def test_an_administrator_makes_a_route_with_all_that_it_can_say(admin: Client) -> None:
    channel, tool = a_channel(), Tool.objects.create(name="倉庫")
    calendar = make_calendar(Calendar("本社", "JP"), "hanako")
    boss = a_route(channel, name="部長", is_for_escalation=True)
    roster = Roster((Person("花子", (channel.id,)),), date(2026, 3, 2))
    row = RosterRow.objects.create(name="夜間", definition=roster_as_json(roster), changed_at=NOON)
    said = {
        **WHOLE_FORM,
        "tags": "経理、月次",
        "jobs": "sales-*\nstock",
        "tools": [str(tool.id)],
        "hosts": "PC-1, PC-2",
        "verdicts": ["error"],
        "hours": "outside",
        "hours_begin": "09:00",
        "hours_end": "18:00",
        "hours_weekdays": ["0", "4"],
        "hours_calendar": str(calendar.id),
        "channels": [str(channel.id)],
        "roster": str(row.id),
        "remind_after": "30",
        "remind_longest": "240",
        "escalate_after": "20",
        "escalate_to": str(boss.id),
        "quiet_begin": "22:00",
        "quiet_end": "07:00",
        "breaks_through": ["error", "overdue"],
        "goes_on": "on",
    }
    answer = admin.post("/routes/new", said, follow=True)
    assert "通知ルール「経理」を保存しました。" in answer.text
    made = RouteRow.objects.get(name="経理")
    assert made.changed_by == "hanako"
    wanted = Route(
        match=Match(("sales-*", "stock"), ("経理", "月次"), (tool.id,), ("PC-1", "PC-2"), ("error",)),
        hours=Hours("09:00", "18:00", (0, 4), calendar.id, is_outside=True),
        channels=(channel.id,),
        roster=row.id,
        reminders=Reminders(timedelta(minutes=30), timedelta(minutes=240)),
        escalation=Escalation(timedelta(minutes=20), boss.id),
        quiet=Hours("22:00", "07:00"),
        breaks_through=("error", "overdue"),
        goes_on=True,
    )
    assert read_route(made.definition) == wanted
    shown = ShownPage(admin.get(f"/routes/{made.id}/edit"))
    again = {name: value for name, value in said.items() if name != "name"} | {"name": "経理 2", "hours": "always"}
    assert shown.one("input", id="id_hours_begin").attributes["value"] == "09:00"
    admin.post(f"/routes/{made.id}/edit", again)
    made.refresh_from_db()
    assert (made.name, read_route(made.definition).hours) == ("経理 2", None)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": " "}, "必須"),
        ({"channels": []}, "通知先か当番表を選んでください。"),
        ({"hours": "within"}, "開始と終了"),
        ({"hours": "within", "hours_begin": "09:00", "hours_end": "9 時"}, "を読めません"),
        ({"quiet_begin": "22:00"}, "開始と終了"),
        ({"escalate_after": "20"}, "時間（分）と通知ルールの両方"),
        ({"remind_after": "60", "remind_longest": "30"}, "最長の間隔は最初の間隔以上"),
        ({"remind_after": "0"}, "1"),
        ({"tags": "あ" * 60}, "タグは"),
        ({"verdicts": ["ok"]}, "ok"),
    ],
)
def test_a_route_that_cannot_be_is_refused_with_what_to_do(admin: Client, form: dict[str, Any], said: str) -> None:
    channel = a_channel()
    answer = admin.post("/routes/new", {**WHOLE_FORM, "channels": [str(channel.id)], **form})
    assert answer.status_code == 400
    assert said in "".join(ShownPage(answer).texts("span", "error") + ShownPage(answer).texts("p", "error"))
    assert not RouteRow.objects.exists()


@on_each_database
def test_an_administrator_moves_switches_off_and_deletes_routes(admin: Client) -> None:
    channel = a_channel()
    one, other = (a_route(channel, name=name, position=n) for n, name in enumerate(("甲", "乙")))
    admin.post(f"/routes/{other.id}/move", {"up": "1"})
    assert [row.name for row in RouteRow.objects.order_by("position")] == ["乙", "甲"]
    admin.post(f"/routes/{other.id}/move", {"down": "1"})
    assert [row.name for row in RouteRow.objects.order_by("position")] == ["甲", "乙"]
    for row in (one, other):
        admin.post(f"/routes/{row.id}/enabled", {"enabled": "0"})
    assert "通知ルールがすべて無効です" in admin.get("/routes").text
    admin.post(f"/routes/{one.id}/enabled", {"enabled": "1"})
    assert "「乙」を削除します" in admin.get(f"/routes/{other.id}/delete").text
    admin.post(f"/routes/{other.id}/delete")
    assert "これが最後の通知ルールです" in admin.get(f"/routes/{one.id}/delete").text


@on_each_database
@pytest.mark.parametrize(
    ("job", "verdict", "said"),
    [
        ("sales", "error", "経理: 経理チーム"),
        ("sales", "overdue", "いま当てはまる通知ルールがありません"),
        ("stock", "error", "いま当てはまる通知ルールがありません"),
        ("none", "error", "このキーのジョブはありません"),
    ],
)
def test_the_page_tells_who_would_be_told_of_a_job_now(viewer: Client, job: str, verdict: str, said: str) -> None:
    a_route(a_channel("経理チーム"), name="経理", match=Match(tags=("経理",), verdicts=("error",)))
    for key in ("sales", "stock"):
        made = a_job(key)
        JobTag.objects.create(job=made, tag="経理" if key == "sales" else "倉庫")
    answer = ShownPage(viewer.get("/routes", {"job": job, "verdict": verdict}))
    assert said in answer.one("section", "panel").text


def test_without_a_route_the_default_would_tell(viewer: Client) -> None:
    a_channel("情シス")
    a_job("sales")
    page = ShownPage(viewer.get("/routes", {"job": "sales"}))
    assert "既定のルール: 情シス" in page.one("section", "panel").text


def roster_form(channel: Any, **said: str) -> dict[str, str]:
    return {
        "name": "夜間当番",
        "turn": "day",
        "begins_on": "2026-03-02",
        "hand_over": "17:30",
        "persons-TOTAL_FORMS": "3",
        "persons-INITIAL_FORMS": "0",
        "persons-0-name": "花子",
        "persons-0-channel": str(channel.id),
        "persons-1-name": "太郎",
        "persons-1-second": str(channel.id),
        "stand_ins-TOTAL_FORMS": "2",
        "stand_ins-INITIAL_FORMS": "0",
        **said,
    }


@on_each_database
def test_an_administrator_makes_a_roster_and_sees_who_is_on_duty(admin: Client) -> None:
    channel = a_channel()
    stand_in = {"person": "太郎", "begins_at": "2026-03-02T18:00", "ends_at": "2026-03-03T09:00"}
    more = {f"stand_ins-0-{name}": value for name, value in stand_in.items()}
    page = ShownPage(admin.post("/rosters/new", roster_form(channel, **more), follow=True))
    row = RosterRow.objects.get()
    persons = (Person("花子", (channel.id,)), Person("太郎", (channel.id,)))
    there = StandIn("太郎", at(6 * 60), at(21 * 60))
    assert read_roster(row.definition) == Roster(persons, date(2026, 3, 2), "day", "17:30", (there,))
    card = page.one("li", "card").text
    assert "太郎" in card
    assert "17:30" in card
    shown = ShownPage(admin.get(f"/rosters/{row.id}/edit"))
    assert shown.one("input", id="id_persons-1-name").attributes["value"] == "太郎"
    assert shown.one("input", id="id_stand_ins-0-begins_at").attributes["value"] == "2026-03-02T18:00"
    admin.post(f"/rosters/{row.id}/edit", roster_form(channel, **{"persons-1-name": "", "persons-1-second": ""}))
    row.refresh_from_db()
    assert [person.name for person in read_roster(row.definition).persons] == ["花子"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"persons-0-channel": ""}, "この人に届く通知先を選んでください。"),
        ({"persons-1-name": ""}, "人の名前を入力してください。"),
        ({"persons-1-name": "花子"}, "同じ名前"),
        (
            {"persons-0-name": "", "persons-0-channel": "", "persons-1-name": "", "persons-1-second": ""},
            "当番の人を 1 人から",
        ),
        ({"hand_over": "25:00"}, "00:00 から 23:59"),
        ({"begins_on": "明日"}, "日付"),
        ({"stand_ins-0-person": "花子"}, "開始と終了"),
        (
            {
                "stand_ins-0-person": "誰か",
                "stand_ins-0-begins_at": "2026-03-02T18:00",
                "stand_ins-0-ends_at": "2026-03-03T18:00",
            },
            "当番の人の中にいません",
        ),
    ],
)
def test_a_roster_that_cannot_be_is_refused_with_what_to_do(admin: Client, form: dict[str, str], said: str) -> None:
    answer = admin.post("/rosters/new", roster_form(a_channel(), **form))
    assert answer.status_code == 400
    assert said in "".join(ShownPage(answer).texts("span", "error") + ShownPage(answer).texts("p", "error"))
    assert not RosterRow.objects.exists()


def test_a_roster_that_a_route_goes_by_is_not_deleted(admin: Client) -> None:
    roster = Roster((Person("花子", ()),), date(2026, 3, 2))
    row = RosterRow.objects.create(name="夜間", definition=roster_as_json(roster), changed_at=NOON)
    route = a_route(name="夜間へ", roster=row.id)
    answer = admin.post(f"/rosters/{row.id}/delete")
    assert answer.status_code == 409
    assert "夜間へ" in answer.text
    route.delete()
    admin.post(f"/rosters/{row.id}/delete")
    assert not RosterRow.objects.exists()


@on_each_database
def test_an_administrator_sets_up_a_digest(admin: Client) -> None:
    channel = a_channel("経営会議")
    calendar = make_calendar(Calendar("本社", "JP"), "hanako")
    form = {
        "name": "朝会",
        "at": "08:45",
        "calendar": str(calendar.id),
        "channels": [str(channel.id)],
        "is_enabled": "on",
    }
    page = ShownPage(admin.post("/digests/new", form, follow=True))
    row = DigestRow.objects.get()
    assert read_digest(row.definition) == Digest("08:45", calendar.id, (channel.id,))
    card = page.one("li", "card").text
    for said in ("朝会", "08:45", "本社", "経営会議", "明日 08:45"):
        assert said in card
    admin.post(f"/digests/{row.id}/edit", {**form, "name": "朝会 2", "is_enabled": ""})
    row.refresh_from_db()
    assert (row.name, row.is_enabled) == ("朝会 2", False)
    admin.post(f"/digests/{row.id}/delete")
    assert not DigestRow.objects.exists()


def test_a_calendar_that_rules_go_by_is_not_deleted(admin: Client) -> None:
    calendar = make_calendar(Calendar("本社", "JP"), "hanako")
    route = a_route(a_channel(), name="日中", hours=Hours(calendar=calendar.id))
    digest = digest_as_json(Digest("08:45", calendar.id))
    row = DigestRow.objects.create(name="朝会", definition=digest, made_at=NOON)
    answer = admin.post(f"/calendars/{calendar.id}/delete")
    assert answer.status_code == 409
    assert "日中, 朝会" in answer.text
    route.delete()
    row.delete()
    assert admin.post(f"/calendars/{calendar.id}/delete").status_code == 302


def test_a_digest_whose_calendar_was_deleted_says_so(viewer: Client) -> None:
    DigestRow.objects.create(name="朝会", definition=digest_as_json(Digest("08:45", 99)), made_at=NOON)
    assert "カレンダーが削除されたため、毎日送ります。" in viewer.get("/digests").text


@pytest.mark.parametrize(
    ("form", "said"), [({"at": ""}, "を読めません"), ({"at": "24:00"}, "23:59"), ({"channels": []}, "必須")]
)
def test_a_digest_that_cannot_be_is_refused(admin: Client, form: dict[str, Any], said: str) -> None:
    answer = admin.post("/digests/new", {"name": "朝会", "at": "08:30", "channels": [str(a_channel().id)], **form})
    assert answer.status_code == 400
    assert said in "".join(ShownPage(answer).texts("span", "error"))
