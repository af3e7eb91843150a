-- The same as judging.postgresql.sql, in the types that SQLite knows.

-- What is expected of a job, from an instant on: the newest row is in force, the others are history.
CREATE TABLE job_settings (
  id INTEGER PRIMARY KEY NOT NULL,
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  in_force_from DATETIME NOT NULL,
  -- JSON: core.job_settings.JobSettings.
  definition TEXT NOT NULL,
  changed_by TEXT NULL
);

CREATE INDEX job_settings_of_job ON job_settings(job_id, in_force_from, id);

-- Where the judge left the job. known, reasons and deadline are kept for jobs with settings or open runs only.
ALTER TABLE job ADD COLUMN settings_id INTEGER NULL REFERENCES job_settings(id) ON DELETE SET NULL;
ALTER TABLE job ADD COLUMN is_bad BOOL NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN reasons TEXT NULL;
ALTER TABLE job ADD COLUMN known TEXT NULL;
ALTER TABLE job ADD COLUMN judged_at DATETIME NULL;
-- When the verdict may change without a report.
ALTER TABLE job ADD COLUMN deadline DATETIME NULL;

-- The host that the job's last result came from.
ALTER TABLE job ADD COLUMN host TEXT NULL;
CREATE INDEX job_host ON job(host) WHERE host IS NOT NULL;

-- The pages': jobs at one verdict.
CREATE INDEX job_verdict ON job(verdict);

-- The watcher's: the jobs that are due to be judged.
CREATE INDEX job_deadline ON job(deadline) WHERE deadline IS NOT NULL;

-- A run's start, as the script told it. started_at is NULL while only the run's asking for time has arrived, extensions
-- are the latest of these (JSON: core.history.ExtensionTold).
CREATE TABLE run_start (
  id INTEGER PRIMARY KEY NOT NULL,
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  run_id TEXT NOT NULL,
  started_at DATETIME NULL,
  received_at DATETIME NOT NULL,
  extensions TEXT NOT NULL,
  host TEXT NULL
);

CREATE UNIQUE INDEX run_start_of_job ON run_start(job_id, run_id);
CREATE INDEX run_start_latest ON run_start(job_id, started_at DESC, id DESC) WHERE started_at IS NOT NULL;

-- Every change of verdict, with its reasons (JSON: core.reason).
CREATE TABLE transition (
  id INTEGER PRIMARY KEY NOT NULL,
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  at DATETIME NOT NULL,
  verdict_before TEXT NOT NULL,
  verdict TEXT NOT NULL,
  is_bad BOOL NOT NULL,
  reasons TEXT NOT NULL
);

CREATE INDEX transition_of_job ON transition(job_id, at, id);

-- From a job's going bad to its recovery.
CREATE TABLE incident (
  id INTEGER PRIMARY KEY NOT NULL,
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  opened_at DATETIME NOT NULL,
  resolved_at DATETIME NULL,
  verdict TEXT NOT NULL
);

CREATE UNIQUE INDEX incident_of_job ON incident(job_id, opened_at);
-- At most one open incident a job, and the incidents page's list.
CREATE UNIQUE INDEX incident_open ON incident(job_id) WHERE resolved_at IS NULL;

-- 営業日カレンダー. What it says is in its newest revision.
CREATE TABLE calendar (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT UNIQUE NOT NULL
);

-- Every state of a calendar. Settings name the revision that they go by, so that a change judges from then on only: a
-- revision never changes, and outlives its calendar.
CREATE TABLE calendar_revision (
  id INTEGER PRIMARY KEY NOT NULL,
  calendar_id INTEGER NULL REFERENCES calendar(id) ON DELETE SET NULL,
  made_at DATETIME NOT NULL,
  -- JSON: core.business_days.calendar.Calendar.
  definition TEXT NOT NULL,
  changed_by TEXT NULL
);

CREATE INDEX calendar_revision_of_calendar ON calendar_revision(calendar_id, id);

-- When the portal itself could not receive or judge.
CREATE TABLE blind_time (
  id INTEGER PRIMARY KEY NOT NULL,
  started_at DATETIME NOT NULL,
  ended_at DATETIME NOT NULL,
  drained_at DATETIME NOT NULL
);

CREATE INDEX blind_time_latest ON blind_time(drained_at);

-- Planned quiet: while it lasts, what goes bad within its scope is not alerted.
CREATE TABLE maintenance (
  id INTEGER PRIMARY KEY NOT NULL,
  title TEXT NOT NULL,
  -- JSON: core.maintenance.Maintenance.
  definition TEXT NOT NULL,
  -- From when on it is never on again, NULL for one that recurs.
  over_at DATETIME NULL,
  created_at DATETIME NOT NULL,
  created_by TEXT NULL
);

-- Those that may be on, among all that ever were.
CREATE INDEX maintenance_over_at ON maintenance(over_at);

CREATE TABLE job_tag (
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (job_id, tag)
);

CREATE INDEX job_tag_tag ON job_tag(tag, job_id);

-- When the second monitor is to be told next that this portal lives: one row. Who moves it forward tells.
CREATE TABLE second_monitor (
  id SMALLINT PRIMARY KEY NOT NULL CHECK (id = 1),
  ping_at DATETIME NOT NULL
);

-- Jobs whose last run failed when this version was installed.
INSERT INTO transition (job_id, at, verdict_before, verdict, is_bad, reasons)
SELECT job.id, coalesce(job.since, job.created_at), 'waiting', job.verdict, job.verdict = 'error', '[]' FROM job
WHERE job.verdict <> 'waiting';
INSERT INTO incident (job_id, opened_at, verdict)
SELECT job.id, coalesce(job.since, job.created_at), 'error' FROM job WHERE job.verdict = 'error';
UPDATE job SET is_bad = 1 WHERE verdict = 'error';
