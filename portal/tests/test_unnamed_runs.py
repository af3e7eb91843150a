"""Starts and ends that carry no run's name, in the tables (both databases)."""

from collections.abc import Sequence
from itertools import permutations

import msgspec
import pytest
from databases import Database
from job_lives import at, instant, left_in
from stores import empty, store, tables
from tc_portal.core.judge import Known
from tc_portal.core.report import Report, Result, Start, Telling
from tc_portal.core.unnamed_run import unnamed
from tc_portal.store.batches import Store

__all__ = ["store", "tables"]


def start(minute: int, run_id: str | None = None) -> Start:
    return Start("j", "題", run_id or unnamed(f"{minute:032x}"), at(minute), at(minute))


def end(minute: int, result: Result = "success", run_id: str | None = None) -> Report:
    return Report("j", "題", result, at(minute), at(minute), run_id or unnamed(f"{minute:032x}"))


def began_and_ended(tables: Database) -> list[tuple[object, object]]:
    rows = tables.rows("SELECT started_at, finished_at FROM run ORDER BY finished_at")
    return [(instant(began), instant(ended)) for began, ended in rows]


def open_runs(tables: Database) -> list[object]:
    ((known,),) = tables.rows("SELECT known FROM job")
    return [] if known is None else [run.started_at for run in msgspec.json.decode(known, type=Known).open_runs]


@pytest.mark.parametrize("together", [True, False])
def test_an_end_ends_the_newest_open_run_that_was_begun_without_a_name(
    tables: Database, store: Store, together: bool
) -> None:
    empty(tables)
    told = [start(0), start(1), start(2, "named"), end(3), end(4, "error"), end(5)]
    for batch in [told] if together else [[each] for each in told]:
        store.record(batch)
    assert began_and_ended(tables) == [(at(1), at(3)), (at(0), at(4)), (None, at(5))]
    assert open_runs(tables) == [at(2)]


def test_any_order_and_any_repetition_leave_the_same(tables: Database, store: Store) -> None:
    told = [start(0), start(1), end(2), end(3, "error")]

    def left(batches: Sequence[Sequence[Telling]]) -> object:
        empty(tables)
        for batch in batches:
            store.record(batch)
        return left_in(tables)

    in_turn = left([[each] for each in told])
    assert began_and_ended(tables) == [(at(1), at(2)), (at(0), at(3))]
    for order in permutations(told):
        assert left([[each] for each in order]) == in_turn
        assert left([order[:2], order[1:], order]) == in_turn
