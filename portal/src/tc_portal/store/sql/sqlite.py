"""The statements of ``store.recording`` in SQLite's SQL.

Reading statements take one JSON array. Where a writing one says ``{rows}``, it takes the parameters of many
rows, each in the order of the row's fields: one call into SQLite for many rows leaves Python's interpreter to
the requests meanwhile, and is faster than unpacking JSON.
"""

# One row for all, so that SQLite is called once.
LOCK_JOBS = """
SELECT json_group_array(json_array(
  job.id, job.job_key, job.title, job.tool_id, job.tool_stated_at, job.verdict, job.since,
  status.id, status.last_status, status.last_finished_at, status.last_message, status.title, status.updated_at))
FROM json_each(?) AS wanted
CROSS JOIN job ON job.job_key = wanted.value
LEFT JOIN job_status AS status ON status.job_key = job.job_key
"""

FIND_TOOLS = """
SELECT id FROM tools WHERE id IN (SELECT value FROM json_each(?))
"""

# On the index run_latest: back from the end of the streak to the first run of another result,
# then the run that follows it. Parameters: job_id, result, until.
FIND_STREAK_START = """
SELECT ?1, (
  SELECT run.finished_at FROM run
  WHERE run.job_id = ?1 AND run.finished_at <= ?3
    AND run.finished_at > coalesce((
      SELECT other.finished_at FROM run AS other
      WHERE other.job_id = ?1 AND other.finished_at <= ?3 AND other.result <> ?2
      ORDER BY other.finished_at DESC LIMIT 1
    ), '')
  ORDER BY run.finished_at LIMIT 1
)
"""

CREATE_JOB = """
INSERT INTO job (job_key, title, verdict, created_at) VALUES (?, ?, 'waiting', ?) ON CONFLICT (job_key) DO NOTHING
"""

ADD_RUNS = """
INSERT INTO run (job_id, run_id, result, started_at, finished_at, received_at, exit_code, message, host, source)
VALUES {rows}
ON CONFLICT (job_id, run_id) DO NOTHING
"""

FIND_RUN = """
SELECT job_id, run_id, result, started_at, finished_at, received_at, exit_code, message, host, source
FROM run WHERE job_id = ? AND run_id = ?
"""

REWRITE_RUN = """
UPDATE run SET result = ?3, started_at = ?4, finished_at = ?5, received_at = ?6, exit_code = ?7, message = ?8,
  host = ?9, source = ?10
WHERE job_id = ?1 AND run_id = ?2
"""

WRITE_STATUSES = """
INSERT INTO job_status (id, job_key, title, tool_id, last_status, last_finished_at, last_message, created_at, updated_at)
SELECT column1, column2, column3, column4, column5, column6, column7, column8, column8 FROM (VALUES {rows}) WHERE true
ON CONFLICT (job_key) DO UPDATE SET
  title = excluded.title, tool_id = excluded.tool_id, last_status = excluded.last_status,
  last_finished_at = excluded.last_finished_at, last_message = excluded.last_message, updated_at = excluded.updated_at
"""

WRITE_JOB = """
UPDATE job SET title = ?2, tool_id = ?3, tool_stated_at = ?4, verdict = ?5, since = ?6 WHERE id = ?1
"""

BEAT = """
INSERT INTO heartbeat (id, beat_at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at
"""
