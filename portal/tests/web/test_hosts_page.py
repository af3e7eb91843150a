"""ホスト: which PC reported last when, whether its clock is right, and what it holds back."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone
from job_rows import a_job, on_each_database
from tc_portal.jobs.models import Host, Job


def a_host(name: str, skew_ms: int | None = None, held_back: int | None = None) -> Host:
    seen = timezone.now() - timedelta(hours=3)
    return Host.objects.create(
        name=name, last_reported_at=seen, skew_ms=skew_ms, reporter="9.8.7", held_back=held_back
    )


@on_each_database
def test_a_pc_is_listed_with_its_clock_its_reporter_and_what_it_holds_back(viewer: Client) -> None:
    a_host("PC-経理", skew_ms=-600_000, held_back=42)
    a_job("sales")
    Job.objects.update(host="PC-経理")
    shown = viewer.get("/hosts").text
    for text in ("PC-経理", "10 分遅れ", "9.8.7", "42", '<td class="number roomy">1</td>'):
        assert text in shown


def test_a_clock_that_is_right_to_the_minute_is_not_complained_of(viewer: Client) -> None:
    host = a_host("PC-1", skew_ms=59_000)
    assert "正確" in viewer.get("/hosts").text
    assert "ずれています" not in viewer.get(f"/hosts/{host.id}").text


def test_a_pcs_page_lists_its_jobs(viewer: Client) -> None:
    host = a_host("PC-1", skew_ms=90_000)
    mine, other = a_job("mine"), a_job("other")
    Job.objects.filter(id=mine.id).update(host="PC-1")
    shown = viewer.get(f"/hosts/{host.id}").text
    assert f'href="/jobs/{mine.id}"' in shown and f'href="/jobs/{other.id}"' not in shown
    assert "1 分 30 秒進み" in shown and "ずれています" in shown


@on_each_database
def test_pcs_are_searched_by_name_and_paged(viewer: Client) -> None:
    for number in range(60):
        a_host(f"PC-{number:02}")
    first = viewer.get("/hosts").text
    assert "PC-49" in first and "PC-50" not in first
    assert "PC-50" in viewer.get("/hosts?page=2").text
    found = viewer.get("/hosts?q=pc-5").text
    assert "PC-59" in found and "PC-49" not in found
