"""The text of a task's file, whatever its encoding.

Windows writes UTF-16, a redirected command the console's code page, editors UTF-8; the XML declaration says UTF-16
each time, so that it is of no use.
"""

from ..business_days.unread import Unreadable

LARGE = 10_000_000

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def text_of(content: bytes) -> str:
    """The text without byte order mark, without NULs at its end, its lines ended by ``\\n``.

    Raises ``Unreadable`` where the file is too large or in no encoding known here.
    """
    if len(content) > LARGE:
        raise Unreadable(
            ja=f"ファイルが大きすぎます。{LARGE // 1_000_000} MB までにしてください。",
            en=f"The file is too large; {LARGE // 1_000_000} MB at most.",
        )
    text = _decoded(content).rstrip("\0")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(content: bytes) -> str:
    for mark, marked_as in _MARKS:
        if content.startswith(mark):
            encodings = [marked_as]
            content = content.removeprefix(mark)
            break
    else:
        encodings = _guessed(content)
    if encodings[0].startswith("utf-16"):
        # Half a character: the file breaks off there, or one byte was put after it.
        content = content[: len(content) // 2 * 2]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as reason:
            if encoding == "utf-8" and reason.reason == "unexpected end of data":
                # It breaks off within a character. Taken for CP932, all of its Japanese would be garbled.
                return content[: reason.start].decode(encoding)
    raise Unreadable(
        ja="文字コードがわかりません。UTF-16、UTF-8、Shift_JIS（CP932）のどれかで保存してください。",
        en="The character encoding is not known. Save the file as UTF-16, UTF-8 or Shift_JIS (CP932).",
    )


def _guessed(content: bytes) -> list[str]:
    """Encodings to try in turn. The first characters of XML are ASCII, of whose two bytes in UTF-16 one is NUL."""
    even, odd = content[0:4:2], content[1:4:2]
    if odd and all(even) and not any(odd):
        return ["utf-16-le"]
    if odd and all(odd) and not any(even):
        return ["utf-16-be"]
    return ["utf-8", "cp932"]
