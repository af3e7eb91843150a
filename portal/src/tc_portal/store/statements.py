"""The statements of a recording transaction: what is read and what is written, for every database the same.

``store.sqlite`` and ``store.postgresql`` hold the SQL of each and run it.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from tc_portal.core.report import Result
from tc_portal.core.verdict import Verdict


class LockedJob(msgspec.Struct, gc=False):
    """A job with its last result and its open incident, locked until the commit.

    ``status_id`` is None where it has no result. ``settings``, ``known`` and ``reasons`` are JSON.
    """

    id: int
    job_key: str
    title: str
    tool_id: UUID | None
    tool_stated_at: datetime | None
    verdict: Verdict
    since: datetime | None
    is_bad: bool
    reasons: str | None
    known: str | None
    judged_at: datetime | None
    deadline: datetime | None
    settings: str | None
    in_force_from: datetime | None
    host: str | None
    incident_opened_at: datetime | None
    status_id: UUID | None
    last_status: Result | None
    last_finished_at: datetime | None
    last_message: str | None
    last_title: str | None
    updated_at: datetime | None
    due: datetime | None


class LockJobs(msgspec.Struct):
    """Read: the ``LockedJob`` of each key that has one. Keys are sorted, so that two writers never deadlock."""

    keys: list[str]


class LockDueJobs(msgspec.Struct):
    """Read: the ``LockedJob`` of those whose deadline has come, but for those that another watcher holds."""

    now: datetime
    limit: int


class FindTools(msgspec.Struct):
    """Read: which of these tools exist, as UUIDs."""

    ids: list[UUID]


class CalendarRevision(msgspec.Struct, gc=False):
    """A calendar as it once was made or changed to; ``definition`` is JSON, and never changes."""

    id: int
    definition: str


class FindCalendars(msgspec.Struct):
    """Read: the ``CalendarRevision`` made after the one of this id."""

    after_id: int


class FindHeartbeat(msgspec.Struct):
    """Read: until when the portal was seen to receive, as a list of none or one; locked until the commit if ``to_beat``."""

    to_beat: bool = False


class WriteHeartbeat(msgspec.Struct):
    """Write: the portal was seen to receive at ``now``."""

    now: datetime


class TakePing(msgspec.Struct):
    """Write: put the ping of the second monitor off until ``retry_at``, if it is due at ``now``. Due it is, too, if it lies
    after ``latest``; it is not, if the portal was not seen to receive since ``seen_since``. Read: whether it was due."""

    retry_at: datetime
    now: datetime
    latest: datetime
    seen_since: datetime


class PutOffPing(msgspec.Struct):
    """Write: the second monitor has been told; the next ping is due at ``next_at``."""

    next_at: datetime


class AddBlindTime(msgspec.Struct):
    """Write: a blind time."""

    row: "BlindTimeFound"


class BlindTimeFound(msgspec.Struct, gc=False):
    started_at: datetime
    ended_at: datetime
    drained_at: datetime


class FindBlindTimes(msgspec.Struct):
    """Read: the ``BlindTimeFound`` that were drained after ``since``."""

    since: datetime


class FindTogether(msgspec.Struct):
    """Reads that need not wait for one another. Read: what each of them finds, in a list."""

    reads: list[FindBlindTimes | FindCalendars]


class NewJob(msgspec.Struct, gc=False):
    job_key: str
    title: str
    created_at: datetime


class RunName(msgspec.Struct, gc=False, frozen=True):
    job_id: int
    run_id: str


class RunRow(msgspec.Struct, gc=False):
    job_id: int
    run_id: str
    result: Result
    started_at: datetime | None
    finished_at: datetime
    received_at: datetime
    exit_code: int | None
    message: str | None
    host: str | None
    source: str
    exit_meaning: str | None = None


class StartRow(msgspec.Struct, gc=False):
    """``started_at`` is None while only extensions and heartbeats have arrived; these are JSON."""

    job_id: int
    run_id: str
    started_at: datetime | None
    received_at: datetime
    extensions: str
    host: str | None
    heartbeat_seconds: int | None = None
    heartbeat_at: datetime | None = None
    heard: str = "[]"
    progress: str | None = None
    progress_at: datetime | None = None


class OutputRow(msgspec.Struct, gc=False):
    """``ended_at`` is when the run that told it counts as ended: of a run told twice, the later output stands."""

    job_id: int
    run_id: str
    ended_at: datetime
    head: str
    tail: str
    size: int
    is_cut: bool


class MetricRow(msgspec.Struct, gc=False):
    job_id: int
    run_id: str
    name: str
    value: float
    at: datetime


class LogRow(msgspec.Struct, gc=False):
    """``digest`` is of the text, so that a line that is told again, as the report does, is one line."""

    job_id: int
    run_id: str
    at: datetime
    digest: str
    text: str


class HostRow(msgspec.Struct, gc=False):
    """What a PC said last; None where it did not say. ``skew_ms`` is how far its clock runs ahead of ours."""

    name: str
    last_reported_at: datetime
    last_sent_at: datetime | None
    skew_ms: int | None
    reporter: str | None
    held_back: int | None


class ReadingRow(msgspec.Struct, gc=False):
    """When the tasks of the PC ``host`` were read, by its clock and by ours; whether its log was; how many were left out."""

    read_at: datetime
    received_at: datetime
    event_log: str
    left_out: int
    host: str


class HostTaskRow(msgspec.Struct, gc=False):
    """A task of a PC. ``definition`` is JSON of ``core.task_scheduler.task.Task``, ``events`` of a list of ``TaskEvent``."""

    path: str
    first_seen_at: datetime
    last_run_at: datetime | None
    next_run_at: datetime | None
    last_result: int | None
    definition: str | None
    events: str


class StatusRow(msgspec.Struct, gc=False):
    id: UUID
    job_key: str
    title: str
    tool_id: UUID | None
    last_status: Result
    last_finished_at: datetime
    last_message: str | None
    updated_at: datetime


class JobChange(msgspec.Struct, gc=False):
    id: int
    title: str
    tool_id: UUID | None
    tool_stated_at: datetime | None
    verdict: Verdict
    since: datetime | None
    is_bad: bool
    reasons: str | None
    known: str | None
    judged_at: datetime | None
    deadline: datetime | None
    host: str | None
    due: datetime | None


class TransitionRow(msgspec.Struct, gc=False):
    job_id: int
    at: datetime
    verdict_before: Verdict
    verdict: Verdict
    is_bad: bool
    reasons: str


class IncidentRow(msgspec.Struct, gc=False):
    job_id: int
    opened_at: datetime
    resolved_at: datetime | None
    verdict: Verdict


class NoticeRow(msgspec.Struct, gc=False):
    """A job of which something has happened that somebody may have to be told."""

    job_id: int


class SettingsRow(msgspec.Struct, gc=False):
    job_id: int
    in_force_from: datetime
    definition: str
    changed_by: str | None = None


class Forgotten(msgspec.Struct, gc=False):
    """A job's transitions and incidents from ``since`` on, but for the incidents that opened at the instants ``kept``."""

    job_id: int
    since: datetime
    kept: list[datetime]


class CreateJobs(msgspec.Struct):
    """Write: jobs that were not there yet; one that another writer has just made is left as it is."""

    rows: list[NewJob]


class AddRuns(msgspec.Struct):
    """Write: runs that were not there yet. Read: how many those were."""

    rows: list[RunRow]


class FindRuns(msgspec.Struct):
    """Read: the ``RunRow`` that is there of each ``RunName``."""

    names: list[RunName]


class RewriteRuns(msgspec.Struct):
    """Write: runs that are there, as they have been told anew."""

    rows: list[RunRow]


class WriteStarts(msgspec.Struct):
    """Write: the starts of runs, new ones or as they have been told anew."""

    rows: list[StartRow]


class FindStarts(msgspec.Struct):
    """Read: the ``StartRow`` that is there of each ``RunName``."""

    names: list[RunName]


class WriteOutputs(msgspec.Struct):
    """Write: what runs printed, where it is later than what is there."""

    rows: list[OutputRow]


class WriteMetrics(msgspec.Struct):
    """Write: numbers that runs told, where they are later than what is there."""

    rows: list[MetricRow]


class AddLogLines(msgspec.Struct):
    """Write: lines of runs' logs that were not there yet."""

    rows: list[LogRow]


class CutLogs(msgspec.Struct):
    """Write: delete all but the last lines of these runs' logs."""

    rows: list[RunName]


class WriteHosts(msgspec.Struct):
    """Write: PCs that have reported, in the order of their names, where that is later than what is there."""

    rows: list[HostRow]


class ReplaceTasks(msgspec.Struct):
    """Write: the tasks of a PC that is there, in place of those before; ``first_seen_at`` of one that is there stays."""

    reading: ReadingRow
    rows: list[HostTaskRow]


class WriteStatuses(msgspec.Struct):
    """Write: the last result of jobs; ``id`` and ``created_at`` of one that is there stay."""

    rows: list[StatusRow]


class WriteJobs(msgspec.Struct):
    """Write: what changed of jobs."""

    rows: list[JobChange]


class AddTransitions(msgspec.Struct):
    rows: list[TransitionRow]


class WriteIncidents(msgspec.Struct):
    """Write: incidents, each named by its job and the instant it opened at, new ones or changed ones."""

    rows: list[IncidentRow]


class AddNotices(msgspec.Struct):
    rows: list[NoticeRow]


class FindHistory(msgspec.Struct):
    """Read: for a job, its latest runs, its latest starts, all of its settings, and the last transition before ``since`` with
    the opening of the incident that was open then: ``(list[RunRow], list[StartRow], list[SettingsRow],
    list[TransitionRow], list[IncidentRow])``."""

    job_id: int
    since: datetime


class FindSettingsBy(msgspec.Struct):
    """Read: the last of a job's settings that ``changed_by`` put in force, as a list of none or one ``SettingsRow``."""

    job_id: int
    changed_by: str


class AddSettings(msgspec.Struct):
    """Write: settings of jobs, each of which is in force from now on."""

    rows: list[SettingsRow]


class ForgetHistory(msgspec.Struct):
    """Write: delete what is to be said anew, and notice where that takes an incident away. One that will be there again stays
    the same one."""

    jobs: list[Forgotten]


Write = (
    AddRuns
    | WriteStarts
    | WriteOutputs
    | WriteMetrics
    | AddLogLines
    | CutLogs
    | WriteHosts
    | WriteStatuses
    | WriteJobs
    | AddTransitions
    | WriteIncidents
    | AddNotices
)


class Together(msgspec.Struct):
    """Writes that need not wait for one another. Read: how many rows each of them touched."""

    writes: list[Write]


Statement = (
    LockJobs
    | LockDueJobs
    | FindTools
    | FindCalendars
    | FindBlindTimes
    | FindTogether
    | FindRuns
    | FindStarts
    | FindHistory
    | FindSettingsBy
    | FindHeartbeat
    | WriteHeartbeat
    | TakePing
    | PutOffPing
    | AddBlindTime
    | AddSettings
    | ForgetHistory
    | CreateJobs
    | ReplaceTasks
    | RewriteRuns
    | Together
)
