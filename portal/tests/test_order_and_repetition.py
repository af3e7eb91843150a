"""DESIGN's first and third rule, on both databases: whatever the order, the repetition and the batches in which the same
tellings are recorded, the same is left, and it is what a replay of the tables comes to."""

import random
from collections.abc import Iterator
from typing import Any

from databases import Database
from hypothesis import given
from hypothesis import strategies as st
from job_lives import (
    DRAIN,
    at,
    beat_until,
    examples,
    job_settings,
    left_in,
    lives,
    record,
    told_again,
    transitions_in,
)
from stores import empty, store, tables
from tc_portal.core.job_settings import JobSettings
from tc_portal.core.report import OnTheWay, Start, Telling
from tc_portal.store.batches import Store
from tc_portal.store.changing_settings import SettingsChange

__all__ = ["store", "tables"]

JOBS = ("a", "b", "c")
END = 300


def batches(seed: int) -> Iterator[int]:
    chance = random.Random(seed)
    while True:
        yield chance.choice((1, 1, 2, 5, 500))


def lived(
    tables: Database, store: Store, told: list[Telling], expected: list[JobSettings], sizes: Iterator[int]
) -> dict[str, list[Any]]:
    """What is left after ``told`` was recorded as it stands, with settings in force for the first jobs from the start."""
    empty(tables)
    store.beat(at(-1), DRAIN)
    store.change_settings(
        [SettingsChange(job, each, "題") for job, each in zip(JOBS, expected, strict=False)], at(-1), None
    )
    record(store, told, sizes)
    beat_until(tables, END)
    while store.watch(at(END)):
        pass
    return left_in(tables)


@examples(12)
@given(lives(JOBS, END), st.lists(job_settings, max_size=2), st.integers(0, 2**32))
def test_any_order_any_repetition_and_any_batches_leave_the_same(
    tables: Database, store: Store, told: list[Telling], expected: list[JobSettings], seed: int
) -> None:
    # An extension or a heartbeat alone has no title to make a job of.
    named = {each.job_key for each in told if not isinstance(each, OnTheWay)} | set(JOBS[: len(expected)])
    told = [each for each in told if each.job_key in named]
    if len(expected) < len(JOBS):
        told = [*told, *(Start(job, "題", "first", at(-1), at(-1)) for job in JOBS[len(expected) :])][::-1]
    in_turn = sorted(told, key=lambda each: each.received_at)
    one_by_one = lived(tables, store, in_turn, expected, iter([1] * len(told)))
    for job in JOBS:
        assert transitions_in(tables, job) == told_again(tables, job, at(END))[1], job
    shuffled = told + random.Random(seed).choices(told, k=len(told)) if told else []
    random.Random(seed).shuffle(shuffled)
    # A job must be there before its extensions can be.
    shuffled.sort(key=lambda each: not (isinstance(each, Start) and each.run_id == "first"))
    assert lived(tables, store, shuffled, expected, batches(seed)) == one_by_one
