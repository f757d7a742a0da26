"""Numbers of documents: each is given once, and hardly anybody waits for one."""

import asyncio
from datetime import date

import pytest

from jxc_graphql.kit import db
from jxc_graphql.office.documents.operations import next_number

pytestmark = pytest.mark.usefixtures("database")

MANY = 50


@db.transactional
async def take(count: int = 1, *, fails: bool = False) -> list[int]:
    numbers = [int((await next_number("PO", date(2026, 6, 1)))[-5:]) for _ in range(count)]
    if fails:
        raise RuntimeError
    return numbers


async def fail(count: int = 1) -> None:
    with pytest.raises(RuntimeError):
        await take(count, fails=True)


async def test_each_follows_the_one_before_and_few_ask_the_database() -> None:
    with db.statements() as seen:
        numbers = [number for _ in range(MANY) for number in await take()]
    assert numbers == [*range(1, MANY + 1)]
    assert len(seen) == (MANY if db.dialect() == "sqlite" else 3)


async def test_several_of_one_transaction_follow_each_other() -> None:
    assert await take(MANY) == [*range(1, MANY + 1)]
    assert await take() == [MANY + 1]


async def test_one_of_what_failed_is_given_to_the_next() -> None:
    await fail()
    assert await take(3) == [1, 2, 3]
    await fail(2)
    assert await take(2) == [4, 5]


async def test_those_of_many_at_once_differ() -> None:
    taken = await asyncio.gather(*(take(2) for _ in range(MANY)))
    assert len({number for numbers in taken for number in numbers}) == 2 * MANY


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)  # SQLite has one writer
async def test_nobody_waits_for_who_has_the_one_before() -> None:
    await take()
    has_one, other_has_one = asyncio.Event(), asyncio.Event()

    @db.transactional
    async def slow() -> list[int]:
        numbers = await take()
        has_one.set()
        await other_has_one.wait()
        return numbers

    waiting = asyncio.ensure_future(slow())
    await has_one.wait()
    assert await take() == [3]
    other_has_one.set()
    assert await waiting == [2]


async def test_a_process_that_comes_after_leaves_a_gap_at_most(database: db.Database) -> None:
    await take()
    database.known.clear()  # what another process knows
    assert await take() == [2 if db.dialect() == "sqlite" else 21]
