-- The same as host_tasks.postgresql.sql, in the types that SQLite knows.

-- When a PC's Task Scheduler was read last, by the PC's clock and by the portal's, whether its log was (read, off, unread), and
-- how many of its tasks were too many to be told.
ALTER TABLE host ADD COLUMN tasks_read_at DATETIME NULL;
ALTER TABLE host ADD COLUMN tasks_received_at DATETIME NULL;
ALTER TABLE host ADD COLUMN event_log TEXT NULL;
ALTER TABLE host ADD COLUMN tasks_left_out INTEGER NOT NULL DEFAULT 0;

-- A scheduled task of a PC, as its Task Scheduler said last. Instants are by the PC's clock. definition is JSON
-- (core.task_scheduler.task.Task), events too (a list of core.task_standing.seen_task.TaskEvent). A task's arguments are not kept.
CREATE TABLE host_task (
  id INTEGER PRIMARY KEY NOT NULL,
  host_id INTEGER NOT NULL REFERENCES host(id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  first_seen_at DATETIME NOT NULL,
  last_run_at DATETIME NULL,
  next_run_at DATETIME NULL,
  last_result INTEGER NULL,
  definition TEXT NULL,
  events TEXT NOT NULL DEFAULT '[]'
);

CREATE UNIQUE INDEX host_task_of_host ON host_task(host_id, path);
