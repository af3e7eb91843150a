"""A company's days off and on, as gathered from a file line by line."""

import re
from datetime import date
from typing import NamedTuple

import msgspec

from ..text import cut, storable
from .unread import Unreadable, UnreadLine

MANY_DAYS = 5_000
# The same day may be said again and again, by events that overlap; each time takes time.
MANY_MENTIONS = 10 * MANY_DAYS
MANY_UNREAD = 100
NAME_LIMIT = 100
LARGE = 1_000_000

_LINE_END = re.compile(r"\r\n|\r|\n")


class CompanyDays(msgspec.Struct, frozen=True):
    """What a file says: days off with their names and days on, both ascending, and the lines that could not be read."""

    days_off: tuple[tuple[date, str], ...] = ()
    days_on: tuple[date, ...] = ()
    unread: tuple[UnreadLine, ...] = ()


class _Entry(NamedTuple):
    name: str
    is_on: bool
    line: int


class Gathering:
    """The days read so far. The first name of a day stays; a day both off and on is refused the second time."""

    def __init__(self) -> None:
        self._days: dict[date, _Entry] = {}
        self._unread: list[UnreadLine] = []
        self._further = 0
        self._mentions = 0

    @property
    def is_full(self) -> bool:
        """Whether no more days can be added."""
        return self._mentions >= MANY_MENTIONS

    def add(self, line: int, day: date, name: str, *, is_on: bool = False) -> None:
        """Keep a day. Raises ``Unreadable`` where an earlier line says otherwise, or there are too many."""
        self._mentions += 1
        known = self._days.get(day)
        if self.is_full or (known is None and len(self._days) >= MANY_DAYS):
            raise Unreadable(
                ja=f"日数が多すぎます。{MANY_DAYS} 日までにしてください。", en=f"Too many days; {MANY_DAYS} at most."
            )
        if known is None:
            self._days[day] = _Entry(cut(" ".join(storable(name).split()), NAME_LIMIT), is_on, line)
        elif known.is_on != is_on:
            raise Unreadable(
                ja=f"{day} は {known.line} 行目と食い違います（休業日と出勤日）。",
                en=f"{day} contradicts line {known.line}: it is both a day off and a day on.",
            )

    def refuse(self, line: int, reason: Unreadable) -> None:
        """Note a line that could not be read."""
        if len(self._unread) < MANY_UNREAD:
            self._unread.append(UnreadLine(line, storable(reason.ja), storable(reason.en)))
            return
        self._further += 1

    def result(self) -> CompanyDays:
        """All that was gathered."""
        unread = sorted(self._unread, key=lambda unread: unread.line)
        if self._further:
            ja = f"ほかにも読めない行が {self._further} 行あります。"
            unread.append(UnreadLine(unread[-1].line, ja, f"There are {self._further} more lines like these."))
        days = sorted(self._days.items())
        return CompanyDays(
            tuple((day, entry.name) for day, entry in days if not entry.is_on),
            tuple(day for day, entry in days if entry.is_on),
            tuple(unread),
        )


def lines_of(content: bytes | str) -> list[str]:
    """A file's lines: UTF-8, with or without a byte order mark, or else CP932. Raises ``Unreadable`` where it is neither, or
    larger than a list of days can be."""
    if len(content) > LARGE:
        raise Unreadable(
            ja=f"ファイルが大きすぎます。{LARGE // 1000} KB までにしてください。",
            en=f"The file is too large; {LARGE // 1000} KB at most.",
        )
    text = content if isinstance(content, str) else _decoded(content)
    return _LINE_END.split(text.removeprefix("\ufeff"))


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(
        ja="文字コードがわかりません。UTF-8 または Shift_JIS（CP932）で保存してください。",
        en="The character encoding is not known. Save the file as UTF-8 or Shift_JIS (CP932).",
    )
