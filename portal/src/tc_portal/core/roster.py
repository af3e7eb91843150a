"""当番: whose turn it is, by day or by week, and who stands in."""

from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from .business_days.local_time import instant_at, local_day, minutes_of
from .schedule.unschedulable import Unschedulable

MANY_PERSONS = 50
MANY_OVERRIDES = 200
A_DAY = 24 * 60


class Person(msgspec.Struct, frozen=True):
    """Somebody who takes a turn, and the ids of the channels that reach them."""

    name: str
    channels: tuple[int, ...]


class StandIn(msgspec.Struct, frozen=True):
    """``person``, one of the roster's by name, is on duty from ``begins_at`` until, not with, ``ends_at``: aware UTC."""

    person: str
    begins_at: datetime
    ends_at: datetime


class Roster(msgspec.Struct, frozen=True, omit_defaults=True):
    """The persons take turns in their order, each for a day or a week. The first turn of the first person begins on ``begins_on``
    at ``hand_over`` by the clock; by week each begins on that day of the week. Before then the rotation is thought on backwards.
    Raises ``Unschedulable`` where a value makes no sense.
    """

    persons: tuple[Person, ...]
    begins_on: date
    turn: Literal["day", "week"] = "week"
    hand_over: str = "09:00"
    stand_ins: tuple[StandIn, ...] = ()

    def __post_init__(self) -> None:
        names = [person.name for person in self.persons]
        if not 1 <= len(names) <= MANY_PERSONS:
            raise Unschedulable(
                ja=f"当番の人を 1 人から {MANY_PERSONS} 人まで書いてください。",
                en=f"Write between 1 and {MANY_PERSONS} persons.",
            )
        if len(set(names)) < len(names) or not all(name.strip() for name in names):
            raise Unschedulable(
                ja="同じ名前の人が 2 人います。区別できる名前にしてください。",
                en="Two persons have the same name. Tell them apart.",
            )
        if minutes_of(self.hand_over) >= A_DAY:
            raise Unschedulable(
                ja="交代の時刻は 00:00 から 23:59 までで指定してください。",
                en="Give a hand-over time from 00:00 to 23:59.",
            )
        if len(self.stand_ins) > MANY_OVERRIDES:
            raise Unschedulable(
                ja=f"交代の例外は {MANY_OVERRIDES} 件までです。古いものを消してください。",
                en=f"{MANY_OVERRIDES} stand-ins at most; delete old ones.",
            )
        for each in self.stand_ins:
            if each.person not in names:
                raise Unschedulable(
                    ja=f"「{each.person}」は当番の人の中にいません。", en=f"{each.person} is not one of the persons."
                )
            if each.ends_at <= each.begins_at:
                raise Unschedulable(ja="終了は開始より後にしてください。", en="The end must come after the beginning.")


class Duty(msgspec.Struct, frozen=True):
    """Who is on duty, from when until when: aware UTC."""

    person: Person
    begins_at: datetime
    ends_at: datetime
    stands_in: bool = False


def on_duty(roster: Roster, instant: datetime, zone: ZoneInfo) -> Duty:
    """Whose duty ``instant`` falls into. Of several who stand in, the one written last."""
    regular = _turn_at(roster, instant, zone)
    standing = [each for each in roster.stand_ins if each.begins_at <= instant < each.ends_at]
    if standing:
        begins_at, ends_at = standing[-1].begins_at, standing[-1].ends_at
        later = roster.stand_ins[roster.stand_ins.index(standing[-1]) + 1 :]
        person = next(each for each in roster.persons if each.name == standing[-1].person)
        return Duty(person, begins_at, min([ends_at, *_starts(later, instant)]), stands_in=True)
    ends_at = min([regular.ends_at, *_starts(roster.stand_ins, instant)])
    return Duty(regular.person, regular.begins_at, ends_at)


def duties_ahead(roster: Roster, after: datetime, count: int, zone: ZoneInfo) -> list[Duty]:
    """Who is on duty at ``after``, and ``count`` more in their order."""
    duties = [on_duty(roster, after, zone)]
    while len(duties) <= count:
        duties.append(on_duty(roster, duties[-1].ends_at, zone))
    return duties


def _starts(stand_ins: tuple[StandIn, ...], after: datetime) -> list[datetime]:
    return [each.begins_at for each in stand_ins if each.begins_at > after]


def _turn_at(roster: Roster, instant: datetime, zone: ZoneInfo) -> Duty:
    length = 1 if roster.turn == "day" else 7
    minutes = minutes_of(roster.hand_over)
    turns = (local_day(instant, zone) - roster.begins_on).days // length
    if _begin(roster, turns, length, minutes, zone) > instant:
        turns -= 1
    begins_at = _begin(roster, turns, length, minutes, zone)
    ends_at = _begin(roster, turns + 1, length, minutes, zone)
    return Duty(roster.persons[turns % len(roster.persons)], begins_at, ends_at)


def _begin(roster: Roster, turns: int, length: int, minutes: int, zone: ZoneInfo) -> datetime:
    return instant_at(roster.begins_on + timedelta(days=turns * length), minutes, zone)


_read = msgspec.json.Decoder(Roster).decode
_encode = msgspec.json.encode


def read_roster(definition: str) -> Roster:
    """The roster in the JSON that ``roster_as_json`` wrote."""
    return _read(definition)


def roster_as_json(roster: Roster) -> str:
    """The roster as it is kept."""
    return _encode(roster).decode()
