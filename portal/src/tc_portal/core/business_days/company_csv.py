"""A company's days off and on, from CSV."""

import csv
from unicodedata import normalize

from .gathering import CompanyDays, Gathering, lines_of
from .unread import Unreadable
from .written_date import read_date

_OFF = frozenset({"", "off", "休", "休み", "休日", "休業", "休業日", "祝日"})
_ON = frozenset({"on", "出勤", "出勤日", "出", "営業", "営業日"})
_SAMPLE_JA = "「2026-08-13,夏季休業」または「2026-11-21,出勤土曜日,出勤」のように書いてください。"
_SAMPLE_EN = "Write it as 2026-08-13,Summer holidays or 2026-11-21,Working Saturday,on."


def read_csv(content: bytes | str) -> CompanyDays:
    """The days in lines of date, name and, if it likes, off or on (休, 出勤); without the last, a day is off.

    Takes the Cabinet Office's syukujitsu.csv, a header line, empty lines, lines that begin with #, and columns pasted from a
    spreadsheet with tabs between them. Never raises.
    """
    gathering = Gathering()
    try:
        lines = lines_of(content)
    except Unreadable as reason:
        gathering.refuse(1, reason)
        return gathering.result()
    is_first = True
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            _read_line(gathering, number, line, may_be_header=is_first)
        except Unreadable as reason:
            gathering.refuse(number, reason)
        is_first = False
    return gathering.result()


def _read_line(gathering: Gathering, number: int, line: str, *, may_be_header: bool) -> None:
    fields = _fields(line)
    if not any(fields):
        return
    if may_be_header and not any(character.isdecimal() for character in normalize("NFKC", fields[0])):
        return
    if any(fields[3:]):
        raise Unreadable(ja=f"列が多すぎます。{_SAMPLE_JA}", en=f"There are too many columns. {_SAMPLE_EN}")
    name, kind = [*fields[1:3], "", ""][:2]
    gathering.add(number, read_date(fields[0]), name, is_on=_is_on(kind))


def _fields(line: str) -> list[str]:
    try:
        row = next(csv.reader([line], delimiter="\t" if "\t" in line else ",", strict=True))
    except (csv.Error, StopIteration):
        raise Unreadable(
            ja=f'行を区切れません。引用符（"）を確かめてください。{_SAMPLE_JA}',
            en=f"The line cannot be taken apart; look at its quotation marks. {_SAMPLE_EN}",
        ) from None
    return [field.strip() for field in row]


def _is_on(written: str) -> bool:
    kind = normalize("NFKC", written[:40]).strip().lower()
    if kind in _ON:
        return True
    if kind in _OFF:
        return False
    raise Unreadable(
        ja=f"「{written[:20]}」は休・出勤のどちらでもありません。{_SAMPLE_JA}",
        en=f"{written[:20]!r} is neither off nor on. {_SAMPLE_EN}",
    )
