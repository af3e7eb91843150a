"""Receives what other monitors' clients send. Each dialect reads its own; tokens, bodies, recording and answers are the same for all."""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from tc_portal.core.client_settings import ClientSettings
from tc_portal.core.ping_token import PingToken
from tc_portal.core.report import Telling
from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.recording import Recorded
from tc_portal.store.writer import Writer

from .answer import Send
from .app import RETRY_AFTER_SECONDS, SECONDS_BETWEEN_NOTES, Scope
from .body import Disconnected, Receive
from .ping_body import read_ping_body
from .ping_dialect import PingAnswer, PingDialect, PingRefused, PingRequest, pairs_in, text_answer
from .ping_routes import dialect_of
from .token_book import TokenBook, TokensUnavailable

logger = logging.getLogger(__name__)

RETRY = (b"retry-after", RETRY_AFTER_SECONDS)
# A page of another site may ping, as it may Healthchecks. What was answered once says nothing of the next ping.
EVERY_ANSWER = (
    (b"access-control-allow-origin", b"*"),
    (b"cache-control", b"no-cache, no-store, must-revalidate, private, max-age=0"),
    (b"x-content-type-options", b"nosniff"),
)


class Pings:
    """Hands what pings tell to the ``Writer``. Their addresses hold tokens: none is ever written down."""

    def __init__(self, writer: Writer, tokens: TokenBook) -> None:
        self._writer = writer
        self._tokens = tokens
        self._next_note = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = PingRequest(
            method=scope["method"],
            path=scope["path"],
            parts=(),
            query=pairs_in(scope["query_string"]),
            headers=dict(scope["headers"]),
            received_at=datetime.now(UTC),
        )
        found = dialect_of(request)
        answer = text_answer(404, "not found") if found is None else await self._receive(*found, scope, receive)
        await _send(send, answer)

    async def _receive(self, dialect: PingDialect, request: PingRequest, scope: Scope, receive: Receive) -> PingAnswer:
        if request.method == "OPTIONS":
            return _preflight(dialect)
        if request.method not in dialect.methods:
            allow = (b"allow", ", ".join(sorted(dialect.methods)).encode())
            return _with_headers(dialect.refusal(405, "method not allowed"), allow)
        try:
            text = dialect.token_of(request)
            if text is None and dialect.token_in_body is not None:
                request = request._replace(body=await read_ping_body(receive))
                text = dialect.token_in_body(request)
            token = await self._token(dialect, text)
            if token is None:
                self._note_unknown(dialect, scope)
                return dialect.refusal(401 if text is None else 404, "not found")
            if not request.body.size:
                request = request._replace(body=await read_ping_body(receive))
        except TokensUnavailable:
            return _with_headers(
                dialect.refusal(503, "the token cannot be looked up now; send this again later"), RETRY
            )
        except Disconnected:
            return _with_headers(dialect.refusal(408, "the body did not arrive whole"), (b"connection", b"close"))
        try:
            ping = dialect.read(request, token)
            for told in ping.settings:
                await self._put_in_force(told)
            return ping.answer(await self._record(ping.tellings))
        except PingRefused as refused:
            return refused.answer
        except Refused:
            return dialect.refusal(500, "this could not be recorded")
        except Unavailable:
            return _with_headers(dialect.refusal(503, "this could not be stored now; send it again later"), RETRY)

    async def _token(self, dialect: PingDialect, text: str | None) -> PingToken | None:
        token = await self._tokens.find(text) if text else None
        return token if token is not None and token.kind in dialect.takes else None

    async def _put_in_force(self, told: ClientSettings) -> None:
        try:
            await self._writer.take_client_settings(told)
        except Refused as reason:
            logger.error("what %s says of job %r was refused: %s", told.client, told.job_key, reason)

    async def _record(self, tellings: Sequence[Telling]) -> Sequence[Recorded]:
        if len(tellings) == 1:
            return [await self._writer.record(tellings[0])]
        # Asked in one turn of the loop, they are committed together. All have ended before one's trouble is told.
        ended = await asyncio.gather(*map(self._writer.record, tellings), return_exceptions=True)
        recorded: list[Recorded] = []
        for each in ended:
            if isinstance(each, BaseException):
                raise each
            recorded.append(each)
        return recorded

    def _note_unknown(self, dialect: PingDialect, scope: Scope) -> None:
        """Say where an unknown token came from, in a line a minute at most, so that a forgotten client can be found."""
        if time.monotonic() >= self._next_note:
            self._next_note = time.monotonic() + SECONDS_BETWEEN_NOTES
            client = scope.get("client") or ("?",)
            logger.warning("a %s ping from %s had no valid token and was answered 404", dialect.name, client[0])


def _preflight(dialect: PingDialect) -> PingAnswer:
    methods = ", ".join(sorted(dialect.methods)).encode()
    return PingAnswer(
        200,
        b"",
        headers=((b"access-control-allow-methods", methods), (b"access-control-allow-headers", b"*")),
    )


def _with_headers(answer: PingAnswer, *headers: tuple[bytes, bytes]) -> PingAnswer:
    return answer._replace(headers=(*answer.headers, *headers))


async def _send(send: Send, answer: PingAnswer) -> None:
    head = [
        (b"content-type", answer.content_type),
        (b"content-length", str(len(answer.content)).encode()),
        *EVERY_ANSWER,
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": head})
    await send({"type": "http.response.body", "body": answer.content})
