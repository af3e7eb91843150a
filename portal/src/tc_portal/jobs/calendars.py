"""The calendars that settings and maintenance plans go by."""

from collections.abc import Collection, Mapping

import msgspec

from tc_portal.core.business_days.calendar import Calendar

from .models import CalendarRevision

_read = msgspec.json.Decoder(Calendar).decode
# By the name that settings give them, the id of their revision. A revision never changes.
_read_before: dict[str, Calendar] = {}


def calendars_named(names: Collection[str]) -> Mapping[str, Calendar]:
    """At least those of the calendars with these names that there are. They are read once, in one query."""
    unread = [int(name) for name in names if name not in _read_before and name.isdecimal()]
    if unread:
        for revision in CalendarRevision.objects.filter(id__in=unread):
            _read_before[str(revision.id)] = _read(revision.definition)
    return _read_before
