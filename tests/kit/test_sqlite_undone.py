"""SQLite: what fails or is given up among transactions that share a commit takes nothing else with it."""

import asyncio
from typing import Any

import pytest
from tortoise.exceptions import OperationalError

from jxc_graphql.kit import db
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.failures import Undone, unavailable
from jxc_graphql.masters.categories.models import Category
from tests.kit.queueing import Refusal, add, codes, results, together
from tests.kit.test_cancellation import ENDLESS

LONG_WRITE = """INSERT INTO document_number (series, last_number)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'S' || i, i FROM n LIMIT ?"""


async def test_what_sqlite_takes_back_by_itself_is_done_again_for_the_others(sharing: db.Database) -> None:
    """As where a disk is full, or a write is interrupted."""
    sharing.client.deadline = 0.1
    tries: list[str] = []

    @db.transactional
    async def too_long() -> None:
        tries.append("long")
        await db.execute(LONG_WRITE, (10**9,))

    @db.transactional
    async def honest(code: str) -> None:
        tries.append(code)
        await Category.create(code=code, name=code)

    @db.transactional
    async def refused() -> None:
        tries.append("refused")
        raise Refusal

    tasks = await together(lambda: honest("a"), refused, too_long, lambda: honest("c"))
    first, refusal, late, last = await results(tasks)
    assert (first, type(refusal), last) == (None, Refusal, None)
    assert db.timed_out(late)
    assert await codes() == ["a", "c"]
    assert sorted(tries) == ["a", "a", "c", "long", "refused", "refused"]


async def test_a_full_disk_fails_who_fills_it_and_nobody_else(sharing: db.Database) -> None:
    pages = sharing.client.writer.now("PRAGMA page_count")[0][0]
    sharing.client.writer.now(f"PRAGMA max_page_count = {pages + 20}")

    @db.transactional
    async def fill() -> None:
        await db.execute(LONG_WRITE, (10**6,))

    first, full, last = await results(await together(add("a"), fill, add("c")))
    assert (first, last) == ("a", "c")
    assert unavailable(full)
    assert await codes() == ["a", "c"]


@pytest.mark.usefixtures("sharing")
async def test_what_was_undone_is_not_committed_in_part(bounds: list[str]) -> None:
    @db.transactional
    async def undo() -> None:
        await Category.create(code="b", name="b")
        await db.fetch("ROLLBACK")

    single = Category.create  # a transaction that nobody does again
    undone, failed = await results(await together(lambda: single(code="a", name="a"), undo))
    assert isinstance(undone, Undone)
    assert isinstance(failed, OperationalError)
    assert unavailable(undone)
    assert await codes() == []
    assert "COMMIT" not in bounds


@pytest.mark.usefixtures("sharing")
async def test_who_hangs_up_while_he_waits_takes_no_part() -> None:
    tasks = await together(add("a"), add("b"), add("c"))
    tasks[1].cancel()
    tasks[2].cancel()
    await results(tasks)
    assert await codes() == ["a"]


@pytest.mark.usefixtures("sharing")
async def test_who_hangs_up_when_it_is_his_turn_passes_it_on(bounds: list[str]) -> None:
    tasks: list[asyncio.Task[Any]] = []

    @db.transactional
    async def first() -> None:
        await Category.create(code="a", name="a")
        db.after_commit(lambda: None)
        asyncio.get_running_loop().call_soon(cancel_who_is_called)

    def cancel_who_is_called() -> None:
        """As soon as the turn is given to the next one, who has not learned of it yet."""
        if not tasks[1].done() and len(commits._queue) == 0:  # noqa: SLF001
            tasks[1].cancel()
        elif not tasks[1].done():
            asyncio.get_running_loop().call_soon(cancel_who_is_called)

    commits = current().client.commits
    tasks += await together(first, add("b"))
    await results(tasks)
    assert await codes() == ["a"]
    assert bounds[-1] == "COMMIT"
    assert await add("c")() == "c"


@pytest.mark.usefixtures("sharing")
@pytest.mark.parametrize(
    ("statement", "values"), [(f"SELECT * FROM ({ENDLESS['sqlite']})", ()), (LONG_WRITE, (300_000,))]
)
async def test_who_hangs_up_in_a_statement_takes_nothing_else_with_him(
    statement: str, values: tuple[int, ...], bounds: list[str]
) -> None:
    running = asyncio.Event()

    @db.transactional
    async def work() -> None:
        await Category.create(code="b", name="b")
        asyncio.get_running_loop().call_later(0.05, running.set)
        await db.fetch(statement, values)

    single = Category.create
    tasks = await together(lambda: single(code="a", name="a"), work, lambda: single(code="c", name="c"))
    await running.wait()
    tasks[1].cancel()
    found = await results(tasks)
    assert isinstance(found[1], asyncio.CancelledError)
    assert await codes() == ["a", "c"]
    assert await db.fetch("SELECT count(*) FROM document_number") == [(0,)]
    assert bounds.count("COMMIT") == 1
