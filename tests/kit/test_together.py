"""What is read together is asked in one round trip, and comes out as if it had been read one after the other."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from jxc_graphql.kit import db

pytestmark = pytest.mark.usefixtures("database")


async def number(value: int) -> int:
    ((found,),) = await db.fetch("SELECT CAST(? AS BIGINT)", (value,))
    return int(found)


async def doubled(value: int) -> int:
    return await number(2 * await number(value))


async def refused(after: int, why: str) -> int:
    for _ in range(after):
        await number(1)
    raise ValueError(why)


def trips(rounds: int, selects: int) -> int:
    """How many statements there are of so many rounds on PostgreSQL, of so many selects on SQLite."""
    return rounds if db.dialect() == "postgres" else selects


async def test_each_round_of_all_is_one_statement() -> None:
    with db.statements() as seen:
        assert await db.together(number(1), doubled(2), asyncio.sleep(0, "nothing"), doubled(3)) == (1, 4, "nothing", 6)
    assert len(seen) == trips(2, 5)


async def test_one_may_itself_read_together() -> None:
    async def both(value: int) -> tuple[int, int]:
        return await db.together(doubled(value), number(value))

    with db.statements() as seen:
        assert await db.together(both(1), both(2)) == ((2, 1), (4, 2))
    assert len(seen) == trips(2, 4)


async def test_what_several_ask_for_is_asked_once() -> None:
    with db.statements() as seen:
        assert await db.together(number(1), number(2), number(1)) == (1, 2, 1)
    assert len(seen) == trips(1, 2)


async def test_rows_are_those_that_one_statement_has() -> None:
    sql = f"""
        SELECT line.id, line.text, line.id > 1, CAST(NULL AS BIGINT), line.id * 1.5
        FROM {db.rows({"id": "bigint", "text": "text"})} AS line ORDER BY line.id DESC"""
    params = [db.json([(1, "两"), (2**53 + 1, 'it\'s {"one"}, \\ (2)'), (3, None)])]
    alone = await db.fetch(sql, params)
    again, *others = await db.together(db.fetch(sql, params), db.fetch("SELECT 1 WHERE 1 = 0"), number(7))
    assert (again, others) == (alone, [[], 7])
    assert all(type(row) is tuple for row in again)


async def test_days_and_moments_are_those_that_one_statement_has() -> None:
    at, on = datetime(2026, 3, 1, 12, 30, 0, 5, UTC), date(2026, 3, 1)
    sql = f"SELECT line.at, line.day FROM {db.rows({'at': 'timestamptz', 'day': 'date'})} AS line"
    found, _ = await db.together(db.fetch(sql, [db.json([(at, on)])]), number(1))
    ((moment, day),) = found
    assert (db.moment(moment), db.day(day)) == (at, on)


async def test_what_the_first_of_them_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="first"):
        await db.together(number(1), refused(2, "first"), refused(0, "second"))
    with pytest.raises(ValueError, match="only"):
        await db.together(refused(1, "only"), number(1))


async def test_none_goes_on_after_one_before_it_was_refused() -> None:
    went: list[int] = []

    async def goes() -> None:
        await number(1)
        went.append(1)

    with pytest.raises(ValueError, match="first"):
        await db.together(refused(1, "first"), goes())
    assert went == []


async def test_one_may_write_while_the_others_wait() -> None:
    async def writes() -> int:
        await number(1)
        return await db.execute("UPDATE book_day SET day = ?", (date(2031, 5, 1),))

    async def reads() -> date:
        await doubled(1)
        ((found,),) = await db.fetch("SELECT day FROM book_day")
        return db.day(found)

    @db.transactional
    async def work() -> tuple[int, date]:
        return await db.together(writes(), reads())

    assert await work() == (1, date(2031, 5, 1))


async def test_a_task_that_one_of_them_starts_reads_by_itself() -> None:
    async def starts() -> int:
        return await asyncio.create_task(doubled(4))

    assert await db.together(starts(), number(1)) == (8, 1)


async def test_all_of_them_end_when_one_who_waits_is_cancelled() -> None:
    ended: list[str] = []
    waits = asyncio.Event()

    async def one(name: str, *, stays: bool) -> None:
        try:
            await number(1)
            if stays:
                waits.set()
                await asyncio.Event().wait()
            await number(1)
        finally:
            ended.append(name)

    @db.transactional
    async def both() -> None:
        await db.together(one("a", stays=False), one("b", stays=True))

    task = asyncio.ensure_future(both())
    await waits.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(ended) == ["a", "b"]
