"""The tasks in the text of a file: one, many below ``<Tasks>``, or many documents one after another."""

from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]

from ..business_days.unread import Unreadable
from .pieces import Cutting, Piece

# Of all tasks of a file together. A task has about fifty; one with 48 triggers by month has some thousands.
MANY_ELEMENTS = 300_000
DEEP = 50

_JAPANESE = {
    "mismatched tag": "開始タグと終了タグが合いません",
    "undefined entity": "&…; の名前が定義されていません。& は &amp; と書きます",
    "unbound prefix": "名前空間の接頭辞が定義されていません",
    "duplicate attribute": "同じ属性が 2 回あります",
}


class Document(NamedTuple):
    """A task's element, without namespaces, the name in the comment before it, and the line it begins at.

    Where there is a ``reason`` why it could not be read, the element is there as far as it could.
    """

    line: int
    name: str
    element: Element | None
    reason: Unreadable | None = None


def documents(text: str) -> Iterator[Document]:
    """Each task of the text. Raises ``Unreadable``, before the first, where there is none or all is refused."""
    pieces = list(Cutting(text).pieces())
    if not pieces:
        raise Unreadable(
            ja="タスクがありません。タスク スケジューラの「エクスポート」で保存した XML ファイルを選んでください。",
            en="There is no task in it. Choose an XML file that the Task Scheduler exported.",
        )
    room = MANY_ELEMENTS
    for piece in pieces:
        builder = _Builder(room)
        reason: Unreadable | None = None
        try:
            _parse(piece, builder)
        except Unreadable as raised:
            reason = raised
        room -= builder.count
        yield Document(piece.line, piece.name, builder.root, reason)


class _Builder(TreeBuilder):
    """Builds a task's tree, without namespaces and attributes; not too deep, nor of more than ``room`` elements."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.root: Element | None = None
        self.count = 0
        self._room = room
        self._depth = 0

    def start(self, tag: str, attrs: object, /) -> Element:
        if self.count >= self._room:
            raise Unreadable(
                ja=f"ファイルの要素が多すぎます。{MANY_ELEMENTS} 個までにしてください。",
                en=f"The file has too many elements; {MANY_ELEMENTS} at most.",
            )
        if self._depth >= DEEP:
            raise Unreadable(
                ja=f"要素の入れ子が深すぎます。{DEEP} 段までです。",
                en=f"Its elements are nested too deep; {DEEP} levels at most.",
            )
        self.count += 1
        self._depth += 1
        element = super().start(tag.rpartition("}")[2], {})
        if self.root is None:
            self.root = element
        return element

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag.rpartition("}")[2])


def _parse(piece: Piece, builder: _Builder) -> None:
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    try:
        parser.feed(piece.text)
        parser.close()
    except ParseError as error:
        if not piece.is_closed:
            raise Unreadable(
                ja="</Task> で終わっていません。ファイルが途中で切れていないか確かめてください。",
                en="It does not end with </Task>. Check whether a part of the file is missing.",
            ) from error
        line = piece.line + error.position[0] - 1
        why = str(error).partition(":")[0]
        raise Unreadable(
            ja=f"{line} 行目が XML として正しくありません（{_JAPANESE.get(why, '使えない文字や書き方です')}）。",
            en=f"Line {line} is not well-formed XML ({why}).",
        ) from error
