"""What pages read of calendars. Every query here says what bounds its cost as data grows."""

from collections.abc import Collection

import msgspec
from django.db.models import Max

from tc_portal.core.business_days.calendar import Calendar

from .models import CalendarRevision, CalendarRow

MANY_CALENDARS = 500


class KeptCalendar(msgspec.Struct, frozen=True):
    """A calendar as it stands: its id, its newest revision's id, and what it says."""

    id: int
    revision: int
    calendar: Calendar


def kept_calendars() -> list[KeptCalendar]:
    """All calendars by name, at most ``MANY_CALENDARS``: two queries, on the index ``calendar_revision_of_calendar``."""
    rows = list(CalendarRow.objects.order_by("name", "id")[:MANY_CALENDARS])
    newest = (
        CalendarRevision.objects.filter(calendar_id__in=[row.id for row in rows])
        .values("calendar_id")
        .annotate(newest=Max("id"))
        .values_list("newest", flat=True)
    )
    revisions = (
        {each.calendar_id: each for each in CalendarRevision.objects.filter(id__in=list(newest))} if rows else {}
    )
    return [
        KeptCalendar(row.id, revisions[row.id].id, _read(revisions[row.id].definition, row.name))
        for row in rows
        if row.id in revisions
    ]


def kept_calendar(calendar_id: int) -> KeptCalendar | None:
    row = CalendarRow.objects.filter(id=calendar_id).first()
    newest = CalendarRevision.objects.filter(calendar_id=calendar_id).order_by("-id").first()
    return (
        None if row is None or newest is None else KeptCalendar(row.id, newest.id, _read(newest.definition, row.name))
    )


def revisions_named(names: Collection[str]) -> dict[str, tuple[int | None, Calendar]]:
    """By the name that settings give it: the id of the calendar, None where that is deleted, and what the revision says."""
    ids = [int(name) for name in names if name.isdecimal() and len(name) < 19]
    found = CalendarRevision.objects.select_related("calendar").filter(id__in=ids) if ids else []
    return {
        str(each.id): (each.calendar_id, _read(each.definition, each.calendar.name if each.calendar else None))
        for each in found
    }


def calendars_named(names: Collection[str]) -> dict[str, Calendar]:
    """The calendars by the names that settings give them, those that there are: one query at most."""
    return {name: calendar for name, (_id, calendar) in revisions_named(names).items()}


def newest_revisions() -> dict[str, str]:
    """By the name of each calendar, the name that settings give to its newest revision."""
    newest = CalendarRow.objects.annotate(newest=Max("revisions__id")).order_by("name")
    return {name: str(revision) for name, revision in newest.values_list("name", "newest") if revision is not None}


def last_revisions(calendar_id: int, many: int) -> list[CalendarRevision]:
    """The calendar's newest revisions, newest first, on the index ``calendar_revision_of_calendar``."""
    return list(CalendarRevision.objects.filter(calendar_id=calendar_id).order_by("-id")[:many])


def _read(definition: str, name: str | None) -> Calendar:
    calendar = msgspec.json.decode(definition, type=Calendar)
    return calendar if name is None else msgspec.structs.replace(calendar, name=name)
