"""SQLite: one connection, in WAL mode with every commit synced to the disk."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID

import msgspec

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
from .sql import sqlite as sql

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
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def record(self, reports: Sequence[Report]) -> list[Recorded]:
        return self._transact(lambda connection: _record(connection, reports))

    def beat(self, now: datetime) -> None:
        self._transact(lambda connection: connection.execute(sql.BEAT, (_text(now),)))

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
                f"{self._path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None
            )
            self._connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            # A page that many commits touch is copied from the log into the file once, not every thousand pages.
            self._connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            self._connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        return self._connection


def _record(connection: sqlite3.Connection, reports: Sequence[Report]) -> list[Recorded]:
    recording = record(reports)
    found: list[Any] | None = None
    while True:
        try:
            statement = recording.send(found)
        except StopIteration as end:
            return cast("list[Recorded]", end.value)
        found = _execute(connection, statement)


def _execute(connection: sqlite3.Connection, statement: Statement) -> list[Any]:
    match statement:
        case LockJobs(keys):
            ((found,),) = connection.execute(sql.LOCK_JOBS, (_json(keys),)).fetchall()
            return [_locked_job(row) for row in msgspec.json.decode(found)]
        case FindTools(ids):
            tools = connection.execute(sql.FIND_TOOLS, (_json([tool.hex for tool in ids]),))
            return [UUID(hex=tool) for (tool,) in tools]
        case FindStreakStarts(queries):
            starts = (
                connection.execute(sql.FIND_STREAK_START, (query.job_id, query.result, _text(query.until)))
                for query in queries
            )
            return [(job_id, _instant(start)) for cursor in starts for job_id, start in cursor]
        case CreateJobs(rows):
            connection.executemany(sql.CREATE_JOB, map(_parameters, rows))
        case FindRuns(names):
            found = (connection.execute(sql.FIND_RUN, _parameters(name)).fetchone() for name in names)
            return [_run_row(row) for row in found if row is not None]
        case RewriteRuns(rows):
            connection.executemany(sql.REWRITE_RUN, map(_parameters, rows))
        case WriteJobs():
            _write(connection, statement)
        case Together(writes):
            return [_write(connection, write) for write in writes]
    return []


def _write(connection: sqlite3.Connection, write: AddRuns | WriteStatuses | WriteJobs) -> list[int]:
    """Execute the write; how many rows it touched."""
    parameters = [_parameters(row) for row in write.rows]
    match write:
        case WriteJobs():
            return [connection.executemany(sql.WRITE_JOB, parameters).rowcount]
        case AddRuns():
            return [_write_rows(connection, sql.ADD_RUNS, parameters)]
        case WriteStatuses():
            return [_write_rows(connection, sql.WRITE_STATUSES, parameters)]


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


def _parameters(row: msgspec.Struct) -> tuple[Any, ...]:
    return tuple([_stored(value) for value in msgspec.structs.astuple(row)])


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return _text(value)
    if isinstance(value, UUID):
        return value.hex
    return value


def _text(instant: datetime) -> str:
    """The instant as Django stores it in SQLite."""
    return str(instant.replace(tzinfo=None))


def _instant(text: str | None) -> datetime | None:
    return None if text is None else _known(text)


def _locked_job(row: list[Any]) -> LockedJob:
    (id_, key, title, tool, stated, verdict, since, status, last, finished, message, last_title, updated) = row
    return LockedJob(
        id_,
        key,
        title,
        None if tool is None else UUID(hex=tool),
        _instant(stated),
        verdict,
        _instant(since),
        None if status is None else UUID(hex=status),
        last,
        _instant(finished),
        message,
        last_title,
        _instant(updated),
    )


def _run_row(row: tuple[Any, ...]) -> RunRow:
    job_id, run_id, result, started, finished, received, *rest = row
    return RunRow(job_id, run_id, result, _instant(started), _known(finished), _known(received), *rest)


def _known(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
