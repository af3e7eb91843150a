"""A program's output as text, whatever it was written in.

On a Japanese Windows one log holds lines in CP932 (the system's tools), in UTF-8 (newer programs) and
in UTF-16 (PowerShell, wmic). So each line is read by itself. No byte is lost: what has no reading at
all is written out as ``\\xNN``, and U+FFFD appears only where the program itself wrote one.
"""

from __future__ import annotations

from typing import Iterable, Match, NamedTuple, Optional, Tuple

from .lines import Line, is_utf16, lines_of

CHARACTER_IN_UTF8 = (
    rb"(?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})"
)
# What Python makes of the single bytes 80, A0 and FD to FF, which are no characters.
UNUSED_IN_CP932 = frozenset("\x80\uf8f0\uf8f1\uf8f2\uf8f3")
CHARACTER_IN_CP932 = rb"(?:[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|[\xa1-\xdf])"
# Kana, kanji, full and half width are three bytes each. Two of them side by side are hardly ever anything but UTF-8.
JAPANESE_IN_UTF8 = rb"(?:[\xe3-\xe9\xef][\x80-\xbf]{2}){2}"
# What is left of such a character where a program cut its text by bytes.
CUT_OFF_IN_UTF8 = rb"(?<=[\xe3-\xe9\xef][\x80-\xbf]{2})[\xe3-\xe9\xef][\x80-\xbf]?(?![\x80-\xbf])"
PIECES = rb"(?P<utf8>%b|[\x00-\x7f]+)|%b|(?P<cp932>%b)|." % (CHARACTER_IN_UTF8, CUT_OFF_IN_UTF8, CHARACTER_IN_CP932)
UTF8_NAMES = ("utf8", "ascii", "usascii", "ansix341968", "646")

# Colours, cursor movements, window titles: what a program writes to a terminal beside its text.
ESCAPE_SEQUENCES = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()*+][0-9A-Za-z]|[=>78A-Z\\^_])"
CONTROLS = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"


class Cut(NamedTuple):
    """Whether the bytes begin, and end, at a cut inside the output and not at its own edges."""

    before: bool = False
    after: bool = False


NO_CUT = Cut()


def decode(data: bytes, cut: Cut = NO_CUT, declared: Optional[str] = None) -> str:
    """``data`` as text with ``\\n`` as line ends and without colours; never raises.

    ``declared`` is the encoding that the system declares, by default the locale's. A character that a
    cut went through is left out.
    """
    import locale

    declared = _named(declared or locale.getpreferredencoding(False))
    if cut.before:
        data = _from_whole_character(data)
    lines = list(lines_of(data))
    if cut.after and lines:
        lines[-1] = lines[-1]._replace(data=_to_whole_character(lines[-1]))
    prefers_cp932 = _prefers_cp932(lines, declared)
    return plain("".join(_text(line, declared, prefers_cp932) for line in lines))


def plain(text: str) -> str:
    """``text`` without escape sequences and byte order marks; other controls are written out as ``\\xNN``."""
    import re

    text = re.sub(ESCAPE_SEQUENCES, "", text).replace("\ufeff", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return re.sub(CONTROLS, lambda found: f"\\x{ord(found.group()):02x}", text)


def _text(line: Line, declared: str, prefers_cp932: bool) -> str:
    data = line.data
    if line.utf16:
        return data.decode(line.utf16, "backslashreplace")
    if b"\x1b$" in data:
        text = _strict(data, "iso2022_jp_ext")
        if text is not None:
            return text
    text = _strict(data, "utf-8")
    if text is not None:
        as_cp932 = _strict(data, "cp932") if prefers_cp932 and _may_be_cp932(text) else None
        return text if as_cp932 is None else as_cp932
    if _has_utf8(data):
        return _by_pieces(data)
    for codec in _codecs(data, declared):
        text = _strict(data, codec)
        if text is not None:
            return text
    return _by_pieces(data)


def _codecs(data: bytes, declared: str) -> Tuple[str, ...]:
    """In which order to try what is not UTF-8: Japanese first, unless the system declares and the text shows another."""
    if declared in UTF8_NAMES or declared in ("cp932", "ms932", "shiftjis", "sjis"):
        return ("cp932", "euc_jp")
    if declared in ("eucjp", "ujis"):
        return ("euc_jp", "cp932")
    japanese = _strict(data, "cp932")
    if japanese is not None and _looks_japanese(japanese):
        return ("cp932",)
    return (declared, "cp932", "euc_jp")


def _prefers_cp932(lines: Iterable[Line], declared: str) -> bool:
    """Whether a line that makes sense both as UTF-8 and as CP932 is the latter, as the other lines are."""
    votes = 0
    for line in lines:
        if line.utf16 or line.data.isascii():
            continue
        text = _strict(line.data, "utf-8")
        if text is None:
            votes += 0 if _has_utf8(line.data) or _strict(line.data, "cp932") is None else 1
        elif not _may_be_cp932(text):
            votes -= 1
    return votes > 0 or (votes == 0 and declared == "cp932")


def _may_be_cp932(text: str) -> bool:
    """Whether text read as UTF-8 has no character of three bytes: two bytes may as well be half-width katakana."""
    return not text.isascii() and max(text) < "\u0800"


def _has_utf8(data: bytes) -> bool:
    """Whether a line that is not all UTF-8 is partly so: damaged, or of two encodings."""
    import re

    return re.search(JAPANESE_IN_UTF8, data) is not None


def _looks_japanese(text: str) -> bool:
    """Whether kana, or kanji side by side, stand in ``text``: Western text read as CP932 has lone kanji at most."""
    import re

    return re.search("[\u3041-\u30fe]|[\u3000-\u9fff\uff00-\uff60]{2}", text) is not None


def _by_pieces(data: bytes) -> str:
    """Text in which what is UTF-8 is read so, the rest as CP932, and what is neither is written out."""
    import re

    def read(piece: Match[bytes]) -> str:
        codec = {"utf8": "utf-8", "cp932": "cp932"}.get(piece.lastgroup or "", "ascii")
        text = _strict(piece.group(), codec)
        return piece.group().decode("ascii", "backslashreplace") if text is None else text

    return "".join(read(piece) for piece in re.finditer(PIECES, data, re.DOTALL))


def _from_whole_character(data: bytes) -> bytes:
    """``data`` without the rest of a character that a cut before it went through."""
    for skipped in range(2):
        if any(is_utf16(data[skipped:], codec) for codec in ("utf-16-le", "utf-16-be")):
            return data[skipped:]
    end = data.find(b"\n") + 1 or len(data)
    for skipped in range(4):
        if _strict(data[skipped:end], "utf-8") is not None:
            return data[skipped:]
    if _has_utf8(data[:end]):
        return data.lstrip(bytes(range(0x80, 0xC0)))
    return data[1:] if _rarity(data[1:end]) < _rarity(data[:end]) else data


def _rarity(line: bytes) -> float:
    """How unusual ``line`` is as CP932, from 0; more than 1 where it is none."""
    text = _strict(line, "cp932")
    if text is None:
        return 2.0
    usual = sum(character.isascii() or character.encode("cp932")[0] < 0x98 for character in text)
    return 1 - usual / max(len(text), 1)


def _to_whole_character(line: Line) -> bytes:
    """The line without the beginning of a character that a cut after it went through."""
    import codecs

    for codec in [line.utf16] if line.utf16 else ["utf-8", "cp932", "euc_jp"]:
        decoder = codecs.getincrementaldecoder(codec)()
        try:
            decoder.decode(line.data)
        except UnicodeDecodeError:
            continue
        begun = decoder.getstate()[0]
        return line.data[: len(line.data) - len(begun)]
    return line.data


def _strict(data: bytes, codec: str) -> Optional[str]:
    try:
        text = data.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None
    return None if codec == "cp932" and UNUSED_IN_CP932.intersection(text) else text


def _named(encoding: str) -> str:
    return "".join(character for character in encoding.lower() if character.isalnum())
