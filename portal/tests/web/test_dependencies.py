"""先に動くジョブ: which jobs a job runs after, without circles; on both databases."""

import threading

from databases import Database
from django.db import connection
from django.test import Client
from job_rows import a_job, many_jobs, on_each_database
from shown_page import ShownPage
from tc_portal.jobs.dependencies import dependencies_of, upstream_of
from tc_portal.jobs.models import Job, JobDependency
from tc_portal.store.depending import DependencyRefused, run_after

pytestmark = on_each_database


def test_a_job_runs_after_another_until_that_is_taken_back(admin: Client) -> None:
    sales, load = a_job("sales"), a_job("load", title="取込")
    page = ShownPage(admin.post(f"/jobs/{sales.id}/dependencies", {"after": "load"}, follow=True))
    assert "「取込」の後に動くジョブになりました。" in page.one("p", "success").text
    assert "取込" in page.one("ul", "runs-after").text
    assert "先に動くジョブ取込" in ShownPage(admin.get(f"/jobs/{sales.id}")).one("dl", "facts-list").text.replace(
        "\n", ""
    )
    assert "後に動くジョブsales" in ShownPage(admin.get(f"/jobs/{load.id}")).one("dl", "facts-list").text.replace(
        "\n", ""
    )
    assert dependencies_of([sales.id, load.id]) == {sales.id: frozenset({load.id})}
    page = ShownPage(admin.post(f"/jobs/{sales.id}/dependencies", {"remove": str(load.id)}, follow=True))
    assert page.all("ul", "runs-after") == []


def test_a_circle_is_refused_in_words(admin: Client) -> None:
    first, second, third = many_jobs(["first", "second", "third"])
    run_after(second.id, first.id)
    run_after(third.id, second.id)
    assert upstream_of(third.id) == {first.id, second.id}
    page = ShownPage(admin.post(f"/jobs/{first.id}/dependencies", {"after": "third"}, follow=True))
    assert "循環します" in page.one("p", "error").text
    page = ShownPage(admin.post(f"/jobs/{first.id}/dependencies", {"after": "first"}, follow=True))
    assert "自分自身の後には置けません" in page.one("p", "error").text
    assert JobDependency.objects.count() == 2


def test_a_key_that_no_job_has_is_said(admin: Client) -> None:
    job = a_job("sales")
    page = ShownPage(admin.post(f"/jobs/{job.id}/dependencies", {"after": "nobody"}, follow=True))
    assert "キーが「nobody」のジョブはありません" in page.one("p", "error").text
    assert admin.post(f"/jobs/{job.id}/dependencies", {"remove": "9" * 40}).status_code == 404


def test_only_an_administrator_says_so(viewer: Client) -> None:
    job = a_job("sales")
    a_job("load")
    assert viewer.post(f"/jobs/{job.id}/dependencies", {"after": "load"}).status_code == 403
    assert "after" not in [
        each.attributes.get("id") for each in ShownPage(viewer.get(f"/jobs/{job.id}/settings")).all("input")
    ]


def test_two_who_close_a_circle_at_once_do_not_both_succeed(kept_data: Database) -> None:
    jobs = many_jobs(["a", "b", "c", "d"])
    refused: list[DependencyRefused] = []
    barrier = threading.Barrier(4)

    def close(job: Job, after: Job) -> None:
        try:
            barrier.wait(30)
            run_after(job.id, after.id)
        except DependencyRefused as why:
            refused.append(why)
        finally:
            connection.close()

    threads = [threading.Thread(target=close, args=(jobs[n], jobs[(n + 1) % 4])) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(refused) == 1
    assert JobDependency.objects.count() == 3
