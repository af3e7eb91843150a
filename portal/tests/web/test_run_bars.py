"""The last thirty runs of a job as bars: how long each took by their height, how it ended by their colour and a mark."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from job_rows import NOW, a_job, many_jobs, more_runs, on_each_database
from shown_page import ShownPage
from tc_portal.jobs.last_runs import last_runs_of
from tc_portal.jobs.models import Job, Run

BARS = 4


def a_run(job: Job, minutes: int, result: str, took: timedelta | None) -> None:
    ended = NOW + timedelta(minutes=minutes)
    Run.objects.create(
        job=job,
        run_id=f"timed {minutes}",
        result=result,
        started_at=None if took is None else ended - took,
        finished_at=ended,
        received_at=ended,
        source="job-report",
    )


def heights(page: ShownPage, kind: str) -> list[tuple[int, int]]:
    """Of each bar of a kind, where it stands and how tall it is."""
    paths = [path.attributes["d"] for path in page.all("path", kind)][:1]
    return [(int(x), int(tall)) for path in paths for x, tall in re.findall(r"M(\d+) 22v-(\d+)", path)]


@on_each_database
def test_the_longest_run_is_the_tallest_and_the_latest_stands_at_the_right(viewer: Client) -> None:
    job = a_job("nightly")
    a_run(job, 1, "success", timedelta(minutes=10))
    a_run(job, 2, "error", timedelta(minutes=20))
    a_run(job, 3, "success", timedelta(0))
    page = ShownPage(viewer.get("/jobs"))
    # The first of the four did not say when it began.
    assert heights(page, "good") == [(106, 3), (110, 11), (118, 3)]
    assert heights(page, "failed") == [(114, 20)]
    assert page.one("path", "mark-below").attributes["d"] == "M114 24v3"
    assert page.one("span", "rate").text == "75%"
    assert page.texts("title")[1] == "直近 4 回: 成功 3、失敗 1。 最長 20 分、最新 1 秒未満。"
    assert page.one("svg", "run-bars").attributes["role"] == "img"


def test_runs_that_do_not_say_when_they_began_are_all_as_tall(viewer: Client) -> None:
    more_runs(a_job("nightly"), 2, "error")
    page = ShownPage(viewer.get("/jobs"))
    assert heights(page, "good") == [(118, 10)]
    assert heights(page, "failed") == [(110, 10), (114, 10)]
    assert page.texts("title")[1] == "直近 3 回: 成功 1、失敗 2。"


@on_each_database
def test_thirty_runs_are_shown_and_counted_and_no_more(viewer: Client) -> None:
    job = a_job("nightly", "error")
    more_runs(job, 29)
    more_runs_before = [Run(job=job, run_id=f"old {n}", result="error", source="job-report") for n in range(40)]
    for number, run in enumerate(more_runs_before):
        run.finished_at = run.received_at = NOW - timedelta(days=10 + number)
    Run.objects.bulk_create(more_runs_before)
    page = ShownPage(viewer.get("/jobs"))
    assert len(heights(page, "good")) == 29 and len(heights(page, "failed")) == 1
    # Rounded down: 96.7 of a hundred.
    assert page.one("span", "rate").text == "96%"


def test_a_job_that_never_ran_has_a_dash(viewer: Client) -> None:
    Job.objects.create(job_key="planned", title="予定", verdict="waiting", created_at=NOW)
    page = ShownPage(viewer.get("/jobs"))
    assert page.column(BARS) == ["–"]


@on_each_database
def test_each_job_has_its_own_runs(viewer: Client) -> None:
    jobs = many_jobs([f"job {number}" for number in range(60)])
    for job in jobs[::7]:
        more_runs(job, 40)
    found = last_runs_of([job.id for job in jobs], 30)
    assert {job.job_key: len(found[job.id]) for job in jobs} == {
        job.job_key: 30 if job in jobs[::7] else 1 for job in jobs
    }
    for job in jobs:
        runs = list(Run.objects.filter(job=job).order_by("finished_at", "id").values_list("id", flat=True))
        assert [run.id for run in found[job.id]] == runs[-30:]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_picture_says_in_words_what_it_shows(viewer: Client, language: str) -> None:
    a_run(a_job("nightly"), 1, "error", timedelta(minutes=90))
    page = ShownPage(viewer.get("/jobs", headers={"accept-language": language}))
    told = {
        "ja": "直近 2 回: 成功 1、失敗 1。 最長 1 時間 30 分、最新 1 時間 30 分。",
        "en": "Last 2 runs: 1 succeeded, 1 failed. The longest took 1 hour 30 minutes, the last 1 hour 30 minutes.",
    }
    assert page.texts("title")[1] == told[language]
