"""障害情報 as a board: narrowed by the address, views that are kept, and acting on several incidents at once."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from databases import Database
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from incident_lives import Life, a_life, the_incident
from job_rows import NOW, a_job, many_jobs, on_each_database
from shown_page import ShownPage
from tc_portal.accounts.models import SavedView, User
from tc_portal.jobs.models import Incident, IncidentAction, Job, JobStatus, JobTag, Tool

HOUR = timedelta(hours=1)


def shown(client: Client, kind: str = "", **asked: str) -> list[str]:
    page = ShownPage(client.get("/incidents", asked))
    lists = [element for element in page.all("ul", "cards") if not kind or element.has_class(kind)]
    return [each.text for cards in lists for each in cards.inside if each.tag == "h3"]


def told(answer: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


@on_each_database
def test_the_address_says_which_incidents_are_shown(viewer: Client) -> None:
    finance = Tool.objects.create(name="経理")
    sales, stock = a_job("sales", "error", title="売上日報", tool=finance), a_job("stock", "error", title="在庫")
    a_job("good", title="在庫の照合", tool=finance)
    a_job("running", title="取込")
    Job.objects.filter(job_key="running").update(verdict="running", host="PC-2")
    Job.objects.filter(id=sales.id).update(host="PC-1")
    Incident.objects.filter(job=stock).update(gist="OSError: ディスクの空きがありません")
    JobTag.objects.create(job=stock, tag="夜間")
    assert shown(viewer, tool=str(finance.id)) == ["売上日報", "在庫の照合"]
    assert shown(viewer, tool="none") == ["在庫", "取込"]
    assert shown(viewer, tag="夜間") == ["在庫"]
    assert shown(viewer, host="PC-1") == ["売上日報"]
    assert shown(viewer, host="PC-2") == ["取込"]
    assert shown(viewer, q="在庫") == ["在庫", "在庫の照合"]
    assert shown(viewer, q="ディスク") == ["在庫"]
    assert shown(viewer, q="ディスク", tool=str(finance.id)) == []
    page = ShownPage(viewer.get("/incidents", {"tag": "夜間"}))
    assert "障害 2 件" in page.one("p", "sum").text and "うち 1 件を表示" in page.one("p", "sum").text
    assert page.one("span", "badge").text == "2 件の障害"


@on_each_database
def test_mine_are_those_that_i_am_at_or_that_were_given_to_me(viewer: Client) -> None:
    jobs = many_jobs(["given", "taken", "another's"], "error")
    a_job("good")
    Incident.objects.filter(job=jobs[0]).update(assigned_to="taro")
    Incident.objects.filter(job=jobs[1]).update(acknowledged_by="taro", acknowledged_at=NOW)
    Incident.objects.filter(job=jobs[2]).update(acknowledged_by="hanako", acknowledged_at=NOW)
    assert sorted(shown(viewer, mine="1")) == ["given", "taken"]


@on_each_database
def test_a_result_that_no_job_goes_with_is_found_by_its_text_and_tool_alone(viewer: Client) -> None:
    many_jobs(["elsewhere"], "error", tool=Tool.objects.create(name="経理"))
    Incident.objects.all().delete()
    Job.objects.all().delete()
    assert JobStatus.objects.count() == 1
    assert shown(viewer, q="elsewhere") == shown(viewer, q="経理") == ["elsewhere"]
    assert (
        shown(viewer, q="x")
        == shown(viewer, tag="夜間")
        == shown(viewer, mine="1")
        == shown(viewer, tool="none")
        == []
    )


@pytest.mark.parametrize("asked", ["tool=x", "tag=%00", "host=%00", "q=%00", "mine=x", "wall=x", "q=" + "x" * 3000])
def test_what_makes_no_sense_in_the_address_is_left_out(viewer: Client, asked: str) -> None:
    a_job("sales", "error")
    assert viewer.get(f"/incidents?{asked}").status_code == 200


def test_where_nothing_is_like_that_the_page_leads_back(viewer: Client) -> None:
    a_job("sales", "error")
    page = ShownPage(viewer.get("/incidents", {"q": "在庫"}))
    assert "当てはまるものはありません。" in page.one("div", "empty").text
    links = [link.text.strip() for link in page.all("a", "button", href="/incidents")]
    assert links == ["絞り込みを解除", "すべての障害を表示"]


def test_an_open_page_goes_on_showing_what_it_is_narrowed_to(viewer: Client) -> None:
    many_jobs(["sales", "stock"], "error")
    asks = ShownPage(viewer.get("/incidents", {"q": "sales"})).one("div", id="live").attributes["hx-get"]
    many_jobs(["sales too", "stock too"], "error")
    live = ShownPage(viewer.get(asks))
    assert sorted(live.texts("h3")) == ["sales", "sales too"]
    assert live.one("div", id="live").attributes["hx-get"].endswith("&q=sales")


@on_each_database
def test_what_recovered_within_a_day_is_listed_below_the_latest_first(viewer: Client) -> None:
    jobs, now = many_jobs(["old", "earlier", "later"]), timezone.now()
    for job, hours in zip(jobs, (25, 5, 1), strict=True):
        ended = now - hours * HOUR
        Incident.objects.create(job=job, opened_at=ended - HOUR, resolved_at=ended, verdict="error")
    (listed,) = ShownPage(viewer.get("/incidents")).all("ul", "recovered")
    assert [link.text for link in listed.inside if link.tag == "a"] == ["later", "earlier"]
    assert "1 時間 続きました。" in listed.text
    (found,) = ShownPage(viewer.get("/incidents?q=earlier")).all("ul", "recovered")
    assert [link.text for link in found.inside if link.tag == "a"] == ["earlier"]


@on_each_database
def test_the_wall_shows_the_gravest_first_and_how_many_more_there_are(viewer: Client) -> None:
    many_jobs([f"failing {number:02}" for number in range(9)], "error")
    Job.objects.filter(job_key="failing 03").update(verdict="missed", since=NOW)
    Incident.objects.filter(job__job_key="failing 00").update(acknowledged_by="taro", acknowledged_at=NOW)
    page = ShownPage(viewer.get("/incidents?wall=1"))
    assert page.texts("h2") == [f"failing {number:02}" for number in (1, 2, 4, 5, 6, 7, 8, 3)]
    assert page.one("h1").text.strip() == "障害 9 件"
    assert "ほか 1 件" in page.one("footer", "wall-foot").text
    assert not page.all("nav") and not page.all("header", "sidebar")
    assert page.one("a", href="/incidents").text == "一覧に戻る"


def test_the_wall_says_when_all_is_well_and_keeps_its_filters(viewer: Client) -> None:
    a_job("sales", "error")
    page = ShownPage(viewer.get("/incidents?wall=1&q=stock"))
    assert page.one("h1").text.strip() == "すべて正常"
    assert "絞り込み中: stock" in page.one("p", "wall-side").text
    asks = page.one("div", id="live").attributes["hx-get"]
    assert asks.startswith("/live?on=wall&") and asks.endswith("&q=stock&wall=1")
    a_job("stock", "error")
    live = ShownPage(viewer.get(asks))
    assert live.texts("h2") == ["stock"]
    assert live.one("div", id="live").attributes["hx-get"].endswith("&q=stock&wall=1")


@on_each_database
def test_a_view_is_kept_under_a_name_and_is_the_persons_own(viewer: Client, admin: Client) -> None:
    a_job("sales", "error")
    query = urlencode({"q": "売上", "mine": "1"})
    answer = viewer.post("/incidents/views", {"name": " 売上だけ ", "query": f"{query}&page=3&evil=<b>"})
    assert told(answer) == ["表示「売上だけ」を保存しました。"]
    assert answer["location"] == f"/incidents?{query}"
    assert ShownPage(viewer.get("/incidents")).one("a", "tag", href=f"?{query}").text == "売上だけ"
    assert not ShownPage(admin.get("/incidents")).all("nav", "views")
    viewer.post("/incidents/views", {"name": "売上だけ", "query": "tag=a"})
    view = SavedView.objects.get()
    assert (view.query, view.user.username) == ("tag=a", "taro")
    admin.post(f"/incidents/views/{view.id}/delete")
    assert SavedView.objects.exists()
    viewer.post(f"/incidents/views/{view.id}/delete")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("name", "query", "why"),
    [("", "q=a", "名前を付けてください"), ("a", "", "先に障害を絞り込んで"), ("a", "page=2", "先に障害を絞り込んで")],
)
def test_a_view_needs_a_name_and_something_to_keep(viewer: Client, name: str, query: str, why: str) -> None:
    (said,) = told(viewer.post("/incidents/views", {"name": name, "query": query}))
    assert why in said and not SavedView.objects.exists()


def test_so_many_views_are_kept_and_no_more(viewer: Client, viewer_user: User) -> None:
    SavedView.objects.bulk_create([SavedView(user=viewer_user, name=str(n), query="q=a") for n in range(20)])
    (said,) = told(viewer.post("/incidents/views", {"name": "another", "query": "q=b"}))
    assert "20 個" in said and SavedView.objects.count() == 20
    viewer.post("/incidents/views", {"name": "7", "query": "q=b"})
    assert SavedView.objects.get(name="7").query == "q=b"


def failing(life: Life, *keys: str) -> None:
    for key in keys:
        life.report(0, key=key)
    life.follow()


def ticks(client: Client, *keys: str) -> list[str]:
    """What the boxes on these jobs' cards send."""
    page = ShownPage(client.get("/incidents"))
    return [
        box.attributes["value"]
        for card in page.all("li", "card")
        if card.attributes["data-job-key"] in keys
        for box in card.inside
        if box.has_class("pick")
    ]


def act(client: Client, what: str, ticked: list[str], **more: str) -> list[str]:
    return told(client.post("/incidents/several", {"act": what, "incident": ticked, **more}))


@on_each_database
def test_several_are_acknowledged_at_once(hanako: Client, kept_data: Database) -> None:
    with a_life(kept_data) as life:
        failing(life, "a", "b", "c")
    (said,) = act(hanako, "acknowledge", ticks(hanako, "a", "b"))
    assert said.startswith("2 件を 明日 09:00") and said.endswith("まで対応中にしました。")
    assert [the_incident(key).acknowledged_by for key in "abc"] == ["hanako", "hanako", None]


@on_each_database
def test_several_are_muted_until_what_was_chosen(hanako: Client, kept_data: Database) -> None:
    with a_life(kept_data) as life:
        failing(life, "a", "b")
    act(hanako, "mute", ticks(hanako, "a", "b"), until="hour")
    for key in "ab":
        until = the_incident(key).muted_until
        assert until is not None and timedelta(minutes=55) < until - timezone.now() <= HOUR


@on_each_database
def test_jobs_of_several_are_paused_by_an_administrator_alone(hanako: Client, kept_data: Database) -> None:
    with a_life(kept_data) as life:
        failing(life, "a", "b")
    taro = Client()
    taro.force_login(User.objects.create_user("taro", "taro@example.com", "a long pass phrase 1"))
    ticked = ticks(hanako, "a", "b")
    assert act(taro, "pause", ticked) == ["ジョブを一時停止できるのは管理者だけです。"]
    assert set(Job.objects.values_list("verdict", flat=True)) == {"error"}
    assert act(hanako, "pause", ticked) == ["2 件のジョブを一時停止しました。再開するまで判定しません。"]
    assert set(Job.objects.values_list("verdict", flat=True)) == {"paused"}
    assert "ジョブを一時停止" not in ShownPage(taro.get("/incidents")).one("form", id="several").text


def test_what_has_become_another_error_is_not_acknowledged_and_said(hanako: Client, kept_data: Database) -> None:
    with a_life(kept_data) as life:
        failing(life, "a", "b")
        ticked = ticks(hanako, "a", "b")
        life.report(5, message="Traceback (most recent call last):\nOSError: disk", key="b")
        life.follow()
    done, refused = sorted(act(hanako, "acknowledge", [*ticked, "999999 2026-01-01T00:00:00+00:00"]))[:2]
    assert "できませんでした" in done + refused
    assert the_incident("a").acknowledged_by == "hanako"
    assert the_incident("b").acknowledged_by is None


@pytest.mark.parametrize(
    "ticked", [[], ["x"], ["1"], ["1 x"], ["9" * 400 + " 2026-01-01"], ["\0 \0"], ["² 2026-01-01"]]
)
def test_where_nothing_is_ticked_the_page_says_what_to_do(viewer: Client, ticked: list[str]) -> None:
    assert act(viewer, "acknowledge", ticked) == ["先に障害を選んでから、操作を押してください。"]
    assert not IncidentAction.objects.exists()


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/incidents?q=a", "/incidents?q=a"),
        ("https://example.com/incidents", "/incidents"),
        ("//x", "/incidents"),
        ("", "/incidents"),
    ],
)
def test_it_leads_back_to_the_board_as_it_was_and_nowhere_else(viewer: Client, back: str, leads_to: str) -> None:
    assert viewer.post("/incidents/several", {"act": "mute", "next": back})["location"] == leads_to
    assert viewer.post("/incidents/views/1/delete", {"next": back})["location"] == leads_to


@on_each_database
def test_the_good_jobs_are_counted_as_they_are_listed(viewer: Client) -> None:
    many_jobs([f"good {number}" for number in range(4)])
    many_jobs(["failing"], "error")
    running, _paused = many_jobs(["running", "paused"])
    Job.objects.filter(id=running.id).update(verdict="running")
    Job.objects.filter(job_key="paused").update(verdict="paused")
    many_jobs(["elsewhere"])
    Job.objects.filter(job_key="elsewhere").delete()
    Job.objects.create(job_key="never ran", title="never ran", verdict="waiting", created_at=NOW)
    page = ShownPage(viewer.get("/incidents"))
    assert len(shown(viewer, "good")) == 5
    assert "正常 5 件" in page.one("p", "sum").text
