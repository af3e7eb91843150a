"""Whatever a PC says of its tasks and is recorded, a verdict comes of it, and its words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.task_scheduler.expecting import schedule_of
from tc_portal.core.task_scheduler.reading import read_tasks
from tc_portal.core.task_scheduler.task import Task
from tc_portal.core.task_standing.seen_task import SeenTask, TaskEvent
from tc_portal.core.task_standing.standing import HeardJob, HeardRun, Reading, standing_of
from tc_portal.core.task_standing.standing_words import standing_in_words, verdict_in_words
from tc_portal.core.wording import Wording

# As ingest lets instants through.
instants = st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))
codes = st.integers(0, 2**32 - 1) | st.sampled_from([0, 1, 0x41301, 0x41302, 0x41303, 0x41306, 0x8007052E])
events = st.lists(st.builds(TaskEvent, st.integers(100, 340), instants, st.none() | codes), max_size=5)
runs = st.builds(HeardRun, st.sampled_from(["success", "error"]), instants, st.none() | instants, st.none() | codes)
jobs = st.builds(HeardJob, st.just("k"), instants, st.booleans(), st.booleans(), st.none() | runs)


def trigger(start: str, days: int, interval: str, delay: str) -> str:
    return (
        f"<CalendarTrigger><StartBoundary>{start}</StartBoundary><RandomDelay>{delay}</RandomDelay><Repetition><Interval>"
        f"{interval}</Interval></Repetition><ScheduleByDay><DaysInterval>{days}</DaysInterval></ScheduleByDay></CalendarTrigger>"
    )


@st.composite
def tasks(draw: st.DrawFn) -> Task | None:
    start = draw(st.sampled_from(["0001-01-01T00:00:00", "9999-12-31T23:59:59+14:00", "2026-11-24T06:00:00"]))
    interval, delay = draw(st.sampled_from(["PT1M", "P31D"])), draw(st.sampled_from(["PT0S", "P9999D"]))
    limit = draw(st.sampled_from(["PT0S", "PT1H", "P99999999D"]))
    xml = (
        f"<Task><Triggers>{trigger(start, draw(st.integers(1, 365)), interval, delay)}</Triggers>"
        f"<Settings><ExecutionTimeLimit>{limit}</ExecutionTimeLimit></Settings></Task>"
    )
    for task in read_tasks(xml.encode()).tasks:
        try:
            schedule_of(task, "UTC")
        except Unschedulable:
            return None
        return task
    return None


@settings(deadline=None)
@given(
    task=tasks(),
    last_run_at=st.none() | instants,
    next_run_at=st.none() | instants,
    code=st.none() | codes,
    log=events,
    read_at=instants,
    job=st.none() | jobs,
    first_seen_at=instants,
)
def test_every_task_has_a_verdict_in_words(
    task: Task | None,
    last_run_at: datetime | None,
    next_run_at: datetime | None,
    code: int | None,
    log: list[TaskEvent],
    read_at: datetime,
    job: HeardJob | None,
    first_seen_at: datetime,
) -> None:
    seen = SeenTask("\\A", task, last_run_at, next_run_at, code, tuple(log))
    told = standing_of(seen, Reading(read_at, "Asia/Tokyo"), job, first_seen_at)
    for language in ("ja", "en"):
        wording = Wording(language, ZoneInfo("Asia/Tokyo"), read_at + timedelta(hours=1))
        assert standing_in_words(told, wording) and verdict_in_words(told.verdict, language)
