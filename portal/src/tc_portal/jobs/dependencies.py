"""Which jobs run after which: what is bound to fail or to wait while another is bad."""

from collections.abc import Collection

from django.db import connection

from .models import Job, JobDependency

# All that the jobs ``after`` run after, near and far, on the table's own key. UNION takes each once, so that it ends.
UPSTREAM = """
WITH RECURSIVE upstream(id) AS (
  SELECT after_job_id FROM job_dependency WHERE job_id = %s
  UNION
  SELECT job_dependency.after_job_id FROM job_dependency JOIN upstream ON job_dependency.job_id = upstream.id
)
SELECT id FROM upstream
"""


def jobs_before(job: Job) -> list[Job]:
    """The jobs that this one runs after, by title."""
    return list(Job.objects.filter(dependents__job=job).order_by("title", "id"))


def jobs_after(job: Job) -> list[Job]:
    """The jobs that run after this one, by title, on the index ``job_dependency_after``."""
    return list(Job.objects.filter(dependencies__after_job=job).order_by("title", "id")[:100])


def upstream_of(job_id: int) -> frozenset[int]:
    """The jobs that this one runs after, and those that they run after."""
    with connection.cursor() as cursor:
        cursor.execute(UPSTREAM, [job_id])
        return frozenset(row[0] for row in cursor.fetchall())


def dependencies_of(job_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The jobs that each of these runs after, of those that run after one: one query for all of them."""
    found: dict[int, set[int]] = {}
    for job_id, after_id in JobDependency.objects.filter(job_id__in=job_ids).values_list("job_id", "after_job_id"):
        found.setdefault(job_id, set()).add(after_id)
    return {job_id: frozenset(after) for job_id, after in found.items()}
