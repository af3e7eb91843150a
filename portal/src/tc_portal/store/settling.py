"""What the judge said of a batch's jobs becomes rows; where something came out of turn, by the whole of a job's history."""

from collections.abc import Generator, Sequence
from typing import Any

from .course import Course, as_json, history_of
from .statements import (
    AddTransitions,
    FindHistory,
    ForgetHistory,
    JobChange,
    JobSince,
    Statement,
    Together,
    WriteIncidents,
    WriteJobs,
)
from .surroundings import Calendars, blind_times_since


def judged_rows(courses: Sequence[Course]) -> list[Any]:
    """The writes that hold what the judge said."""
    transitions = [row for course in courses for row in course.transition_rows()]
    incidents = [row for course in courses for row in course.incident_rows()]
    changes = [change for course in courses if (change := _change(course)) is not None]
    return (
        ([AddTransitions(transitions)] if transitions else [])
        + ([WriteIncidents(incidents)] if incidents else [])
        + ([WriteJobs(changes)] if changes else [])
    )


def _change(course: Course) -> JobChange | None:
    job, judged = course.job, course.judged
    is_tracked = course.is_tracked
    change = JobChange(
        job.id,
        job.title,
        job.tool_id,
        job.tool_stated_at,
        judged.verdict,
        judged.since,
        judged.is_bad,
        as_json(judged.reasons) if is_tracked else None,
        as_json(course.known) if is_tracked else None,
        course.judged_at if is_tracked else None,
        judged.look_again_at,
        job.host,
    )
    return None if change == course.as_found and course.doubt is None else change


def settled(courses: Sequence[Course], calendars: Calendars) -> Generator[Statement, Any, None]:
    """Judge the courses anew from their doubts on, those that have any, and write what comes of it."""
    doubtful = [course for course in courses if course.doubt is not None]
    if not doubtful:
        return
    yield from calendars.news()
    blind_times = yield from blind_times_since(min(course.doubt for course in doubtful if course.doubt is not None))
    forgotten = []
    for course in doubtful:
        assert course.doubt is not None
        history = history_of((yield FindHistory(course.job.id, course.doubt)), calendars.terms)
        course.blind_times = blind_times
        course.settle(history)
        course.job.incident_opened_at = history.incident_opened_at
        forgotten.append(JobSince(course.job.id, course.doubt))
    yield ForgetHistory(forgotten)
    rows = judged_rows(doubtful)
    if rows:
        yield Together(rows)
