"""The statements of ``store.recording`` in PostgreSQL's SQL.

Each takes one parameter: its rows as a JSON array, which psycopg sends and PostgreSQL reads faster than
arrays of columns or many executions.
"""

# Of a run's log, the last lines. Whatever is told first, the same ones are.
LOG_LINES_KEPT = 1_000

# What waits for a lock and gets it sees the locked row as it is then, but what it is joined with as it was before. So rows
# are locked by one statement, in the order of the keys, and read with all that belongs to them by the next.
# LATERAL … LIMIT 1: a lookup a row on an index, in their order, whatever the statistics say.
LOCK_JOBS = """
SELECT job.id FROM json_array_elements_text(%s::json) AS wanted(job_key)
CROSS JOIN LATERAL (SELECT id FROM job WHERE job.job_key = wanted.job_key LIMIT 1 FOR UPDATE) AS job
"""

# On the index job_deadline. What another watcher has locked is being judged.
LOCK_DUE_JOBS = """
SELECT id FROM job WHERE deadline <= %s ORDER BY deadline LIMIT %s FOR UPDATE SKIP LOCKED
"""

_FOUND = """
SELECT job.id, job.job_key, job.title, job.tool_id, job.tool_stated_at, job.verdict, job.since, job.is_bad, job.reasons,
       job.known, job.judged_at, job.deadline, settings.definition, settings.in_force_from, job.host, incident.opened_at,
       status.id, status.last_status, status.last_finished_at, status.last_message, status.title, status.updated_at,
       job.due"""

_WITH_ITS_OWN = """
LEFT JOIN LATERAL (SELECT * FROM job_status WHERE job_key = job.job_key LIMIT 1) AS status ON true
LEFT JOIN LATERAL (SELECT * FROM job_settings WHERE id = job.settings_id LIMIT 1) AS settings ON true
LEFT JOIN LATERAL (
  SELECT opened_at FROM incident WHERE job_id = job.id AND resolved_at IS NULL LIMIT 1) AS incident ON true"""

READ_JOBS = f"""{_FOUND}
FROM json_array_elements_text(%s::json) AS wanted(job_key)
CROSS JOIN LATERAL (SELECT * FROM job WHERE job.job_key = wanted.job_key LIMIT 1) AS job
{_WITH_ITS_OWN}
"""

READ_DUE_JOBS = f"""{_FOUND}
FROM json_array_elements_text(%s::json) AS due(id)
CROSS JOIN LATERAL (SELECT * FROM job WHERE job.id = due.id::bigint LIMIT 1) AS job
{_WITH_ITS_OWN}
"""

# Revisions never change, so that only new ones are read: on the primary key.
FIND_CALENDARS = """
SELECT id, definition FROM calendar_revision WHERE id > %s ORDER BY id
"""

FIND_BLIND_TIMES = """
SELECT started_at, ended_at, drained_at FROM blind_time WHERE drained_at > %s ORDER BY started_at, id
"""

FIND_TOOLS = """
SELECT id FROM tools WHERE id = ANY (ARRAY(SELECT json_array_elements_text(%s::json)::uuid))
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
  received_at timestamptz, exit_code bigint, message text, host text, source text, exit_meaning text)"""

ADD_RUNS = f"""
INSERT INTO run (job_id, run_id, result, started_at, finished_at, received_at, exit_code, message, host, source, exit_meaning)
SELECT job_id, run_id, result, started_at, finished_at, received_at, exit_code, message, host, source, exit_meaning
FROM {_NEW_RUNS}
ON CONFLICT (job_id, run_id) DO NOTHING
"""

# On the index run_named, a lookup a row whatever the statistics say.
FIND_RUNS = """
SELECT run.job_id, run.run_id, run.result, run.started_at, run.finished_at, run.received_at, run.exit_code,
       run.message, run.host, run.source, run.exit_meaning
FROM json_to_recordset(%s::json) AS named(job_id bigint, run_id text)
CROSS JOIN LATERAL (SELECT * FROM run WHERE run.job_id = named.job_id AND run.run_id = named.run_id LIMIT 1) AS run
"""

REWRITE_RUNS = f"""
UPDATE run SET result = new.result, started_at = new.started_at, finished_at = new.finished_at,
  received_at = new.received_at, exit_code = new.exit_code, message = new.message, host = new.host, source = new.source,
  exit_meaning = new.exit_meaning
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
UPDATE job SET title = new.title, tool_id = new.tool_id, tool_stated_at = new.tool_stated_at, verdict = new.verdict,
  since = new.since, is_bad = new.is_bad, reasons = new.reasons, known = new.known, judged_at = new.judged_at,
  deadline = new.deadline, host = new.host, due = new.due
FROM json_to_recordset(%s::json) AS new(
  id bigint, title text, tool_id uuid, tool_stated_at timestamptz, verdict text, since timestamptz, is_bad boolean,
  reasons text, known text, judged_at timestamptz, deadline timestamptz, host text,
  due timestamptz)
WHERE job.id = new.id
"""

_STARTS = """json_to_recordset(%s::json) AS new(
  job_id bigint, run_id text, started_at timestamptz, received_at timestamptz, extensions text, host text,
  heartbeat_seconds integer, heartbeat_at timestamptz, heard text, progress text, progress_at timestamptz)"""

WRITE_STARTS = f"""
INSERT INTO run_start (job_id, run_id, started_at, received_at, extensions, host,
  heartbeat_seconds, heartbeat_at, heard, progress, progress_at)
SELECT job_id, run_id, started_at, received_at, extensions, host,
  heartbeat_seconds, heartbeat_at, heard, progress, progress_at
FROM {_STARTS}
ON CONFLICT (job_id, run_id) DO UPDATE SET
  started_at = excluded.started_at, received_at = excluded.received_at, extensions = excluded.extensions,
  host = excluded.host, heartbeat_seconds = excluded.heartbeat_seconds, heartbeat_at = excluded.heartbeat_at,
  heard = excluded.heard, progress = excluded.progress, progress_at = excluded.progress_at
"""

FIND_STARTS = """
SELECT start.job_id, start.run_id, start.started_at, start.received_at, start.extensions, start.host,
       start.heartbeat_seconds, start.heartbeat_at, start.heard, start.progress, start.progress_at
FROM json_to_recordset(%s::json) AS named(job_id bigint, run_id text)
CROSS JOIN LATERAL (
  SELECT * FROM run_start WHERE run_start.job_id = named.job_id AND run_start.run_id = named.run_id LIMIT 1) AS start
"""

WRITE_OUTPUTS = """
INSERT INTO run_output (job_id, run_id, ended_at, head, tail, size, is_cut)
SELECT job_id, run_id, ended_at, head, tail, size, is_cut
FROM json_to_recordset(%s::json) AS new(
  job_id bigint, run_id text, ended_at timestamptz, head text, tail text, size bigint, is_cut boolean)
ON CONFLICT (job_id, run_id) DO UPDATE SET
  ended_at = excluded.ended_at, head = excluded.head, tail = excluded.tail, size = excluded.size, is_cut = excluded.is_cut
WHERE (excluded.ended_at, excluded.size, excluded.head, excluded.tail)
  > (run_output.ended_at, run_output.size, run_output.head, run_output.tail)
"""

WRITE_METRICS = """
INSERT INTO run_metric (job_id, run_id, name, value, at)
SELECT job_id, run_id, name, value, at
FROM json_to_recordset(%s::json) AS new(
  job_id bigint, run_id text, name text, value double precision, at timestamptz)
ON CONFLICT (job_id, run_id, name) DO UPDATE SET value = excluded.value, at = excluded.at
WHERE (excluded.at, excluded.value) > (run_metric.at, run_metric.value)
"""

ADD_LOG_LINES = """
INSERT INTO run_log (job_id, run_id, at, digest, text)
SELECT job_id, run_id, at, digest, text
FROM json_to_recordset(%s::json) AS new(job_id bigint, run_id text, at timestamptz, digest text, text text)
ON CONFLICT (job_id, run_id, at, digest) DO NOTHING
"""

CUT_LOGS = f"""
DELETE FROM run_log USING json_to_recordset(%s::json) AS named(job_id bigint, run_id text)
WHERE run_log.job_id = named.job_id AND run_log.run_id = named.run_id AND (run_log.at, run_log.digest) < (
  SELECT line.at, line.digest FROM run_log AS line WHERE line.job_id = named.job_id AND line.run_id = named.run_id
  ORDER BY line.at DESC, line.digest DESC LIMIT 1 OFFSET {LOG_LINES_KEPT - 1})
"""

WRITE_HOSTS = """
INSERT INTO host (name, last_reported_at, last_sent_at, skew_ms, reporter, held_back)
SELECT name, last_reported_at, last_sent_at, skew_ms, reporter, held_back
FROM json_to_recordset(%s::json) AS new(
  name text, last_reported_at timestamptz, last_sent_at timestamptz, skew_ms bigint, reporter text, held_back bigint)
ON CONFLICT (name) DO UPDATE SET
  last_reported_at = excluded.last_reported_at,
  last_sent_at = coalesce(excluded.last_sent_at, host.last_sent_at),
  skew_ms = coalesce(excluded.skew_ms, host.skew_ms),
  reporter = coalesce(excluded.reporter, host.reporter),
  held_back = coalesce(excluded.held_back, host.held_back)
WHERE excluded.last_reported_at >= host.last_reported_at
"""

# A PC's tasks, on the index host_task_of_host. first_seen_at of a task that is there stays.
NOTE_READING = """
UPDATE host SET tasks_read_at = %s, tasks_received_at = %s, event_log = %s, tasks_left_out = %s WHERE name = %s
"""

FORGET_TASKS = """
DELETE FROM host_task WHERE host_id = (SELECT id FROM host WHERE name = %s)
  AND path NOT IN (SELECT json_array_elements_text(%s::json))
"""

WRITE_TASKS = """
INSERT INTO host_task (host_id, path, first_seen_at, last_run_at, next_run_at, last_result, definition, events)
SELECT host.id, path, first_seen_at, last_run_at, next_run_at, last_result, definition, events
FROM json_to_recordset(%s::json) AS new(path text, first_seen_at timestamptz, last_run_at timestamptz,
  next_run_at timestamptz, last_result bigint, definition text, events text)
JOIN host ON host.name = %s
ON CONFLICT (host_id, path) DO UPDATE SET
  last_run_at = excluded.last_run_at,
  next_run_at = excluded.next_run_at,
  last_result = excluded.last_result,
  definition = excluded.definition,
  events = excluded.events
"""

ADD_TRANSITIONS = """
INSERT INTO transition (job_id, at, verdict_before, verdict, is_bad, reasons)
SELECT job_id, at, verdict_before, verdict, is_bad, reasons
FROM json_to_recordset(%s::json) AS new(
  job_id bigint, at timestamptz, verdict_before text, verdict text, is_bad boolean, reasons text)
"""

WRITE_INCIDENTS = """
INSERT INTO incident (job_id, opened_at, resolved_at, verdict)
SELECT job_id, opened_at, resolved_at, verdict
FROM json_to_recordset(%s::json) AS new(
  job_id bigint, opened_at timestamptz, resolved_at timestamptz, verdict text)
ON CONFLICT (job_id, opened_at) DO UPDATE SET resolved_at = excluded.resolved_at, verdict = excluded.verdict
"""

ADD_NOTICES = """
INSERT INTO incident_notice (job_id) SELECT job_id FROM json_to_recordset(%s::json) AS new(job_id bigint)
"""

# The history of one job, as far as the judge looks back: on the indexes run_latest, run_start_latest,
# job_settings_of_job, transition_of_job and incident_of_job. Parameters: job_id, since.
FIND_LATEST_RUNS = """
SELECT job_id, run_id, result, started_at, finished_at, received_at, exit_code, message, host, source, exit_meaning
FROM run WHERE job_id = %s ORDER BY finished_at DESC, id DESC LIMIT 500
"""

FIND_LATEST_STARTS = """
SELECT job_id, run_id, started_at, received_at, extensions, host,
  heartbeat_seconds, heartbeat_at, heard, progress, progress_at
FROM run_start WHERE job_id = %s AND started_at IS NOT NULL ORDER BY started_at DESC, id DESC LIMIT 500
"""

FIND_SETTINGS = """
SELECT job_id, in_force_from, definition FROM job_settings WHERE job_id = %s ORDER BY in_force_from, id
"""

FIND_TRANSITION_BEFORE = """
SELECT job_id, at, verdict_before, verdict, is_bad, reasons
FROM transition WHERE job_id = %s AND at < %s ORDER BY at DESC, id DESC LIMIT 1
"""

FIND_INCIDENT_AT = """
SELECT job_id, opened_at, resolved_at, verdict
FROM incident WHERE job_id = %s AND opened_at < %s AND (resolved_at IS NULL OR resolved_at >= %s)
ORDER BY opened_at DESC LIMIT 1
"""

FORGET_TRANSITIONS = """
DELETE FROM transition USING json_to_recordset(%s::json) AS doubt(job_id bigint, since timestamptz)
WHERE transition.job_id = doubt.job_id AND transition.at >= doubt.since
"""

_FORGOTTEN = """json_to_recordset(%s::json) AS doubt(job_id bigint, since timestamptz, kept json)
WHERE incident.job_id = doubt.job_id AND incident.opened_at >= doubt.since
  AND incident.opened_at <> ALL (ARRAY(SELECT json_array_elements_text(doubt.kept)::timestamptz))"""

NOTICE_FORGOTTEN = f"""
INSERT INTO incident_notice (job_id) SELECT incident.job_id FROM incident, {_FORGOTTEN}
"""

FORGET_INCIDENTS = f"""
DELETE FROM incident USING {_FORGOTTEN}
"""

BEAT = """
INSERT INTO heartbeat (id, beat_at) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at
"""

FIND_HEARTBEAT = """
SELECT beat_at FROM heartbeat WHERE id = 1
"""

LOCK_HEARTBEAT = """
SELECT beat_at FROM heartbeat WHERE id = 1 FOR UPDATE
"""

ADD_BLIND_TIME = """
INSERT INTO blind_time (started_at, ended_at, drained_at) VALUES (%s, %s, %s)
"""

# On the index job_settings_of_job, from its end.
FIND_SETTINGS_BY = """
SELECT job_id, in_force_from, definition FROM job_settings WHERE job_id = %s AND changed_by = %s
ORDER BY in_force_from DESC, id DESC LIMIT 1
"""

ADD_SETTINGS = """
WITH added AS (
  INSERT INTO job_settings (job_id, in_force_from, definition, changed_by)
  SELECT job_id, in_force_from, definition, changed_by
  FROM json_to_recordset(%s::json) AS new(job_id bigint, in_force_from timestamptz, definition text, changed_by text)
  RETURNING id, job_id)
UPDATE job SET settings_id = added.id FROM added WHERE job.id = added.job_id
"""

# Of those who ask at once, one moves the row. A ping that lies days ahead was written by a clock that was wrong.
TAKE_PING = """
UPDATE second_monitor SET ping_at = %s
WHERE (ping_at <= %s OR ping_at > %s) AND EXISTS (SELECT 1 FROM heartbeat WHERE beat_at >= %s)
"""

NOTE_PING = """
INSERT INTO second_monitor (id, ping_at) VALUES (1, %s) ON CONFLICT (id) DO NOTHING
"""

PUT_OFF_PING = """
UPDATE second_monitor SET ping_at = %s
"""
