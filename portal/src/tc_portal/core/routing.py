"""Who is to be told what of an alert now, and when to look again.

One pure function: ``plan_alert`` goes by how the members stand and by what has been told, so that asking twice owes nothing twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from .alert_message import GroupedBy, Occasion
from .hours import Clock, are_on, next_change
from .instant import LATEST
from .roster import Roster, on_duty
from .route import DEFAULT_ROUTE, GRAVITY, JobFacts, KeptRoute, Route, default_route, routes_for, routes_on
from .verdict import Verdict

# What nothing tells of when it ends is looked at again after so long: a maintenance, a route that reaches nobody.
SOON = timedelta(minutes=1)


class MemberTold(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one route has told of one member. ``news_at`` is the member's when it was told last. ``is_held``: quiet hours hold
    something back. ``is_listed``: it joined an alert that had been told, and is told with what comes next. ``was_silenced``:
    somebody acknowledged or muted it after it was told, or a maintenance began. ``tellings`` are their ids."""

    news_at: datetime | None = None
    is_held: bool = False
    is_listed: bool = False
    is_over_told: bool = False
    was_silenced: bool = False
    tellings: tuple[int, ...] = ()


class RouteTold(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one route has told of an alert. ``news_at`` is when it last told news, ``last_at`` when anything that lasts;
    ``reminders`` have come since the news; ``channels`` are all that were told."""

    news_at: datetime | None = None
    last_at: datetime | None = None
    reminders: int = 0
    escalated_at: datetime | None = None
    channels: tuple[int, ...] = ()


class MemberNow(msgspec.Struct, frozen=True, kw_only=True):
    """A member as it stands; see ``core.incident_now`` for the instants. ``held_until`` is until when the job that it runs after
    has it wait. ``is_newcomer``: it has joined in this very planning. ``told`` is by route."""

    id: int
    job: JobFacts
    verdict: Verdict
    news_at: datetime
    rule: GroupedBy = "alone"
    over_at: datetime | None = None
    silent_until: datetime | None = None
    is_in_maintenance: bool = False
    held_until: datetime | None = None
    is_newcomer: bool = False
    told: Mapping[int, MemberTold] = {}


class AlertNow(msgspec.Struct, frozen=True):
    """An alert: until when it gathers members before anything is told, its members, and what was told by which route."""

    gather_until: datetime
    members: Sequence[MemberNow]
    told: Mapping[int, RouteTold] = {}


class Rules(msgspec.Struct, frozen=True):
    """``routes``, those that are enabled, in their order; without any made at all, the default. ``channels`` are the enabled ones."""

    routes: Sequence[KeptRoute]
    rosters: Mapping[int, Roster]
    channels: Sequence[int]


class Telling(msgspec.Struct, frozen=True):
    """Something owed: of these members, by their ids, to these channels."""

    route: KeptRoute
    occasion: Occasion
    members: tuple[int, ...]
    channels: tuple[int, ...]


class AlertPlan(msgspec.Struct, frozen=True):
    """What is owed, and what has been told with it. ``look_at`` is when something may be owed by the passing of time."""

    tellings: tuple[Telling, ...]
    members: Mapping[int, Mapping[int, MemberTold]]
    told: Mapping[int, RouteTold]
    look_at: datetime | None
    is_over: bool


def plan_alert(alert: AlertNow, rules: Rules, clock: Clock) -> AlertPlan:
    """What is owed of the alert now."""
    planning = _Planning(alert, rules, clock)
    if not alert.told and clock.now < alert.gather_until and planning.bad:
        return planning.plan(alert.gather_until)
    for kept in planning.routes:
        planning.plan_route(kept)
    return planning.plan(min((at for at in planning.looks if clock.now < at < LATEST), default=None))


def channels_of(route: Route, rules: Rules, clock: Clock) -> tuple[int, ...]:
    """Whom the route tells now: its channels and those of the person on duty, as far as they are enabled."""
    roster = rules.rosters.get(route.roster) if route.roster is not None else None
    on_call = on_duty(roster, clock.now, clock.zone).person.channels if roster is not None else ()
    return tuple(channel for channel in dict.fromkeys((*route.channels, *on_call)) if channel in rules.channels)


class _Planning:
    """The state that the planning of one alert goes through; what one route tells, the next one knows."""

    def __init__(self, alert: AlertNow, rules: Rules, clock: Clock) -> None:
        self.rules, self.clock, self.now = rules, clock, clock.now
        self.members = {member.id: member for member in alert.members}
        self.entries = {member.id: dict(member.told) for member in alert.members}
        self.told = dict(alert.told)
        self.tellings: list[Telling] = []
        self.looks: list[datetime] = []
        self.routes = list(rules.routes)
        if DEFAULT_ROUTE in self.told and all(kept.id != DEFAULT_ROUTE for kept in self.routes):
            # Whom it told of the failure while there was no other is told of the recovery.
            default = default_route(rules.channels)
            self.routes.append(replace(default, route=replace(default.route, is_for_escalation=True, reminders=None)))
        self.bad = [member for member in alert.members if member.over_at is None]
        on = routes_on(self.routes, clock)
        self.matching: dict[int, list[MemberNow]] = {kept.id: [] for kept in self.routes}
        for member in self.bad:
            for kept in routes_for(member.job, member.verdict, on):
                self.matching[kept.id].append(member)
            self.looks += [at for at in (member.silent_until, member.held_until) if at is not None]
            if member.is_in_maintenance:
                self.looks.append(self.now + SOON)

    def plan(self, look_at: datetime | None) -> AlertPlan:
        pending = {kept.id for kept in self.routes}
        is_owed = any(
            entry.is_held or (entry.news_at is not None and not entry.is_listed and not entry.is_over_told)
            for entries in self.entries.values()
            for route_id, entry in entries.items()
            if route_id in pending
        )
        return AlertPlan(tuple(self.tellings), self.entries, self.told, look_at, not self.bad and not is_owed)

    def plan_route(self, kept: KeptRoute) -> None:
        route = kept.route
        quiet = route.quiet if route.quiet is not None and are_on(route.quiet, self.clock) else None
        for hours in (quiet, route.hours):
            if hours is not None and (change := next_change(hours, self.clock)) is not None:
                self.looks.append(change)
        self._note_silence(kept)
        channels = channels_of(route, self.rules, self.clock)
        if channels:
            self._tell_news(kept, channels, is_quiet=quiet is not None)
            if quiet is None:
                self._tell_what_is_no_longer_silent(kept, channels)
                self._remind(kept, channels)
        elif self.bad:
            self.looks.append(self.now + SOON)
        self._tell_recovery(kept, is_quiet=quiet is not None)
        self._escalate(kept)

    def _note_silence(self, kept: KeptRoute) -> None:
        for member in self.bad:
            if self._entry(member, kept).news_at is not None and not self._is_tellable(member):
                self._note(member, kept, was_silenced=True)

    def _tell_news(self, kept: KeptRoute, channels: tuple[int, ...], *, is_quiet: bool) -> None:
        fresh = [m for m in self.matching[kept.id] if self._is_tellable(m) and self._is_news(m, kept)]
        if is_quiet:
            for member in fresh:
                if member.verdict not in kept.route.breaks_through:
                    self._note(member, kept, is_held=True)
            fresh = [member for member in fresh if member.verdict in kept.route.breaks_through]
            summed: list[MemberNow] = []
        else:
            held = [m for m in self.members.values() if self._entry(m, kept).is_held]
            summed = [m for m in held if m.over_at is not None or m in fresh]
            for member in held:
                self._note(member, kept, is_held=False)
            fresh = [member for member in fresh if member not in summed]
        loud = []
        for member in fresh:
            if self._is_known(member, channels):
                self._note(member, kept, news_at=member.news_at, is_listed=True)
            else:
                loud.append(member)
        if summed or loud:
            occasion = "held_back" if summed else self._occasion(loud, kept)
            news_at = self.now if any(member.over_at is None for member in (*summed, *loud)) else None
            self._tell(kept, occasion, [*summed, *loud], channels, news_at)

    def _occasion(self, loud: list[MemberNow], kept: KeptRoute) -> Occasion:
        """A failure is new where the route has told nothing of it, or its recovery; what joined because it is graver is a change."""
        entries = [self._entry(m, kept) for m in loud if not m.is_newcomer]
        is_first = self._route_told(kept).news_at is None
        return "failed" if is_first or any(e.news_at is None or e.is_over_told for e in entries) else "changed"

    def _tell_what_is_no_longer_silent(self, kept: KeptRoute, channels: tuple[int, ...]) -> None:
        about = (member for member in self.matching[kept.id] if self._is_tellable(member))
        back = [member for member in about if self._entry(member, kept).was_silenced]
        if back:
            self._tell(kept, "reminder", back, channels, None)

    def _remind(self, kept: KeptRoute, channels: tuple[int, ...]) -> None:
        told, reminders = self._route_told(kept), kept.route.reminders
        if reminders is None or told.last_at is None:
            return
        members = self._lasting(kept)
        due = told.last_at + reminders.after(told.reminders)
        if members and self.now >= due:
            self._tell(kept, "reminder", members, channels, None)
            self.told[kept.id] = replace(self.told[kept.id], reminders=told.reminders + 1)
            due = self.now + reminders.after(told.reminders + 1)
        if members:
            self.looks.append(due)

    def _tell_recovery(self, kept: KeptRoute, *, is_quiet: bool) -> None:
        members = [m for m in self.members.values() if self._was_told(self._entry(m, kept))]
        if not members or any(member.over_at is None for member in members):
            return
        told = self._route_told(kept).channels
        channels = tuple(channel for channel in told if channel in self.rules.channels)
        if kept.route.tells_recoveries and is_quiet:
            for member in members:
                self._note(member, kept, is_held=True)
        elif kept.route.tells_recoveries and channels:
            self._tell(kept, "recovered", members, channels, None)
        else:
            for member in members:
                self._note(member, kept, is_over_told=True)

    def _escalate(self, kept: KeptRoute) -> None:
        escalation, told = kept.route.escalation, self._route_told(kept)
        begun = told.news_at or told.escalated_at
        target = next((each for each in self.routes if escalation is not None and each.id == escalation.to), None)
        members = self._lasting(kept)
        if escalation is None or begun is None or target is None or target.id == kept.id or not members:
            return
        before = self._route_told(target).escalated_at
        if before is not None and before >= begun:
            return
        at = self._when_it_tells(target, members, begun + escalation.after)
        channels = channels_of(target.route, self.rules, self.clock)
        if self.now < at or not channels:
            self.looks.append(at if self.now < at else self.now + SOON)
            return
        self._tell(target, "escalation", members, channels, None)
        self.told[target.id] = replace(self.told[target.id], escalated_at=self.now)

    def _when_it_tells(self, target: KeptRoute, members: list[MemberNow], due: datetime) -> datetime:
        """``due``, or where that has come and the route does not tell now, when its hours begin or its quiet hours end."""
        route = target.route
        if self.now < due:
            return due
        if route.hours is not None and not are_on(route.hours, self.clock):
            return next_change(route.hours, self.clock) or LATEST
        breaks_through = any(member.verdict in route.breaks_through for member in members)
        if route.quiet is not None and not breaks_through and are_on(route.quiet, self.clock):
            return next_change(route.quiet, self.clock) or LATEST
        return due

    def _tell(
        self,
        kept: KeptRoute,
        occasion: Occasion,
        members: list[MemberNow],
        channels: tuple[int, ...],
        news_at: datetime | None,
    ) -> None:
        """Owe it to those of the channels that do not hear it by another route already, and note what is told."""
        heard = {channel for each in self.tellings if each.occasion == occasion for channel in each.channels}
        if occasion in ("failed", "changed"):
            heard |= set(channels).intersection(*(self._channels_that_heard(member) for member in members))
        owed = tuple(channel for channel in channels if channel not in heard)
        if owed:
            self.tellings.append(Telling(kept, occasion, tuple(member.id for member in members), owed))
        for member in members:
            is_over = member.over_at is not None
            before = self._entry(member, kept)
            self.entries[member.id][kept.id] = MemberTold(
                member.news_at, is_over_told=is_over, tellings=before.tellings
            )
        told = self._route_told(kept)
        self.told[kept.id] = replace(
            told,
            news_at=news_at or told.news_at,
            last_at=told.last_at if occasion == "recovered" else self.now,
            reminders=told.reminders if news_at is None else 0,
            channels=tuple(dict.fromkeys((*told.channels, *channels))),
        )

    def _is_known(self, member: MemberNow, channels: tuple[int, ...]) -> bool:
        """Whether all that would be told know already: of the member, or of the alert that it joins, as something as grave."""
        if not member.is_newcomer or member.rule in ("alone", "dependency"):
            return set(channels) <= self._channels_that_heard(member)
        known = {channel for told in self.told.values() for channel in told.channels}
        told = [m for m in self.members.values() if any(e.news_at is not None for e in self.entries[m.id].values())]
        gravest = max((GRAVITY.get(each.verdict, 0) for each in told), default=0)
        return set(channels) <= known and GRAVITY.get(member.verdict, 0) <= gravest

    def _channels_that_heard(self, member: MemberNow) -> set[int]:
        return {
            channel
            for route_id, entry in self.entries[member.id].items()
            if entry.news_at is not None and entry.news_at >= member.news_at and not entry.is_over_told
            for channel in self.told.get(route_id, RouteTold()).channels
        }

    def _lasting(self, kept: KeptRoute) -> list[MemberNow]:
        """The members that the route has told of and that somebody should still look after."""
        is_escalated = self._route_told(kept).escalated_at is not None
        about = self.bad if is_escalated or kept.route.is_for_escalation else self.matching[kept.id]
        return [m for m in about if self._is_tellable(m) and self._entry(m, kept).news_at is not None]

    def _is_tellable(self, member: MemberNow) -> bool:
        until: Iterable[datetime | None] = (member.silent_until, member.held_until)
        return not member.is_in_maintenance and all(at is None or at <= self.now for at in until)

    def _is_news(self, member: MemberNow, kept: KeptRoute) -> bool:
        entry = self._entry(member, kept)
        return entry.news_at is None or entry.news_at < member.news_at or entry.is_over_told

    def _was_told(self, entry: MemberTold) -> bool:
        return entry.news_at is not None and not entry.is_listed and not entry.is_over_told

    def _entry(self, member: MemberNow, kept: KeptRoute) -> MemberTold:
        return self.entries[member.id].get(kept.id, MemberTold())

    def _note(self, member: MemberNow, kept: KeptRoute, **told: object) -> None:
        self.entries[member.id][kept.id] = replace(self._entry(member, kept), **told)

    def _route_told(self, kept: KeptRoute) -> RouteTold:
        return self.told.get(kept.id, RouteTold())
