"""The page of an incident: how it stands, what became of it, and what people do about it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from databases import Database
from django.test import Client
from django.utils import timezone
from incident_lives import Life, a_life, at, the_incident
from shown_page import ShownPage
from tc_portal.accounts.models import User
from tc_portal.alerts import acting
from tc_portal.jobs.models import Incident, IncidentAction, IncidentNotice, RunOutput

LOGIN = "LoginError: ログインに失敗しました"


@pytest.fixture
def life(kept_data: Database) -> Iterator[Life]:
    with a_life(kept_data) as life:
        yield life


@pytest.fixture
def taro(kept_data: Database) -> Client:
    """The browser of somebody who is no administrator."""
    client = Client()
    client.force_login(User.objects.create_user("taro", "taro@example.com", "x"))
    return client


def shown(client: Client, incident: Incident | None = None, query: str = "") -> ShownPage:
    answer = client.get(f"/incidents/{(incident or the_incident()).id}{query}")
    assert answer.status_code == 200
    return ShownPage(answer)


def act(client: Client, action: str, follow: bool = True, **sent: object) -> ShownPage:
    answer = client.post(f"/incidents/{the_incident().id}/{action}", sent, follow=follow)
    return ShownPage(answer)


def seen(page: ShownPage) -> str:
    return page.all("input", name="seen")[0].attributes["value"]


def timeline(page: ShownPage) -> str:
    return " ".join(page.one("ol", "timeline").text.split())


def test_it_says_what_is_wrong_why_since_when_and_that_nobody_is_at_it(life: Life, taro: Client) -> None:
    life.report(0, message=LOGIN)
    life.report(5, message=LOGIN)
    life.follow()
    page = shown(taro)
    standing = page.one("section", id="incident-standing").text
    assert page.texts("h1") == ["nightly の題"]
    assert LOGIN in standing
    assert "回続けて失敗しています" in standing
    assert "2026-03-02 12:00:00" in standing
    assert "復旧していません" in standing
    assert "未対応" in standing
    assert timeline(page).count("失敗した実行") == 2
    assert "障害が発生しました" in timeline(page)


def test_anybody_who_is_logged_in_acknowledges_with_a_note_and_withdraws(life: Life, taro: Client) -> None:
    life.report(0, message=LOGIN)
    page = act(taro, "acknowledge", seen=seen(shown(taro)), until="hour", note="確認します")
    assert "対応中にしました" in page.one("p", "success").text
    assert "taro が対応中" in page.one("section", id="incident-standing").text
    assert "確認します" in timeline(page)
    ends = the_incident().acknowledged_until - timezone.now()
    assert timedelta(minutes=55) < ends <= timedelta(hours=1)
    page = act(taro, "unacknowledge")
    assert "未対応" in page.one("section", id="incident-standing").text
    assert "対応中を取り消しました" in timeline(page)


def test_tomorrow_morning_and_a_time_of_ones_own_are_on_the_portals_clock(life: Life, taro: Client) -> None:
    life.report(0)
    act(taro, "acknowledge", seen=seen(shown(taro)), until="morning")
    local = timezone.localtime(the_incident().acknowledged_until)
    assert (local.date() - timezone.localdate(), local.hour, local.minute) == (timedelta(days=1), 9, 0)
    wanted = (timezone.localtime() + timedelta(days=3)).replace(hour=13, minute=30, second=0, microsecond=0)
    act(taro, "acknowledge", seen=seen(shown(taro)), until="custom", custom=f"{wanted:%Y-%m-%dT%H:%M}")
    assert the_incident().acknowledged_until == wanted


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"until": "custom", "custom": ""}, "いつまでかを日付と時刻で指定"),
        ({"until": "custom", "custom": "あした"}, "いつまでかを日付と時刻で指定"),
        ({"until": "custom", "custom": "2020-01-01T00:00"}, "期限が過ぎています"),
        ({"until": "custom", "custom": "2999-01-01T00:00"}, "日以内にしてください"),
        ({"seen": "いつか"}, "この画面は古くなっています"),
        ({"seen": "2020-01-01T00:00:00+00:00"}, "エラーが変わりました"),
    ],
)
def test_what_is_refused_is_said_beside_what_was_written(
    life: Life, taro: Client, sent: dict[str, str], said: str
) -> None:
    life.report(0)
    page = shown(taro)
    answer = taro.post(
        f"/incidents/{the_incident().id}/acknowledge", {"seen": seen(page), "note": "書きかけのメモ", **sent}
    )
    assert answer.status_code == 400
    refused = ShownPage(answer)
    assert said in refused.one("p", "error").text
    assert refused.one("textarea", id="acknowledge-note").text == "書きかけのメモ"
    assert IncidentAction.objects.count() == 0


def test_opening_the_link_that_acknowledges_changes_nothing(life: Life, taro: Client) -> None:
    life.report(0)
    page = shown(taro, query="?acknowledge")
    assert "autofocus" in page.one("textarea", id="acknowledge-note").attributes
    assert IncidentAction.objects.count() == 0
    assert taro.get(f"/incidents/{the_incident().id}/acknowledge").status_code == 405


def test_another_error_ends_the_acknowledgement_and_the_timeline_says_so(life: Life, taro: Client) -> None:
    life.report(0, message=LOGIN)
    acting.acknowledge(the_incident().id, "hanako", at(1), seen=at(0))
    life.report(2, message="OSError: ディスクがいっぱいです")
    page = shown(taro)
    assert "未対応" in page.one("section", id="incident-standing").text
    assert "hanako の対応中が終わりました: エラーが変わったため" in timeline(page)
    assert "別のエラーになりました OSError" in timeline(page)


def test_the_notes_of_the_same_error_are_found(life: Life, taro: Client) -> None:
    life.report(0, message=f"{LOGIN}（試行 1）")
    life.follow()
    acting.acknowledge(the_incident().id, "hanako", at(10), seen=at(0), note="確認中")
    life.report(30, "success")
    acting.comment(the_incident().id, "hanako", at(31), "再ログインで復旧")
    life.report(60 * 24, message=f"{LOGIN}（試行 2）")
    life.follow()
    earlier = " ".join(shown(taro).one("ul", "earlier").text.split())
    assert "メモ: 再ログインで復旧 メモ: 確認中" in earlier
    assert "30 分 続きました" in earlier
    first = Incident.objects.order_by("opened_at")[0]
    times = shown(taro, first).one("section", id="incident-standing").text
    assert "10 分" in times


def test_what_failed_in_an_earlier_incident_is_not_told_again(life: Life, taro: Client) -> None:
    life.report(0, message=LOGIN)
    life.report(0.1, "success")
    life.report(0.2, message="OSError: ディスクがいっぱいです")
    assert "LoginError" not in timeline(shown(taro))
    assert timeline(shown(taro)).count("失敗した実行") == 1


def test_an_incident_is_assigned_muted_and_closed_and_opens_again(life: Life, taro: Client) -> None:
    life.report(0)
    assert "担当: taro" in act(taro, "assign", to="taro").one("section", id="incident-standing").text
    assert "まで通知停止" in act(taro, "mute", until="4-hours").one("section", id="incident-standing").text
    assert "通知を再開しました" in timeline(act(taro, "unmute"))
    closed = act(taro, "close", seen=seen(shown(taro)), note="もう使わない")
    assert "taro が手動で終了" in closed.one("section", id="incident-standing").text
    assert "もう使わない" in timeline(closed)
    assert closed.all("textarea", id="acknowledge-note") == []
    assert "incident_count" not in taro.get("/jobs").context or taro.get("/jobs").context["incident_count"] == 0
    board = ShownPage(taro.get("/incidents"))
    assert "nightly の題" in board.one("ul", "closed-ones").text
    # The clock of the report is behind that of the people here; it arrives after all they did.
    instant = timezone.now() + timedelta(seconds=1)
    minute = (instant - at(0)) / timedelta(minutes=1)
    life.report(minute)
    life.follow(minute)
    again = shown(taro)
    assert "再開: 終了した後に" in timeline(again)
    assert taro.get("/jobs").context["incident_count"] == 1


def test_the_output_of_the_last_failed_run_is_shown_by_its_end(life: Life, taro: Client) -> None:
    life.report(0)
    run_id = "run of nightly at 0"
    printed = "".join(f"行 {number}\n" for number in range(1, 101))
    output = {"head": "", "tail": printed, "size": len(printed), "is_cut": False, "ended_at": at(0)}
    RunOutput.objects.create(job=the_incident().job, run_id=run_id, **output)
    printed_lines = shown(taro).one("ol", "printed").text
    assert "行 100" in printed_lines
    assert "行 81" in printed_lines
    assert "行 80" not in printed_lines


def test_an_incident_that_has_gone_is_answered_kindly(life: Life, taro: Client) -> None:
    for answer in (taro.get("/incidents/987654"), taro.post("/incidents/987654/comment", {"note": "x"})):
        assert answer.status_code == 404
        assert "この障害はもうありません" in answer.text
    life.report(0)
    assert taro.post(f"/incidents/{the_incident().id}/explode").status_code == 404


def test_the_board_acknowledges_at_once_and_puts_it_apart(life: Life, taro: Client) -> None:
    life.report(0, key="first", message=LOGIN)
    life.report(1, key="second")
    life.follow()
    board = ShownPage(taro.get("/incidents"))
    (card,) = board.all("li", "card", **{"data-job-key": "first"})
    (form,) = [each for each in card.inside if each.tag == "form"]
    sent = {each.attributes["name"]: each.attributes["value"] for each in form.inside if each.tag == "input"}
    answer = taro.post(form.attributes["action"], sent, follow=True)
    assert answer.redirect_chain == [("/incidents", 302)]
    board = ShownPage(answer)
    assert "first の題" in board.one("ul", "cared-for-ones").text
    assert "taro が対応中" in board.one("ul", "cared-for-ones").text
    assert "second の題" in board.one("ul", "failing").text
    assert answer.context["incident_count"] == 2


def test_the_way_back_leads_nowhere_else(life: Life, taro: Client) -> None:
    life.report(0)
    path = f"/incidents/{the_incident().id}"
    for back in ("https://example.com/", "//example.com/incidents", "/jobs", "javascript:alert(1)"):
        assert taro.post(f"{path}/comment", {"note": "x", "next": back})["Location"] == path


def test_an_open_page_sees_what_others_do(life: Life, taro: Client) -> None:
    life.report(0)
    token = taro.get("/incidents").context["live_token"]
    acting.comment(the_incident().id, "hanako", timezone.now(), "見ています")
    assert taro.get("/live", {"on": "", "token": token}).status_code == 200
    assert IncidentNotice.objects.exists()


def test_hostile_notes_are_shown_as_they_were_written(life: Life, taro: Client) -> None:
    life.report(0, message="<script>alert(1)</script> failed")
    page = act(taro, "comment", note="<img src=x onerror=alert(2)>\0 '\"&amp; 💥")
    assert "<img src=x onerror=alert(2)> '\"&amp; 💥" in page.one("ol", "timeline").text
    assert page.all("img") == []
