"""Tables for spreadsheets: CSV that Excel, the Japanese one too, opens rightly by a double click."""

import csv
import io
from collections.abc import Iterable, Sequence

# By these Excel knows UTF-8; without them it reads Shift_JIS in Japan.
_BYTE_ORDER_MARK = "\ufeff"
# A cell that begins so is a formula, in their full width too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_of(rows: Iterable[Sequence[str | int | float | None]]) -> bytes:
    """The rows as CSV. Text that a spreadsheet would take for a formula is preceded by an apostrophe; None is an empty cell."""
    written = io.StringIO(newline="")
    written.write(_BYTE_ORDER_MARK)
    csv.writer(written, lineterminator="\r\n").writerows([_cell(each) for each in row] for row in rows)
    return written.getvalue().encode()


def _cell(value: str | float | None) -> str | float:
    if not isinstance(value, str):
        return "" if value is None else value
    text = value.replace("\0", "")
    return f"'{text}" if text.lstrip(" \u3000").startswith(_FORMULA) or text.startswith(_FORMULA) else text
