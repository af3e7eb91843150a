"""A schedule for a job that has none, from when it ran."""
