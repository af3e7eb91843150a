"""A report: one message from a script, saying that a run of a job ended and how."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Literal
from uuid import UUID

import msgspec

from .instant import LATEST

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Result = Literal["success", "error"]

# How far a script's clock may run ahead of ours before its word on the time is doubted.
CLOCK_TOLERANCE = timedelta(minutes=5)


def counts_at(finished_at: datetime, received_at: datetime) -> datetime:
    """When a run counts as ended. A time that lies in our future is worth no more than the moment it reached us, so that
    one wrong clock does not hide the results of right ones until its date comes."""
    return received_at if finished_at > received_at + CLOCK_TOLERANCE else finished_at


class Output(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a run printed: its beginning, its end, and the size of all of it in bytes. ``tail`` is empty where ``head`` is all."""

    head: str
    tail: str
    size: int
    is_cut: bool


class Metric(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A number that a run told under a name, as ``rows``."""

    name: str
    value: float


class LogLine(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A line that a run told, with when it was written by the script's clock."""

    at: datetime
    text: str


class Sender(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What the reporter says of itself and its PC: when it sent this by that PC's clock, its version, and how many reports are
    still kept there."""

    sent_at: datetime | None = None
    reporter: str | None = None
    held_back: int | None = None


class Report(msgspec.Struct, frozen=True, gc=False, array_like=True, tag=True):
    """What every dialect of ``ingest`` makes of a request, and all that ``store`` needs to record it.

    ``finished_at`` and ``started_at`` are aware UTC datetimes by the script's clock, ``received_at`` by ours.
    Texts are storable and within their limits (see ``core.text``). For a run without a name see ``core.unnamed_run``.
    Where ``makes_job`` is false, nothing is recorded of a job that is not there.
    """

    job_key: str
    title: str
    status: Result
    finished_at: datetime
    received_at: datetime
    run_id: str
    message: str | None = None
    tool_id: UUID | None = None
    started_at: datetime | None = None
    exit_code: int | None = None
    host: str | None = None
    source: str = "job-report"
    exit_meaning: str | None = None
    output: Output | None = None
    metrics: tuple[Metric, ...] = ()
    log: tuple[LogLine, ...] = ()
    sender: Sender | None = None
    makes_job: bool = True


class Start(msgspec.Struct, frozen=True, gc=False, array_like=True, tag=True):
    """A run has begun. Its report will carry the same ``run_id``. It may promise a heartbeat each ``heartbeat_seconds``.
    ``makes_job`` is as that of a report."""

    job_key: str
    title: str
    run_id: str
    started_at: datetime
    received_at: datetime
    tool_id: UUID | None = None
    host: str | None = None
    heartbeat_seconds: int | None = None
    sender: Sender | None = None
    makes_job: bool = True


class Extension(msgspec.Struct, frozen=True, gc=False, array_like=True, tag=True):
    """A run that has begun asks for time until ``until``."""

    job_key: str
    run_id: str
    until: datetime
    received_at: datetime


class Heartbeat(msgspec.Struct, frozen=True, gc=False, array_like=True, tag=True):
    """A run that has begun goes on: a sign of life, with how far it has come and what it has to tell. One that brings a
    ``title`` makes its job where there is none."""

    job_key: str
    run_id: str
    received_at: datetime
    host: str | None = None
    progress: str | None = None
    metrics: tuple[Metric, ...] = ()
    log: tuple[LogLine, ...] = ()
    sender: Sender | None = None
    title: str | None = None


# What is told of a run on its way. It names its job by the key alone.
OnTheWay = Extension | Heartbeat
# Whatever a script tells of a run.
Telling = Report | Start | Extension | Heartbeat


def run_id_of(job_key: str, finished_at: datetime, status: Result, message: str | None) -> str:
    """The run that a report without a ``run_id`` speaks of: the same four values name the same run.

    The name begins with the milliseconds of ``finished_at``, so that names go in about the order in which they arrive and the
    index of them grows at its end.
    """
    microseconds = (finished_at - EPOCH) // MICROSECOND
    named = f"{job_key}\0{microseconds}\0{status}\0{message or ''}"
    return f"{max(microseconds // 1000, 0):012x}{blake2b(named.encode(), digest_size=10).hexdigest()}"


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """The outcome of a job's last finished run, with what decides whether another one supersedes it."""

    status: Result
    finished_at: datetime
    received_at: datetime
    message: str | None
    title: str

    @property
    def counts_at(self) -> datetime:
        return counts_at(self.finished_at, self.received_at)


def outcome_of(report: Report) -> Outcome:
    return Outcome(report.status, report.finished_at, report.received_at, report.message, report.title)


def supersedes(new: Outcome, old: Outcome) -> bool:
    """Whether ``new`` and not ``old`` is the job's last result, whichever of the two arrived first.

    The later by ``counts_at`` wins. At the same instant an error wins over a success, then the greater message and
    so on: any fixed order will do, as long as the order of arrival has no part in it.
    """
    new_time, old_time = new.counts_at, old.counts_at
    if new_time != old_time:
        return new_time > old_time
    return _rank(new) > _rank(old)


def _rank(outcome: Outcome) -> tuple[bool, str, datetime, timedelta, str]:
    first_come = LATEST - outcome.received_at
    return outcome.status == "error", outcome.message or "", outcome.finished_at, first_come, outcome.title
