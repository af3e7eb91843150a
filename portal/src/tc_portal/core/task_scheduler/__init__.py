"""Windows Task Scheduler: tasks as its exported XML describes them, and when their runs are due."""
