"""SQLite: one connection, in WAL mode with every commit synced to the disk."""

import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID

import msgspec

from tc_portal.core.client_settings import ClientSettings
from tc_portal.core.report import Telling
from tc_portal.core.task_standing.seen_task import HostTasks

from .batches import Refused, Unavailable
from .beating import beat
from .changing_settings import CalendarRenewal, SettingsChange, change_settings, renew_calendar
from .hosts_told import HostsTold
from .pinging import put_off_ping, take_ping
from .recording import Recorded, record
from .sql import sqlite as sql
from .sqlite_rows import as_instant, as_parameters, as_text, read_rows
from .statements import (
    AddBlindTime,
    AddLogLines,
    AddNotices,
    AddRuns,
    AddSettings,
    AddTransitions,
    BlindTimeFound,
    CalendarRevision,
    CreateJobs,
    CutLogs,
    FindBlindTimes,
    FindCalendars,
    FindHeartbeat,
    FindHistory,
    FindRuns,
    FindSettingsBy,
    FindStarts,
    FindTogether,
    FindTools,
    ForgetHistory,
    IncidentRow,
    LockDueJobs,
    LockedJob,
    LockJobs,
    PutOffPing,
    ReplaceTasks,
    RewriteRuns,
    RunRow,
    SettingsRow,
    StartRow,
    Statement,
    TakePing,
    Together,
    TransitionRow,
    Write,
    WriteHeartbeat,
    WriteHosts,
    WriteIncidents,
    WriteJobs,
    WriteMetrics,
    WriteOutputs,
    WriteStarts,
    WriteStatuses,
)
from .surroundings import Calendars
from .taking_client_settings import take_client_settings
from .taking_tasks import take_tasks
from .watching import watch

T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000
CHECKPOINT_PAGES = 8_000
CACHE_KIB = 64_000
ROWS_A_STATEMENT = (16, 4, 1)
# Trouble that passes by itself; anything else is refused until somebody mends it.
PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED")


class SqliteStore:
    """Records batches in a SQLite file that Django's migrations have made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._calendars = Calendars()
        self._hosts = HostsTold()

    def record(self, tellings: Sequence[Telling]) -> list[Recorded]:
        recorded = self._transact(lambda connection: _run(connection, record(self._calendars, tellings, self._hosts)))
        self._hosts.are_written()
        return recorded

    def take_tasks(self, told: HostTasks) -> None:
        self._transact(lambda connection: _run(connection, take_tasks(told)))

    def take_client_settings(self, told: ClientSettings) -> None:
        self._transact(lambda connection: _run(connection, take_client_settings(self._calendars, told)))

    def watch(self, now: datetime) -> int:
        return self._transact(lambda connection: _run(connection, watch(self._calendars, now)))

    def change_settings(self, changes: Sequence[SettingsChange], now: datetime, changed_by: str | None) -> None:
        self._transact(lambda connection: _run(connection, change_settings(self._calendars, changes, now, changed_by)))

    def renew_calendar(
        self, job_keys: Sequence[str], renewal: CalendarRenewal, now: datetime, changed_by: str | None
    ) -> int:
        return self._transact(
            lambda connection: _run(connection, renew_calendar(self._calendars, job_keys, renewal, now, changed_by))
        )

    def beat(self, now: datetime, drain: timedelta) -> None:
        self._transact(lambda connection: _run(connection, beat(now, drain)))

    def take_ping(self, now: datetime, retry_at: datetime) -> bool:
        return self._transact(lambda connection: _run(connection, take_ping(now, retry_at)))

    def put_off_ping(self, next_at: datetime) -> None:
        self._transact(lambda connection: _run(connection, put_off_ping(next_at)))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            connection = self._connected()
            # IMMEDIATE takes the write lock before anything is read, so that nothing read is stale at the commit.
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return result
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            if not isinstance(error, sqlite3.IntegrityError):
                self.close()
            if name.startswith(PASSING):
                raise Unavailable(f"{name}: {error}") from error
            raise Refused(f"{name}: {error}") from error

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            # mode=rw: a database that has vanished is an error to tell, not an empty file to make.
            self._connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None
            )
            self._connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            # A page that many commits touch is copied from the log into the file once, not every thousand pages.
            self._connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            self._connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        return self._connection


def _run(connection: sqlite3.Connection, transaction: Generator[Statement, Any, T]) -> T:
    found: Any = None
    while True:
        try:
            statement = transaction.send(found)
        except StopIteration as end:
            return cast("T", end.value)
        found = _execute(connection, statement)


def _execute(connection: sqlite3.Connection, statement: Statement) -> Any:
    match statement:
        case LockJobs(keys):
            return _locked(connection, sql.LOCK_JOBS, (_json(keys),))
        case LockDueJobs(now, limit):
            return _locked(connection, sql.LOCK_DUE_JOBS, (as_text(now), limit))
        case FindTools(ids):
            tools = connection.execute(sql.FIND_TOOLS, (_json([tool.hex for tool in ids]),))
            return [UUID(hex=tool) for (tool,) in tools]
        case FindCalendars(after_id):
            return read_rows(CalendarRevision, connection.execute(sql.FIND_CALENDARS, (after_id,)))
        case FindHeartbeat():
            # The transaction holds the only write lock already.
            return [as_instant(beat_at) for (beat_at,) in connection.execute(sql.FIND_HEARTBEAT)]
        case FindBlindTimes(since):
            return read_rows(BlindTimeFound, connection.execute(sql.FIND_BLIND_TIMES, (as_text(since),)))
        case FindTogether(reads):
            return [_execute(connection, read) for read in reads]
        case FindRuns(names):
            return read_rows(RunRow, _each(connection, sql.FIND_RUN, names))
        case FindStarts(names):
            return read_rows(StartRow, _each(connection, sql.FIND_START, names))
        case FindHistory(job_id, since):
            return _history(connection, job_id, since)
        case FindSettingsBy():
            return read_rows(SettingsRow, connection.execute(sql.FIND_SETTINGS_BY, as_parameters(statement)))
        case ForgetHistory(jobs):
            for job in jobs:
                one = (job.job_id, as_text(job.since))
                but_for = _json([as_text(instant) for instant in job.kept])
                connection.execute(sql.FORGET_TRANSITIONS, one)
                connection.execute(sql.NOTICE_FORGOTTEN, (*one, but_for))
                connection.execute(sql.FORGET_INCIDENTS, (*one, but_for))
        case WriteHeartbeat(now):
            connection.execute(sql.BEAT, (as_text(now),))
        case TakePing(retry_at, now, latest, seen_since):
            connection.execute(sql.NOTE_PING, (as_text(now),))
            instants = [as_text(each) for each in (retry_at, now, latest, seen_since)]
            return connection.execute(sql.TAKE_PING, instants).rowcount == 1
        case PutOffPing(next_at):
            connection.execute(sql.PUT_OFF_PING, (as_text(next_at),))
        case AddBlindTime(blind):
            connection.execute(sql.ADD_BLIND_TIME, as_parameters(blind))
        case AddSettings(rows):
            for row in rows:
                added = connection.execute(sql.ADD_SETTINGS, as_parameters(row))
                connection.execute(sql.PUT_IN_FORCE, (added.lastrowid, row.job_id))
        case CreateJobs(rows):
            connection.executemany(sql.CREATE_JOB, map(as_parameters, rows))
        case RewriteRuns(rows):
            connection.executemany(sql.REWRITE_RUN, map(as_parameters, rows))
        case ReplaceTasks(reading, rows):
            connection.execute(sql.NOTE_READING, as_parameters(reading))
            paths = _json([row.path for row in rows])
            connection.execute(sql.FORGET_TASKS, (reading.host, paths))
            connection.executemany(sql.WRITE_TASK, [(*as_parameters(row), reading.host) for row in rows])
        case Together(writes):
            return [_write(connection, write) for write in writes]
    return None


def _locked(connection: sqlite3.Connection, query: str, parameters: tuple[Any, ...]) -> list[LockedJob]:
    ((found,),) = connection.execute(query, parameters).fetchall()
    return read_rows(LockedJob, msgspec.json.decode(found))


def _each(connection: sqlite3.Connection, query: str, names: Sequence[msgspec.Struct]) -> Iterator[tuple[Any, ...]]:
    for name in names:
        yield from connection.execute(query, as_parameters(name))


def _history(connection: sqlite3.Connection, job_id: int, since: datetime) -> tuple[list[Any], ...]:
    one, both = (job_id,), (job_id, as_text(since))
    return (
        read_rows(RunRow, connection.execute(sql.FIND_LATEST_RUNS, one)),
        read_rows(StartRow, connection.execute(sql.FIND_LATEST_STARTS, one)),
        read_rows(SettingsRow, connection.execute(sql.FIND_SETTINGS, one)),
        read_rows(TransitionRow, connection.execute(sql.FIND_TRANSITION_BEFORE, both)),
        read_rows(IncidentRow, connection.execute(sql.FIND_INCIDENT_AT, both)),
    )


_ONE_BY_ONE: dict[type[msgspec.Struct], str] = {
    WriteOutputs: sql.WRITE_OUTPUT,
    WriteMetrics: sql.WRITE_METRIC,
    AddLogLines: sql.ADD_LOG_LINE,
    CutLogs: sql.CUT_LOG,
    WriteHosts: sql.WRITE_HOST,
    WriteStarts: sql.WRITE_START,
    WriteJobs: sql.WRITE_JOB,
    AddTransitions: sql.ADD_TRANSITION,
    WriteIncidents: sql.WRITE_INCIDENT,
    AddNotices: sql.ADD_NOTICE,
}


def _write(connection: sqlite3.Connection, write: Write) -> int:
    """Execute the write; how many rows it touched."""
    parameters = [as_parameters(row) for row in write.rows]
    match write:
        case AddRuns():
            return _write_rows(connection, sql.ADD_RUNS, parameters)
        case WriteStatuses():
            return _write_rows(connection, sql.WRITE_STATUSES, parameters)
        case _:
            return connection.executemany(_ONE_BY_ONE[type(write)], parameters).rowcount


def _write_rows(connection: sqlite3.Connection, statement: str, rows: list[tuple[Any, ...]]) -> int:
    """Execute a statement for many rows, in slices of few different sizes, so that it is compiled a few times only."""
    touched = start = 0
    for size in ROWS_A_STATEMENT:
        while len(rows) - start >= size:
            values = [value for row in rows[start : start + size] for value in row]
            touched += connection.execute(_for_rows(statement, size, len(rows[0])), values).rowcount
            start += size
    return touched


@cache
def _for_rows(statement: str, rows: int, columns: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return statement.format(rows=", ".join([row] * rows))


def _json(values: list[str]) -> str:
    return msgspec.json.encode(values).decode()
