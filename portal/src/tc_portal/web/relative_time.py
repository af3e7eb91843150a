"""How long ago, in words: 「約3時間前」, as date-fns' formatDistanceToNow words it."""

from datetime import datetime, timedelta

MINUTES_A_DAY = 24 * 60
MINUTES_A_MONTH = 30 * MINUTES_A_DAY
MINUTES_A_YEAR = 365.25 * MINUTES_A_DAY

_JAPANESE = {
    "less than a minute": "1分未満",
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
    unit, count = _distance(abs(now - instant))
    is_future = instant > now
    if language.startswith("ja"):
        return _JAPANESE[unit].format(count) + ("後" if is_future else "前")
    if unit == "less than a minute":
        words = unit
    else:
        kind, _, noun = unit.rpartition(" ")
        words = f"{kind} {count} {noun}{'' if count == 1 else 's'}".strip()
    return f"in {words}" if is_future else f"{words} ago"


def _distance(distance: timedelta) -> tuple[str, int]:
    minutes = round(distance.total_seconds() / 60)
    if distance < timedelta(seconds=30):
        return "less than a minute", 0
    if minutes < 45:
        return "minute", max(minutes, 1)
    if minutes < 90:
        return "about hour", 1
    if minutes < MINUTES_A_DAY:
        return "about hour", round(minutes / 60)
    if minutes < 42 * 60:
        return "day", 1
    if minutes < MINUTES_A_MONTH:
        return "day", round(minutes / MINUTES_A_DAY)
    if minutes < 2 * MINUTES_A_MONTH:
        return "about month", 1 if minutes < 1.5 * MINUTES_A_MONTH else 2
    if minutes < MINUTES_A_YEAR:
        return "month", round(minutes / MINUTES_A_MONTH)
    years, rest = divmod(minutes, MINUTES_A_YEAR)
    if rest < MINUTES_A_YEAR / 4:
        return "about year", int(years)
    if rest < MINUTES_A_YEAR * 3 / 4:
        return "over year", int(years)
    return "almost year", int(years) + 1
