"""A page asks the database as often for many jobs as for few."""

import pytest
from django.test import Client
from job_rows import CountedQueries, many_jobs, more_runs, on_each_database
from tc_portal.jobs.models import Job, JobStatus, Run, Tool

PAGES = [
    "/incidents",
    "/incidents?page=2",
    "/live?on=incidents",
    "/live?on=jobs",
    "/jobs",
    "/jobs?q=job",
    "/jobs/{job}",
    "/calendars",
    "/calendars/new",
    "/tools",
    "/tools/{tool}",
    "/tools/{tool}?q=job",
    "/jobs/add",
    "/settings",
]
A_HANDFUL = 14


def fill(jobs: int) -> tuple[Job, Tool]:
    """Half of the jobs fail; each third one is under one tool, and each has a tool of its own beside it."""
    tools = Tool.objects.bulk_create([Tool(name=f"tool {number}") for number in range(jobs)])
    for number in range(0, jobs, 3):
        status = "error" if number % 2 else "success"
        many_jobs([f"job {number + part}" for part in range(2)], status, tool=tools[number])
        many_jobs([f"job {number + 2}"], status, tool=tools[0])
    job = Job.objects.get(job_key="job 0")
    more_runs(job, jobs)
    return job, tools[0]


def asked(client: Client, address: str) -> int:
    with CountedQueries() as queries:
        assert client.get(address).status_code == 200
    return queries.count


@on_each_database
@pytest.mark.parametrize("path", PAGES)
def test_three_hundred_jobs_cost_as_many_queries_as_thirty(admin: Client, path: str) -> None:
    costs = []
    for jobs in (30, 300):
        job, tool = fill(jobs)
        costs.append(asked(admin, path.format(job=job.id, tool=tool.id)))
        for rows in (Run, Job, JobStatus, Tool):
            rows.objects.all().delete()
    assert costs[0] == costs[1] > 0


@on_each_database
@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_a_handful_of_questions(admin: Client, path: str) -> None:
    job, tool = fill(60)
    assert asked(admin, path.format(job=job.id, tool=tool.id)) <= A_HANDFUL


@on_each_database
def test_an_open_page_on_which_nothing_happens_costs_little(viewer: Client) -> None:
    fill(60)
    token = viewer.get("/incidents").context["live_token"]
    with CountedQueries() as queries:
        assert viewer.get("/live", {"on": "incidents", "token": token}).status_code == 204
    # The session, the person, the count of failing jobs and the newest run.
    assert queries.count == 4
