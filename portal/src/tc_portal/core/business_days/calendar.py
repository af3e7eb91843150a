"""A company's calendar: which days are business days, and why the others are not."""

from datetime import date, timedelta
from functools import cached_property

import msgspec

from ..schedule.unschedulable import Unschedulable
from .month import Month
from .national_holidays import ANNOUNCED_UNTIL, is_known_country, national_holidays

# Where no business day lies within so many days off, there is none to be found: a run is left out rather than moved for
# a season. A school's summer holidays are about fifty days.
LONGEST_RUN_OFF = 92
# Counting business days back from a day, as in "20 business days before", goes no further than this.
FARTHEST_BACK = 366

_WEEKDAYS = {
    "ja": [f"{name}曜日" for name in "月火水木金土日"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
_UNNAMED = {"ja": "休業日", "en": "Company day off"}


class Calendar(msgspec.Struct, frozen=True, dict=True):
    """Business days are those that are neither a weekly day off, nor a national holiday, nor a day off of the company's own.

    ``country`` is an ISO 3166 code (``JP``), or None for a company that works on national holidays. ``weekly_days_off``
    counts from Monday, 0. ``days_off`` are the company's own, with their names; ``days_on`` those on which it works all the
    same. Raises ``Unschedulable`` where that contradicts itself.
    """

    name: str
    country: str | None
    weekly_days_off: tuple[int, ...] = (5, 6)
    days_off: tuple[tuple[date, str], ...] = ()
    days_on: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise Unschedulable(ja="カレンダーに名前を付けてください。", en="Give the calendar a name.")
        if not all(0 <= weekday <= 6 for weekday in self.weekly_days_off):
            raise Unschedulable(
                ja="毎週の休みは 0（月曜日）から 6（日曜日）で指定してください。",
                en="Weekly days off are numbers from 0 (Monday) to 6 (Sunday).",
            )
        if self.country is not None and not is_known_country(self.country):
            raise Unschedulable(
                ja=f"国「{self.country}」の祝日はわかりません。JP のような 2 文字の国コードで指定してください。",
                en=f"The holidays of {self.country!r} are not known. Write a country code of two letters, such as JP.",
            )
        if both := self._own_names.keys() & self._own_days_on:
            raise Unschedulable(
                ja=f"{min(both)} が休業日と出勤日の両方に入っています。どちらか一方にしてください。",
                en=f"{min(both)} is both a day off and a day on. Keep one of the two.",
            )

    @property
    def certain_until(self) -> date | None:
        """The last day of which the national holidays are announced; None where that is not known.

        A calendar without a country rests on no announcement, and is certain for ever.
        """
        return date.max if self.country is None else ANNOUNCED_UNTIL.get(self.country)

    def is_certain(self, day: date) -> bool:
        """Whether nothing is known to be still unannounced of ``day``. True where nothing is known of announcements:
        it would help nobody to call each day of a country uncertain for ever."""
        return self.certain_until is None or day <= self.certain_until

    def is_business_day(self, day: date) -> bool:
        """Whether the company works on ``day``."""
        if day in self._own_days_on:
            return True
        if day.weekday() in self.weekly_days_off or day in self._own_names:
            return False
        return self.country is None or day not in national_holidays(self.country, day.year, "ja")

    def day_off_name(self, day: date, language: str) -> str | None:
        """Why ``day`` is off, as people call it (振替休日, 夏季休業, 土曜日); None for a business day.

        The national holiday's name goes before the company's own, and that before the weekday's.
        """
        if self.is_business_day(day):
            return None
        spoken = "ja" if language.startswith("ja") else "en"
        if self.country is not None:
            national = national_holidays(self.country, day.year, spoken).get(day)
            if national is not None:
                return national
        own = self._own_names.get(day)
        if own is not None:
            return own or _UNNAMED[spoken]
        return _WEEKDAYS[spoken][day.weekday()]

    def next_business_day(self, day: date) -> date | None:
        """The first business day after ``day``; None where more than ``LONGEST_RUN_OFF`` days off follow it."""
        return self._nearest(day, 1)

    def previous_business_day(self, day: date) -> date | None:
        """The last business day before ``day``; None where more than ``LONGEST_RUN_OFF`` days off come before it."""
        return self._nearest(day, -1)

    def business_days_before(self, day: date, n: int) -> date | None:
        """The n-th business day before ``day``, which does not itself count; None beyond ``FARTHEST_BACK`` days."""
        found: date | None = day
        for _ in range(n):
            found = self.previous_business_day(found) if found is not None else None
        return found if found is not None and (day - found).days <= FARTHEST_BACK else None

    def nth_business_day_of(self, month: Month, n: int) -> date | None:
        """The n-th business day of ``month``, from its end where n is negative (-1 is the last); None if it has fewer."""
        length = (month.last - month.first).days + 1
        edge, step = (month.first, 1) if n > 0 else (month.last, -1)
        count = 0
        for distance in range(length):
            day = edge + timedelta(days=step * distance)
            count += self.is_business_day(day)
            if count == abs(n):
                return day
        return None

    def _nearest(self, day: date, step: int) -> date | None:
        ordinal = day.toordinal()
        for distance in range(1, LONGEST_RUN_OFF + 2):
            nearby = ordinal + step * distance
            if not date.min.toordinal() <= nearby <= date.max.toordinal():
                return None
            found = date.fromordinal(nearby)
            if self.is_business_day(found):
                return found
        return None

    @cached_property
    def _own_names(self) -> dict[date, str]:
        return dict(self.days_off)

    @cached_property
    def _own_days_on(self) -> frozenset[date]:
        return frozenset(self.days_on)
