-- What the list of jobs is in order of. All of it stands in the job's row, so that a page of the list is a stretch of an index.

-- When the next run is due by which the job is judged. It may have come already, while the run is waited for.
ALTER TABLE job ADD COLUMN due TIMESTAMPTZ NULL;
-- The same for sorting: jobs of which nothing is due come last.
ALTER TABLE job ADD COLUMN due_or_never TIMESTAMPTZ NOT NULL
  GENERATED ALWAYS AS (coalesce(due, TIMESTAMPTZ '9999-12-30 00:00:00+00')) STORED;
-- How much attention the verdict asks for: the least number asks for most.
ALTER TABLE job ADD COLUMN gravity SMALLINT NOT NULL GENERATED ALWAYS AS (
  CASE verdict WHEN 'error' THEN 0 WHEN 'overdue' THEN 1 WHEN 'missed' THEN 2 WHEN 'unknown' THEN 3
    WHEN 'running' THEN 4 WHEN 'waiting' THEN 5 WHEN 'paused' THEN 6 ELSE 7 END) STORED;

-- By name, by gravity (those of one verdict by name), by when they are due. By the last report: idx_job_status_last_finished_at.
CREATE INDEX job_title ON job(title, id);
CREATE INDEX job_gravity ON job(gravity, title, id);
CREATE INDEX job_due ON job(due_or_never, id);
-- The jobs of a tool, or of none, the gravest first. It serves what job_tool was for, too.
DROP INDEX job_tool;
CREATE INDEX job_tool ON job(tool_id, gravity, title, id);

-- Jobs with a schedule are judged again, so that it is known when they are due.
UPDATE job SET deadline = now() WHERE settings_id IS NOT NULL AND deadline > now();
