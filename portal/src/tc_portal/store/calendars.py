"""営業日カレンダー: what a person makes of one, and the jobs that go by it."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime

import msgspec
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.job_settings import calendars_of, read_settings
from tc_portal.jobs.models import CalendarRevision, CalendarRow, Job

from .changing_settings import CalendarRenewal
from .database import open_store
from .expectations import JOBS_AT_ONCE

# So many jobs are read at once when those that go by a calendar are looked for.
JOBS_READ = 1_000
# While jobs are renewed, somebody may put older settings in force again; they are looked for so often.
PASSES = 3


class NameTaken(Exception):
    """Another calendar has this name."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the calendar since it was read."""


def make_calendar(calendar: Calendar, changed_by: str | None) -> CalendarRow:
    """A new calendar. Raises ``NameTaken``."""
    with transaction.atomic():
        row = _named(calendar.name)
        _add_revision(row.id, calendar, changed_by)
    return row


def change_calendar(calendar_id: int, based_on: int, calendar: Calendar, changed_by: str | None) -> int:
    """Give the calendar a new revision and its name, and have its jobs judged by it from now on; how many those were.

    ``based_on`` is the id of the revision that the change was made from. Raises ``ChangedMeanwhile``, ``NameTaken``,
    ``CalendarRow.DoesNotExist``, and ``batches.Refused`` or ``Unavailable`` where only some jobs could be changed: saving the
    same calendar again changes the rest.
    """
    with transaction.atomic():
        _lock_revisions()
        row = CalendarRow.objects.get(id=calendar_id)
        if row.name != calendar.name:
            _rename(row, calendar.name)
        newest = CalendarRevision.objects.filter(calendar_id=calendar_id).order_by("-id").first()
        if newest is not None and newest.id != based_on:
            raise ChangedMeanwhile
        if newest is None or _without_name(newest.definition) != _without_name(_definition(calendar)):
            _add_revision(calendar_id, calendar, changed_by)
    return renew_jobs(calendar_id, changed_by)


def remove_calendar(calendar_id: int) -> list[Job]:
    """Delete the calendar, unless jobs go by it: these are returned then. Its revisions stay, as history names them."""
    with transaction.atomic():
        _lock_revisions()
        using = list(jobs_using(calendar_id))
        if not using:
            CalendarRow.objects.filter(id=calendar_id).delete()
    return using


def renew_jobs(calendar_id: int, changed_by: str | None) -> int:
    """Have the jobs go by the calendar's newest revision; how many went by an older one. In slices, each a transaction."""
    revisions = list(
        CalendarRevision.objects.filter(calendar_id=calendar_id).order_by("id").values_list("id", flat=True)
    )
    renewal = CalendarRenewal(frozenset(map(str, revisions[:-1])), str(revisions[-1]))
    count = 0
    with closing(open_store(settings.DATABASES["default"])) as store:
        for _ in range(PASSES):
            keys = [job.job_key for job in _jobs_naming(renewal.older)]
            if not keys:
                break
            for start in range(0, len(keys), JOBS_AT_ONCE):
                slice_ = keys[start : start + JOBS_AT_ONCE]
                count += store.renew_calendar(slice_, renewal, datetime.now(UTC), changed_by)
    return count


def jobs_using(calendar_id: int) -> Iterator[Job]:
    """The jobs whose settings in force name any revision of the calendar. One pass over the jobs with a calendar."""
    revisions = CalendarRevision.objects.filter(calendar_id=calendar_id).values_list("id", flat=True)
    return _jobs_naming(frozenset(map(str, revisions)))


def _jobs_naming(revisions: frozenset[str]) -> Iterator[Job]:
    after = 0
    while revisions:
        # What calls something a calendar in JSON; which one is read in the settings themselves.
        found: Sequence[Job] = list(
            Job.objects.filter(id__gt=after, settings_row__definition__contains='"calendar":"')
            .select_related("settings_row")
            .order_by("id")[:JOBS_READ]
        )
        if not found:
            return
        after = found[-1].id
        for job in found:
            if calendars_of(read_settings(job.settings_row.definition)) & revisions:
                yield job


def _named(name: str) -> CalendarRow:
    try:
        with transaction.atomic():
            return CalendarRow.objects.create(name=name)
    except IntegrityError:
        raise NameTaken from None


def _rename(row: CalendarRow, name: str) -> None:
    try:
        with transaction.atomic():
            CalendarRow.objects.filter(id=row.id).update(name=name)
    except IntegrityError:
        raise NameTaken from None


def _add_revision(calendar_id: int, calendar: Calendar, changed_by: str | None) -> None:
    _lock_revisions()
    CalendarRevision.objects.create(
        calendar_id=calendar_id, made_at=timezone.now(), definition=_definition(calendar), changed_by=changed_by
    )


def _lock_revisions() -> None:
    """Let revisions be committed in the order of their ids: the store asks for those after the newest that it knows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE calendar_revision IN SHARE ROW EXCLUSIVE MODE")


def _definition(calendar: Calendar) -> str:
    return msgspec.json.encode(calendar).decode()


def _without_name(definition: str) -> Calendar:
    return msgspec.structs.replace(msgspec.json.decode(definition, type=Calendar), name="-")
