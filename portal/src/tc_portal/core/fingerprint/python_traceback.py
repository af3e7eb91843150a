"""Python's own account of an exception, as Python 3.8 to 3.14 print it: which exception, and where it came up."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_HEAD = re.compile(r"^[\s|+]*(?:Exception Group )?Traceback \(most recent call last\):\s*$")
_BAR = re.compile(r"^\s*(?:[|+] ?)*(?=\s*\S)")
_FRAME = re.compile(r'^ *File "(?P<file>[^"]*)", line \d+(?:, in (?P<function>.+))?$')
_EXCEPTION = re.compile(r"^(?P<type>[^\W\d][\w.]*(?:\.[^\W\d]\w*)*)(?::(?: (?P<text>.*))?)?$")
_MARKS = re.compile(r"^[\s~^]+$")
_REPEATED = re.compile(r"^ *\[Previous line repeated \d+ more times?\]$")
_ELSEWHERE = re.compile(
    r"[\\/](?:site-packages|dist-packages)[\\/]|[\\/]lib[\\/]python\d|[\\/]Python\d+[\\/]Lib[\\/]|^<frozen", re.I
)


class Frame(NamedTuple):
    """One call: the file's name without its folders, the function, and the line of source, if it was printed."""

    file: str
    function: str
    source: str
    is_the_scripts: bool


class PythonTraceback(NamedTuple):
    """The exception that came out in the end, and the calls that led to it, the innermost last."""

    exception: str
    text: str
    frames: tuple[Frame, ...]


def find_traceback(lines: Sequence[str]) -> PythonTraceback | None:
    """The last traceback in ``lines`` that says which exception it was; None where there is none.

    Where an exception was raised from another, or while another was handled, the last one is the one that came out.
    """
    heads = [place for place, line in enumerate(lines) if _HEAD.match(line)]
    for head in reversed(heads):
        found = _read(lines, head)
        if found is not None:
            return found
    return None


def _read(lines: Sequence[str], head: int) -> PythonTraceback | None:
    bar = len(_BAR.match(lines[head])[0])  # type: ignore[index]
    frames: list[Frame] = []
    for line in lines[head + 1 :]:
        content = line[bar:] if not line[:bar].strip(" \t|+") else line
        frame = _FRAME.match(content)
        if frame is not None:
            path = frame["file"]
            is_the_scripts = _ELSEWHERE.search(path) is None
            frames.append(Frame(re.split(r"[\\/]", path)[-1], frame["function"] or "", "", is_the_scripts))
        elif not content.strip() or _MARKS.match(content) or _REPEATED.match(content):
            continue
        elif content.startswith("    "):
            if frames and not frames[-1].source:
                frames[-1] = frames[-1]._replace(source=content.strip())
        elif not content.startswith(" "):
            exception = _EXCEPTION.match(content.strip())
            if exception is None:
                return None
            return PythonTraceback(exception["type"], exception["text"] or "", tuple(frames))
    return None
