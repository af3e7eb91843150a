"""What must not leave the PC: planted secrets in output, however they are written and wherever it is cut."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tc_portal_reporter.wrapping.kept_output import (
    MARGIN_BYTES,
    OUTPUT_HEAD_BYTES,
    OUTPUT_TAIL_BYTES,
    KeptOutput,
)
from tc_portal_reporter.wrapping.masking import bad_patterns, masking, secrets_in

SECRET = "correct-horse/battery+staple"


def masked(text, *secrets, patterns=()):
    return masking(secrets, patterns)(text)


def test_a_secret_is_replaced_wherever_it_stands():
    assert masked(f"a {SECRET}, {SECRET}{SECRET}.", SECRET) == "a ***, ***."


@pytest.mark.parametrize(
    "written",
    [SECRET, quote(SECRET, safe=""), json.dumps('パス"' + SECRET)[1:-1], 'パス"' + SECRET],
    ids=["as it is", "percent-encoded", "json", "unicode"],
)
def test_a_secret_is_found_in_other_spellings(written):
    assert SECRET not in masked(f"x={written}&y=1", SECRET, 'パス"' + SECRET)
    assert quote(SECRET, safe="") not in masked(f"x={written}&y=1", SECRET)


def test_secrets_that_overlap_are_covered_together():
    assert masked("xabcdefghix", "abcdef", "defghi") == "x***x"


def test_a_secret_of_several_lines_is_found_line_by_line():
    key = "first-line-of-it\nsecond-line-of-it"
    assert masked(f"{key}\n> second-line-of-it\r\n", key) == "***\n> ***\r\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=hunter2 next", "password=*** next"),
        ("DB_PASSWORD: hunter2", "DB_PASSWORD: ***"),
        ('{"password": "a \\"b\\" c", "user": "x"}', '{"password": ***, "user": "x"}'),
        ("{'api_key': 'k1', 'n': 1}", "{'api_key': ***, 'n': 1}"),
        ("Server=db;Password=hunter2;Database=x", "Server=db;Password=***;Database=x"),
        ("AccountName=a;AccountKey=Zm9v==;x", "AccountName=a;AccountKey=***;x"),
        ("パスワード：ひみつ です", "パスワード：*** です"),
        ("mysql --password hunter2 -u x", "mysql --password *** -u x"),
        ("curl --token=abc", "curl --token=***"),
        ("POST https://user:p%40ss@host/path?token=abc&x=1", "POST https://***@host/path?token=***&x=1"),
        ("postgresql://app:hunter2@db:5432/x", "postgresql://***@db:5432/x"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer ***"),
        ("authorization: basic dXNlcjpwYXNz", "authorization: basic ***"),
        ("<password>hunter2</password>", "<password>***</password>"),
        ("key AKIAABCDEFGHIJKLMNOP used", "key *** used"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123", "***"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\ndef\n-----END RSA PRIVATE KEY-----\nok",
         "-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----\nok"),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_masked(text, expected):
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "PASS: test_login",
        "3 passed, 1 failed",
        "パスワードを確認してください",
        "keys: 3",
        "token",
        "件数=42",
        "a@b.example",
    ],
)
def test_what_does_not_look_like_one_stays(text):
    assert masked(text) == text


def test_the_users_own_patterns_mask_their_groups_or_all_that_they_match():
    patterns = [r"社員番号 (\d+)", r"\d{4}-\d{4}-\d{4}-\d{4}", "(broken"]
    assert masked("社員番号 12345 1111-2222-3333-4444", patterns=patterns) == "社員番号 *** ***"
    assert bad_patterns(patterns) == ["(broken"]


@pytest.mark.parametrize(
    "name",
    ["DB_PASSWORD", "MYSQL_PWD", "SMTP_PASS", "GITHUB_TOKEN", "TC_PORTAL_WEBHOOK_SECRET", "SECRET_KEY_BASE", "API_KEY",
     "apiToken", "AWS_SECRET_ACCESS_KEY", "AZURE_STORAGE_CONNECTION_STRING", "SSH_KEY", "KEY2"],
)  # fmt: skip
def test_variables_named_like_secrets_are_secret(name):
    assert secrets_in({name: " Value-0123 "}) == {"Value-0123"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PWD", "/home/someone"),
        ("TC_PORTAL_JOB_KEY", "sales-report"),
        ("SSH_AUTH_SOCK", "/tmp/agent.1"),
        ("DB_PASSWORD_FILE", "/run/secrets/db"),
        ("SORT_KEY", "finished"),
        ("DB_PASSWORD", "short"),
        ("PATH", "/usr/bin:/bin"),
        ("MONKEY", "banana-0123"),
    ],
)
def test_other_variables_are_not(name, value):
    assert secrets_in({name: value}) == set()


def test_the_password_in_an_address_is_a_secret_whatever_its_variable_is_called():
    assert secrets_in({"DATABASE_URL": "postgresql://app:hunter2@db/x"}) == {"hunter2"}


def kept(chunks, *secrets):
    output = KeptOutput()
    for stream, chunk in chunks:
        output.take(stream, chunk)
    return output.excerpt(masking(secrets))


@given(st.data())
def test_a_secret_is_masked_however_the_output_comes_in_pieces(data):
    text = f"始まり {SECRET} 途中\n{SECRET}終わり {SECRET}".encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    edges = [0, *cuts, len(text)]
    pieces = [("stdout", text[start:stop]) for start, stop in zip(edges, edges[1:])]
    assert kept(pieces, SECRET).head == "始まり *** 途中\n***終わり ***"


def test_a_secret_is_masked_on_both_sides_of_what_is_left_out():
    secret = "S3cr3t-" + "0123456789abcdef" * 4
    total = OUTPUT_HEAD_BYTES + OUTPUT_TAIL_BYTES + 4 * MARGIN_BYTES
    for edge in (OUTPUT_HEAD_BYTES, OUTPUT_HEAD_BYTES + MARGIN_BYTES, total - OUTPUT_TAIL_BYTES - MARGIN_BYTES):
        for shift in range(0, len(secret) + 1, 5):
            at = edge - shift
            data = b"." * at + secret.encode() + b"." * (total - at - len(secret))
            excerpt = kept([("stdout", data)], secret)
            assert set(excerpt.head + excerpt.tail) <= {".", "*"}
            assert (excerpt.size, excerpt.truncated) == (total, True)


def test_many_masks_near_the_edges_reveal_nothing_of_a_secret_that_was_cut():
    secret = "S3cr3t-0123456789"
    line = (f"{secret} " * 40 + "\n").encode()
    excerpt = kept([("stdout", line * 1_000)], secret)
    assert set(excerpt.head + excerpt.tail) <= {"*", " ", "\n"}
    assert excerpt.truncated


def test_no_text_makes_masking_take_long():
    for text in (
        "a" * 65_536,
        "password" * 8_000,
        "://" * 20_000,
        "eyJ" * 20_000,
        '"' * 65_536,
        "-----BEGIN " * 6_000,
    ):
        masked(text, SECRET)
