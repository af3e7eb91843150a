"""What a PC says of its scheduled tasks, joined with what their scripts report: a verdict a task."""
