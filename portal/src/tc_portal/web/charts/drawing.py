"""Parts of an SVG drawing that is as wide as its place: across in per cent of that, down in pixels, text in its true size."""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString, mark_safe

# As Python cannot name them.
_NAMES = {"class_": "class", "aria_hidden": "aria-hidden"}


def element(tag: str, inside: str = "", **attributes: object) -> str:
    """An element as markup. ``inside`` is markup; values are escaped."""
    written = "".join([f' {_NAMES.get(name, name)}="{_written(value)}"' for name, value in attributes.items()])
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"


def _written(value: object) -> str:
    return escape(value) if isinstance(value, str) else str(value)


def across(share: float) -> str:
    """A share of the width, 0 to 1, as a coordinate."""
    return f"{round(share * 100, 3):g}%"


def title(text: str) -> str:
    """What a pointer that rests on the element shows."""
    return f"<title>{escape(text)}</title>"


def mark(share: float, y: float, path: str, class_: str, inside: str = "") -> str:
    """A small shape around a point; ``path`` is drawn from there."""
    shape = element("path", inside, d=path, class_=class_)
    return element("svg", shape, x=across(share), y=round(y, 1), overflow="visible", width=1, height=1)


def linked(href: str, inside: str) -> str:
    """What leads somewhere for a pointer; for the keyboard the table behind the drawing has the same link."""
    return element("a", inside, href=href, tabindex=-1)


def drawing(height: int, parts: Iterable[str], class_: str = "chart") -> SafeString:
    """The whole, hidden from screen readers: what it shows stands in the table behind it."""
    size = {"width": "100%", "height": height, "class_": class_, "aria_hidden": "true", "focusable": "false"}
    return mark_safe(element("svg", "".join(parts), **size))
