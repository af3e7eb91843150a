"""The rules by which it is decided who is told: routes, rosters, enabled channels, calendars."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max

from tc_portal.core.hours import Clock
from tc_portal.core.roster import Roster, read_roster
from tc_portal.core.route import KeptRoute, default_route, read_route
from tc_portal.core.routing import Rules
from tc_portal.jobs.calendar_queries import calendars_named
from tc_portal.jobs.models import CalendarRow

from .models import Channel, RosterRow, RouteRow

_route_in = lru_cache(500)(read_route)
_roster_in = lru_cache(100)(read_roster)
MANY_ROUTES = 500
MANY_ROSTERS = 200


def clock_at(now: datetime) -> Clock:
    """Now, by the portal's clock on the wall and its calendars as they stand. Two queries."""
    newest = CalendarRow.objects.annotate(newest=Max("revisions__id")).order_by("id")
    revisions = {
        number: str(revision) for number, revision in newest.values_list("id", "newest") if revision is not None
    }
    named = calendars_named(revisions.values()) if revisions else {}
    calendars = {number: named[revision] for number, revision in revisions.items() if revision in named}
    return Clock(now, ZoneInfo(settings.TIME_ZONE), calendars)


def kept_routes() -> list[tuple[RouteRow, KeptRoute]]:
    """Every route that was made, in the order in which they are looked at."""
    rows = RouteRow.objects.order_by("position", "id")[:MANY_ROUTES]
    return [(row, KeptRoute(row.id, row.name, _route_in(row.definition))) for row in rows]


def kept_rosters() -> dict[int, Roster]:
    """The rosters by id."""
    rows = RosterRow.objects.order_by("id")[:MANY_ROSTERS]
    return {row.id: _roster_in(row.definition) for row in rows}


def rules_in_force() -> Rules:
    """The enabled routes; the default one where nobody has made any. Three queries."""
    channels = tuple(Channel.objects.filter(is_enabled=True).order_by("id").values_list("id", flat=True))
    made = kept_routes()
    routes = [kept for row, kept in made if row.is_enabled] if made else [default_route(channels)]
    return Rules(routes, kept_rosters(), channels)
