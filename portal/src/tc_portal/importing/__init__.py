"""``tc-portal import-tasks``: tasks of the Windows Task Scheduler become jobs."""
