"""Alerts as tests let them live: members that fail, change and recover, and a planning that remembers what it told."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace as with_
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.hours import Clock
from tc_portal.core.roster import Roster
from tc_portal.core.route import JobFacts, KeptRoute, Reminders, Route
from tc_portal.core.routing import AlertNow, MemberNow, Rules, Telling, plan_alert

TOKYO = ZoneInfo("Asia/Tokyo")
# A Monday, 12:00 in Tokyo.
NOON = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
JAPAN = {1: Calendar("本社", "JP")}
CHANNELS = (1, 2, 3)


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


def clock(now: datetime) -> Clock:
    return Clock(now, TOKYO, JAPAN)


def route(number: int = 1, **said: Any) -> KeptRoute:
    return KeptRoute(number, f"route {number}", Route(**{"channels": (number,), **said}))


REMINDED = Reminders(30 * MINUTE, 4 * HOUR)


@dataclass
class AlertLife:
    """One alert. ``told`` is what was told: minute, route, occasion, members."""

    routes: list[KeptRoute]
    rosters: dict[int, Roster] = field(default_factory=dict)
    alert: AlertNow = field(default_factory=lambda: AlertNow(NOON, ()))
    told: list[tuple[float, int, str, tuple[int, ...]]] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)
    look_at: datetime | None = None
    is_over: bool = False

    def fails(self, number: int, minute: float, job: JobFacts | None = None, **said: Any) -> None:
        """A member joins."""
        facts = job or JobFacts(f"job-{number}")
        member = MemberNow(id=number, job=facts, news_at=at(minute), is_newcomer=True, **{"verdict": "error", **said})
        self.alert = with_(self.alert, members=(*self.alert.members, member))
        self.look(minute)

    def becomes(self, number: int, minute: float, **said: Any) -> None:
        """Something about the member changes."""
        members = [with_(m, **said) if m.id == number else m for m in self.alert.members]
        self.alert = with_(self.alert, members=tuple(members))
        self.look(minute)

    def look(self, minute: float) -> None:
        plan = plan_alert(self.alert, Rules(self.routes, self.rosters, CHANNELS), clock(at(minute)))
        self.told += [(minute, each.route.id, each.occasion, each.members) for each in plan.tellings]
        self.tellings += plan.tellings
        members = tuple(with_(m, told=plan.members[m.id], is_newcomer=False) for m in self.alert.members)
        self.alert = with_(self.alert, members=members, told=plan.told)
        self.look_at, self.is_over = plan.look_at, plan.is_over

    def passes(self, begin: float, end: float) -> None:
        """Time passes, and it is looked at only when the planning asked for it."""
        minute = begin
        while self.look_at is not None and self.look_at <= at(end):
            minute = max(minute, (self.look_at - NOON) / MINUTE)
            self.look(minute)

    @property
    def occasions(self) -> list[tuple[float, str]]:
        return [(minute, occasion) for minute, _route, occasion, _members in self.told]
