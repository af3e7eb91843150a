"""過去の障害: found by what people remember of them, page after page, at a bounded cost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from job_rows import NOW, a_job, on_each_database
from shown_page import ShownPage
from tc_portal.alerts.acting import record_action
from tc_portal.core.incident import Acknowledged, Commented
from tc_portal.jobs import incident_queries
from tc_portal.jobs.models import Incident, Job, Tool

pytestmark = on_each_database
HOUR = timedelta(hours=1)


def over(job: Job, opened_at: datetime, verdict: str = "error", **more: Any) -> Incident:
    return Incident.objects.create(job=job, opened_at=opened_at, resolved_at=opened_at + HOUR, verdict=verdict, **more)


def found(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/incidents/past{query}")
    assert answer.status_code == 200
    return ShownPage(answer).row_titles()


@pytest.fixture
def past(data: object) -> list[Incident]:
    tool = Tool.objects.create(name="経理")
    sales, stock = a_job("sales", title="売上日報", tool=tool), a_job("stock", title="Stock alert")
    first = over(sales, NOW - 3 * HOUR, gist="LoginError: パスワード切れ")
    second = over(stock, NOW - 30 * HOUR, "missed")
    third = over(stock, NOW - 80 * HOUR, gist="TimeoutError: 10.0.0.1")
    seen = {"error_since": first.opened_at, "news_at": first.opened_at}
    record_action(
        sales.id, first.opened_at, Acknowledged(at=first.opened_at + HOUR / 4, by="hanako", note="確認中", **seen)
    )
    record_action(stock.id, third.opened_at, Commented(at=NOW, by="taro", note="再起動で Recovered"))
    Incident.objects.create(job=sales, opened_at=NOW, verdict="error")
    return [first, second, third]


def test_those_that_are_over_are_listed_the_latest_first(viewer: Client, past: list[Incident]) -> None:
    assert found(viewer) == ["売上日報", "Stock alert", "Stock alert"]
    row = ShownPage(viewer.get("/incidents/past")).all("tr")[1].text
    assert "15 分" in row
    assert "1 時間" in row
    assert "hanako" in row
    assert "確認中" in row


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?q=売上", ["売上日報"]),
        ("?q=STOCK", ["Stock alert", "Stock alert"]),
        ("?q=loginerror", ["売上日報"]),
        ("?q=確認中", ["売上日報"]),
        ("?q=recovered", ["Stock alert"]),
        ("?q=hanako", []),
        ("?q=news_at", []),
        ("?verdict=missed", ["Stock alert"]),
        ("?verdict=nonsense", ["売上日報", "Stock alert", "Stock alert"]),
        ("?from=2026-03-01", ["売上日報"]),
        ("?to=2026-02-28", ["Stock alert", "Stock alert"]),
        ("?from=2026-02-28&to=2026-02-28", ["Stock alert"]),
        ("?from=nonsense&to=0001-01-01&before=nonsense&job=x", ["売上日報", "Stock alert", "Stock alert"]),
    ],
)
def test_they_are_found_by(viewer: Client, past: list[Incident], query: str, titles: list[str]) -> None:
    assert found(viewer, query) == titles


def test_they_are_found_by_tool_and_by_job(viewer: Client, past: list[Incident]) -> None:
    assert found(viewer, f"?tool={Tool.objects.get().id}") == ["売上日報"]
    assert found(viewer, f"?job={past[1].job_id}") == ["Stock alert", "Stock alert"]


def test_closed_by_hand_is_over_too(viewer: Client, data: object) -> None:
    job = a_job("closed", "error")
    assert found(viewer) == []
    Incident.objects.update(closed_at=NOW + HOUR, closed_by="taro")
    assert found(viewer) == [job.title]


def test_each_is_on_one_page_of_them(viewer: Client, data: object) -> None:
    for number in range(70):
        over(a_job(f"job {number:02}"), NOW - (number // 4) * HOUR)
    titles: list[str] = []
    query = ""
    while True:
        page = ShownPage(viewer.get(f"/incidents/past{query}"))
        titles += page.row_titles()
        further = page.all("a", rel="next")
        if not further:
            break
        query = further[0].attributes["href"]
    assert len(titles) == 70
    assert len(set(titles)) == 70


def test_a_search_looks_at_so_many_and_goes_on_when_asked(
    viewer: Client, data: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident_queries, "LOOKED_AT", 10)
    job, wanted = a_job("other"), a_job("wanted")
    for number in range(15):
        over(job, NOW - number * HOUR)
    over(wanted, NOW - 20 * HOUR)
    page = ShownPage(viewer.get("/incidents/past?q=wanted"))
    assert page.row_titles() == []
    assert "ここまでに調べた障害には見つかりません" in page.one("div", "empty").text
    further = page.one("a", rel="next")
    assert further.text.strip() == "さらに前を探す"
    assert found(viewer, further.attributes["href"]) == ["wanted"]
