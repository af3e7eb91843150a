"""What may be stored of a text."""

from hypothesis import given
from hypothesis import strategies as st
from tc_portal.core.text import cut, head_and_tail, storable

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


@given(ANY_TEXT)
def test_a_storable_text_is_utf_8_without_nul(text: str) -> None:
    assert b"\0" not in storable(text).encode("utf-8")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_text_that_can_be_stored_stays_as_it_is(text: str) -> None:
    assert storable(text) == text


def test_a_surrogate_pair_written_as_two_becomes_its_character() -> None:
    assert storable("\ud83d\ude00") == "😀"


@given(st.integers(16_001, 60_000))
def test_head_and_tail_and_the_figure_between_account_for_the_whole(length: int) -> None:
    shown = head_and_tail("x" * length)
    cut_characters = int(shown.split("[")[1].split(" ")[0])
    assert shown.count("x") - 0 == length - cut_characters + "characters".count("x")
    assert len(shown) <= 16_000


def test_a_text_that_fits_is_not_cut() -> None:
    assert head_and_tail("x" * 16_000) == "x" * 16_000
    assert cut("12345", 5) == "12345"
    assert cut("123456", 5) == "1234…"
