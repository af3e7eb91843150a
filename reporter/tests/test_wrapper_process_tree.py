"""Which processes come from a command."""

import os
import shutil
import sys

import pytest

from tc_portal_reporter.wrapping import process_tree
from tc_portal_reporter.wrapping.process_tree import Entry, members


def test_a_tree_is_a_process_and_its_descendants_wherever_they_went():
    table = [
        Entry(1, 0, 1, 1),
        Entry(10, 1, 10, 10),
        Entry(11, 10, 11, 10),
        Entry(12, 11, 12, 12),
        Entry(20, 1, 20, 20),
    ]
    assert members(table, 10, set()) == [10, 11, 12]


def test_orphans_are_found_by_session_and_group():
    table = [
        Entry(30, 1, 10, 10),
        Entry(31, 1, 31, 10),
        Entry(32, 1, 10, 7),
        Entry(33, 31, 33, 33),
        Entry(40, 1, 40, 40),
    ]
    assert members(table, 10, set()) == [30, 31, 32, 33]


def test_the_dead_and_the_asker_are_left_out():
    table = [Entry(10, 1, 10, 10, is_gone=True), Entry(11, 10, 10, 10), Entry(12, 11, 10, 10)]
    assert members(table, 10, {12}) == [11]


def test_a_table_that_goes_in_a_circle_ends():
    assert members([Entry(10, 11, 10, 10), Entry(11, 10, 11, 11)], 10, set()) == [10, 11]


@pytest.mark.skipif(sys.platform == "win32" or shutil.which("ps") is None, reason="needs ps")
def test_ps_and_the_system_tell_the_same_of_this_process():
    own = {"linux": process_tree._table_of_linux}.get(sys.platform, process_tree._table_of_ps)
    for table in (own(), process_tree._table_of_ps()):
        [entry] = [entry for entry in table if entry.pid == os.getpid()]
        assert (entry.parent, entry.group, entry.is_gone) == (os.getppid(), os.getpgrp(), False)
