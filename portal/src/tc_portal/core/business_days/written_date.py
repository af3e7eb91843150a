"""Dates as people in Japan write them: 2026-08-13, 2026/8/13, 2026年8月13日, 令和8年8月13日, R8.8.13, with (木) behind."""

import re
from datetime import date
from unicodedata import normalize

from .unread import Unreadable

# Years beyond these are slips of the pen. The law on national holidays is of 1948.
FIRST_YEAR, LAST_YEAR = 1948, 2199

# By the letter and the name of an era: the year before its first, and its first and last day.
_ERAS = {
    name: era
    for names, era in (
        (("令和", "R"), (2018, date(2019, 5, 1), date.max)),
        (("平成", "H"), (1988, date(1989, 1, 8), date(2019, 4, 30))),
        (("昭和", "S"), (1925, date(1926, 12, 25), date(1989, 1, 7))),
    )
    for name in names
}
_WEEKDAYS = "月火水木金土日"
_DATE = re.compile(
    r"(?P<era>令和|平成|昭和|[RHS])?\s*(?P<year>[0-9]{1,4}|元)"
    r"(?:\s*年\s*(?P<m1>[0-9]{1,2})\s*月\s*(?P<d1>[0-9]{1,2})\s*日|(?P<sign>[-/.])(?P<m2>[0-9]{1,2})(?P=sign)(?P<d2>[0-9]{1,2}))"
    rf"\s*(?:\((?P<weekday>[{_WEEKDAYS}])(?:曜日?)?\))?(?:[ T]0?0:00(?::00)?)?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?P<year>[0-9]{4})(?P<m2>[0-9]{2})(?P<d2>[0-9]{2})")


def read_date(text: str) -> date:
    """The date that ``text`` names. Raises ``Unreadable``, also where the weekday written behind it is another."""
    plain = normalize("NFKC", text[:40]).strip()
    written = _DATE.fullmatch(plain) or _DIGITS.fullmatch(plain)
    if written is None:
        raise Unreadable(
            ja=f"日付「{text[:20]}」を読めません。2026-08-13、2026/8/13、令和8年8月13日 のように書いてください。",
            en=f"{text[:20]!r} is not a date. Write it as 2026-08-13, 2026/8/13 or 令和8年8月13日.",
        )
    parts = written.groupdict()
    year = 1 if parts["year"] == "元" else int(parts["year"])
    month, day = int(parts.get("m1") or parts["m2"]), int(parts.get("d1") or parts["d2"])
    found = _day_of(parts.get("era"), year, month, day, plain)
    weekday = parts.get("weekday")
    if weekday is not None and _WEEKDAYS.index(weekday) != found.weekday():
        raise Unreadable(
            ja=f"{found} は{_WEEKDAYS[found.weekday()]}曜日です。（{weekday}）とあるので、年を確かめてください。",
            en=f"{found} is not a {weekday}, but a {_WEEKDAYS[found.weekday()]}. Is the year right?",
        )
    return found


def _day_of(era: str | None, year: int, month: int, day: int, text: str) -> date:
    before, first, last = _ERAS[era.upper()] if era else (0, date.min, date.max)
    try:
        found = date(before + year, month, day)
    except ValueError:
        raise Unreadable(ja=f"「{text}」という日はありません。", en=f"There is no day {text}.") from None
    if not first <= found <= last:
        raise Unreadable(
            ja=f"「{text}」は元号の期間の外です。西暦なら {found} です。",
            en=f"{text} is outside its era. By the common calendar it would be {found}.",
        )
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Unreadable(
            ja=f"「{text}」の年は {FIRST_YEAR} から {LAST_YEAR} までで、4 桁で書いてください。",
            en=f"Write the year of {text} with four digits, from {FIRST_YEAR} to {LAST_YEAR}.",
        )
    return found
