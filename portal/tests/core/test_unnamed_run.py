"""An end without a name ends the newest run that was begun without one; told in any order, the same starts belong to the same ends."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from tc_portal.core.history import RunTold, StartTold, known_at, starts_of_unnamed, with_run, with_start
from tc_portal.core.judge import Known
from tc_portal.core.unnamed_run import is_unnamed, unnamed

NOON = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def name(number: int) -> str:
    return unnamed(f"{number:032x}")


def start(minute: int, run_id: str | None = None) -> StartTold:
    return StartTold(run_id or name(minute), at(minute), at(minute))


def end(minute: int, run_id: str | None = None) -> RunTold:
    return RunTold(run_id or name(minute), "success", at(minute), at(minute))


@pytest.mark.parametrize(
    "run_id", ["", "~", "nightly~", "728b3763-ea80-4113-9fc0-f49b3adf226a", "0" * 32, "A" * 32 + "~"]
)
def test_a_name_that_a_client_gives_is_no_unnamed_one(run_id: str) -> None:
    assert not is_unnamed(run_id)


def test_ends_belong_to_the_newest_open_starts_whatever_the_order_in_which_they_are_given() -> None:
    starts, ends = [start(1), start(2), start(5)], [end(3), end(4), end(6), end(7)]
    for ordered in permutations(ends):
        found = starts_of_unnamed(ordered, starts[::-1])
        assert {run: each.run_id for run, each in found.items()} == {
            name(3): name(2),
            name(4): name(1),
            name(6): name(5),
        }


def test_a_start_that_arrives_after_an_end_is_not_ended_by_it() -> None:
    assert starts_of_unnamed([end(3)], [start(4)]) == {}


def test_an_end_with_a_name_leaves_an_unnamed_run_open_and_the_other_way_round() -> None:
    starts, runs = [start(1), start(2, "named")], [end(3, "other")]
    assert [run.run_id for run in known_at(runs, starts, at(3)).open_runs] == [name(1), "named"]
    assert [run.run_id for run in known_at([end(4)], starts, at(4)).open_runs] == ["named"]


def test_what_is_known_step_by_step_is_what_all_of_it_says() -> None:
    starts, ends = [start(1), start(2), start(5)], [end(3), end(4), end(6), end(7)]
    known: Known | None = Known()
    for each in sorted([*starts, *ends], key=lambda told: told.received_at):
        assert known is not None
        known = with_start(known, each, each.received_at) if isinstance(each, StartTold) else with_run(known, each)
        assert known == known_at(ends, starts, each.received_at)
