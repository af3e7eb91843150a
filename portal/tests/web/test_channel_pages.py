"""The pages of channels: made, changed, tried, switched off and deleted, and nobody is shown a secret."""

import uuid
from datetime import UTC, datetime

import pytest
from alert_messages import NOON, a_channel, a_message
from databases import Database
from django.test import Client
from job_rows import on_each_database
from sinks import Reply, http_sink
from tc_portal.alerts.channels.registry import KINDS
from tc_portal.alerts.models import Channel, Delivery
from tc_portal.alerts.outbox import owe
from tc_portal.alerts.secrets import opened
from tc_portal.alerts.trouble import Trouble, as_kept

SLACK = "https://hooks.slack.com/services/T0000/B0000/themostsecretpiece1"


@pytest.fixture
def channel(data: Database) -> Channel:
    made = a_channel("slack", {"address": SLACK}, name="運用 Slack")
    made.save()
    return made


@on_each_database
def test_a_channel_is_made_and_its_secret_is_encrypted_and_never_shown(admin: Client, data: Database) -> None:
    answer = admin.post("/channels/new/slack", {"name": "運用 Slack", "address": SLACK, "language": "ja"})
    made = Channel.objects.get()
    assert answer["Location"] == f"/channels/{made.id}"
    assert opened(made.settings) == {"address": SLACK}
    assert "themostsecretpiece1" not in made.settings
    for path in ("", "/edit", "/delete"):
        page = admin.get(f"/channels/{made.id}{path}")
        assert page.status_code == 200
        assert "themostsecretpiece1" not in page.text
    assert "themostsecretpiece1" not in admin.get("/channels").text


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_kind_says_in_both_languages_what_is_missing(admin: Client, kind: str, language: str) -> None:
    admin.cookies["django_language"] = language
    shown = admin.get(f"/channels/new/{kind}")
    assert shown.status_code == 200
    answer = admin.post(f"/channels/new/{kind}", {"name": "", "language": language})
    assert answer.status_code == 400
    assert Channel.objects.count() == 0
    assert ("入力してください。" if language == "ja" else "Please fill this in.") in answer.text


def test_what_was_written_is_not_lost_by_an_error_but_for_the_secret(admin: Client, data: Database) -> None:
    sent = {"name": "LINE", "token": "a-token-of-ours", "to": "wrong", "language": "en"}
    answer = admin.post("/channels/new/line", sent)
    assert answer.status_code == 400
    assert 'value="wrong"' in answer.text
    assert "a-token-of-ours" not in answer.text


def test_a_secret_that_is_left_empty_stays(admin: Client, channel: Channel) -> None:
    answer = admin.post(f"/channels/{channel.id}/edit", {"name": "新しい名前", "address": "", "language": "en"})
    assert answer.status_code == 302
    channel.refresh_from_db()
    assert (channel.name, channel.language, opened(channel.settings)) == ("新しい名前", "en", {"address": SLACK})


def test_a_password_does_not_go_to_another_server_than_it_was_entered_for(admin: Client, data: Database) -> None:
    server = {"to": "a@example.com", "host": "mail.example.com", "user": "u", "password": "pw-of-the-first"}
    channel = a_channel("mail", server, name="メール")
    channel.save()
    moved = {"name": "メール", "language": "ja", "to": "a@example.com", "host": "mail.attacker.example", "user": "u"}
    assert admin.post(f"/channels/{channel.id}/edit", moved).status_code == 400
    channel.refresh_from_db()
    assert opened(channel.settings)["host"] == "mail.example.com"
    assert admin.post(f"/channels/{channel.id}/edit", {**moved, "clear-password": "1"}).status_code == 302
    channel.refresh_from_db()
    assert "password" not in opened(channel.settings)


def test_two_channels_do_not_have_one_name(admin: Client, channel: Channel) -> None:
    answer = admin.post("/channels/new/slack", {"name": channel.name, "address": SLACK, "language": "ja"})
    assert answer.status_code == 400
    assert "同じ名前の通知先がもうあります。" in answer.text


def test_a_webhook_without_tls_is_taken_only_for_ones_own_network(admin: Client, data: Database) -> None:
    sent = {"name": "社内", "address": "http://192.168.1.5/in", "language": "ja"}
    assert admin.post("/channels/new/webhook", sent).status_code == 400
    assert admin.post("/channels/new/webhook", {**sent, "allows_private_addresses": "1"}).status_code == 302


def test_a_kind_that_there_is_not_is_not_found(admin: Client) -> None:
    assert admin.get("/channels/new/pigeon").status_code == 404


def test_a_test_really_sends_and_says_what_the_service_answered(admin: Client, data: Database) -> None:
    with http_sink() as sink:
        channel = a_channel("webhook", {"address": f"{sink.url}/the-secret-path-1"}, name="社内")
        channel.save()
        page = admin.post(f"/channels/{channel.id}/test", follow=True)
        (request,) = sink.requests
        assert request.json["occasion"] == "test"
        assert "hanako さんが、この通知先に届くか試しています。" in request.json["text"]
        assert "「社内」がテストを受け付けました。" in page.text
        sink.answer = lambda request: Reply(403, b'{"message": "token revoked: /the-secret-path-1"}')
        page = admin.post(f"/channels/{channel.id}/test", follow=True)
    assert "テストは届きませんでした: サービスが 403 と答えました" in page.text
    assert "token revoked" in page.text
    assert "the-secret-path-1" not in page.text
    states = Delivery.objects.order_by("created_at").values_list("state", flat=True)
    assert list(states) == ["sent", "failed"]


def test_the_page_shows_what_became_of_each_message(admin: Client, channel: Channel) -> None:
    (first,) = owe([channel.id], "alert:1", a_message(), NOON)
    trouble = as_kept(Trouble(kind="answered", status=410))
    Delivery.objects.filter(id=first).update(state="failed", attempts=60, last_error=trouble, gave_up_at=NOON)
    owe([channel.id], "alert:2", a_message("reminder"), datetime.now(UTC))
    page = admin.get(f"/channels/{channel.id}").text
    for words in ("届きませんでした", "サービスが 410 と答えました", "送信待ち", "再通知"):
        assert words in page


def test_a_channel_that_is_switched_off_and_on(admin: Client, channel: Channel) -> None:
    owe([channel.id], "alert:1", a_message(), NOON)
    page = admin.post(f"/channels/{channel.id}/enabled", {"enabled": "0"}, follow=True).text
    assert "通知先が無効にされました" in page
    channel.refresh_from_db()
    assert not channel.is_enabled
    admin.post(f"/channels/{channel.id}/enabled", {"enabled": "1"})
    channel.refresh_from_db()
    assert channel.is_enabled


@on_each_database
def test_a_channel_is_deleted_with_its_deliveries(admin: Client, channel: Channel) -> None:
    owe([channel.id], "alert:1", a_message(), NOON)
    assert admin.get(f"/channels/{channel.id}/delete").status_code == 200
    assert Channel.objects.count() == 1
    assert admin.post(f"/channels/{channel.id}/delete")["Location"] == "/channels"
    assert (Channel.objects.count(), Delivery.objects.count()) == (0, 0)


def test_a_list_of_no_channels_says_that_nobody_is_told(admin: Client) -> None:
    assert "通知先がまだありません。" in admin.get("/channels").text


def test_a_key_that_was_lost_is_said_on_the_form(admin: Client, channel: Channel) -> None:
    Channel.objects.update(settings="gAAAAA" + uuid.uuid4().hex)
    page = admin.get(f"/channels/{channel.id}/edit")
    assert "復号できません" in page.text
    assert admin.post(f"/channels/{channel.id}/edit", {"name": "a", "language": "ja"}).status_code == 400
