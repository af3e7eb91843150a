"""The statements of ``store.recording`` in PostgreSQL's SQL.

Each takes one parameter: its rows as a JSON array, which psycopg sends and PostgreSQL reads faster than
arrays of columns or many executions.
"""

LOCK_JOBS = """
SELECT job.id, job.job_key, job.title, job.tool_id, job.tool_stated_at, job.verdict, job.since,
       status.id, status.last_status, status.last_finished_at, status.last_message, status.title, status.updated_at
FROM job LEFT JOIN job_status AS status USING (job_key)
WHERE job.job_key = ANY (ARRAY(SELECT json_array_elements_text(%s::json)))
ORDER BY job.job_key
FOR UPDATE OF job
"""

FIND_TOOLS = """
SELECT id FROM tools WHERE id = ANY (ARRAY(SELECT json_array_elements_text(%s::json)::uuid))
"""

# On the index run_latest: back from the end of the streak to the first run of another result,
# then the run that follows it.
FIND_STREAK_STARTS = """
SELECT streak.job_id, (
    SELECT run.finished_at FROM run
    WHERE run.job_id = streak.job_id AND run.finished_at <= streak.until
      AND run.finished_at > coalesce((
        SELECT other.finished_at FROM run AS other
        WHERE other.job_id = streak.job_id AND other.finished_at <= streak.until AND other.result <> streak.result
        ORDER BY other.finished_at DESC LIMIT 1
      ), '-infinity')
    ORDER BY run.finished_at LIMIT 1
  )
FROM json_to_recordset(%s::json) AS streak(job_id bigint, result text, until timestamptz)
"""

CREATE_JOBS = """
INSERT INTO job (job_key, title, verdict, created_at)
SELECT job_key, title, 'waiting', created_at
FROM json_to_recordset(%s::json) AS new(job_key text, title text, created_at timestamptz)
ORDER BY job_key
ON CONFLICT (job_key) DO NOTHING
"""

_NEW_RUNS = """json_to_recordset(%s::json) AS new(
  job_id bigint, run_id text, result text, started_at timestamptz, finished_at timestamptz,
  received_at timestamptz, exit_code bigint, message text, host text, source text)"""

ADD_RUNS = f"""
INSERT INTO run (job_id, run_id, result, started_at, finished_at, received_at, exit_code, message, host, source)
SELECT job_id, run_id, result, started_at, finished_at, received_at, exit_code, message, host, source
FROM {_NEW_RUNS}
ON CONFLICT (job_id, run_id) DO NOTHING
"""

# On the index run_of_job, a lookup a row whatever the statistics say.
FIND_RUNS = """
SELECT run.job_id, run.run_id, run.result, run.started_at, run.finished_at, run.received_at, run.exit_code,
       run.message, run.host, run.source
FROM json_to_recordset(%s::json) AS named(job_id bigint, run_id text)
CROSS JOIN LATERAL (SELECT * FROM run WHERE run.job_id = named.job_id AND run.run_id = named.run_id LIMIT 1) AS run
"""

REWRITE_RUNS = f"""
UPDATE run SET result = new.result, started_at = new.started_at, finished_at = new.finished_at,
  received_at = new.received_at, exit_code = new.exit_code, message = new.message, host = new.host, source = new.source
FROM {_NEW_RUNS}
WHERE run.job_id = new.job_id AND run.run_id = new.run_id
"""

WRITE_STATUSES = """
INSERT INTO job_status (id, job_key, title, tool_id, last_status, last_finished_at, last_message, created_at, updated_at)
SELECT id, job_key, title, tool_id, last_status, last_finished_at, last_message, updated_at, updated_at
FROM json_to_recordset(%s::json) AS new(
  id uuid, job_key text, title text, tool_id uuid, last_status text, last_finished_at timestamptz,
  last_message text, updated_at timestamptz)
ON CONFLICT (job_key) DO UPDATE SET
  title = excluded.title, tool_id = excluded.tool_id, last_status = excluded.last_status,
  last_finished_at = excluded.last_finished_at, last_message = excluded.last_message, updated_at = excluded.updated_at
"""

WRITE_JOBS = """
UPDATE job SET title = new.title, tool_id = new.tool_id, tool_stated_at = new.tool_stated_at,
  verdict = new.verdict, since = new.since
FROM json_to_recordset(%s::json) AS new(
  id bigint, title text, tool_id uuid, tool_stated_at timestamptz, verdict text, since timestamptz)
WHERE job.id = new.id
"""

BEAT = """
INSERT INTO heartbeat (id, beat_at) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at
"""
