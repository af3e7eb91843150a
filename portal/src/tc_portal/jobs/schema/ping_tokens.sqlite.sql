-- The same as ping_tokens.postgresql.sql, in the types that SQLite knows.

-- The tokens that other monitors' clients carry in their addresses: a digest, never the token itself. kind is job or portal. One
-- of a job names the job by its key, as the job may come with the first ping. last_used_on is a day in UTC.
CREATE TABLE ping_token (
  id INTEGER PRIMARY KEY NOT NULL,
  digest TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('job', 'portal')),
  job_key TEXT NULL,
  name TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  created_by TEXT NOT NULL,
  revoked_at DATETIME NULL,
  last_used_on DATE NULL,
  CHECK ((kind = 'job') = (job_key IS NOT NULL))
);

-- A job's page asks for its tokens.
CREATE INDEX ping_token_of_job ON ping_token(job_key) WHERE job_key IS NOT NULL;
