"""Where the lines of a program's output end, and which of them are UTF-16.

UTF-16 has to be told before lines are: its line feed is two bytes, and 上 (U+4E0A) has the byte of a
line feed in it. A byte order mark tells it, or zero bytes, which text in no other encoding has.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple

MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
FEEDS = {"utf-16-le": b"\n\0", "utf-16-be": b"\0\n"}
# Two bytes of ASCII after one another would be one rare character of UTF-16. Eight such pairs are ASCII.
# (A pair that ends in 0 may be kana: in UTF-16-LE the second byte of each is 0x30.)
ASCII_PAIRS = rb"(?:[\t\r\n -~][\t\r\n -/1-~]){8}"
# Binary data has many zero bytes and is UTF-16 nowhere; looking for it has to end.
MISSES_LIMIT = 64


class Line(NamedTuple):
    """One line with its end. ``utf16`` is the codec if it is UTF-16, else empty."""

    data: bytes
    utf16: str = ""


def lines_of(data: bytes) -> Iterator[Line]:
    """The lines of ``data``, nothing left out; never raises."""
    throughout = next((codec for codec in FEEDS if is_utf16(data, codec)), "")
    codec = ""
    at = misses = 0
    while at < len(data):
        mark = MARKS.get(data[at : at + 2], "")
        codec = throughout or mark or _continuing(data, at, codec)
        if not codec and misses < MISSES_LIMIT:
            codec = _beginning(data, at)
            misses += not codec and b"\0" in data[at : at + 64]
        end = _end_in_utf16(data, at, codec) if codec else (data.find(b"\n", at) + 1 or len(data))
        yield Line(data[at:end], codec)
        at = end


def is_utf16(data: bytes, codec: str) -> bool:
    """Whether ``data`` makes sense as UTF-16: zero bytes of ASCII, and nothing but characters that people write."""
    import re

    data = data[: len(data) - len(data) % 2]
    if b"\0" not in data:
        return False
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return False
    characters = set(text)
    if not (any(map(str.isascii, characters)) and all(map(_is_plausible, characters))):
        return False
    return not any(found.start() % 2 == 0 for found in re.finditer(b"(?=" + ASCII_PAIRS + b")", data))


def _continuing(data: bytes, at: int, codec: str) -> str:
    """``codec``, which the line before was in, if the one at ``at`` is in it too, else empty."""
    if not codec:
        return ""
    line = data[at : _end_in_utf16(data, at, codec)]
    return codec if is_utf16(line, codec) else ""


def _beginning(data: bytes, at: int) -> str:
    """The UTF-16 that a line after lines of something else is in, without a mark to say so; else empty."""
    feed = data.find(b"\n", at)
    if b"\0" not in (data[at : feed + 2] if feed >= 0 else data[at:]):
        return ""
    for codec in FEEDS:
        if is_utf16(data[at : _end_in_utf16(data, at, codec)], codec):
            return codec
    return ""


def _end_in_utf16(data: bytes, at: int, codec: str) -> int:
    found = at - 1
    while True:
        found = data.find(FEEDS[codec], found + 1)
        if found < 0:
            return len(data)
        if (found - at) % 2 == 0:
            return found + 2


def _is_plausible(character: str) -> bool:
    """Whether ``character`` is one that turns up in output, and not what other bytes would make in UTF-16.

    Two ASCII bytes, one of them a line end, make a character between U+0500 and U+1DFF; ASCII with its
    zero byte on the wrong side makes one of CJK extension A; control bytes make Latin with accents.
    """
    import unicodedata

    code = ord(character)
    if 0x100 <= code < 0x370 or 0x500 <= code < 0x1E00 or 0x3400 <= code < 0x4DC0:
        return False
    return character in "\t\r\n\x1b\ufeff" or unicodedata.category(character)[0] != "C"
