"""The same error has the same fingerprint, another error another one: on a labelled set, and rule by rule."""

import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest
from fingerprint_messages import FAMILIES
from hypothesis import given, settings
from hypothesis import strategies as st
from tc_portal.core.fingerprint.identity import fingerprint
from tc_portal.core.fingerprint.reduced import reduced

TRACEBACKS = json.loads((Path(__file__).parent / "fingerprint_tracebacks.json").read_text(encoding="utf-8"))


def labelled() -> list[tuple[str, str]]:
    said = [(label, message) for label, messages in FAMILIES.items() for message in messages]
    return said + [(each["label"], each["text"]) for each in TRACEBACKS]


def precision_and_recall(labels: Sequence[str], keys: Sequence[str]) -> tuple[float, float, list[tuple[str, str]]]:
    """Over all pairs: how many that were held to be the same are, and how many that are the same were found; the wrong ones."""
    held = right = same = 0
    wrong = []
    for (label, key), (other_label, other_key) in combinations(zip(labels, keys, strict=True), 2):
        is_same, is_held = label == other_label, key == other_key
        same += is_same
        held += is_held
        right += is_same and is_held
        if is_same != is_held:
            wrong.append((label, other_label))
    return right / held, right / same, wrong


def test_the_labelled_set_is_told_apart() -> None:
    labels, messages = zip(*labelled(), strict=True)
    found = [fingerprint(message) for message in messages]
    keys = [each.key for each in found if each is not None]
    precision, recall, wrong = precision_and_recall(labels, keys)
    print(
        f"{len(labels)} messages of {len(set(labels))} errors: precision {precision:.3f}, recall {recall:.3f}; {wrong}"
    )
    assert len(labels) >= 200
    assert precision >= 0.99, wrong
    assert recall >= 0.97, wrong


@pytest.mark.parametrize("label", sorted({each["label"] for each in TRACEBACKS}))
def test_a_traceback_is_the_same_from_python_3_8_to_3_13_wherever_the_script_lies(label: str) -> None:
    found = {fingerprint(each["text"]) for each in TRACEBACKS if each["label"] == label}
    assert len({each.key for each in found if each is not None}) == 1


def test_the_reporters_own_wording_is_read_as_the_traceback_within_it() -> None:
    (one,) = (each["text"] for each in TRACEBACKS[:1])
    told = f"FileNotFoundError: No such file\nsteps.py:3 in load\n\n{one}"
    assert fingerprint(told) == fingerprint(one)


def test_calls_that_were_spoilt_on_the_way_do_not_hide_the_exception() -> None:
    spoilt = "Traceback (most recent call last):\n  File\n  Fi…\nValueError: 金額が空です"
    found = fingerprint(spoilt)
    assert found is not None and found.gist == "ValueError: 金額が空です"


def test_a_traceback_that_a_log_has_indented_is_the_same() -> None:
    (one,) = (each["text"] for each in TRACEBACKS[:1])
    indented = "".join(f"      {line}\n" for line in one.splitlines())
    assert fingerprint(indented) == fingerprint(one)


def test_the_gist_is_the_error_in_one_line() -> None:
    told = fingerprint(
        "2026-03-01 02:00:00 INFO start\n2026-03-01 02:00:09 ERROR 為替レートの取得に失敗しました (USD)\nbye"
    )
    assert told is not None and told.gist == "為替レートの取得に失敗しました (USD)"
    login = next(each["text"] for each in TRACEBACKS if each["label"] == "py-login")
    told = fingerprint(login)
    assert told is not None and told.gist.startswith("RuntimeError: ログインに失敗しました")


@pytest.mark.parametrize("nothing", ["", "  \n\t\n", "\x1b[0m"])
def test_nothing_has_no_fingerprint(nothing: str) -> None:
    assert fingerprint(nothing) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"cannot read C:\data\in\a b", "cannot read <path> b"),
        ("at 2026-03-01T02:03:04.567+09:00", "at <time>"),
        ("HTTP Error 404 after 3 tries", "http error ⅴⅰⅴ after <n> tries"),
        ("from 10.1.2.3:8080 and fe80:0:0:1::2", "from <address> and <address>"),
        ("取引先 C-00123、12 件、1.5 GiB", "取引先 c<n> 件、<n>"),
        ("token eyJhbGciOiJIUzI1NiJ9 and 0x7f3a2c", "token <id> and <id>"),
        ("ok / fine", "ok / fine"),
    ],
)
def test_what_differs_each_time_is_taken_out(line: str, expected: str) -> None:
    assert reduced(line) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=2_000))
def test_any_text_has_a_fingerprint_that_stays(message: str) -> None:
    assert fingerprint(message) == fingerprint(message)


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 16_000,
        "/a" * 8_000,
        "1:" * 8_000,
        "1." * 8_000,
        ":" * 16_000,
        "a@" * 8_000,
        "0x" * 8_000,
        " " * 16_000 + "x",
        '  File "' * 2_000,
    ],
)
def test_hostile_texts_take_no_time_to_speak_of(hostile: str) -> None:
    assert fingerprint(hostile) is None or fingerprint(hostile) == fingerprint(hostile)
