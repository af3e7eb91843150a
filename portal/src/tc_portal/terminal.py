"""What the portal says on a terminal: one line, in the reader's language, and what to do about it."""

import locale
import logging
import os
import sys


class Explained(Exception):
    """A trouble that a person can mend: what is wrong and what to do, in Japanese and English."""

    def __init__(self, *, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en


class OneLine(logging.Filter):
    """Takes the traceback off a record: what it tells of is the client's doing, not the program's."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True


def in_japanese() -> bool:
    """Whether to speak Japanese: unless the terminal's locale names another language, yes."""
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    if not named and sys.platform == "win32":
        named = locale.getlocale()[0] or ""
        return named.startswith(("ja", "Japanese")) or not named
    return named.startswith("ja") or named.split(".")[0] in ("", "C", "POSIX")


def say(*, ja: str, en: str, to_stderr: bool = False) -> None:
    """Print in the reader's language, on any console: what it cannot show is escaped, never raised."""
    stream = sys.stderr if to_stderr else sys.stdout
    text = ja if in_japanese() else en
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
