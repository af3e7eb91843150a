"""PostgreSQL: one asynchronous connection, opened again whenever it was lost."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

import msgspec
import psycopg
from psycopg import errors

from tc_portal.core.report import Report

from .recording import (
    AddRuns,
    CreateJobs,
    FindStreakStarts,
    FindTools,
    LockedJob,
    LockJobs,
    Recorded,
    RetellRuns,
    Statement,
    Together,
    WriteJobs,
    WriteStatuses,
    record,
)
from .sql import postgresql as sql
from .writer import Refused, Unavailable

T = TypeVar("T")

CONNECT_TIMEOUT = 5.0
# A database that takes a batch and then says nothing is as good as away; the scripts' next try will tell.
COMMIT_TIMEOUT = 20.0
ATTEMPTS_AT_A_CONFLICT = 3

_WRITES: dict[type[msgspec.Struct], bytes] = {
    CreateJobs: sql.CREATE_JOBS.encode(),
    AddRuns: sql.ADD_RUNS.encode(),
    WriteStatuses: sql.WRITE_STATUSES.encode(),
    WriteJobs: sql.WRITE_JOBS.encode(),
}


class PostgresqlStore:
    """Records batches in a PostgreSQL database that Django's migrations have made."""

    def __init__(self, conninfo: dict[str, Any]) -> None:
        """``conninfo`` holds libpq's connection parameters by name."""
        self._conninfo = conninfo
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def record(self, reports: Sequence[Report]) -> list[Recorded]:
        for attempt in range(ATTEMPTS_AT_A_CONFLICT):
            try:
                return await self._in_transaction(lambda connection, pipeline: _run(connection, pipeline, reports))
            except (errors.DeadlockDetected, errors.SerializationFailure) as conflict:
                if attempt == ATTEMPTS_AT_A_CONFLICT - 1:
                    raise Unavailable(str(conflict)) from conflict
        raise AssertionError("unreachable")

    async def beat(self, now: datetime) -> None:
        await self._in_transaction(lambda connection, _: connection.execute(sql.BEAT.encode(), (now,)))

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _in_transaction(
        self, work: Callable[[psycopg.AsyncConnection[Any], psycopg.AsyncPipeline], Awaitable[T]]
    ) -> T:
        try:
            async with asyncio.timeout(COMMIT_TIMEOUT):
                connection = await self._connected()
                # In a pipeline, statements that need not wait for one another share a round trip: BEGIN with the
                # first read, and the writes with each other.
                async with connection.pipeline() as pipeline, connection.transaction():
                    return await work(connection, pipeline)
        except (errors.DeadlockDetected, errors.SerializationFailure):
            raise
        except TimeoutError as error:
            await self._abandon()
            raise Unavailable("the database does not answer") from error
        except psycopg.Error as error:
            if self._connection is not None and self._connection.broken:
                await self._abandon()
            raise (Unavailable if _will_pass(error) else Refused)(str(error)) from error

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                self._connection = await psycopg.AsyncConnection.connect(**self._conninfo, autocommit=True)
                await self._connection.execute("SET TIME ZONE 'UTC'")
        return self._connection

    async def _abandon(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _will_pass(error: psycopg.Error) -> bool:
    """Whether the trouble is one of reaching the database, not of what it was asked to do."""
    if isinstance(error, errors.DiskFull | errors.OutOfMemory):
        return False
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | errors.ReadOnlySqlTransaction)


async def _run(
    connection: psycopg.AsyncConnection[Any], pipeline: psycopg.AsyncPipeline, reports: Sequence[Report]
) -> list[Recorded]:
    recording = record(reports)
    found: list[Any] | None = None
    while True:
        try:
            statement = recording.send(found)
        except StopIteration as end:
            return cast("list[Recorded]", end.value)
        found = await _execute(connection, pipeline, statement)


async def _execute(
    connection: psycopg.AsyncConnection[Any], pipeline: psycopg.AsyncPipeline, statement: Statement
) -> list[Any]:
    match statement:
        case LockJobs(keys):
            return [LockedJob(*row) for row in await _read(connection, sql.LOCK_JOBS, keys)]
        case FindTools(ids):
            return [tool for (tool,) in await _read(connection, sql.FIND_TOOLS, ids)]
        case FindStreakStarts(queries):
            return await _read(connection, sql.FIND_STREAK_STARTS, queries)
        case RetellRuns(rows):
            found = await _read(connection, sql.FIND_RETOLD_RUNS, rows)
            await connection.execute(sql.RETELL_RUNS.encode(), (_json(rows),))
            return [job_id for (job_id,) in found if job_id is not None]
        case Together(writes):
            cursors = [await _write(connection, write) for write in writes]
            await pipeline.sync()
            return [[cursor.rowcount] for cursor in cursors]
        case _:
            await _write(connection, statement)
            return []


async def _write(
    connection: psycopg.AsyncConnection[Any], write: CreateJobs | AddRuns | WriteStatuses | WriteJobs
) -> psycopg.AsyncCursor[Any]:
    return await connection.execute(_WRITES[type(write)], (_json(write.rows),))


async def _read(connection: psycopg.AsyncConnection[Any], query: str, rows: list[Any]) -> list[Any]:
    return await (await connection.execute(query.encode(), (_json(rows),))).fetchall()


def _json(rows: Sequence[Any]) -> str:
    return msgspec.json.encode(rows).decode()
