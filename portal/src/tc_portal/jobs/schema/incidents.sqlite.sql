-- The same as incidents.postgresql.sql, in the types that SQLite knows.

-- Which error it is now, in short, since when, and the PC that it came from. fingerprint is NULL where no run failed.
ALTER TABLE incident ADD COLUMN fingerprint TEXT NULL;
ALTER TABLE incident ADD COLUMN gist TEXT NULL;
ALTER TABLE incident ADD COLUMN error_since DATETIME NULL;
ALTER TABLE incident ADD COLUMN host TEXT NULL;
-- 対応中: who is at it, until when it counts, and a note.
ALTER TABLE incident ADD COLUMN acknowledged_at DATETIME NULL;
ALTER TABLE incident ADD COLUMN acknowledged_by TEXT NULL;
ALTER TABLE incident ADD COLUMN acknowledged_until DATETIME NULL;
ALTER TABLE incident ADD COLUMN acknowledgement_note TEXT NULL;
ALTER TABLE incident ADD COLUMN assigned_to TEXT NULL;
ALTER TABLE incident ADD COLUMN muted_until DATETIME NULL;
-- Closed by hand, while the job may still be bad.
ALTER TABLE incident ADD COLUMN closed_at DATETIME NULL;
ALTER TABLE incident ADD COLUMN closed_by TEXT NULL;

-- The pages': past incidents, the latest first, and earlier ones of the same error.
CREATE INDEX incident_latest ON incident(opened_at, id);
CREATE INDEX incident_fingerprint ON incident(fingerprint, opened_at) WHERE fingerprint IS NOT NULL;

-- What people did about an incident. It is named by its job and when it opened, as one that is judged anew from a job's
-- history is a new row and still the same incident.
CREATE TABLE incident_action (
  id INTEGER PRIMARY KEY NOT NULL,
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  incident_opened_at DATETIME NOT NULL,
  at DATETIME NOT NULL,
  -- JSON: core.incident.AnyAction.
  definition TEXT NOT NULL
);

CREATE INDEX incident_action_of_incident ON incident_action(job_id, incident_opened_at, id);

-- Jobs of which something has happened that somebody may have to be told: an incident has begun, changed or ended, or a bad
-- job has failed again. Written in the transaction that records it, deleted in the one that records what is owed.
CREATE TABLE incident_notice (
  id INTEGER PRIMARY KEY NOT NULL,
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE
);

CREATE INDEX incident_notice_of_job ON incident_notice(job_id);

-- A job that runs after another, and is bound to fail or to wait while that one is bad.
CREATE TABLE job_dependency (
  job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  after_job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  PRIMARY KEY (job_id, after_job_id)
);

CREATE INDEX job_dependency_after ON job_dependency(after_job_id);

-- What is bad already when alerts come is to be looked at as well.
INSERT INTO incident_notice (job_id) SELECT job_id FROM incident WHERE resolved_at IS NULL;
