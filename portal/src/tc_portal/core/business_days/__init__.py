"""Business days: a company's calendar, and the runs that are due by it."""
