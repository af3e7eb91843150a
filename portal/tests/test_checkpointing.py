"""SQLite's log is copied into the database beside the recording."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import Database
from stores import empty, store, tables
from tc_portal.core.report import Report
from tc_portal.store.batches import Store
from tc_portal.store.checkpointing import checkpoint

__all__ = ["store", "tables"]

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="module")
def test_what_was_recorded_is_copied_while_the_recording_goes_on(tables: Database, store: Store) -> None:
    empty(tables)
    for number in range(3):
        store.record([Report("a", "題", "success", NOW, NOW, f"run {number}")])
        in_log, copied = checkpoint(Path(tables.url.removeprefix("sqlite:///")))
        assert in_log == copied > 0
    assert tables.rows("SELECT count(*) FROM run") == [(3,)]
