"""The time that a timeline shows: an hour, six, a day or a week by the portal's clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tc_portal.web.job_settings.dates import day_in_words, weekday_names

SPANS = ("week", "day", "6h", "1h")
_HOURS = {"6h": 6, "1h": 1}
_GRID = {"week": timedelta(days=1), "day": timedelta(hours=3), "6h": timedelta(hours=1), "1h": timedelta(minutes=10)}
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


@dataclass(frozen=True)
class TimeWindow:
    """``span`` is one of ``SPANS``; ``first`` is its begin on the clock in ``zone``, without a zone."""

    span: str
    first: datetime
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        return self.first.replace(tzinfo=self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        if self.span in _HOURS:
            return self.start + timedelta(hours=_HOURS[self.span])
        return (self.first + self._length).replace(tzinfo=self.zone).astimezone(UTC)

    @property
    def grid(self) -> timedelta:
        """How far apart the labels of its axis are."""
        return _GRID[self.span]

    @property
    def earlier(self) -> "TimeWindow":
        return self._moved(-1)

    @property
    def later(self) -> "TimeWindow":
        return self._moved(1)

    def holds(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def named(self) -> str:
        """Its begin as an address has it."""
        return f"{self.first:%Y-%m-%d}" if self.span in ("week", "day") else f"{self.first:%Y-%m-%dT%H:%M}"

    def in_words(self) -> str:
        """「2026年11月24日(火)」, with the time of an hour, or with the last day of a week."""
        day = day_in_words(self.first.date(), with_year=True)
        if self.span == "day":
            return day
        if self.span == "week":
            return f"{day} – {day_in_words((self.first + timedelta(days=6)).date())}"
        return f"{day} {self.first:%H:%M}–{self.end.astimezone(self.zone):%H:%M}"

    @property
    def _length(self) -> timedelta:
        return (
            timedelta(hours=_HOURS[self.span])
            if self.span in _HOURS
            else timedelta(days=7 if self.span == "week" else 1)
        )

    def _moved(self, steps: int) -> "TimeWindow":
        return window_at(self.span, self.first + steps * self._length, self.zone)


def window_at(span: str, moment: datetime, zone: ZoneInfo) -> TimeWindow:
    """The window of that span that holds ``moment``, on the clock in ``zone`` and without a zone."""
    moment = moment.replace(year=min(max(moment.year, _FIRST_YEAR), _LAST_YEAR), tzinfo=None, second=0, microsecond=0)
    midnight = datetime.combine(moment.date(), time())
    if span == "week":
        order = [weekday for weekday, _name in weekday_names()]
        return TimeWindow(span, midnight - timedelta(days=order.index(moment.weekday())), zone)
    if span in _HOURS:
        return TimeWindow(span, midnight + timedelta(hours=moment.hour // _HOURS[span] * _HOURS[span]), zone)
    return TimeWindow("day", midnight, zone)


def window_asked(span: str, at: str, now: datetime, zone: ZoneInfo) -> TimeWindow:
    """The window that an address asks for: today where it says nothing, or nothing that can be read."""
    span = span if span in SPANS else "day"
    try:
        moment = datetime.fromisoformat(at.strip())
    except ValueError:
        moment = now.astimezone(zone)
    else:
        moment = moment.astimezone(zone) if moment.tzinfo is not None else moment
    return window_at(span, moment, zone)
