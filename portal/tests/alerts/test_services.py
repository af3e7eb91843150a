"""Each kind of channel speaks its service's documented API, through the real plug-ins, to a sink on loopback over TLS."""

import base64
import hashlib
import hmac
import json
import re
import socket
import time
import uuid
from email import message_from_bytes
from email.policy import default

import jwt
import pytest
from aiosmtpd.controller import Controller
from alert_messages import NOON, a_channel, a_message, an_incident
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sinks import Internet, Reply, http_sink
from tc_portal.alerts.sending import send
from tc_portal.alerts.trouble import Trouble
from tc_portal.core.alert_message import AlertMessage

ID = uuid.UUID("11111111-2222-4333-8444-555555555555")
SLACK = "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx"
DISCORD = "https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyzABCDEFGH"
TEAMS_HOST = "prod-01.japaneast.logic.azure.com"
TEAMS = (
    f"https://{TEAMS_HOST}:443/workflows/0123456789abcdef/triggers/manual/paths/invoke"
    "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=aSignature_of-the-workflow"
)
LINE_TOKEN = "a-line-token-0123456789/abcdefghijkl="
ROUTING_KEY = "0123456789abcdef0123456789ABCDEF"


def sent(
    kind: str, settings: dict[str, str], message: AlertMessage | None = None, **channel: object
) -> Trouble | None:
    made = a_channel(kind, settings, **channel)
    return send(made, message or a_message(), ID, "alert:12", 1, NOON)


def test_slack_takes_a_message_in_its_own_markup(internet: Internet) -> None:
    slack = internet.service("hooks.slack.com", lambda request: Reply(body=b"ok"))
    message = a_message("failed", an_incident(title="A & B <日報>"))
    assert sent("slack", {"address": SLACK}, message) is None
    (request,) = slack.requests
    assert request.path == "/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx"
    assert request.headers["Content-Type"].startswith("application/json")
    assert request.headers["X-TC-Portal-Delivery"] == str(ID)
    told = json.dumps(request.json, ensure_ascii=False)
    assert "A &amp; B &lt;日報&gt;" in told
    assert "```" in told


def test_slack_that_says_200_and_no_ok_has_not_taken_it(internet: Internet) -> None:
    internet.service("hooks.slack.com", lambda request: Reply(body=b"invalid_payload"))
    trouble = sent("slack", {"address": SLACK})
    assert trouble is not None
    assert (trouble.kind, trouble.status, trouble.detail) == ("answered", 200, "invalid_payload")


def test_discord_takes_content_and_calls_nobody(internet: Internet) -> None:
    discord = internet.service("discord.com", lambda request: Reply(204))
    message = a_message("failed", an_incident(output_tail="@everyone\n```\n<@1>\n"))
    assert sent("discord", {"address": DISCORD}, message) is None
    (request,) = discord.requests
    assert request.path == "/api/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyzABCDEFGH"
    content = request.json["content"]
    assert len(content) <= 2000
    assert "@everyone" not in content
    assert "<@1>" not in content
    assert "売上日報" in content


def test_teams_takes_an_adaptive_card_at_the_workflows_address(internet: Internet) -> None:
    teams = internet.service(TEAMS_HOST, lambda request: Reply(202))
    assert sent("teams", {"address": TEAMS}) is None
    (request,) = teams.requests
    assert request.path.startswith("/workflows/0123456789abcdef/triggers/manual/paths/invoke?")
    assert request.query["sig"] == "aSignature_of-the-workflow"
    assert request.query["sp"] == "/triggers/manual/run"
    (card,) = request.json["attachments"]
    assert request.json["type"] == "message"
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert card["content"]["type"] == "AdaptiveCard"
    texts = [block["text"] for block in card["content"]["body"]]
    assert texts[0] == "[失敗] 売上日報"
    assert "障害が発生しました。" in texts[1]


def test_line_takes_a_push_with_the_deliverys_id_as_its_retry_key(internet: Internet) -> None:
    line = internet.service("api.line.me", lambda request: Reply(body=b"{}"))
    to = "C" + "0123456789abcdef" * 2
    assert sent("line", {"token": LINE_TOKEN, "to": to}) is None
    (request,) = line.requests
    assert request.path == "/v2/bot/message/push"
    assert request.headers["Authorization"] == f"Bearer {LINE_TOKEN}"
    assert request.headers["X-Line-Retry-Key"] == str(ID)
    assert request.json["to"] == to
    (message,) = request.json["messages"]
    assert message["type"] == "text"
    assert message["text"].startswith("[失敗] 売上日報\n")
    assert len(message["text"]) <= 5000


def test_line_that_had_taken_it_before_has_taken_it(internet: Internet) -> None:
    internet.service("api.line.me", lambda request: Reply(409, headers={"x-line-accepted-request-id": "1"}))
    assert sent("line", {"token": LINE_TOKEN, "to": "U" + "0" * 32}) is None


def test_pagerduty_opens_and_resolves_one_alert_by_its_thread(internet: Internet) -> None:
    pagerduty = internet.service("events.pagerduty.com", lambda request: Reply(202, b'{"status":"success"}'))
    assert sent("pagerduty", {"routing_key": ROUTING_KEY}) is None
    recovered = a_message("recovered", an_incident(recovered_at=NOON))
    assert sent("pagerduty", {"routing_key": ROUTING_KEY}, recovered) is None
    opened, resolved = (request.json for request in pagerduty.requests)
    assert pagerduty.requests[0].path == "/v2/enqueue"
    assert opened["routing_key"] == resolved["routing_key"] == ROUTING_KEY
    assert (opened["event_action"], resolved["event_action"]) == ("trigger", "resolve")
    assert opened["dedup_key"] == resolved["dedup_key"] == "alert:12"
    assert opened["payload"]["summary"] == "[失敗] 売上日報"
    assert opened["payload"]["severity"] == "critical"
    assert opened["payload"]["source"] == "tc-portal"


def test_chatwork_takes_a_message_to_a_room(internet: Internet) -> None:
    chatwork = internet.service("api.chatwork.com", lambda request: Reply(body=b'{"message_id":"1"}'))
    message = a_message("failed", an_incident(title="[toall] 日報"))
    assert sent("chatwork", {"token": "chatwork-token-1", "room": "12345"}, message) is None
    (request,) = chatwork.requests
    assert request.path == "/v2/rooms/12345/messages"
    assert request.headers["X-ChatWorkToken"] == "chatwork-token-1"
    assert request.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert request.form["body"].startswith("[info][title]")
    assert "[toall]" not in request.form["body"]


def test_chatwork_that_has_had_enough_says_until_when(internet: Internet) -> None:
    until = str(int(time.time()) + 100)
    internet.service(
        "api.chatwork.com",
        lambda request: Reply(429, b'{"errors":["Rate limit exceeded"]}', {"X-RateLimit-Reset": until}),
    )
    trouble = sent("chatwork", {"token": "chatwork-token-1", "room": "12345"})
    assert trouble is not None
    assert trouble.detail == "Rate limit exceeded"
    assert trouble.retry_after is not None
    assert 80 < trouble.retry_after.total_seconds() <= 100


def test_line_works_asks_for_a_token_and_sends_as_a_bot(internet: Internet) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    tokens = internet.service(
        "auth.worksmobile.com", lambda request: Reply(body=b'{"access_token":"the-access-token"}')
    )
    bots = internet.service("www.worksapis.com", lambda request: Reply(201))
    settings = {
        "client_id": f"client-{uuid.uuid4().hex}",
        "client_secret": "client-secret",
        "service_account": "abcde.serviceaccount@example",
        "private_key": pem,
        "bot": "1234",
        "to": "room-1",
    }
    for _ in range(2):
        assert sent("line_works", settings) is None
    # The token is asked for once.
    (asked,) = tokens.requests
    assert asked.path == "/oauth2/v2.0/token"
    assert asked.form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert (asked.form["client_secret"], asked.form["scope"]) == ("client-secret", "bot")
    claim = jwt.decode(asked.form["assertion"], key.public_key(), algorithms=["RS256"])
    assert (claim["iss"], claim["sub"]) == (settings["client_id"], settings["service_account"])
    assert 0 < claim["exp"] - claim["iat"] <= 3600
    for request in bots.requests:
        assert request.path == "/v1.0/bots/1234/channels/room-1/messages"
        assert request.headers["Authorization"] == "Bearer the-access-token"
        assert request.json["content"]["type"] == "text"
        assert len(request.json["content"]["text"]) <= 2000
    assert sent("line_works", {**settings, "to": "hanako@example"}) is None
    assert bots.requests[-1].path == "/v1.0/bots/1234/users/hanako@example/messages"


def test_a_webhook_gets_signed_json_with_the_deliverys_id() -> None:
    with http_sink() as sink:
        assert sent("webhook", {"address": f"{sink.url}/in?x=1", "secret": "合言葉"}) is None
    (request,) = sink.requests
    assert (request.method, request.path) == ("POST", "/in?x=1")
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert request.headers["X-TC-Portal-Delivery"] == str(ID)
    assert request.headers["X-TC-Portal-Attempt"] == "1"
    found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", request.headers["X-TC-Portal-Signature"])
    assert found is not None
    digest = hmac.new("合言葉".encode(), f"{found[1]}.".encode() + request.body, hashlib.sha256).hexdigest()
    assert found[2] == digest
    body = request.json
    assert (body["version"], body["id"], body["thread"], body["occasion"]) == (1, str(ID), "alert:12", "failed")
    (incident,) = body["incidents"]
    assert (incident["job_key"], incident["verdict"], incident["recovered_at"]) == ("job-1", "error", None)
    assert incident["reasons"] == [{"type": "Failed", "finished_at": "2026-11-24T03:00:00Z"}]


def test_whatever_else_apprise_takes_by_url_is_sent_by_it() -> None:
    with http_sink() as sink:
        assert sent("apprise", {"address": f"json://127.0.0.1:{sink.port}/in"}) is None
    (request,) = sink.requests
    assert request.json["title"] == "[失敗] 売上日報"


class Letters:
    """An SMTP server's hands: keeps letters, or refuses them."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.refusal = ""

    async def handle_RCPT(
        self, server: object, session: object, envelope: object, address: str, options: object
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        self.letters.append(envelope.content)  # type: ignore[attr-defined]
        return "250 OK"


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def smtp() -> object:
    controller = Controller(Letters(), hostname="127.0.0.1", port=a_free_port())
    controller.start()
    yield controller
    controller.stop()


def mail_settings(controller: Controller) -> dict[str, str]:
    port = controller.server.sockets[0].getsockname()[1]
    return {"to": "ops@example.com, taro@example.com", "host": "127.0.0.1", "port": str(port), "security": "insecure"}


def test_a_mail_reaches_each_address_as_text_and_html(smtp: Controller) -> None:
    assert sent("mail", {**mail_settings(smtp), "sender": "portal@example.com"}) is None
    letters = [message_from_bytes(letter, policy=default) for letter in smtp.handler.letters]
    assert sorted(str(letter["To"]) for letter in letters) == ["ops@example.com", "taro@example.com"]
    for letter in letters:
        assert letter["Subject"] == "[失敗] 売上日報"
        assert "portal@example.com" in letter["From"]
        assert letter["X-TC-Portal-Delivery"] == str(ID)
        text, html = letter.get_body(("plain",)), letter.get_body(("html",))
        assert text is not None and html is not None
        assert "障害が発生しました。" in text.get_content()
        assert "<pre" in html.get_content()


def test_a_mail_server_that_refuses_is_quoted(smtp: Controller) -> None:
    smtp.handler.refusal = "550 no such user here"
    trouble = sent("mail", mail_settings(smtp))
    assert trouble is not None
    assert trouble.kind == "answered"
    assert "no such user here" in trouble.detail


def test_settings_that_a_new_key_cannot_read_are_said_to_be_so(settings: object) -> None:
    channel = a_channel("webhook", {"address": "http://127.0.0.1:9/"})
    settings.SECRET_KEY = base64.b64encode(b"another key").decode()  # type: ignore[attr-defined]
    trouble = send(channel, a_message(), ID, "alert:12", 1, NOON)
    assert trouble == Trouble(kind="unreadable")
