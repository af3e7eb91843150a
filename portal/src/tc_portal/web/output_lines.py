"""A run's output as lines on a page: numbered, searched, and without what only a terminal understands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tc_portal.jobs.models import RunOutput

# Colours, cursor moves and window titles, as terminals take them.
_TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Line:
    """``parts`` are pieces of its text, each with whether it is what was looked for. ``is_after_cut``: the first that was kept
    after the middle that was not."""

    number: int
    parts: Sequence[tuple[str, bool]]
    is_after_cut: bool = False

    @property
    def is_found(self) -> bool:
        return any(is_match for _, is_match in self.parts)


def lines_of(output: RunOutput, wanted: str) -> list[Line]:
    """The lines that were kept, numbered from the first of them; ``wanted`` is marked in any letter case."""
    head = _split(output.head)
    tail = _split(output.tail) if output.tail else []
    mark = re.compile(re.escape(wanted), re.IGNORECASE) if wanted else None
    return [
        Line(number, _parts(text, mark), output.is_cut and bool(tail) and number == len(head) + 1)
        for number, text in enumerate([*head, *tail], 1)
    ]


def whole_text(output: RunOutput, note: str) -> str:
    """What was kept, as it was; ``note`` stands where the middle was cut."""
    if not output.is_cut:
        return output.head + output.tail
    return f"{output.head}\n{note}\n{output.tail}"


def _split(text: str) -> list[str]:
    lines = _LINE_END.split(_TERMINAL.sub("", text))
    return [_CONTROL.sub("\ufffd", line) for line in (lines[:-1] if lines[-1] == "" else lines)]


def _parts(text: str, mark: re.Pattern[str] | None) -> list[tuple[str, bool]]:
    if mark is None:
        return [(text, False)]
    parts: list[tuple[str, bool]] = []
    end = 0
    for found in mark.finditer(text):
        parts += [(text[end : found.start()], False), (found[0], True)]
        end = found.end()
    return [part for part in [*parts, (text[end:], False)] if part[0]]
