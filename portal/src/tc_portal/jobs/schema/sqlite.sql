-- The same tables as in postgresql.sql, in SQLite's types: UUIDs are 32 hexadecimal digits, instants are
-- text in UTC ("2026-01-31 23:59:59.999999"), which sorts as time does.

CREATE TABLE tools (
  id CHAR(32) PRIMARY KEY NOT NULL,
  name TEXT NOT NULL
);

CREATE TABLE job_status (
  id CHAR(32) PRIMARY KEY NOT NULL,
  job_key TEXT UNIQUE NOT NULL,
  title TEXT NOT NULL,
  tool_id CHAR(32) NULL REFERENCES tools(id) ON DELETE SET NULL,
  last_status TEXT NOT NULL CHECK (last_status IN ('success', 'error')),
  last_finished_at DATETIME NOT NULL,
  last_message TEXT NULL,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_job_status_last_status ON job_status(last_status);
CREATE INDEX idx_job_status_last_finished_at ON job_status(last_finished_at DESC);

CREATE TABLE job (
  id INTEGER PRIMARY KEY NOT NULL,
  job_key TEXT UNIQUE NOT NULL,
  title TEXT NOT NULL,
  tool_id CHAR(32) NULL REFERENCES tools(id) ON DELETE SET NULL,
  tool_stated_at DATETIME NULL,
  verdict TEXT NOT NULL CHECK (verdict IN
    ('waiting', 'running', 'ok', 'error', 'missed', 'overdue', 'paused', 'unknown')),
  since DATETIME NULL,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX job_tool ON job(tool_id) WHERE tool_id IS NOT NULL;

CREATE TABLE run (
  id INTEGER PRIMARY KEY NOT NULL,
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  run_id TEXT NOT NULL,
  result TEXT NOT NULL CHECK (result IN ('success', 'error')),
  started_at DATETIME NULL,
  finished_at DATETIME NOT NULL,
  received_at DATETIME NOT NULL,
  exit_code INTEGER NULL,
  message TEXT NULL,
  host TEXT NULL,
  source TEXT NOT NULL
);

CREATE UNIQUE INDEX run_of_job ON run(job_id, run_id);
CREATE INDEX run_latest ON run(job_id, finished_at DESC, id DESC);

CREATE TABLE heartbeat (
  id SMALLINT PRIMARY KEY NOT NULL CHECK (id = 1),
  beat_at DATETIME NOT NULL
);
