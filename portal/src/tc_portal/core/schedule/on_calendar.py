"""Runs by systemd's calendar expressions: OnCalendar=Mon..Fri 07:30."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby
from zoneinfo import ZoneInfo

import msgspec
from oncalendar import BaseIterator, OnCalendarError

from ..business_days.local_time import time_zone_of
from .slot import Slot
from .unschedulable import Unschedulable

MANY_EXPRESSIONS = 50
LONGEST_EXPRESSION = 400

_ONE_DAY = timedelta(days=1)
# The years that oncalendar knows are 1970 to 2199.
_FIRST, _LAST = datetime(1969, 12, 30, tzinfo=UTC), datetime(2200, 1, 2, tzinfo=UTC)


class OnCalendar(msgspec.Struct, frozen=True, tag="on_calendar"):
    """Runs at the times of any of ``expressions``, by the clock in ``time_zone``, or in the time zone that an
    expression has at its own end. Due between 1970 and 2199.

    As oncalendar (1.1) and systemd do it, a time that the clock skips does not run at all, and one that comes twice
    runs the first time only, be it of a list or a ``*``: ``*:0/30`` rests while the clock shows an hour again. (The
    library's own text says that it repeats such times; it does not, and asked from within such an hour it gives times
    gone by.) Fractions of a second are not read.

    Raises ``Unschedulable`` for what cannot be read, and for what never comes, such as ``*-02-30``. A single date that
    is over is no error: nothing is due any more.
    """

    expressions: tuple[str, ...]
    time_zone: str

    def __post_init__(self) -> None:
        time_zone_of(self.time_zone)
        if not 1 <= len(self.expressions) <= MANY_EXPRESSIONS:
            raise Unschedulable(
                ja=f"OnCalendar の式を 1 個から {MANY_EXPRESSIONS} 個まで指定してください。",
                en=f"Give between 1 and {MANY_EXPRESSIONS} OnCalendar expressions.",
            )
        written = tuple(" ".join(expression.split()) for expression in self.expressions)
        for expression in written:
            _refuse_senseless(expression, self.time_zone)
        msgspec.structs.force_setattr(self, "expressions", written)

    def slots(self, after: datetime, until: datetime) -> Iterator[Slot]:
        """The slots with after < due <= until, ascending and distinct."""
        after, until = max(after, _FIRST), min(until, _LAST)
        if after >= until:
            return
        parts = (_time_and_zone(expression, self.time_zone) for expression in self.expressions)
        for due, _ in groupby(merge(*(_due(time, zone, after, until) for time, zone in parts))):
            yield Slot(due)


def _time_and_zone(expression: str, time_zone: str) -> tuple[str, ZoneInfo]:
    """The expression without a time zone, and the time zone that it goes by."""
    head, _, last = expression.rpartition(" ")
    # Nothing else that ends an expression of several words begins with a letter.
    return (head, time_zone_of(last)) if head and last[0].isalpha() else (expression, time_zone_of(time_zone))


def _refuse_senseless(expression: str, time_zone: str) -> None:
    shown = expression[:60]
    unreadable = Unschedulable(
        ja=f"OnCalendar の式「{shown}」を読めません。「Mon..Fri 07:30」や「*-*-01 04:00」のように書いてください。",
        en=f"{shown!r} is not an OnCalendar expression. Write it as 'Mon..Fri 07:30' or '*-*-01 04:00'.",
    )
    if len(expression) > LONGEST_EXPRESSION:
        raise unreadable
    time, _ = _time_and_zone(expression, time_zone)
    try:
        first = next(BaseIterator(time, _FIRST.replace(tzinfo=None)), None)
    except OnCalendarError:
        raise unreadable from None
    if first is None:
        raise Unschedulable(
            ja=f"OnCalendar の式「{shown}」に合う日はありません。年月日と曜日の組み合わせを見直してください。",
            en=f"No day ever matches the OnCalendar expression {shown!r}. Check its dates and days of the week.",
        )


def _due(time: str, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[datetime]:
    # oncalendar is asked about a clock that never changes: by one that does, it would look through all the years for a
    # time that is not skipped, however short the window.
    end = _shown(until, zone) + _ONE_DAY
    for local in BaseIterator(time, _shown(after, zone)):
        if local > end:
            return
        due = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if _shown(due, zone) != local:
            continue
        if due > until:
            return
        if due > after:
            yield due


def _shown(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)
