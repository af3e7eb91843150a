"""Tags as people write them."""

import pytest
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.tag import read_tags


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", ()),
        (" ,、 ，", ()),
        ("経理、月次", ("経理", "月次")),
        ("経理, 月次,経理", ("経理", "月次")),
        ("ＤＢ，db", ("DB", "db")),
        ("夜間  バッチ", ("夜間 バッチ",)),
        ("a\0b\x1b", ("ab",)),
        ("\x01", ()),
    ],
)
def test_commas_of_any_kind_stand_between_tags(text: str, tags: tuple[str, ...]) -> None:
    assert read_tags(text) == tags


@pytest.mark.parametrize("text", [",".join(map(str, range(21))), "x" * 51])
def test_too_many_and_too_long_ones_are_refused(text: str) -> None:
    with pytest.raises(Unschedulable):
        read_tags(text)
