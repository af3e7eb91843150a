"""Slow clients are cut off; others are not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from tc_portal import http_protocol
from tc_portal.http_protocol import PortalProtocol, sweep_for_ever


async def app(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await asyncio.sleep(float(scope["query_string"] or 0))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, http=PortalProtocol, lifespan="off", log_level="error"))
    tasks = [
        asyncio.create_task(server._serve()),
        asyncio.create_task(sweep_for_ever(server.server_state.connections)),
    ]
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    tasks[1].cancel()
    await tasks[0]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "REQUEST_TIMEOUT", 0.3)
    monkeypatch.setattr(http_protocol, "SWEEP_PAUSE", 0.1)


async def exchange(sent: bytes) -> bytes:
    async with served() as port, asyncio.timeout(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        received = await reader.read()
        writer.close()
        return received


@pytest.mark.parametrize(
    "begun", [b"", b"POST / HTTP/1.1\r\nHost: h\r\nX-Ha", b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n"]
)
def test_a_request_that_never_becomes_whole_is_cut_off(begun: bytes) -> None:
    assert b"200" not in asyncio.run(exchange(begun))


def test_an_answer_may_take_longer_than_its_request(short: None) -> None:
    received = asyncio.run(exchange(b"GET /?1.0 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
    assert received.startswith(b"HTTP/1.1 200 OK\r\n") and received.endswith(b"\r\n\r\nok")


def test_head_and_body_of_an_answer_arrive_whole_over_one_connection() -> None:
    one = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
    received = asyncio.run(exchange(one * 3 + one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")))
    assert received.count(b"HTTP/1.1 200 OK\r\n") == received.count(b"\r\n\r\nok") == 4
