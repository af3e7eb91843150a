-- The same as telling.postgresql.sql, in the types that SQLite knows.

-- What the exit code means, in the reporter's words.
ALTER TABLE run ADD COLUMN exit_meaning TEXT NULL;

-- What a run promised and told on its way. heard is when it was heard of (JSON: core.heard.Heard), heartbeat_at the last
-- heartbeat among them, by the portal's clock.
ALTER TABLE run_start ADD COLUMN heartbeat_seconds INTEGER NULL;
ALTER TABLE run_start ADD COLUMN heartbeat_at DATETIME NULL;
ALTER TABLE run_start ADD COLUMN heard TEXT NOT NULL DEFAULT '[]';
ALTER TABLE run_start ADD COLUMN progress TEXT NULL;
ALTER TABLE run_start ADD COLUMN progress_at DATETIME NULL;

-- What a run printed: its beginning, its end, and the size of all of it in bytes. ended_at says which one stands where it was
-- told twice.
CREATE TABLE run_output (
  id INTEGER PRIMARY KEY NOT NULL,
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  run_id TEXT NOT NULL,
  ended_at DATETIME NOT NULL,
  head TEXT NOT NULL,
  tail TEXT NOT NULL,
  size INTEGER NOT NULL,
  is_cut BOOL NOT NULL
);

CREATE UNIQUE INDEX run_output_of_run ON run_output(job_id, run_id);

-- The numbers that a run told, each as it was told last.
CREATE TABLE run_metric (
  id INTEGER PRIMARY KEY NOT NULL,
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  run_id TEXT NOT NULL,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  at DATETIME NOT NULL
);

CREATE UNIQUE INDEX run_metric_of_run ON run_metric(job_id, run_id, name);

-- The last lines that a run told, by the script's clock. digest is of the text: a line told again is one line.
CREATE TABLE run_log (
  id INTEGER PRIMARY KEY NOT NULL,
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  run_id TEXT NOT NULL,
  at DATETIME NOT NULL,
  digest TEXT NOT NULL,
  text TEXT NOT NULL
);

CREATE UNIQUE INDEX run_log_of_run ON run_log(job_id, run_id, at, digest);

-- ホスト: a PC that reports. skew_ms is how far its clock runs ahead of the portal's, held_back how many reports are still
-- kept on it.
CREATE TABLE host (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT UNIQUE NOT NULL,
  last_reported_at DATETIME NOT NULL,
  last_sent_at DATETIME NULL,
  skew_ms INTEGER NULL,
  reporter TEXT NULL,
  held_back INTEGER NULL
);

-- The PCs that jobs have reported from so far.
INSERT INTO host (name, last_reported_at)
SELECT job.host, max(job_status.updated_at) FROM job JOIN job_status ON job_status.job_key = job.job_key
WHERE job.host IS NOT NULL GROUP BY job.host;
