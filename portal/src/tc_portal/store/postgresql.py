"""PostgreSQL: one connection, opened again whenever it was lost."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

import msgspec
import psycopg
from psycopg import errors

from tc_portal.core.report import Report

from .batches import Refused, Unavailable
from .recording import (
    AddRuns,
    CreateJobs,
    FindRuns,
    FindStreakStarts,
    FindTools,
    LockedJob,
    LockJobs,
    Recorded,
    RewriteRuns,
    RunRow,
    Statement,
    Together,
    WriteJobs,
    WriteStatuses,
    record,
)
from .sql import postgresql as sql

T = TypeVar("T")

CONNECT_TIMEOUT = 5
ATTEMPTS_AT_A_CONFLICT = 3

_WRITES: dict[type[msgspec.Struct], bytes] = {
    CreateJobs: sql.CREATE_JOBS.encode(),
    AddRuns: sql.ADD_RUNS.encode(),
    RewriteRuns: sql.REWRITE_RUNS.encode(),
    WriteStatuses: sql.WRITE_STATUSES.encode(),
    WriteJobs: sql.WRITE_JOBS.encode(),
}


class PostgresqlStore:
    """Records batches in a PostgreSQL database that Django's migrations have made."""

    def __init__(self, conninfo: dict[str, Any]) -> None:
        """``conninfo`` holds libpq's connection parameters by name."""
        self._conninfo = conninfo
        self._connection: psycopg.Connection[Any] | None = None

    def record(self, reports: Sequence[Report]) -> list[Recorded]:
        for attempt in range(ATTEMPTS_AT_A_CONFLICT):
            try:
                return self._in_transaction(lambda connection, pipeline: _run(connection, pipeline, reports))
            except (errors.DeadlockDetected, errors.SerializationFailure) as conflict:
                if attempt == ATTEMPTS_AT_A_CONFLICT - 1:
                    raise Unavailable(str(conflict)) from conflict
        raise AssertionError("unreachable")

    def beat(self, now: datetime) -> None:
        self._in_transaction(lambda connection, _: connection.execute(sql.BEAT.encode(), (now,)))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

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
            self._connection = psycopg.Connection.connect(
                **{"connect_timeout": CONNECT_TIMEOUT, **self._conninfo}, autocommit=True
            )
            self._connection.execute("SET TIME ZONE 'UTC'")
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


def _run(connection: psycopg.Connection[Any], pipeline: psycopg.Pipeline, reports: Sequence[Report]) -> list[Recorded]:
    recording = record(reports)
    found: list[Any] | None = None
    while True:
        try:
            statement = recording.send(found)
        except StopIteration as end:
            return cast("list[Recorded]", end.value)
        found = _execute(connection, pipeline, statement)


def _execute(connection: psycopg.Connection[Any], pipeline: psycopg.Pipeline, statement: Statement) -> list[Any]:
    match statement:
        case LockJobs(keys):
            return [LockedJob(*row) for row in _read(connection, sql.LOCK_JOBS, keys)]
        case FindTools(ids):
            return [tool for (tool,) in _read(connection, sql.FIND_TOOLS, ids)]
        case FindStreakStarts(queries):
            return _read(connection, sql.FIND_STREAK_STARTS, queries)
        case FindRuns(names):
            return [RunRow(*row) for row in _read(connection, sql.FIND_RUNS, names)]
        case Together(writes):
            cursors = [_write(connection, write) for write in writes]
            pipeline.sync()
            return [[cursor.rowcount] for cursor in cursors]
        case _:
            _write(connection, statement)
            return []


def _write(
    connection: psycopg.Connection[Any], write: CreateJobs | AddRuns | RewriteRuns | WriteStatuses | WriteJobs
) -> psycopg.Cursor[Any]:
    return connection.execute(_WRITES[type(write)], (_json(write.rows),))


def _read(connection: psycopg.Connection[Any], query: str, rows: list[Any]) -> list[Any]:
    return (connection.execute(query.encode(), (_json(rows),))).fetchall()


def _json(rows: Sequence[Any]) -> str:
    return msgspec.json.encode(rows).decode()
