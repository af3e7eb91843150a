"""What could not be read of a file, told to the person who sent it."""

import msgspec


class UnreadLine(msgspec.Struct, frozen=True):
    """The number of a line, from 1, and why it was not read."""

    line: int
    ja: str
    en: str


class Unreadable(Exception):
    """Raised where a piece of a file makes no sense, and kept within the reader of that file."""

    def __init__(self, *, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en
