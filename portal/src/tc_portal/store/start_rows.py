"""What is told of a run before its end becomes one row, whatever of it comes first."""

from datetime import datetime

from msgspec.structs import replace

from tc_portal.core.heard import Heard, heard_as_json, joined, read_heard
from tc_portal.core.history import ExtensionTold, extensions_as_json, read_extensions
from tc_portal.core.report import Extension, Heartbeat, Start

from .statements import LockedJob, StartRow

# As many of a run's extensions are kept.
EXTENSIONS_KEPT = 100


def with_start(old: StartRow | None, job: LockedJob, new: Start) -> StartRow:
    """A start that is told twice began at the earlier time, and is as it arrived first. A promise is a sign of life too; of
    two, the longer one holds."""
    if old is None:
        row = StartRow(job.id, new.run_id, new.started_at, new.received_at, "[]", new.host)
    elif old.started_at is None:
        row = replace(old, started_at=new.started_at, received_at=new.received_at, host=new.host)
    else:
        is_first = (new.received_at, new.host or "") < (old.received_at, old.host or "")
        row = replace(
            old,
            started_at=min(old.started_at, new.started_at),
            received_at=min(old.received_at, new.received_at),
            host=new.host if is_first else old.host,
        )
    if new.heartbeat_seconds is None:
        return row
    promised = max(new.heartbeat_seconds, row.heartbeat_seconds or 0)
    return _heard(replace(row, heartbeat_seconds=promised), new.received_at)


def with_extension(old: StartRow | None, job: LockedJob, new: Extension) -> StartRow:
    """One that comes before its run's start waits for it."""
    asked = {ExtensionTold(new.received_at, new.until)}
    if old is None:
        return StartRow(job.id, new.run_id, None, new.received_at, extensions_as_json(sorted(asked)), None)
    asked.update(read_extensions(old.extensions))
    return replace(old, extensions=extensions_as_json(sorted(asked)[-EXTENSIONS_KEPT:]))


def with_heartbeat(old: StartRow | None, job: LockedJob, new: Heartbeat) -> StartRow:
    """One that comes before its run's start waits for it."""
    row = old or StartRow(job.id, new.run_id, None, new.received_at, "[]", None)
    row = replace(_heard(row, new.received_at), heartbeat_at=max(new.received_at, row.heartbeat_at or new.received_at))
    if new.progress is None:
        return row
    if row.progress_at is not None and (new.received_at, new.progress) < (row.progress_at, row.progress or ""):
        return row
    return replace(row, progress=new.progress, progress_at=new.received_at)


def _heard(row: StartRow, instant: datetime) -> StartRow:
    times = joined([*read_heard(row.heard), Heard(instant, instant)], row.heartbeat_seconds)
    return replace(row, heard=heard_as_json(times))
