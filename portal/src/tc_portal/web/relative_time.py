"""How long ago, in words: 「約3時間前」, as date-fns' formatDistanceToNow words it."""

from datetime import datetime, timedelta

MINUTES_A_DAY = 24 * 60
MINUTES_A_MONTH = 30 * MINUTES_A_DAY

_JAPANESE = {
    "less than a minute": "約1分",
    "minute": "{}分",
    "about hour": "約{}時間",
    "day": "{}日",
    "about month": "約{}か月",
    "month": "{}か月",
    "about year": "約{}年",
    "over year": "{}年以上",
    "almost year": "{}年近く",
}


def ago(instant: datetime, now: datetime, language: str) -> str:
    """The distance from ``instant`` to ``now`` in words, in Japanese or English, past or future."""
    is_future = instant > now
    unit, count = _distance(*sorted((instant, now)))
    if language.startswith("ja"):
        return _JAPANESE[unit].format(count) + ("後" if is_future else "前")
    if unit == "less than a minute":
        words = unit
    else:
        kind, _, noun = unit.rpartition(" ")
        words = f"{kind} {count} {noun}{'' if count == 1 else 's'}".strip()
    return f"in {words}" if is_future else f"{words} ago"


def _distance(earlier: datetime, later: datetime) -> tuple[str, int]:
    minutes = _nearest((later - earlier) // timedelta(seconds=1), 60)
    if minutes == 0:
        return "less than a minute", 0
    if minutes < 45:
        return "minute", minutes
    if minutes < 90:
        return "about hour", 1
    if minutes < MINUTES_A_DAY:
        return "about hour", _nearest(minutes, 60)
    if minutes < 42 * 60:
        return "day", 1
    if minutes < MINUTES_A_MONTH:
        return "day", _nearest(minutes, MINUTES_A_DAY)
    if minutes < 2 * MINUTES_A_MONTH:
        return "about month", _nearest(minutes, MINUTES_A_MONTH)
    years, months = divmod(_whole_months(earlier, later), 12)
    if years == 0:
        return "month", _nearest(minutes, MINUTES_A_MONTH)
    if months < 3:
        return "about year", years
    if months < 9:
        return "over year", years
    return "almost year", years + 1


def _nearest(amount: int, unit: int) -> int:
    """How many units the amount is; a half counts as one, where ``round`` would take the even number."""
    return (2 * amount + unit) // (2 * unit)


def _whole_months(earlier: datetime, later: datetime) -> int:
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    is_last_whole = (later.day, later.time()) >= (earlier.day, earlier.time())
    return months if is_last_whole else months - 1
