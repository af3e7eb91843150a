"""Where a message may go, how long it may take, and what is said of a service that does not take it."""

import logging
import socket
import threading
import uuid
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from alert_messages import NOON, a_channel, a_message
from sinks import HttpSink, Internet, Reply, http_sink
from tc_portal.alerts.channels import outbound
from tc_portal.alerts.channels.addresses import is_private
from tc_portal.alerts.channels.kind import problems_with
from tc_portal.alerts.channels.registry import KINDS
from tc_portal.alerts.sending import send
from tc_portal.alerts.trouble import Trouble

SECRET_PATH = "hooks/3f9a8b7c6d5e4f3a2b1c"


def sent(address: str, *, kind: str = "webhook", allows_private: bool = True) -> Trouble | None:
    channel = a_channel(kind, {"address": address, "secret": "a-signing-secret"}, allows_private=allows_private)
    return send(channel, a_message(), uuid.uuid4(), "alert:1", 1, NOON)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "::1",
            "0.0.0.0",
            "::",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
        ),
        *(
            "fe80::1",
            "fe80::1%eth0",
            "fd00:ec2::254",
            "100.100.100.200",
            "224.0.0.1",
            "255.255.255.255",
            "::ffff:127.0.0.1",
        ),
        *("2002:7f00:1::", "64:ff9b::a9fe:a9fe", "192.0.0.192", "localhost", "", "240.0.0.1"),
    ],
)
def test_what_is_not_the_public_network_is_private(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.104.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_the_public_network_is_not(address: str) -> None:
    assert not is_private(address)


@pytest.mark.parametrize("kind", ["webhook", "apprise"])
def test_a_private_address_is_refused_unless_the_channel_allows_it(kind: str) -> None:
    with http_sink() as sink:
        address = f"{'http' if kind == 'webhook' else 'json'}://127.0.0.1:{sink.port}/"
        refused = sent(address, kind=kind, allows_private=False)
        assert refused is not None
        assert refused.kind == "refused_address"
        assert sink.requests == []
        assert sent(address, kind=kind) is None
        assert len(sink.requests) == 1


@pytest.mark.parametrize(
    "host", ["localhost", "0x7f000001", "2130706433", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]"]
)
def test_loopback_by_another_name_is_refused(host: str) -> None:
    with http_sink() as sink:
        refused = sent(f"http://{host}:{sink.port}/", allows_private=False)
        assert refused is not None
        assert refused.kind in ("refused_address", "unknown_name", "disconnected")
        assert sink.requests == []


def test_a_name_whose_address_changes_leads_nowhere_else(internet: Internet) -> None:
    inside = internet.service("rebinding.example")
    # What a check before sending would have seen, and what the connection would then have got.
    internet.addresses["rebinding.example"] = [("203.0.113.9", 9), ("127.0.0.1", inside.port)]
    outcomes = [sent("https://rebinding.example/", allows_private=False) for _ in range(2)]
    assert all(outcome is not None for outcome in outcomes)
    assert outcomes[1] is not None and outcomes[1].kind == "refused_address"
    assert internet.looked_up == ["rebinding.example"] * 2
    assert inside.requests == []


def test_a_mail_server_on_a_private_address_is_refused_too() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        settings = {"to": "a@example.com", "host": "127.0.0.1", "port": str(listener.getsockname()[1])}
        trouble = send(a_channel("mail", settings, allows_private=False), a_message(), uuid.uuid4(), "t", 1, NOON)
        assert trouble is not None
        assert trouble.kind == "refused_address"


@pytest.mark.parametrize("kind", ["webhook", "apprise"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(kind: str, status: int) -> None:
    with http_sink() as inside, http_sink(lambda request: Reply(status, headers={"Location": inside.url})) as outside:
        scheme = "http" if kind == "webhook" else "json"
        query = "" if kind == "webhook" else "?redirect=yes"
        trouble = sent(f"{scheme}://127.0.0.1:{outside.port}/{query}", kind=kind)
        assert trouble is not None
        assert (trouble.kind, trouble.status) == ("redirected", status)
        assert inside.requests == []


def test_other_traffic_of_the_process_is_left_alone() -> None:
    with http_sink() as sink:
        sent(f"{sink.url}/", allows_private=False)
        with socket.create_connection(("127.0.0.1", sink.port), timeout=5):
            pass


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (
            Reply(500, b"<html><h1>Internal error</h1></html>"),
            Trouble(kind="answered", status=500, detail="Internal error"),
        ),
        (
            Reply(404, b'{"message": "Unknown Webhook", "code": 10015}'),
            Trouble(kind="answered", status=404, detail="Unknown Webhook"),
        ),
        (Reply(200, b"half", is_cut=True), None),
    ],
)
def test_what_a_service_answers_is_told(reply: Reply, expected: Trouble | None) -> None:
    with http_sink(lambda request: reply) as sink:
        trouble = sent(f"{sink.url}/")
    if expected is not None:
        assert trouble == expected
    else:
        assert trouble is not None


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("kind", ["webhook", "apprise"])
def test_retry_after_is_heard_in_seconds_and_as_a_date(kind: str, status: int) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    for said, at_least, at_most in (("30", 30, 30), (later, 80, 100), ("soon", 0, 0)):
        with http_sink(lambda request, said=said: Reply(status, headers={"Retry-After": said})) as sink:  # type: ignore[misc]
            address = f"{'http' if kind == 'webhook' else 'json'}://127.0.0.1:{sink.port}/"
            trouble = sent(address, kind=kind)
            assert len(sink.requests) == 1
        assert trouble is not None
        seconds = trouble.retry_after.total_seconds() if trouble.retry_after is not None else 0
        assert at_least <= seconds <= at_most


@pytest.mark.parametrize(
    "reply", [Reply(hangs=30), Reply(body=b"x" * 1000, drips=0.1)], ids=["says nothing", "drips for ever"]
)
@pytest.mark.parametrize("kind", ["webhook", "apprise"])
def test_a_service_that_takes_for_ever_is_given_up(kind: str, reply: Reply, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "SECONDS_A_SEND", 0.5)
    with http_sink(lambda request: reply) as sink:
        trouble = sent(f"{'http' if kind == 'webhook' else 'json'}://127.0.0.1:{sink.port}/", kind=kind)
        assert trouble is not None
        assert trouble.kind == "timed_out"


def test_a_mail_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "SECONDS_A_SEND", 0.5)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        settings = {"to": "a@example.com", "host": "127.0.0.1", "port": port, "security": "insecure"}
        trouble = send(a_channel("mail", settings), a_message(), uuid.uuid4(), "t", 1, NOON)
        assert trouble is not None
        assert trouble.kind == "timed_out"


def test_an_endless_answer_is_read_to_a_limit() -> None:
    with http_sink(lambda request: Reply(500, b"x" * 5_000_000)) as sink:
        trouble = sent(f"{sink.url}/")
        assert trouble is not None
        assert len(trouble.detail) <= 300


def test_nobody_there_and_no_such_name() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    trouble = sent(f"http://127.0.0.1:{port}/")
    assert trouble is not None
    assert trouble.kind == "disconnected"
    trouble = sent("http://no-such-host.invalid/")
    assert trouble is not None
    assert trouble.kind == "unknown_name"


def test_a_certificate_that_nobody_vouches_for_is_refused(internet: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    service = internet.service("self-signed.example")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    trouble = sent("https://self-signed.example/")
    assert trouble is not None
    assert trouble.kind == "insecure"
    assert service.requests == []


def test_a_proxy_of_the_machine_is_used_and_what_lies_behind_it_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_sink() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        refused = sent("http://169.254.169.254/latest", allows_private=False)
        assert refused is not None
        assert refused.kind == "refused_address"
        assert proxy.requests == []
        assert sent("http://8.8.8.8/in", allows_private=False) is None
        assert proxy.requests[0].path == "http://8.8.8.8/in"


def test_no_error_and_no_log_holds_the_address_or_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    def answer(sink: HttpSink, status: int) -> Reply:
        return Reply(status, f"cannot {sink.url}/{SECRET_PATH} with a-signing-secret".encode())

    troubles = []
    with caplog.at_level(logging.DEBUG), http_sink() as sink:
        for status in (400, 302, 429, 500):
            sink.answer = lambda request, status=status: answer(sink, status)  # type: ignore[misc]
            for kind, scheme in (("webhook", "http"), ("apprise", "json")):
                troubles.append(sent(f"{scheme}://127.0.0.1:{sink.port}/{SECRET_PATH}/a-signing-secret", kind=kind))
    told = repr(troubles) + "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("apprise", "urllib3"))
    )
    assert SECRET_PATH not in told
    assert "a-signing-secret" not in told
    assert all(trouble is not None for trouble in troubles)


def test_what_libraries_log_goes_nowhere(settings: object) -> None:
    loggers = settings.LOGGING["loggers"]  # type: ignore[attr-defined]
    assert loggers["apprise"] == {"level": "DEBUG", "propagate": False, "handlers": ["nowhere"]}
    assert loggers["urllib3"]["level"] == "CRITICAL"


@pytest.mark.parametrize(
    "address",
    [
        *("syslog://localhost", "dbus://", "windows://", "discord://1/abc?template=/etc/passwd"),
        *("workflows://host/a/b?template=file:///etc/passwd", "nonsense", "unknown://host"),
    ],
)
def test_an_apprise_address_that_acts_on_the_portals_own_machine_is_not_taken(address: str) -> None:
    assert problems_with(KINDS["apprise"], {"address": address})


def test_threads_that_send_do_not_touch_each_other() -> None:
    outcomes: dict[bool, Trouble | None] = {}
    with http_sink(lambda request: Reply(hangs=0.3)) as sink:
        threads = [
            threading.Thread(
                target=lambda allows=allows: outcomes.update({allows: sent(sink.url, allows_private=allows)})
            )
            for allows in (True, False)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes[True] is None
    assert outcomes[False] is not None
