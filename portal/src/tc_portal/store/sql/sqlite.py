"""The statements of ``store.recording`` in SQLite's SQL.

Reading statements take one JSON array. Where a writing one says ``{rows}``, it takes the parameters of many
rows, each in the order of the row's fields: one call into SQLite for many rows leaves Python's interpreter to
the requests meanwhile, and is faster than unpacking JSON.
"""

# Of a run's log, the last lines. Whatever is told first, the same ones are.
LOG_LINES_KEPT = 1_000

_LOCKED = """json_array(
  job.id, job.job_key, job.title, job.tool_id, job.tool_stated_at, job.verdict, job.since, job.is_bad, job.reasons,
  job.known, job.judged_at, job.deadline, settings.definition, settings.in_force_from, job.host, incident.opened_at,
  status.id, status.last_status, status.last_finished_at, status.last_message, status.title, status.updated_at,
  job.due)"""

_WITH_ITS_OWN = """
LEFT JOIN job_status AS status ON status.job_key = job.job_key
LEFT JOIN job_settings AS settings ON settings.id = job.settings_id
LEFT JOIN incident ON incident.job_id = job.id AND incident.resolved_at IS NULL"""

# One row for all, so that SQLite is called once.
LOCK_JOBS = f"""
SELECT json_group_array({_LOCKED})
FROM json_each(?) AS wanted
CROSS JOIN job ON job.job_key = wanted.value
{_WITH_ITS_OWN}
"""

# On the index job_deadline.
LOCK_DUE_JOBS = f"""
SELECT json_group_array({_LOCKED})
FROM (SELECT id AS due_id FROM job WHERE deadline <= ? ORDER BY deadline LIMIT ?)
CROSS JOIN job ON job.id = due_id
{_WITH_ITS_OWN}
"""

# Revisions never change, so that only new ones are read: on the primary key.
FIND_CALENDARS = """
SELECT id, definition FROM calendar_revision WHERE id > ? ORDER BY id
"""

FIND_BLIND_TIMES = """
SELECT started_at, ended_at, drained_at FROM blind_time WHERE drained_at > ? ORDER BY started_at, id
"""

FIND_TOOLS = """
SELECT id FROM tools WHERE id IN (SELECT value FROM json_each(?))
"""

CREATE_JOB = """
INSERT INTO job (job_key, title, verdict, created_at) VALUES (?, ?, 'waiting', ?) ON CONFLICT (job_key) DO NOTHING
"""

ADD_RUNS = """
INSERT INTO run (job_id, run_id, result, started_at, finished_at, received_at, exit_code, message, host, source, exit_meaning)
VALUES {rows}
ON CONFLICT (job_id, run_id) DO NOTHING
"""

FIND_RUN = """
SELECT job_id, run_id, result, started_at, finished_at, received_at, exit_code, message, host, source, exit_meaning
FROM run WHERE job_id = ? AND run_id = ?
"""

REWRITE_RUN = """
UPDATE run SET result = ?3, started_at = ?4, finished_at = ?5, received_at = ?6, exit_code = ?7, message = ?8,
  host = ?9, source = ?10, exit_meaning = ?11
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
UPDATE job SET title = ?2, tool_id = ?3, tool_stated_at = ?4, verdict = ?5, since = ?6, is_bad = ?7, reasons = ?8,
  known = ?9, judged_at = ?10, deadline = ?11, host = ?12, due = ?13
WHERE id = ?1
"""

WRITE_START = """
INSERT INTO run_start (job_id, run_id, started_at, received_at, extensions, host,
  heartbeat_seconds, heartbeat_at, heard, progress, progress_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (job_id, run_id) DO UPDATE SET
  started_at = excluded.started_at, received_at = excluded.received_at, extensions = excluded.extensions,
  host = excluded.host, heartbeat_seconds = excluded.heartbeat_seconds, heartbeat_at = excluded.heartbeat_at,
  heard = excluded.heard, progress = excluded.progress, progress_at = excluded.progress_at
"""

FIND_START = """
SELECT job_id, run_id, started_at, received_at, extensions, host,
  heartbeat_seconds, heartbeat_at, heard, progress, progress_at
FROM run_start WHERE job_id = ? AND run_id = ?
"""

WRITE_OUTPUT = """
INSERT INTO run_output (job_id, run_id, ended_at, head, tail, size, is_cut) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (job_id, run_id) DO UPDATE SET
  ended_at = excluded.ended_at, head = excluded.head, tail = excluded.tail, size = excluded.size, is_cut = excluded.is_cut
WHERE (excluded.ended_at, excluded.size, excluded.head, excluded.tail)
  > (run_output.ended_at, run_output.size, run_output.head, run_output.tail)
"""

WRITE_METRIC = """
INSERT INTO run_metric (job_id, run_id, name, value, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (job_id, run_id, name) DO UPDATE SET value = excluded.value, at = excluded.at
WHERE (excluded.at, excluded.value) > (run_metric.at, run_metric.value)
"""

ADD_LOG_LINE = """
INSERT INTO run_log (job_id, run_id, at, digest, text) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (job_id, run_id, at, digest) DO NOTHING
"""

CUT_LOG = f"""
DELETE FROM run_log WHERE job_id = ?1 AND run_id = ?2 AND (at, digest) < (
  SELECT at, digest FROM run_log WHERE job_id = ?1 AND run_id = ?2
  ORDER BY at DESC, digest DESC LIMIT 1 OFFSET {LOG_LINES_KEPT - 1})
"""

WRITE_HOST = """
INSERT INTO host (name, last_reported_at, last_sent_at, skew_ms, reporter, held_back) VALUES (?, ?, ?, ?, ?, ?)
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
UPDATE host SET tasks_read_at = ?, tasks_received_at = ?, event_log = ?, tasks_left_out = ? WHERE name = ?
"""

FORGET_TASKS = """
DELETE FROM host_task WHERE host_id = (SELECT id FROM host WHERE name = ?) AND path NOT IN (SELECT value FROM json_each(?))
"""

WRITE_TASK = """
INSERT INTO host_task (path, first_seen_at, last_run_at, next_run_at, last_result, definition, events, host_id)
VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT id FROM host WHERE name = ?))
ON CONFLICT (host_id, path) DO UPDATE SET
  last_run_at = excluded.last_run_at,
  next_run_at = excluded.next_run_at,
  last_result = excluded.last_result,
  definition = excluded.definition,
  events = excluded.events
"""

ADD_TRANSITION = """
INSERT INTO transition (job_id, at, verdict_before, verdict, is_bad, reasons) VALUES (?, ?, ?, ?, ?, ?)
"""

WRITE_INCIDENT = """
INSERT INTO incident (job_id, opened_at, resolved_at, verdict) VALUES (?, ?, ?, ?)
ON CONFLICT (job_id, opened_at) DO UPDATE SET resolved_at = excluded.resolved_at, verdict = excluded.verdict
"""

ADD_NOTICE = """
INSERT INTO incident_notice (job_id) VALUES (?)
"""

# The history of one job, as far as the judge looks back: on the indexes run_latest, run_start_latest,
# job_settings_of_job, transition_of_job and incident_of_job. Parameters: job_id, since.
FIND_LATEST_RUNS = """
SELECT job_id, run_id, result, started_at, finished_at, received_at, exit_code, message, host, source, exit_meaning
FROM run WHERE job_id = ?1 ORDER BY finished_at DESC, id DESC LIMIT 500
"""

FIND_LATEST_STARTS = """
SELECT job_id, run_id, started_at, received_at, extensions, host,
  heartbeat_seconds, heartbeat_at, heard, progress, progress_at
FROM run_start WHERE job_id = ?1 AND started_at IS NOT NULL ORDER BY started_at DESC, id DESC LIMIT 500
"""

FIND_SETTINGS = """
SELECT job_id, in_force_from, definition FROM job_settings WHERE job_id = ?1 ORDER BY in_force_from, id
"""

FIND_TRANSITION_BEFORE = """
SELECT job_id, at, verdict_before, verdict, is_bad, reasons
FROM transition WHERE job_id = ?1 AND at < ?2 ORDER BY at DESC, id DESC LIMIT 1
"""

FIND_INCIDENT_AT = """
SELECT job_id, opened_at, resolved_at, verdict
FROM incident WHERE job_id = ?1 AND opened_at < ?2 AND (resolved_at IS NULL OR resolved_at >= ?2)
ORDER BY opened_at DESC LIMIT 1
"""

FORGET_TRANSITIONS = """
DELETE FROM transition WHERE job_id = ?1 AND at >= ?2
"""

NOTICE_FORGOTTEN = """
INSERT INTO incident_notice (job_id)
SELECT job_id FROM incident WHERE job_id = ?1 AND opened_at >= ?2 AND opened_at NOT IN (SELECT value FROM json_each(?3))
"""

FORGET_INCIDENTS = """
DELETE FROM incident WHERE job_id = ?1 AND opened_at >= ?2 AND opened_at NOT IN (SELECT value FROM json_each(?3))
"""

BEAT = """
INSERT INTO heartbeat (id, beat_at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at
"""

FIND_HEARTBEAT = """
SELECT beat_at FROM heartbeat WHERE id = 1
"""

ADD_BLIND_TIME = """
INSERT INTO blind_time (started_at, ended_at, drained_at) VALUES (?, ?, ?)
"""

# On the index job_settings_of_job, from its end.
FIND_SETTINGS_BY = """
SELECT job_id, in_force_from, definition FROM job_settings WHERE job_id = ? AND changed_by = ?
ORDER BY in_force_from DESC, id DESC LIMIT 1
"""

ADD_SETTINGS = """
INSERT INTO job_settings (job_id, in_force_from, definition, changed_by) VALUES (?, ?, ?, ?)
"""

PUT_IN_FORCE = """
UPDATE job SET settings_id = ? WHERE id = ?
"""

# Of those who ask at once, one moves the row. A ping that lies days ahead was written by a clock that was wrong.
TAKE_PING = """
UPDATE second_monitor SET ping_at = ?
WHERE (ping_at <= ? OR ping_at > ?) AND EXISTS (SELECT 1 FROM heartbeat WHERE beat_at >= ?)
"""

NOTE_PING = """
INSERT INTO second_monitor (id, ping_at) VALUES (1, ?) ON CONFLICT (id) DO NOTHING
"""

PUT_OFF_PING = """
UPDATE second_monitor SET ping_at = ?
"""
