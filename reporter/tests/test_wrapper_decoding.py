"""Output of programs as text: corpora of bytes, and the text that a person would read in them."""

import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tc_portal_reporter.wrapping.decoding import Cut, decode

ONLY_IN_CP932 = "～①㈱髙﨑 日本語テスト ｱｲｳ"
ESCAPED = "\\x"


def read(data, cut=Cut(), declared="utf-8"):  # noqa: B008
    return decode(data, cut, declared)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", ["utf-8", "cp932", "cp1252"])
@pytest.mark.parametrize(
    "text",
    [
        ONLY_IN_CP932 + "\n",
        "処理を開始します\n件数: 42\n完了\n",
        "1,234 円（税込み）～ ﾊﾝｶｸ ＆ 全角\n",
        "日本上海\n上\n",
        "ABC\n",
    ],
)
def test_a_text_in_one_encoding(text, encoding, declared):
    assert read(text.encode(encoding), declared=declared) == text
    assert read(text.replace("\n", "\r\n").encode(encoding), declared=declared) == text


@pytest.mark.parametrize("encoding", ["euc_jp", "iso2022_jp"])
@pytest.mark.parametrize("declared", ["utf-8", "eucJP", "cp932"])
def test_japanese_encodings_of_other_systems(encoding, declared):
    text = "日本語のメッセージです。\n"
    assert read(text.encode(encoding), declared=declared) == text


def test_euc_jp_that_could_be_cp932_is_read_as_the_system_declares():
    text = "東京都\n"
    assert read(text.encode("euc_jp"), declared="EUC-JP") == text
    assert read("ﾃｽﾄｼﾏｽ\n".encode("cp932"), declared="cp932") == "ﾃｽﾄｼﾏｽ\n"


def test_western_text_where_the_system_declares_it():
    text = "café crème, naïve façade, 20 €\n"
    assert read(text.encode("cp1252"), declared="cp1252") == text
    assert read("日本語のエラー\n".encode("cp932"), declared="cp1252") == "日本語のエラー\n"


def test_each_line_is_read_by_itself():
    data = b"".join(
        [
            b"an ASCII line of some length\r\n",
            "ＵＴＦ‐１６ 名前 name\r\n次の行\r\n".encode("utf-16"),
            "㈱髙島屋からの報告\r\n".encode("cp932"),
            "絵文字も😀\n".encode(),
            "ＢＯＭ付き\n".encode("utf-8-sig"),
            "最後 end".encode("cp932"),
        ]
    )
    assert read(data) == (
        "an ASCII line of some length\nＵＴＦ‐１６ 名前 name\n次の行\n㈱髙島屋からの報告\n絵文字も😀\nＢＯＭ付き\n最後 end"
    )


def test_utf16_without_a_mark_among_other_lines():
    data = b"begin\n" + "名前 name\r\n".encode("utf-16-le") + "終わり\r\n".encode("cp932")
    assert read(data) == "begin\n名前 name\n終わり\n"


def test_two_encodings_in_one_line():
    assert read("エラー: ".encode() + "日本のファイル".encode("cp932") + b"\n") == "エラー: 日本のファイル\n"
    assert read("エラーが発生しました: ".encode() + "日本".encode("cp932")) == "エラーが発生しました: 日本"


def test_half_width_katakana_that_could_be_utf8_are_read_as_the_other_lines_are():
    assert read("ﾃｽ\nﾃｽﾄ 日本\n".encode("cp932")) == "ﾃｽ\nﾃｽﾄ 日本\n"
    assert read("é\n日本\n".encode(), declared="cp932") == "é\n日本\n"


def test_utf8_that_the_program_cut_by_bytes_stays_utf8():
    data = "日本語の".encode() + "説".encode()[:2] + b"\n" + "次の行\n".encode()
    assert read(data) == "日本語の\\xe8\\xaa\n次の行\n"


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16-le"])
@pytest.mark.parametrize("text", ["日本語です。テスト", "あいうえお漢字かな混じり文", "aあbいcう"])
def test_a_character_that_a_cut_went_through_is_left_out(encoding, text):
    data = text.encode(encoding)
    if encoding == "utf-16-le":
        data = "前\n".encode(encoding) + data
        text = "前\n" + text
    for end in range(len(data) - 3, len(data)):
        assert text.startswith(read(data[:end], Cut(after=True)))
    if encoding == "utf-8":
        for start in range(1, 4):
            assert text.endswith(read(data[start:], Cut(before=True)))


def test_cp932_cut_before_is_read_from_the_next_character():
    assert read("日本語です。".encode("cp932")[1:], Cut(before=True)) == "本語です。"


def test_binary_data_is_written_out():
    assert read(bytes([0, 1, 2, 0xFF, 0xFE, 0x80])) == "\\x00\\x01\\x02\\xff\\xfe\\x80"
    assert read(b"\xff\xff\0\x10JFIF\0\xfd\n") == "\\xff\\xff\\x00\\x10JFIF\\x00\\xfd\n"


def test_colours_titles_and_other_controls_are_no_text():
    assert read(b"\x1b[1;32mOK\x1b[0m \x1b]0;title\x07done \x1b]8;;http://x\x1b\\link") == "OK done link"
    assert read(b"10%\r20%\r\nbell\x07") == "10%\n20%\nbell\\x07"


def test_u_fffd_stands_only_where_the_program_wrote_it():
    assert read("前\ufffd後\n".encode()) == "前\ufffd後\n"


@given(st.binary(max_size=400), st.booleans(), st.booleans())
def test_no_bytes_at_all_make_it_fail_or_answer_with_a_question_mark(data, before, after):
    text = read(data, Cut(before, after))
    assert "\ufffd" not in text or "\ufffd".encode() in data or b"\xff\xfd" in data or b"\xfd\xff" in data
    text.encode("utf-8")
    assert "\0" not in text


JAPANESE = st.text(st.sampled_from("日本語漢字かなカナ①㈱髙～、。「」 ABCabc0123456789,.:()"), min_size=4, max_size=30)


@given(st.lists(st.tuples(JAPANESE, st.sampled_from(["utf-8", "cp932"])), max_size=8))
def test_any_mixture_of_utf8_and_cp932_line_by_line(lines):
    data = b"".join((text + "\r\n").encode(encoding) for text, encoding in lines)
    assert read(data) == "".join(text + "\n" for text, _ in lines)


@pytest.mark.parametrize(
    "data",
    [
        random.Random(1).getrandbits(8 * 65_536).to_bytes(65_536, "little"),
        b"\0\n\1" * 20_000,
        b"\n\0x" * 20_000,
        b"\xff\xfe\n" * 20_000,
        b"\n" * 65_536,
        b"\xe8" * 65_536,
        b"\x1b" * 65_536,
        b"\x1b]" * 30_000,
    ],
    ids=["random", "zero", "feed", "marks", "feeds", "leads", "escapes", "titles"],
)
def test_hostile_output_is_read_in_one_go(data):
    decode(data, Cut(before=True, after=True))


def test_the_systems_encoding_is_asked_for_where_none_is_given():
    assert decode("日本語\n".encode()) == "日本語\n"
    assert decode(os.linesep.encode()) == "\n"
