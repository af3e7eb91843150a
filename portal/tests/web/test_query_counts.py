"""A page asks the database as often for many jobs as for few."""

from datetime import timedelta
from itertools import cycle

import pytest
from django.test import Client
from django.utils import timezone
from job_rows import CountedQueries, many_jobs, more_runs, on_each_database
from tc_portal.alerts.acting import record_action
from tc_portal.core.incident import Commented
from tc_portal.core.maintenance import Maintenance, Once, Tagged
from tc_portal.jobs.models import (
    Host,
    Incident,
    Job,
    JobStatus,
    JobTag,
    MaintenanceRow,
    Run,
    RunLogLine,
    RunMetric,
    Tool,
)
from tc_portal.store.planning_quiet import add_maintenance

PAGES = [
    "/incidents",
    "/incidents?page=2",
    "/incidents?q=job&tag=even&host=PC-0",
    "/incidents?mine=1",
    "/incidents?wall=1",
    "/live?on=incidents",
    "/live?on=wall",
    "/live?on=jobs",
    "/jobs",
    "/jobs?q=job",
    "/jobs/{job}",
    "/jobs/{job}/runs/{run}",
    "/incidents/past",
    "/incidents/past?q=job&verdict=error",
    "/incidents/{incident}",
    "/hosts",
    "/hosts/{host}",
    "/jobs?verdict=error&tag=even",
    "/jobs?sort=gravity&host=PC-0",
    "/jobs?sort=last",
    "/jobs?sort=due",
    "/jobs?group=tool",
    "/jobs?group=tag",
    "/maintenance",
    "/maintenance/new",
    "/calendars",
    "/calendars/new",
    "/tools",
    "/timeline",
    "/reports/2026-03",
    "/timeline?by=host&span=week",
    "/tools/{tool}",
    "/tools/{tool}?q=job",
    "/jobs/add",
    "/tokens",
    "/settings",
]
A_HANDFUL = 27


def fill(jobs: int) -> tuple[Job, Tool]:
    """Half of the jobs fail; each third one is under one tool, and each has a tool of its own beside it."""
    tools = Tool.objects.bulk_create([Tool(name=f"tool {number}") for number in range(jobs)])
    for number in range(0, jobs, 3):
        status = "error" if number % 2 else "success"
        many_jobs([f"job {number + part}" for part in range(2)], status, tool=tools[number])
        many_jobs([f"job {number + 2}"], status, tool=tools[0])
    job = Job.objects.get(job_key="job 0")
    others = Job.objects.filter(verdict="ok", id__gt=job.id)[: jobs // 6]
    for verdict, other in zip(cycle(["unknown", "paused", "running", "waiting"]), others, strict=False):
        Job.objects.filter(id=other.id).update(verdict=verdict)
    JobTag.objects.bulk_create([JobTag(job=each, tag="even") for each in Job.objects.all() if each.id % 2 == 0])
    for number in range(jobs // 10):
        hour = timedelta(hours=1)
        plan = Maintenance(Tagged("even"), Once(timezone.now() - hour, timezone.now() + hour * (number + 1)))
        add_maintenance(f"plan {number}", plan, timezone.now(), None)
    more_runs(job, jobs)
    Host.objects.bulk_create([Host(name=f"PC-{number}", last_reported_at=timezone.now()) for number in range(jobs)])
    Job.objects.update(host="PC-0")
    run = job.runs.first()
    for rows, told in ((RunMetric, {"value": 1}), (RunLogLine, {"text": "行", "digest": "0"})):
        at = [timezone.now() + timedelta(seconds=number) for number in range(jobs)]
        named = [{"name": f"m{number}"} if rows is RunMetric else {} for number in range(jobs)]
        rows.objects.bulk_create(
            [rows(job=job, run_id=run.run_id, at=each, **told, **name) for each, name in zip(at, named, strict=True)]
        )
    past(jobs)
    return job, tools[0]


def past(incidents: int) -> None:
    """As many incidents that are over as there are jobs, all of one error, each with a note."""
    job = Job.objects.get(job_key="job 0")
    for number in range(incidents):
        opened_at = timezone.now() - timedelta(hours=number + 2)
        Incident.objects.create(
            job=job,
            opened_at=opened_at,
            resolved_at=opened_at + timedelta(minutes=30),
            verdict="error",
            fingerprint="same",
        )
        record_action(job.id, opened_at, Commented(at=opened_at, by="hanako", note="メモ"))


def address(path: str, job: Job, tool: Tool) -> str:
    incident = Incident.objects.filter(fingerprint="same").order_by("-opened_at").first()
    numbers = {"job": job.id, "tool": tool.id, "run": job.runs.first().id, "host": Host.objects.first().id}
    return path.format(incident=incident.id, **numbers)


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
        costs.append(asked(admin, address(path, job, tool)))
        for rows in (Host, RunMetric, RunLogLine, Run, Incident, JobTag, MaintenanceRow, Job, JobStatus, Tool):
            rows.objects.all().delete()
    assert costs[0] == costs[1] > 0


@on_each_database
@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_a_handful_of_questions(admin: Client, path: str) -> None:
    job, tool = fill(60)
    assert asked(admin, address(path, job, tool)) <= A_HANDFUL


@on_each_database
def test_an_open_page_on_which_nothing_happens_costs_little(viewer: Client) -> None:
    fill(60)
    token = viewer.get("/incidents").context["live_token"]
    with CountedQueries() as queries:
        assert viewer.get("/live", {"on": "incidents", "token": token}).status_code == 204
    # The session, the person, the plans of maintenance, the open incidents, failed results without a job, the newest
    # run and the newest transition.
    assert queries.count == 7
