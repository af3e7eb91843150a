"""The transaction that judges what is due without anybody having told anything."""

from collections.abc import Generator
from datetime import datetime
from typing import Any

from .settling import judged_rows
from .statements import FindHeartbeat, LockDueJobs, LockedJob, Statement, Together
from .surroundings import Calendars, surroundings

DUE_AT_ONCE = 500


def watch(calendars: Calendars, now: datetime) -> Generator[Statement, Any, int]:
    """Judge the jobs whose deadline has come, at most ``DUE_AT_ONCE``; returns how many those were.

    Nobody is judged beyond the instant at which the portal was last seen to receive: a report may have been turned away
    since, and whoever receives again first records the time between as blind.
    """
    received: list[datetime] = yield FindHeartbeat()
    if not received:
        return 0
    until = min(now, received[0])
    due: list[LockedJob] = yield LockDueJobs(until, DUE_AT_ONCE)
    if not due:
        return 0
    around = yield from surroundings(calendars, due)
    courses = [around.course_of(job) for job in due]
    for course in courses:
        course.wait_until(until)
    rows = judged_rows(courses)
    if rows:
        yield Together(rows)
    return len(due)
