"""Schedules: values that say when runs are due."""
