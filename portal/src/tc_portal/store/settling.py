"""What the judge said of a batch's jobs becomes rows; where something came out of turn, by the whole of a job's history."""

from collections.abc import Generator, Sequence
from typing import Any

from tc_portal.core.judge import BlindTime

from .course import Course, as_json
from .past import Past, past_of
from .statements import (
    AddNotices,
    AddTransitions,
    FindHistory,
    ForgetHistory,
    Forgotten,
    JobChange,
    LockedJob,
    NoticeRow,
    RewriteRuns,
    RunRow,
    Statement,
    StatusRow,
    Together,
    WriteIncidents,
    WriteJobs,
    WriteStatuses,
)
from .surroundings import Calendars, blind_times_since


def judged_rows(courses: Sequence[Course]) -> list[Any]:
    """The writes that hold what the judge said."""
    transitions = [row for course in courses for row in course.transition_rows()]
    incidents = [row for course in courses for row in course.incident_rows()]
    notices = [NoticeRow(course.job.id) for course in courses if course.is_noticeable]
    changes = [change for course in courses if (change := _change(course)) is not None]
    return (
        ([AddTransitions(transitions)] if transitions else [])
        + ([WriteIncidents(incidents)] if incidents else [])
        + ([WriteJobs(changes)] if changes else [])
        + ([AddNotices(notices)] if notices else [])
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
        # Of others it is mostly when their last result arrived.
        course.judged_at if is_tracked or course.judged_at != job.updated_at else None,
        judged.look_again_at,
        job.host,
        judged.due,
    )
    return None if change == course.as_found and course.doubt is None else change


def settled(
    courses: Sequence[Course], calendars: Calendars, away: Sequence[BlindTime] = ()
) -> Generator[Statement, Any, None]:
    """Judge the courses anew from their doubts on, those that have any, and write what comes of it. ``away`` is the blind time
    that goes on, if the portal is away."""
    doubtful = [course for course in courses if course.doubt is not None]
    if not doubtful:
        return
    yield from calendars.news()
    blind_times = yield from blind_times_since(min(course.doubt for course in doubtful if course.doubt is not None))
    forgotten, statuses, begun_otherwise = [], [], []
    for course in doubtful:
        past = yield from _past(course, calendars)
        course.blind_times = [*blind_times, *away]
        course.settle(past)
        begun_otherwise += past.begun_otherwise
        if past.last_row is not None and (status := _status(course.job, past.last_row)) is not None:
            statuses.append(status)
        assert course.doubt is not None
        forgotten.append(Forgotten(course.job.id, course.doubt, course.reopened()))
    if begun_otherwise:
        yield RewriteRuns(begun_otherwise)
    yield ForgetHistory(forgotten)
    rows = judged_rows(doubtful) + ([WriteStatuses(statuses)] if statuses else [])
    if rows:
        yield Together(rows)


def _past(course: Course, calendars: Calendars) -> Generator[Statement, Any, Past]:
    """The job's past. What lies farther back than the judge can look stands as it was said: the doubt begins later then."""
    assert course.doubt is not None and course.judged_at is not None
    past = past_of((yield FindHistory(course.job.id, course.doubt)), calendars.terms)
    if past.is_whole_from is not None and course.doubt < past.is_whole_from:
        course.doubt = min(past.is_whole_from, course.judged_at)
        past = past_of((yield FindHistory(course.job.id, course.doubt)), calendars.terms)
    return past


def _status(job: LockedJob, last: RunRow) -> StatusRow | None:
    """The job's last result where it is another than stands: a run told anew no longer ends as it did before."""
    stands = (job.last_status, job.last_finished_at, job.last_message, job.updated_at)
    if job.status_id is None or stands == (last.result, last.finished_at, last.message, last.received_at):
        return None
    job.host = last.host
    job.last_status, job.last_finished_at, job.last_message = last.result, last.finished_at, last.message
    job.updated_at = last.received_at
    return StatusRow(
        job.status_id,
        job.job_key,
        job.title,
        job.tool_id,
        last.result,
        last.finished_at,
        last.message,
        last.received_at,
    )
