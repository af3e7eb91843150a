"""朝の一覧 over real tables: what it counts and names, and that it is owed once a business day whoever looks."""

import random
import threading
from datetime import UTC, date, datetime, timedelta

from alert_plans import a_channel, owed
from databases import Database
from django.db import connection, transaction
from job_rows import CountedQueries, a_job, many_jobs, on_each_database
from tc_portal.alerts.digesting import digest_is_due, owe_digests
from tc_portal.alerts.models import Channel, Delivery, DigestRow, DigestSent
from tc_portal.alerts.planning import look
from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.digest import Digest, digest_as_json
from tc_portal.jobs.models import Incident, Job, Run, Transition
from tc_portal.store.calendars import make_calendar

pytestmark = on_each_database
HOUR = timedelta(hours=1)
# 08:30 in Tokyo of a Monday, and of the Friday before.
MONDAY = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
# Midnight in Tokyo. In the two months from then on are 建国記念の日, 天皇誕生日 and 春分の日.
BEGIN = datetime(2026, 1, 31, 15, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 2, 26, 23, 30, tzinfo=UTC)


def a_digest(channel: Channel, calendar: int | None = None, made_at: datetime = FRIDAY - 240 * HOUR) -> DigestRow:
    definition = digest_as_json(Digest("08:30", calendar, (channel.id,)))
    return DigestRow.objects.create(name="朝会", definition=definition, made_at=made_at)


def test_it_tells_what_happened_since_the_last_one_and_how_things_stand(data: Database) -> None:
    a_digest(a_channel(), make_calendar(Calendar("本社", "JP"), None).id)
    many_jobs(["a", "b"], finished_at=MONDAY - 40 * HOUR)
    a_job("failing", "error", MONDAY - 60 * HOUR)
    a_job("long ago", "success", FRIDAY - HOUR)
    missing = Job.objects.create(job_key="m", title="m", verdict="missed", is_bad=True, created_at=FRIDAY)
    Incident.objects.create(job=missing, opened_at=MONDAY - 2 * HOUR, verdict="missed")
    for hours in (2, 200):
        Transition.objects.create(
            job=missing, at=MONDAY - hours * HOUR, verdict_before="ok", verdict="missed", is_bad=True, reasons="[]"
        )
    Job.objects.create(job_key="u", title="u", verdict="unknown", since=MONDAY - HOUR, created_at=FRIDAY)
    assert look(MONDAY) == 0
    (message,) = owed()
    told = message.digest
    assert told is not None
    assert (told.begin, told.end) == (FRIDAY, MONDAY)
    assert (told.ran, told.failed, told.missed, told.unknown, told.still_open) == (3, 1, 1, 1, 2)
    assert [(each.title, each.verdict) for each in told.named] == [
        ("failing", "error"),
        ("m", "missed"),
        ("u", "unknown"),
    ]


def test_many_that_are_open_are_counted_and_not_all_named(data: Database) -> None:
    a_digest(a_channel())
    many_jobs([f"job-{number}" for number in range(50)], "error", MONDAY - HOUR)
    look(MONDAY)
    (message,) = owed()
    assert message.digest is not None
    assert (len(message.digest.named), message.digest.unnamed, message.digest.still_open) == (30, 20, 50)


def test_it_is_owed_once_however_often_it_is_looked_at(data: Database) -> None:
    digest = a_digest(a_channel())
    for minute in range(10):
        look(MONDAY + timedelta(minutes=minute))
    assert (len(owed()), DigestSent.objects.count()) == (1, 1)
    assert Delivery.objects.get().thread == f"digest:{digest.id}"
    look(MONDAY + 24 * HOUR)
    assert [row.begin for row in DigestSent.objects.order_by("day")][1] == MONDAY


def test_one_that_is_switched_off_is_not_told(data: Database) -> None:
    a_digest(a_channel())
    DigestRow.objects.update(is_enabled=False)
    assert not digest_is_due(MONDAY)


def test_two_months_of_business_days_with_a_process_that_comes_and_goes_has_one_each(data: Database) -> None:
    calendar = Calendar("本社", "JP")
    a_digest(a_channel(), make_calendar(calendar, None).id, BEGIN)
    chance, now = random.Random(3), BEGIN
    while now < BEGIN + 59 * 24 * HOUR:
        look(now + timedelta(minutes=chance.randint(-30, 30)))
        now += timedelta(minutes=chance.choice([60, 120, 240]))
    days = [date(2026, 2, 1) + timedelta(days=distance) for distance in range(59)]
    wanted = [day for day in days if calendar.is_business_day(day)]
    assert list(DigestSent.objects.order_by("day").values_list("day", flat=True)) == wanted
    assert Delivery.objects.count() == len(wanted)


def test_its_queries_do_not_grow_with_the_jobs(data: Database) -> None:
    a_digest(a_channel())
    counts = []
    for day, size in enumerate((5, 100)):
        many_jobs([f"{day}-{number}" for number in range(size)], "error", MONDAY + day * 24 * HOUR - HOUR)
        with CountedQueries() as counted, transaction.atomic():
            owe_digests(MONDAY + day * 24 * HOUR)
        counts.append(counted.count)
    assert counts[1] <= counts[0]
    assert Run.objects.count() == 105


def test_several_processes_at_once_owe_it_once(kept_data: Database) -> None:
    channel = a_channel()
    digest = a_digest(channel)
    try:
        threads = [threading.Thread(target=_look_and_leave) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert (DigestSent.objects.count(), Delivery.objects.count()) == (1, 1)
    finally:
        digest.delete()
        channel.delete()


def _look_and_leave() -> None:
    try:
        look(MONDAY)
        with transaction.atomic():
            owe_digests(MONDAY)
    finally:
        connection.close()
