"""Printing that can do the job no harm.

On a console that has no Japanese ``print`` raises, under pythonw there is no console at all, and a
line left in the buffer of a broken pipe turns the exit code into 120. A job that went well must not
end badly, or be reported as failed, because of a line that could not be shown.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import Optional, TextIO


def say(line: str) -> None:
    """Print ``line`` to standard output if there is any way to; never raise, never change the stream.

    What the console cannot show appears as ``\\uXXXX``.
    """
    stream: Optional[TextIO] = getattr(sys, "stdout", None)
    if stream is None:
        return
    # Where even this fails, nowhere is left to complain to, and the job goes on.
    with suppress(Exception):
        _write(stream, line + "\n")


def can_show(text: str) -> bool:
    """Whether standard output can show ``text`` as it is."""
    try:
        text.encode(sys.stdout.encoding)
    except (AttributeError, LookupError, TypeError, UnicodeError):
        return False
    return True


def _write(stream: TextIO, text: str) -> None:
    raw = _unbuffered(stream)
    if raw is None:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            stream.write(_spelled_out(text, stream.encoding or "ascii"))
        return
    stream.flush()
    left = text.replace("\n", os.linesep).encode(stream.encoding, "backslashreplace")
    while left:
        written = raw.write(left)
        if not written:
            return
        left = left[written:]


def _unbuffered(stream: TextIO) -> Optional[io.RawIOBase]:
    """The raw stream below Python's own standard output, or None if ``stream`` is anything else.

    A line that cannot be written would stay in the buffer, and the interpreter would try it again at
    exit and fail for it. Past the buffer nothing stays. A codec that begins with a byte order mark
    would repeat it on each line, so such a stream is written to as usual.
    """
    if type(stream) is not io.TextIOWrapper or "".encode(stream.encoding):
        return None
    raw: Optional[io.RawIOBase] = getattr(stream.buffer, "raw", None)
    return raw


def _spelled_out(text: str, encoding: str) -> str:
    return text.encode(encoding, "backslashreplace").decode(encoding)
