"""The tasks in ``schtasks /Query /XML ONE``: what of each is sent, and without secrets.

Who made a task, whose account it runs as and whatever else nobody needs to judge it stays on the PC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, List, NamedTuple, Optional

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from ..wrapping.masking import Mask

NAME_OR_TASK = r"<!--\s*(?P<name>\\[^\n]*?)\s*-->|<Task(?=[\s>]).*?</Task\s*>"
MOST_XML_CHARACTERS = 60_000


class TaskDefinition(NamedTuple):
    """``xml`` is empty where the task's own could not be read, or is larger than anybody makes it by hand."""

    path: str
    xml: str


def task_definitions(text: str, mask: Mask) -> List[TaskDefinition]:
    """The tasks, in the order of the text; ``mask`` takes the secrets out of every text in them."""
    import re

    found: List[TaskDefinition] = []
    name = ""
    for piece in re.finditer(NAME_OR_TASK, text, re.DOTALL):
        if piece.group("name"):
            name = piece.group("name")
            continue
        task = _task_in(piece.group())
        # The comment is the Task Scheduler's own word; what stands in the task may come from the PC it was made on.
        path = name or (_text_at(task, "RegistrationInfo", "URI") if task is not None else "")
        name = ""
        if path.startswith("\\"):
            found.append(TaskDefinition(path, "" if task is None else _told_definition(task, path, mask)))
    return found


def _task_in(text: str) -> Optional[Element]:
    from xml.etree.ElementTree import ParseError, fromstring

    # The Task Scheduler writes no such thing; and what it defines could grow without end.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    try:
        return _without_namespaces(fromstring(text))
    except (ParseError, ValueError, RecursionError):
        return None


def _told_definition(task: Element, path: str, mask: Mask) -> str:
    from xml.etree.ElementTree import Element, SubElement, tostring

    told = Element("Task", version=task.get("version", "1.2"))
    registration = SubElement(told, "RegistrationInfo")
    SubElement(registration, "URI").text = path
    description = _text_at(task, "RegistrationInfo", "Description")
    if description:
        SubElement(registration, "Description").text = mask(description)
    for name in ("Triggers", "Settings"):
        part = task.find(name)
        if part is not None:
            _mask_texts(part, mask)
            told.append(part)
    actions = SubElement(told, "Actions")
    for action in task.findall("Actions/*"):
        actions.append(_told_action(action, mask))
    xml = tostring(told, encoding="unicode")
    return xml if len(xml) <= MOST_XML_CHARACTERS else ""


def _told_action(action: Element, mask: Mask) -> Element:
    """What runs, and of other kinds of action only that there is one."""
    from xml.etree.ElementTree import Element, SubElement

    told = Element(action.tag)
    for name in ("Command", "Arguments"):
        text = _text_at(action, name)
        if text:
            SubElement(told, name).text = mask(text)
    return told


def _mask_texts(part: Element, mask: Mask) -> None:
    for element in part.iter():
        element.text = mask(element.text) if element.text and element.text.strip() else None
        element.tail = None


def _without_namespaces(root: Element) -> Element:
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root


def _text_at(element: Element, *names: str) -> str:
    return (element.findtext("/".join(names)) or "").strip()
