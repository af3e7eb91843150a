"""What a browser would make of a page: its elements, their attributes and their text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpResponse

VOID = {"meta", "link", "input", "br", "img", "hr", "path", "circle", "rect", "line", "polyline", "polygon", "ellipse"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""
    inside: list["Element"] = field(default_factory=list)

    def has_class(self, name: str) -> bool:
        return name in self.attributes.get("class", "").split()


class ShownPage(HTMLParser):
    """A page's elements in their order, each with all the text inside it."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(response.text)
        self.close()

    def all(self, tag: str, class_name: str = "", **attributes: str) -> list[Element]:
        return [
            element
            for element in self.elements
            if element.tag == tag
            and (not class_name or element.has_class(class_name))
            and attributes.items() <= element.attributes.items()
        ]

    def one(self, tag: str, class_name: str = "", **attributes: str) -> Element:
        (element,) = self.all(tag, class_name, **attributes)
        return element

    def texts(self, tag: str, class_name: str = "", **attributes: str) -> list[str]:
        return [element.text for element in self.all(tag, class_name, **attributes)]

    def column(self, number: int, table: str = "") -> list[str]:
        """The text of a column of the page's only table, or of the one with that id, its head left out."""
        within = self.one("table", id=table).inside if table else self.elements
        rows = [element for element in within if element.tag == "tr"][1:]
        cells = [[cell for cell in row.inside if cell.tag in ("td", "th")] for row in rows]
        return [each[number].text for each in cells]

    def row_titles(self) -> list[str]:
        """The links that name a table's rows."""
        return [link.text for head in self.all("th", scope="row") for link in head.inside if link.tag == "a"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        for outer in self._open:
            outer.inside.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._open, f"</{tag}> closes nothing"
        opened = self._open.pop()
        assert opened.tag == tag, f"</{tag}> closes <{opened.tag}>"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data
