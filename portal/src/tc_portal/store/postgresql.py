"""PostgreSQL: one connection, opened again whenever it was lost."""

from collections.abc import Callable, Generator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import msgspec
import psycopg
from psycopg import errors

from tc_portal.core.client_settings import ClientSettings
from tc_portal.core.report import Telling
from tc_portal.core.task_standing.seen_task import HostTasks

from .batches import Refused, Unavailable
from .beating import beat
from .changing_settings import CalendarRenewal, SettingsChange, change_settings, renew_calendar
from .hosts_told import HostsTold
from .pinging import put_off_ping, take_ping
from .recording import Recorded, record
from .sql import postgresql as sql
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

# Seconds, and milliseconds for the last: a server that has vanished without a word is as good as away.
PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
}
ATTEMPTS_AT_A_CONFLICT = 3

_WRITES: dict[type[msgspec.Struct], bytes] = {
    CreateJobs: sql.CREATE_JOBS.encode(),
    AddRuns: sql.ADD_RUNS.encode(),
    RewriteRuns: sql.REWRITE_RUNS.encode(),
    WriteStarts: sql.WRITE_STARTS.encode(),
    WriteOutputs: sql.WRITE_OUTPUTS.encode(),
    WriteMetrics: sql.WRITE_METRICS.encode(),
    AddLogLines: sql.ADD_LOG_LINES.encode(),
    CutLogs: sql.CUT_LOGS.encode(),
    WriteHosts: sql.WRITE_HOSTS.encode(),
    WriteStatuses: sql.WRITE_STATUSES.encode(),
    WriteJobs: sql.WRITE_JOBS.encode(),
    AddTransitions: sql.ADD_TRANSITIONS.encode(),
    WriteIncidents: sql.WRITE_INCIDENTS.encode(),
    AddNotices: sql.ADD_NOTICES.encode(),
    AddSettings: sql.ADD_SETTINGS.encode(),
}

# What ``FindHistory`` reads, in its order; each takes the job's id, and as often ``since``.
_HISTORY: tuple[tuple[type[msgspec.Struct], str, int], ...] = (
    (RunRow, sql.FIND_LATEST_RUNS, 0),
    (StartRow, sql.FIND_LATEST_STARTS, 0),
    (SettingsRow, sql.FIND_SETTINGS, 0),
    (TransitionRow, sql.FIND_TRANSITION_BEFORE, 1),
    (IncidentRow, sql.FIND_INCIDENT_AT, 2),
)


class PostgresqlStore:
    """Records batches in a PostgreSQL database that Django's migrations have made."""

    def __init__(self, conninfo: dict[str, Any]) -> None:
        """``conninfo`` holds libpq's connection parameters by name."""
        self._conninfo = conninfo
        self._connection: psycopg.Connection[Any] | None = None
        self._calendars = Calendars()
        self._hosts = HostsTold()

    def record(self, tellings: Sequence[Telling]) -> list[Recorded]:
        recorded = self._tried(lambda: record(self._calendars, tellings, self._hosts))
        self._hosts.are_written()
        return recorded

    def take_tasks(self, told: HostTasks) -> None:
        self._tried(lambda: take_tasks(told))

    def take_client_settings(self, told: ClientSettings) -> None:
        self._tried(lambda: take_client_settings(self._calendars, told))

    def watch(self, now: datetime) -> int:
        return self._tried(lambda: watch(self._calendars, now))

    def change_settings(self, changes: Sequence[SettingsChange], now: datetime, changed_by: str | None) -> None:
        self._tried(lambda: change_settings(self._calendars, changes, now, changed_by))

    def renew_calendar(
        self, job_keys: Sequence[str], renewal: CalendarRenewal, now: datetime, changed_by: str | None
    ) -> int:
        return self._tried(lambda: renew_calendar(self._calendars, job_keys, renewal, now, changed_by))

    def beat(self, now: datetime, drain: timedelta) -> None:
        self._tried(lambda: beat(now, drain))

    def take_ping(self, now: datetime, retry_at: datetime) -> bool:
        return self._tried(lambda: take_ping(now, retry_at))

    def put_off_ping(self, next_at: datetime) -> None:
        self._tried(lambda: put_off_ping(next_at))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _tried(self, transaction: Callable[[], Generator[Statement, Any, T]]) -> T:
        """Run the transaction, and again where another writer was in the way."""
        for attempt in range(ATTEMPTS_AT_A_CONFLICT):
            try:
                return self._in_transaction(lambda connection, pipeline: _run(connection, pipeline, transaction()))
            except (errors.DeadlockDetected, errors.SerializationFailure) as conflict:
                if attempt == ATTEMPTS_AT_A_CONFLICT - 1:
                    raise Unavailable(str(conflict)) from conflict
        raise AssertionError("unreachable")

    def _in_transaction(self, work: Callable[[psycopg.Connection[Any], psycopg.Pipeline], T]) -> T:
        try:
            connection = self._connected()
            # In a pipeline, statements that need not wait for one another share a round trip: BEGIN with the
            # first read, and the writes with each other.
            with connection.pipeline() as pipeline, connection.transaction():
                return work(connection, pipeline)
        except (errors.DeadlockDetected, errors.SerializationFailure):
            raise
        except psycopg.Error as error:
            if self._connection is not None and self._connection.broken:
                self._abandon()
            raise (Unavailable if _will_pass(error) else Refused)(str(error)) from error

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.Connection.connect(**{**PATIENCE, **self._conninfo}, autocommit=True)
            self._connection.execute("SET TIME ZONE 'UTC'")
            # The rows come as one JSON parameter, of which no plan can make anything: planning anew each time is waste.
            self._connection.execute("SET plan_cache_mode = force_generic_plan")
        return self._connection

    def _abandon(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _will_pass(error: psycopg.Error) -> bool:
    """Whether the trouble is one of reaching the database, not of what it was asked to do."""
    if isinstance(error, errors.DiskFull | errors.OutOfMemory):
        return False
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | errors.ReadOnlySqlTransaction)


def _run(
    connection: psycopg.Connection[Any], pipeline: psycopg.Pipeline, transaction: Generator[Statement, Any, T]
) -> T:
    found: Any = None
    while True:
        try:
            statement = transaction.send(found)
        except StopIteration as end:
            return cast("T", end.value)
        found = _execute(connection, pipeline, statement)


def _execute(connection: psycopg.Connection[Any], pipeline: psycopg.Pipeline, statement: Statement) -> Any:
    match statement:
        case LockJobs(keys):
            connection.execute(sql.LOCK_JOBS.encode(), (_json(keys),))
            return [LockedJob(*row) for row in _read(connection, sql.READ_JOBS, _json(keys))]
        case LockDueJobs(now, limit):
            due = [job_id for (job_id,) in _read(connection, sql.LOCK_DUE_JOBS, now, limit)]
            return [LockedJob(*row) for row in _read(connection, sql.READ_DUE_JOBS, _json(due))] if due else []
        case FindTools(ids):
            return [tool for (tool,) in _read(connection, sql.FIND_TOOLS, _json(ids))]
        case FindCalendars() | FindBlindTimes():
            return _found(statement, _asked(connection, statement))
        case FindTogether(reads):
            asked = [_asked(connection, read) for read in reads]
            return [_found(read, cursor) for read, cursor in zip(reads, asked, strict=True)]
        case FindHeartbeat(to_beat):
            query = sql.LOCK_HEARTBEAT if to_beat else sql.FIND_HEARTBEAT
            return [beat_at for (beat_at,) in _read(connection, query)]
        case FindRuns(names):
            return [RunRow(*row) for row in _read(connection, sql.FIND_RUNS, _json(names))]
        case FindStarts(names):
            return [StartRow(*row) for row in _read(connection, sql.FIND_STARTS, _json(names))]
        case FindHistory(job_id, since):
            return tuple(
                [kind(*row) for row in _read(connection, query, job_id, *[since] * times)]
                for kind, query, times in _HISTORY
            )
        case FindSettingsBy(job_id, changed_by):
            return [SettingsRow(*row) for row in _read(connection, sql.FIND_SETTINGS_BY, job_id, changed_by)]
        case ForgetHistory(jobs):
            connection.execute(sql.FORGET_TRANSITIONS.encode(), (_json(jobs),))
            connection.execute(sql.NOTICE_FORGOTTEN.encode(), (_json(jobs),))
            connection.execute(sql.FORGET_INCIDENTS.encode(), (_json(jobs),))
        case WriteHeartbeat(now):
            connection.execute(sql.BEAT.encode(), (now,))
        case TakePing(retry_at, now, latest, seen_since):
            connection.execute(sql.NOTE_PING.encode(), (now,))
            taken = connection.execute(sql.TAKE_PING.encode(), (retry_at, now, latest, seen_since))
            pipeline.sync()
            return taken.rowcount == 1
        case PutOffPing(next_at):
            connection.execute(sql.PUT_OFF_PING.encode(), (next_at,))
        case AddBlindTime(row):
            connection.execute(sql.ADD_BLIND_TIME.encode(), msgspec.structs.astuple(row))
        case ReplaceTasks(reading, rows):
            noted = (reading.read_at, reading.received_at, reading.event_log, reading.left_out, reading.host)
            connection.execute(sql.NOTE_READING.encode(), noted)
            connection.execute(sql.FORGET_TASKS.encode(), (reading.host, _json([row.path for row in rows])))
            connection.execute(sql.WRITE_TASKS.encode(), (_json(rows), reading.host))
        case Together(writes):
            cursors = [_write(connection, write) for write in writes]
            pipeline.sync()
            return [cursor.rowcount for cursor in cursors]
        case _:
            _write(connection, statement)
    return None


def _asked(connection: psycopg.Connection[Any], read: FindBlindTimes | FindCalendars) -> psycopg.Cursor[Any]:
    if isinstance(read, FindCalendars):
        return connection.execute(sql.FIND_CALENDARS.encode(), (read.after_id,))
    return connection.execute(sql.FIND_BLIND_TIMES.encode(), (read.since,))


def _found(read: FindBlindTimes | FindCalendars, cursor: psycopg.Cursor[Any]) -> list[Any]:
    kind = CalendarRevision if isinstance(read, FindCalendars) else BlindTimeFound
    return [kind(*row) for row in cursor.fetchall()]


def _write(
    connection: psycopg.Connection[Any], write: Write | CreateJobs | RewriteRuns | AddSettings
) -> psycopg.Cursor[Any]:
    return connection.execute(_WRITES[type(write)], (_json(write.rows),))


def _read(connection: psycopg.Connection[Any], query: str, *parameters: Any) -> list[Any]:
    return connection.execute(query.encode(), parameters).fetchall()


def _json(rows: Sequence[Any]) -> str:
    return msgspec.json.encode(rows).decode()
