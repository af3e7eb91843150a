"""Routes, rosters and digests, as people make and change them. Open alerts are looked at anew by what is said now."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from tc_portal.core.digest import Digest, digest_as_json, read_digest
from tc_portal.core.roster import Roster, roster_as_json
from tc_portal.core.route import Route, read_route, route_as_json

from .models import DigestRow, RosterRow, RouteRow
from .planning import look_again


def keep_route(route_id: int | None, name: str, route: Route, now: datetime, by: str) -> RouteRow:
    """Change the route, or make a new one behind the others."""
    said = {"name": name, "definition": route_as_json(route), "changed_at": now, "changed_by": by}
    with transaction.atomic():
        if route_id is None:
            last = RouteRow.objects.aggregate(last=Max("position"))["last"] or 0
            row = RouteRow.objects.create(position=last + 1, **said)
        else:
            RouteRow.objects.filter(id=route_id).update(**said)
            row = RouteRow.objects.get(id=route_id)
        look_again(now)
    return row


def switch_route(route_id: int, is_enabled: bool, now: datetime, by: str) -> None:
    RouteRow.objects.filter(id=route_id).update(is_enabled=is_enabled, changed_at=now, changed_by=by)
    look_again(now)


def move_route(route_id: int, by: int, now: datetime) -> None:
    """Look at it ``by`` places later than now, or earlier where that is negative; all are numbered anew."""
    with transaction.atomic():
        rows = list(RouteRow.objects.select_for_update().order_by("position", "id"))
        place = next((place for place, row in enumerate(rows) if row.id == route_id), None)
        if place is None:
            return
        rows.insert(min(max(place + by, 0), len(rows) - 1), rows.pop(place))
        for position, row in enumerate(rows, 1):
            row.position = position
        RouteRow.objects.bulk_update(rows, ["position"])
        look_again(now)


def remove_route(route_id: int, now: datetime) -> None:
    RouteRow.objects.filter(id=route_id).delete()
    look_again(now)


def rules_with_calendar(calendar_id: int) -> list[str]:
    """The names of the routes and digests that go by this calendar."""
    found = []
    for row in RouteRow.objects.order_by("position"):
        route = read_route(row.definition)
        if any(hours is not None and hours.calendar == calendar_id for hours in (route.hours, route.quiet)):
            found.append(row.name)
    digests = DigestRow.objects.order_by("name")
    return found + [row.name for row in digests if read_digest(row.definition).calendar == calendar_id]


def routes_with_roster(roster_id: int) -> list[RouteRow]:
    """The routes that tell whoever is on duty by this roster."""
    return [row for row in RouteRow.objects.order_by("position") if read_route(row.definition).roster == roster_id]


def routes_escalating_to(route_id: int) -> list[RouteRow]:
    """The routes that escalate to this one."""
    found = []
    for row in RouteRow.objects.order_by("position"):
        escalation = read_route(row.definition).escalation
        if escalation is not None and escalation.to == route_id:
            found.append(row)
    return found


def keep_roster(roster_id: int | None, name: str, roster: Roster, now: datetime, by: str) -> RosterRow:
    said = {"name": name, "definition": roster_as_json(roster), "changed_at": now, "changed_by": by}
    row, _is_new = RosterRow.objects.update_or_create(id=roster_id, defaults=said)
    look_again(now)
    return row


def remove_roster(roster_id: int) -> list[RouteRow]:
    """Delete it, unless routes go by it: these then, and nothing is deleted."""
    with transaction.atomic():
        using = routes_with_roster(roster_id)
        if not using:
            RosterRow.objects.filter(id=roster_id).delete()
    return using


def keep_digest(
    digest_id: int | None, name: str, digest: Digest, is_enabled: bool, now: datetime, by: str
) -> DigestRow:
    """Change the digest, or make a new one. One that is switched on anew is due from the next time on."""
    said = {"name": name, "definition": digest_as_json(digest), "is_enabled": is_enabled, "changed_by": by}
    with transaction.atomic():
        row = DigestRow.objects.filter(id=digest_id).first() if digest_id is not None else None
        if row is None:
            return DigestRow.objects.create(made_at=now, **said)
        if not row.is_enabled and is_enabled:
            said["made_at"] = now
        DigestRow.objects.filter(id=row.id).update(**said)
    return row
