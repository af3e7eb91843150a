"""The tokens in memory: what is known costs no question to the database, what is not costs few."""

import asyncio
from collections.abc import Collection
from datetime import date

import pytest
from tc_portal.core.ping_token import PingToken, token_as, token_digest
from tc_portal.ingest.token_book import LOOKED_FOR_LIMIT, TokenBook, TokensUnavailable

DAY = date(2026, 3, 2)


def a_token(text: str, last_used_on: date | None = None) -> PingToken:
    return PingToken(token_digest(text), "nightly", "夜間", last_used_on)


class Table:
    """What the database has, and how often it was asked."""

    def __init__(self, *tokens: PingToken) -> None:
        self.tokens = {token.digest: token for token in tokens}
        self.asked: list[int] = []
        self.is_away = False

    async def look(self, digests: Collection[str]) -> list[PingToken]:
        self.asked.append(len(digests))
        await asyncio.sleep(0)
        if self.is_away:
            raise OSError
        return [self.tokens[digest] for digest in digests if digest in self.tokens]


async def found(book: TokenBook, *texts: str) -> list[PingToken | None]:
    return list(await asyncio.gather(*map(book.find, texts)))


def test_a_known_token_is_found_without_a_question() -> None:
    table = Table()
    book = TokenBook([a_token("known")], table.look)
    assert asyncio.run(found(book, "known")) == [a_token("known")]
    assert table.asked == []


def test_a_new_token_is_found_at_once_and_asked_for_once() -> None:
    table = Table(a_token("new"))
    book = TokenBook([], table.look)

    async def twice() -> None:
        assert await found(book, "new", "new") == [a_token("new")] * 2
        assert await found(book, "new") == [a_token("new")]

    asyncio.run(twice())
    assert table.asked == [1]


def test_a_flood_of_unknown_tokens_costs_few_questions() -> None:
    table = Table()
    book = TokenBook([], table.look)
    asked = [f"unknown-{number}" for number in range(LOOKED_FOR_LIMIT)]
    assert asyncio.run(found(book, *asked, *asked)) == [None] * 2 * LOOKED_FOR_LIMIT
    assert sum(table.asked) == LOOKED_FOR_LIMIT
    assert len(table.asked) <= 2


def test_more_than_can_be_looked_for_are_told_to_come_again() -> None:
    table = Table()
    book = TokenBook([a_token("known")], table.look)

    async def flood() -> list[object]:
        asked = [f"unknown-{number}" for number in range(LOOKED_FOR_LIMIT + 10)]
        return list(await asyncio.gather(*map(book.find, [*asked, "known"]), return_exceptions=True))

    ended = asyncio.run(flood())
    assert [type(each) for each in ended].count(TokensUnavailable) == 10
    assert ended[-1] == a_token("known")


def test_while_the_database_is_away_known_tokens_hold_and_nothing_is_said_of_others() -> None:
    table = Table(a_token("new"))
    table.is_away = True
    book = TokenBook([a_token("known")], table.look)

    async def away_and_back() -> None:
        assert await found(book, "known") == [a_token("known")]
        with pytest.raises(TokensUnavailable):
            await book.find("new")
        table.is_away = False
        assert await found(book, "new") == [a_token("new")]

    asyncio.run(away_and_back())


def test_a_token_that_is_revoked_is_gone_with_the_next_refresh() -> None:
    book = TokenBook([a_token("revoked")], Table().look)
    book.accept([])
    assert asyncio.run(found(book, "revoked")) == [None]
    assert book.used_first_on(DAY) == set()


def test_a_client_that_goes_away_takes_the_answer_from_nobody() -> None:
    book = TokenBook([], Table(a_token("new")).look)

    async def one_leaves() -> PingToken | None:
        leaving, staying = asyncio.create_task(book.find("new")), asyncio.create_task(book.find("new"))
        await asyncio.sleep(0)
        leaving.cancel()
        return await staying

    assert asyncio.run(one_leaves()) == a_token("new")


def test_the_first_use_on_a_day_is_told_once() -> None:
    used_today = a_token("used today", DAY)
    book = TokenBook([a_token("known"), a_token("unused"), used_today], Table().look)
    asyncio.run(found(book, "known", "known", "used today"))
    assert book.used_first_on(DAY) == {token_digest("known")}
    assert book.used_first_on(DAY) == set()


@pytest.mark.parametrize("text", ["", "x" * 201])
def test_what_cannot_be_a_token_is_not_looked_for(text: str) -> None:
    table = Table()
    assert asyncio.run(found(TokenBook([], table.look), text)) == [None]
    assert table.asked == []


@pytest.mark.parametrize("value", [bytes(16), bytes(range(16)), b"\xff" * 16, b"\xfb\xf0" * 8])
def test_a_value_has_one_digest_in_all_its_forms_whatever_the_letter_case(value: bytes) -> None:
    digests = {token_digest(token_as(value, form)) for form in ("uuid", "hex", "short")}
    digests |= {token_digest(token_as(value, form).upper()) for form in ("uuid", "hex")}
    assert len(digests) == 1


def test_other_texts_are_values_by_themselves() -> None:
    value = token_as(bytes(range(16)), "short")
    others = [value[:-1] + "x", value.swapcase(), "c2354d53d2", "C2354D53D2", "AbCdEf0123456789AbCdEf012345678z", ""]
    assert len({token_digest(text) for text in [value, *others]}) == 7
