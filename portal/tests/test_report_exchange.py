"""A report is answered the same however it arrives: at once, in pieces, one behind another, on a connection that stays or not."""

import json
import socket
import time
from collections.abc import Sequence

import pytest
from running_portal import SECRET, RunningPortal

GOOD = {"job_key": "exchanged", "title": "交換", "status": "success", "finished_at": "2026-01-25T12:00:00Z"}
BAD = {**GOOD, "status": "maybe"}
PAGE = b"GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"


def post(body: object, *headers: bytes, secret: str = SECRET, version: bytes = b"1.1") -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        b"POST /api/monitor/job-report HTTP/" + version,
        b"Host: h",
        b"X-TC-Portal-Webhook-Secret: " + secret.encode(),
        b"Content-Length: %d" % len(content),
        *headers,
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


def answers_to(portal: RunningPortal, pieces: Sequence[bytes]) -> list[tuple[bytes, dict[bytes, bytes], bytes]]:
    """The status line, headers and body of each answer on one connection, until the portal closes it."""
    host, port = portal.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(0.05)
            connection.sendall(piece)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    found = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        status, *lines = head.split(b"\r\n")
        headers = {name.lower(): value for name, value in (line.split(b": ", 1) for line in lines)}
        size = int(headers[b"content-length"])
        found.append((status, headers, rest[:size]))
        received = rest[size:]
    return found


def without_date(answer: tuple[bytes, dict[bytes, bytes], bytes]) -> tuple[bytes, dict[bytes, bytes], bytes]:
    status, headers, body = answer
    assert headers.pop(b"date").endswith(b"GMT")
    return status, headers, body


@pytest.mark.parametrize(
    "request_",
    [
        post(GOOD, b"Connection: close"),
        post(BAD, b"Connection: close"),
        post(b"{", b"Connection: close"),
        post(b"", b"Connection: close"),
        post(GOOD, b"Connection: close", secret="wrong"),
        post({**GOOD, "tool_id": "no uuid"}, b"Connection: close"),
        post(GOOD, version=b"1.0"),
    ],
    ids=["recorded", "refused", "no JSON", "no body", "wrong secret", "with a warning", "HTTP 1.0"],
)
def test_a_report_in_pieces_is_answered_as_one_that_arrives_at_once(portal: RunningPortal, request_: bytes) -> None:
    at_once = answers_to(portal, [request_])
    head, end, body = request_.partition(b"\r\n\r\n")
    for pieces in ([head + end, body], [request_[:40], request_[40:-1], request_[-1:]]):
        in_pieces = answers_to(portal, [piece for piece in pieces if piece])
        assert [without_date(each) for each in in_pieces] == [
            (status, {name: value for name, value in headers.items() if name != b"date"}, told)
            for status, headers, told in at_once
        ]
    ((_, headers, _),) = at_once
    assert headers[b"connection"] == b"close" and headers[b"content-type"] == b"application/json"


def test_requests_one_behind_another_are_answered_in_their_order(portal: RunningPortal) -> None:
    reports = [post({**GOOD, "job_key": f"behind-{number}"}) for number in range(3)]
    found = answers_to(portal, [b"".join([reports[0], post(BAD), reports[1], reports[2], PAGE])])
    assert [status.split()[1] for status, _, _ in found] == [b"200", b"400", b"200", b"200", b"200"]
    told = [json.loads(body).get("job_key") for _, _, body in found[:4]]
    assert told == ["behind-0", None, "behind-1", "behind-2"]


def test_a_connection_that_stays_takes_report_after_report(portal: RunningPortal) -> None:
    found = answers_to(portal, [post({**GOOD, "job_key": f"after-{number}"}) for number in range(4)] + [PAGE])
    assert [status.split()[1] for status, _, _ in found] == [b"200"] * 5


def test_what_is_no_http_behind_a_report_ends_the_connection(portal: RunningPortal) -> None:
    statuses = [
        status.split()[1] for status, _, _ in answers_to(portal, [post(GOOD)[:-5] + b"\x00" * 5 + b"no http\r\n\r\n"])
    ]
    assert statuses[-1] == b"400"


def test_a_client_that_has_gone_before_its_answer_harms_nothing(portal: RunningPortal) -> None:
    host, port = portal.url.removeprefix("http://").split(":")
    for number in range(20):
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(post({**GOOD, "job_key": f"gone-{number}"}))
    assert portal.report({**GOOD, "job_key": "still here"}).status == 200
    assert "Traceback" not in portal.log()
