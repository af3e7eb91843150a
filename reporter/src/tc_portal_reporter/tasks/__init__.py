"""``tc-report tasks``: what the Task Scheduler of this PC knows of its tasks, told to the portal."""
