"""Where in the text of a file each task begins and ends.

Found before any XML is parsed, so that a broken task does not take the others along, and because the name that Windows
writes in a comment before a task may hold ``--``, which no XML parser lets pass.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..business_days.unread import Unreadable
from .values import SPACE

MANY_TASKS = 2_000
NAME_LIMIT = 300

_MARK = re.compile(
    r"(?P<opening><!--|<!\[CDATA\[|<\?)"
    r"|(?P<definition><!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)\b)"
    r"|<(?P<slash>/?)(?:[\w.-]{1,40}:)?(?P<tag>Tasks?)(?=[\s/>]|\Z)"
)
_CLOSING = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
_DECLARATION = "<?xml "


class Piece(NamedTuple):
    """A task's text, the line it begins at, and the name in the comment before it. ``is_closed``: it has an end."""

    line: int
    name: str
    text: str
    is_closed: bool


class _Next:
    """Where ``wanted`` stands next; beyond the text's end where nowhere.

    Asked for ascending places only, it passes over the text once.
    """

    def __init__(self, text: str, wanted: str) -> None:
        self._text = text
        self._wanted = wanted
        self._at = -1

    def after(self, place: int) -> int:
        if self._at < place:
            found = self._text.find(self._wanted, place)
            self._at = found if found >= 0 else len(self._text) + 1
        return self._at


class Cutting:
    """Cuts a text into tasks."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._closings = {opening: _Next(text, closing) for opening, closing in _CLOSING.items()}
        self._declaration = _Next(text, _DECLARATION)
        self._tag_end = _Next(text, ">")
        self._begin: int | None = None
        self._name = ""
        # From a comment within an open task: the next one's, should it turn out that this one is never closed.
        self._next_name = ""
        self._line, self._counted = 1, 0
        self._number = 0

    def pieces(self) -> Iterator[Piece]:
        """What looks like a task: from ``<Task`` to ``</Task>``, or to where something begins that cannot be within one.

        Raises ``Unreadable`` where the text defines entities or has too many tasks.
        """
        place = 0
        while (mark := _MARK.search(self._text, place)) is not None:
            at, place = mark.span()
            if mark["definition"] is not None:
                raise Unreadable(
                    ja="DOCTYPE や ENTITY のある XML は読みません。タスク スケジューラはそのようなものを書き出しません。",
                    en="XML with a DOCTYPE or ENTITY is refused. The Task Scheduler writes no such thing.",
                )
            if mark["opening"] is not None:
                if self._declaration.after(at) == at:
                    yield from self._broken_off(at)
                place = self._passed_over(mark["opening"], at)
                continue
            if mark["tag"] == "Tasks" or not mark["slash"]:
                yield from self._broken_off(at)
            if mark["tag"] == "Tasks":
                continue
            if not mark["slash"]:
                self._begun(at)
            place = min(self._tag_end.after(place) + 1, len(self._text))
            if mark["slash"] or self._text[place - 2 : place] == "/>":
                yield from self._ended(place, is_closed=True)
        yield from self._broken_off(len(self._text))

    def _begun(self, at: int) -> None:
        self._number += 1
        if self._number > MANY_TASKS:
            raise Unreadable(
                ja=f"タスクが多すぎます。{MANY_TASKS} 件までにしてください。",
                en=f"Too many tasks; {MANY_TASKS} at most.",
            )
        self._begin = at

    def _ended(self, end: int, *, is_closed: bool) -> Iterator[Piece]:
        if self._begin is None:
            return
        self._line += self._text.count("\n", self._counted, self._begin)
        self._counted = self._begin
        yield Piece(self._line, self._name, self._text[self._begin : end], is_closed)
        self._begin = None
        self._name, self._next_name = "", ""

    def _broken_off(self, at: int) -> Iterator[Piece]:
        following = self._next_name
        yield from self._ended(at, is_closed=False)
        if following:
            self._name = following

    def _passed_over(self, opening: str, at: int) -> int:
        """The place after the comment, CDATA or processing instruction at ``at``.

        A comment or CDATA without an end goes on to the next document, and is told as a task that is not closed.
        """
        place = at + len(opening)
        end, next_document = self._closings[opening].after(place), self._declaration.after(place)
        if opening == "<?":
            return end + len(_CLOSING[opening]) if end <= len(self._text) else place
        # Within a task, a comment around a whole document is rather one never closed: the end is a later comment's.
        if end > len(self._text) or (opening == "<!--" and self._begin is not None and next_document < end):
            if self._begin is None:
                self._begun(at)
            return min(next_document, len(self._text))
        name = self._text[place : min(end, place + NAME_LIMIT)].strip(SPACE)
        if opening == "<!--" and name.startswith("\\") and "\n" not in name:
            if self._begin is None:
                self._name = name
            else:
                self._next_name = name
        return end + len(_CLOSING[opening])
