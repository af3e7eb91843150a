"""通知の履歴: which incidents were told as one and why, who was told, and whether it arrived."""

import pytest
from alert_plans import A_MOMENT, NOON, Plans, a_channel, a_route, at
from databases import Database
from django.template.loader import render_to_string
from django.test import Client
from job_rows import CountedQueries, on_each_database
from shown_page import ShownPage
from tc_portal.alerts.models import Alert, Channel, Delivery
from tc_portal.alerts.trouble import Trouble, as_kept
from tc_portal.core.hours import Hours
from tc_portal.core.instant import LATEST
from tc_portal.core.maintenance import Everything, Maintenance, Once, maintenance_as_json
from tc_portal.core.route import Match
from tc_portal.jobs.models import Incident, Job, JobDependency, MaintenanceRow


@pytest.fixture
def plans(data: Database) -> Plans:
    return Plans()


def test_without_an_alert_the_page_says_so(viewer: Client) -> None:
    assert "まだ何も通知していません。" in viewer.get("/alerts").text


@on_each_database
def test_an_alert_is_shown_with_its_members_rules_and_deliveries(plans: Plans, viewer: Client) -> None:
    a_channel("情シス")
    plans.fail([f"job-{number}" for number in range(3)], 0, fingerprint="x", gist="OperationalError")
    plans.pass_time(A_MOMENT)
    trouble = as_kept(Trouble(kind="timed_out"))
    Delivery.objects.update(state="failed", gave_up_at=at(1), last_error=trouble)
    (row,) = ShownPage(viewer.get("/alerts")).all("tr")[1:]
    for said in ("job-0 の題", "ほか 2 件", "同じエラー（規則: 同じエラー）: OperationalError", "継続中: 3 件"):
        assert said in row.text
    page = viewer.get(f"/alerts/{Alert.objects.get().id}").text
    for said in (
        "障害の発生",
        "ルール「既定のルール」",
        "情シス",
        "届きませんでした",
        "15 秒以内に答えがありませんでした",
    ):
        assert said in page
    assert page.count("同じエラー（規則: 同じエラー）") == 3


@on_each_database
def test_an_incident_shows_who_was_told_of_it_and_whether_it_arrived(plans: Plans) -> None:
    a_channel("情シス")
    plans.fail(["a", "b"], 0, fingerprint="x", gist="E")
    plans.pass_time(A_MOMENT)
    plans.fail("late", 1, fingerprint="x", gist="E")
    Delivery.objects.update(state="sent", sent_at=at(0.1))
    page = told_include(plans, "b")
    for said in ("同じエラー（規則: 同じエラー）: E", "ほか 2 件", "障害の発生", "情シス", "届きました"):
        assert said in page
    assert "次の再通知で一緒に知らせます" in told_include(plans, "late")
    Channel.objects.all().delete()
    assert "通知先はその後削除されました。" in told_include(plans, "b")


def test_an_incident_that_nobody_was_told_of_says_so(plans: Plans) -> None:
    plans.fail("a", 0)
    assert "まだ誰にも通知していません。" in told_include(plans, "a")
    Alert.objects.all().delete()
    assert "まだ誰にも通知していません。" in told_include(plans, "a")


@on_each_database
@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("channel", "有効な通知先がありません。"),
        ("route", "いま当てはまる通知ルールがありません。"),
        ("silence", "対応中かミュートのため"),
        ("maintenance", "メンテナンス中です。"),
        ("dependency", "「root の題」のあとに動くジョブです。"),
        ("quiet", "静かな時間のため保留しています。"),
    ],
)
def test_an_incident_says_why_nobody_was_told(plans: Plans, stopped_clock: None, why: str, said: str) -> None:
    if why != "channel":
        channel = a_channel()
    if why == "route":
        a_route(channel, match=Match(tags=("経理",)))
    if why == "quiet":
        a_route(channel, quiet=Hours("11:00", "13:00"))
    if why == "maintenance":
        window = maintenance_as_json(Maintenance(Everything(), Once(at(-10), at(30))))
        MaintenanceRow.objects.create(title="停電", definition=window, over_at=at(30), created_at=NOON)
    if why == "dependency":
        plans.fail("root", -1)
        job = Job.objects.create(job_key="a", title="a", verdict="error", is_bad=True, created_at=NOON)
        JobDependency.objects.create(job=job, after_job=Job.objects.get(job_key="root"))
    plans.fail("a", 0, silent_until=LATEST if why == "silence" else None)
    plans.pass_time(A_MOMENT)
    assert said in told_include(plans, "a")


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a minute past noon in Tokyo."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(1))


def told_include(plans: Plans, key: str) -> str:
    incident = Incident.objects.get(id=plans.known[key].incident_id)
    return render_to_string("incidents/told.html", {"incident": incident})


@on_each_database
def test_the_queries_of_the_pages_do_not_grow_with_what_was_told(plans: Plans, viewer: Client) -> None:
    a_channel()
    counts = []
    for number in range(3):
        plans.fail([f"job-{number}-{each}" for each in range(4)], number, fingerprint=f"x{number}")
        plans.pass_time(number + A_MOMENT)
        with CountedQueries() as counted:
            viewer.get("/alerts")
        counts.append(counted.count)
    assert counts[0] == counts[-1]
