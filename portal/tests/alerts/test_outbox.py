"""What is owed is written in the caller's transaction, taken in order under a lease, and never lost."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import msgspec
from alert_messages import a_channel, a_message
from databases import Database
from django.db import connection, connections, transaction
from outbox_rows import a_webhook, owed
from tc_portal.alerts import leasing
from tc_portal.alerts.models import Channel, Delivery
from tc_portal.alerts.outbox import owe
from tc_portal.alerts.queries import deliveries_of_channel
from tc_portal.alerts.trouble import Trouble, kept_trouble
from tc_portal.core.alert_message import AlertMessage

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
FAILED = Trouble(kind="answered", status=500)


def taken(channel: Channel, now: datetime, holder: str = "one") -> list[Delivery]:
    return leasing.take(channel.id, holder, now).deliveries


def contents(deliveries: list[Delivery]) -> list[uuid.UUID]:
    return [each.id for each in deliveries]


def in_thread(thread: str) -> list[Delivery]:
    """What was owed in the thread, to whatever channel: oldest first."""
    return list(Delivery.objects.filter(thread=thread).order_by("created_at", "sequence", "channel__name"))


def test_what_is_owed_is_there_once_for_each_enabled_channel(outbox: Database) -> None:
    on, other = a_webhook("http://127.0.0.1:9/", "on"), a_webhook("http://127.0.0.1:9/", "other")
    off = a_webhook("http://127.0.0.1:9/", "off", is_enabled=False)
    now = datetime.now(UTC)
    ids = owe([on.id, other.id, off.id, on.id, 999_999], "alert:1", a_message(), now)
    found = in_thread("alert:1")
    assert {each.channel_id for each in found} == {on.id, other.id}
    assert sorted(contents(found)) == sorted(ids)
    assert {(each.state, each.sequence, each.occasion, each.created_at) for each in found} == {
        ("queued", 1, "failed", now)
    }
    assert owe([], "alert:1", a_message(), now) == []


def test_what_is_owed_comes_and_goes_with_the_callers_transaction(outbox: Database) -> None:
    channel = a_webhook("http://127.0.0.1:9/")
    with transaction.atomic():
        owed(channel, 2)
        transaction.set_rollback(True)
    assert deliveries_of_channel(channel.id) == []


def test_two_who_owe_in_one_thread_at_once_do_not_get_into_each_others_way(outbox: Database) -> None:
    channel = a_webhook("http://127.0.0.1:9/")

    def owe_some() -> None:
        try:
            for _ in range(20):
                with transaction.atomic():
                    owe([channel.id], "alert:1", a_message(), datetime.now(UTC))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=owe_some) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.sequence for each in in_thread("alert:1")) == list(range(1, 61))


def test_in_a_thread_only_the_earliest_is_taken_and_a_failure_holds_back_what_follows(outbox: Database) -> None:
    channel = a_webhook("http://127.0.0.1:9/")
    first, second = owed(channel, 2, "alert:1")
    (elsewhere,) = owed(channel, 1, "alert:2")
    now = datetime.now(UTC)
    took = taken(channel, now)
    assert sorted(contents(took)) == sorted([first, elsewhere])
    assert taken(channel, now) == []
    again = leasing.note_failure(next(each for each in took if each.id == first), "one", FAILED, now, 1.0)
    assert again == now + 10 * SECOND
    assert taken(channel, now + SECOND) == []
    assert contents(taken(channel, again)) == [first]
    leasing.note_sent(Delivery.objects.get(id=first), again)
    assert contents(taken(channel, again)) == [second]


def test_what_the_holder_of_a_lease_did_not_do_others_do_when_it_has_run_out(outbox: Database) -> None:
    channel = a_webhook("http://127.0.0.1:9/")
    ids = owed(channel, 3)
    now = datetime.now(UTC)
    assert len(taken(channel, now, "dead")) == 3
    assert taken(channel, now + 59 * SECOND, "alive") == []
    later = taken(channel, now + 60 * SECOND, "alive")
    assert sorted(contents(later)) == sorted(ids)
    # The one thought dead wakes up: its failure is not the present holder's.
    leasing.note_failure(later[0], "dead", FAILED, now, 1.0)
    assert Delivery.objects.get(id=later[0].id).lease_holder == "alive"


def test_what_was_given_back_is_free_at_once(outbox: Database) -> None:
    channel = a_webhook("http://127.0.0.1:9/")
    owed(channel, 3)
    now = datetime.now(UTC)
    leasing.give_back(taken(channel, now, "one"), "one")
    assert len(taken(channel, now, "two")) == 3


def test_two_who_take_at_once_never_take_the_same(outbox: Database) -> None:
    channel = a_webhook("http://127.0.0.1:9/")
    ids = owed(channel, 60)
    found: list[uuid.UUID] = []
    lock = threading.Lock()

    def take_some(holder: str) -> None:
        try:
            for _ in range(30):
                for each in leasing.take(channel.id, holder, datetime.now(UTC), is_limited=False).deliveries:
                    leasing.note_sent(each, datetime.now(UTC))
                    with lock:
                        found.append(each.id)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take_some, args=(f"holder {n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(ids)


def test_a_day_of_failures_ends_visibly_and_another_channel_is_told_once(outbox: Database) -> None:
    broken, works = a_webhook("http://127.0.0.1:9/", "壊れた"), a_webhook("http://127.0.0.1:9/", "動く")
    owed(broken, 1)
    now = datetime.now(UTC)
    attempts = 0
    while Delivery.objects.filter(channel=broken, state="queued").exists():
        for each in taken(broken, now):
            leasing.note_failure(each, "one", FAILED, now, 1.0)
            attempts += 1
        assert attempts < 100
        now = max(now, Delivery.objects.get(channel=broken).next_try_at)
    failed = deliveries_of_channel(broken.id)
    assert [each.state for each in failed] == ["failed"]
    for each in failed:
        assert each.gave_up_at is not None
        assert each.gave_up_at - each.created_at >= timedelta(days=1)
        assert kept_trouble(each.last_error) == FAILED
    (told,) = Delivery.objects.filter(channel=works)
    assert (told.occasion, told.thread) == ("not_delivered", f"channel:{broken.id}")
    assert '"壊れた"' in told.content
    # Another channel hears of it within an hour or so, not after the whole day.
    assert told.created_at - failed[0].created_at < 2 * HOUR
    assert Channel.objects.get(id=broken.id).last_failure_at is not None


def test_a_channel_that_works_again_and_fails_again_is_told_of_again(outbox: Database) -> None:
    broken, works = a_webhook("http://127.0.0.1:9/", "壊れた"), a_webhook("http://127.0.0.1:9/", "動く")
    now = datetime.now(UTC)
    for n in (1, 2):
        start = now + n * 10 * HOUR
        owe([broken.id], f"alert:{n}", a_message(), start)
        for later in (HOUR, 2 * HOUR):
            for each in taken(broken, start + later):
                leasing.note_failure(each, "one", FAILED, start + later, 1.0)
        (each,) = taken(broken, start + 5 * HOUR)
        leasing.note_sent(each, start + 5 * HOUR)
        assert Delivery.objects.filter(channel=works, occasion="not_delivered").count() == n


def test_word_that_a_channel_fails_is_not_passed_round_when_all_fail(outbox: Database) -> None:
    one, two = a_webhook("http://127.0.0.1:9/", "one"), a_webhook("http://127.0.0.1:9/", "two")
    owed(one, 1)
    now = datetime.now(UTC) + 2 * HOUR
    for _ in range(40):
        for channel in (one, two):
            for each in taken(channel, now):
                leasing.note_failure(each, "one", FAILED, now, 1.0)
        now += HOUR
    assert Delivery.objects.count() == 2


def test_a_storm_becomes_nineteen_messages_and_one_summary_of_the_others(outbox: Database) -> None:
    channel = a_channel_that_sums_up()
    owed(channel, 300)
    now = datetime.now(UTC)
    took = taken(channel, now)
    assert len(took) == 20
    assert [each.occasion for each in took] == ["failed"] * 19 + ["too_many"]
    summary = msgspec.json.decode(took[-1].content, type=AlertMessage)
    assert (summary.count, len(summary.incidents)) == (281, 10)
    assert Delivery.objects.filter(state="summed_up").count() == 281
    for each in took:
        leasing.note_sent(each, now)
    owed(channel, 5, "later:{n}")
    waits = leasing.take(channel.id, "one", now + 30 * SECOND)
    assert (waits.deliveries, waits.room_at) == ([], now + 60 * SECOND)
    assert len(taken(channel, now + 61 * SECOND)) == 5


def test_what_opens_and_closes_alerts_elsewhere_is_not_summed_up(outbox: Database) -> None:
    channel = a_webhook("http://127.0.0.1:9/")
    owed(channel, 100)
    now = datetime.now(UTC)
    count = 0
    while took := taken(channel, now):
        for each in took:
            leasing.note_sent(each, now)
        count += len(took)
    assert count == 60
    assert not Delivery.objects.filter(state="summed_up").exists()


def test_a_channel_that_is_switched_off_sends_nothing_stale_when_it_is_on_again(outbox: Database) -> None:
    channel = a_webhook("http://127.0.0.1:9/")
    owed(channel, 3)
    now = datetime.now(UTC)
    assert leasing.switch_off(channel.id, now) == 3
    assert taken(channel, now) == []
    Channel.objects.update(is_enabled=True)
    assert taken(channel, now) == []
    assert {kept_trouble(each.last_error) for each in deliveries_of_channel(channel.id)} == {
        Trouble(kind="switched_off")
    }


def test_looking_for_what_is_due_reads_the_index_of_what_is_queued(outbox: Database) -> None:
    channel = a_webhook("http://127.0.0.1:9/")
    now = datetime.now(UTC)
    past = {
        "channel": channel,
        "sequence": 1,
        "occasion": "failed",
        "content": "{}",
        "state": "sent",
        "next_try_at": now,
        "sent_at": now,
    }
    Delivery.objects.bulk_create(Delivery(thread=f"old:{n}", created_at=now, **past) for n in range(5000))
    owed(channel, 30)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE delivery")
    assert "delivery_queued" in leasing._due(channel.id, now).explain()
    due = Delivery.objects.filter(channel_id=channel.id, state="queued", next_try_at__lte=now)
    assert "delivery_queued" in due.explain()


def a_channel_that_sums_up() -> Channel:
    channel = a_channel("slack", {"address": "https://hooks.slack.com/services/T/B/C"})
    channel.save()
    return channel
