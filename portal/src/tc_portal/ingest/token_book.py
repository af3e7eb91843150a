"""The valid tokens in memory, so that a ping asks no database, and a token that was just made is known at its first ping."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import date

from tc_portal.core.ping_token import TOKEN_LIMIT, PingToken, token_digest

# Digests are looked for together, so seldom; more than so many at once are turned away.
SECONDS_BETWEEN_LOOKS = 0.25
LOOKED_FOR_LIMIT = 500

Look = Callable[[Collection[str]], Awaitable[list[PingToken]]]


class TokensUnavailable(Exception):
    """Whether the token is valid cannot be told now."""


class TokenBook:
    """Finds tokens. ``look`` asks the database for those of some digests; it may raise anything where the database is away."""

    def __init__(self, tokens: Iterable[PingToken], look: Look) -> None:
        self._look = look
        self._used: set[str] = set()
        self._looked_for: dict[str, asyncio.Future[PingToken | None]] = {}
        self._looking: asyncio.Task[None] | None = None
        self.accept(tokens)

    def accept(self, tokens: Iterable[PingToken]) -> None:
        """From now on, these are the valid ones."""
        self._by_digest = {token.digest: token for token in tokens}

    def used_first_on(self, day: date) -> set[str]:
        """The digests of the tokens that were found since this was asked last, less those that were known to be used on ``day``."""
        used, self._used = self._used, set()
        return {digest for digest in used if digest in self._by_digest and self._by_digest[digest].last_used_on != day}

    async def find(self, text: str) -> PingToken | None:
        """The valid token that ``text`` is; None where there is none. Raises ``TokensUnavailable``."""
        if not text or len(text) > TOKEN_LIMIT:
            return None
        digest = token_digest(text)
        token = self._by_digest.get(digest)
        if token is None:
            token = await self._look_for(digest)
            if token is None:
                return None
        self._used.add(digest)
        return token

    async def _look_for(self, digest: str) -> PingToken | None:
        answer = self._looked_for.get(digest)
        if answer is None:
            if len(self._looked_for) >= LOOKED_FOR_LIMIT:
                raise TokensUnavailable
            answer = self._looked_for[digest] = asyncio.get_running_loop().create_future()
            if self._looking is None:
                self._looking = asyncio.create_task(self._look_while_asked())
        # Others wait for the same answer: one that gives up must not take it from them.
        return await asyncio.shield(answer)

    async def _look_while_asked(self) -> None:
        """One statement for all that is looked for, then a pause in which more gathers."""
        try:
            while self._looked_for:
                asked, self._looked_for = self._looked_for, {}
                await self._answer(asked)
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        finally:
            self._looking = None

    async def _answer(self, asked: dict[str, asyncio.Future[PingToken | None]]) -> None:
        try:
            found = {token.digest: token for token in await self._look(list(asked))}
        except Exception:
            for answer in asked.values():
                answer.set_exception(TokensUnavailable())
                # Whoever asked may have gone.
                answer.exception()
            return
        self._by_digest.update(found)
        for digest, answer in asked.items():
            answer.set_result(found.get(digest))
