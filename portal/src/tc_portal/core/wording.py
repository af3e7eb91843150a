"""Instants and durations in words, for one reader: in a language and a time zone, at a moment."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEAR_JA = {-1: "昨日 ", 0: "", 1: "明日 "}
_NEAR_EN = {-1: "yesterday at ", 0: "at ", 1: "tomorrow at "}
_UNITS = (
    (timedelta(days=1), "日", "day"),
    (timedelta(hours=1), "時間", "hour"),
    (timedelta(minutes=1), "分", "minute"),
    (timedelta(seconds=1), "秒", "second"),
)


class Wording(msgspec.Struct, frozen=True):
    """Who is told, and when. Japanese where ``language`` begins with "ja", else English. ``now`` is aware."""

    language: str
    zone: ZoneInfo
    now: datetime

    def say(self, *, ja: str, en: str) -> str:
        """The one of the two texts that is in the reader's language."""
        return ja if self.language.startswith("ja") else en

    def when(self, instant: datetime) -> str:
        """「昨日 03:04」 or "yesterday at 03:04", as short as is clear at the moment."""
        local, today = instant.astimezone(self.zone), self.now.astimezone(self.zone)
        time, away = f"{local:%H:%M}", (local.date() - today.date()).days
        if away in _NEAR_JA:
            return self.say(ja=_NEAR_JA[away] + time, en=_NEAR_EN[away] + time)
        is_this_year = local.year == today.year
        return self.say(
            ja=("" if is_this_year else f"{local.year} 年 ") + f"{local.month} 月 {local.day} 日 {time}",
            en=f"on {local.day} {_MONTHS_EN[local.month - 1]}{'' if is_this_year else f' {local.year}'} at {time}",
        )

    def moment(self, instant: datetime) -> str:
        """The same where a preposition stands before it: "since 03:04", not "since at 03:04"."""
        return self.when(instant).removeprefix("at ").removeprefix("on ")

    def between(self, start: datetime, end: datetime) -> str:
        """「昨日 02:50〜03:20」 or "yesterday at 02:50 to 03:20"."""
        is_one_day = start.astimezone(self.zone).date() == end.astimezone(self.zone).date()
        until = f"{end.astimezone(self.zone):%H:%M}" if is_one_day else self.moment(end)
        return self.say(ja=f"{self.moment(start)}〜{until}", en=f"{self.moment(start)} to {until}")

    def span(self, duration: timedelta) -> str:
        """「1 時間 30 分」 or "1 hour 30 minutes": the two largest units of it."""
        parts: list[str] = []
        rest = max(duration, timedelta())
        for unit, ja, en in _UNITS:
            count, rest = divmod(rest, unit)
            if count:
                parts.append(self.say(ja=f"{count} {ja}", en=f"{count} {en}{'' if count == 1 else 's'}"))
            if len(parts) == 2 or (parts and not count):
                break
        return " ".join(parts) or self.say(ja="1 秒未満", en="less than a second")
