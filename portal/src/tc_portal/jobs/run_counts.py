"""How many runs ended in each of many stretches of time, and how many of them failed."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection

# Both counts read an index alone, ``run_latest`` and ``run_error``, and no more than so many entries of it a stretch.
_IN_STRETCHES = """
WITH stretch(number, begins_at, ends_at) AS (VALUES {stretches})
SELECT job.id, number,
  (SELECT count(*) FROM (SELECT 1 FROM run
    WHERE job_id = job.id AND finished_at >= begins_at AND finished_at < ends_at LIMIT {many}) AS counted),
  (SELECT count(*) FROM (SELECT 1 FROM run
    WHERE job_id = job.id AND result = 'error' AND finished_at >= begins_at AND finished_at < ends_at LIMIT {many}) AS counted)
FROM job CROSS JOIN stretch WHERE job.id IN ({jobs})
"""


def run_counts(job_ids: Collection[int], edges: Sequence[datetime], many: int) -> dict[int, list[tuple[int, int]]]:
    """By job, for each stretch from one edge to the next: its runs and the failed ones among them, each count ending at ``many``.

    For each job and stretch it reads ``many`` entries of each of the indexes ``run_latest`` and ``run_error`` at most.
    """
    found = {job_id: [(0, 0)] * (len(edges) - 1) for job_id in job_ids}
    if not found:
        return found
    adapted = [connection.ops.adapt_datetimefield_value(edge) for edge in edges]
    values = [value for number in range(len(edges) - 1) for value in (number, adapted[number], adapted[number + 1])]
    moment = "CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s"
    stretches = ", ".join([f"(%s, {moment}, {moment})"] * (len(edges) - 1))
    statement = _IN_STRETCHES.format(
        stretches=stretches, many=int(many), jobs=", ".join(str(int(each)) for each in found)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for job_id, number, runs, errors in cursor.fetchall():
            found[job_id][number] = (runs, errors)
    return found
