"""SQLite: where statements run, and that none of them can hold the loop for good."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from tortoise.exceptions import OperationalError

from jxc_graphql.kit import db
from jxc_graphql.kit.db import sqlite_pace
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.sqlite_pace import PacedConnection
from jxc_graphql.kit.settings import Settings
from jxc_graphql.wiring import MODEL_MODULES
from tests.patience import SECONDS

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT count(*) FROM n"
LONG = 10**10
DEADLINE = 0.2


@pytest.fixture
async def writer(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PacedConnection]:
    monkeypatch.setattr(sqlite_pace, "SHORT_SECONDS", SECONDS)  # however slow this machine is
    async with db.open(Settings(database_url=sqlite_url, deadline=DEADLINE), MODEL_MODULES) as database:
        yield database.client.writer


@pytest.fixture
def hops(writer: PacedConnection, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is run on the thread of any connection."""
    seen: list[str] = []

    def count(connection: PacedConnection) -> None:
        run = connection.run

        async def counted(function: Any, *args: Any) -> Any:
            seen.append(function.__name__)
            return await run(function, *args)

        monkeypatch.setattr(connection, "run", counted)

    assert writer in current().client._opened  # noqa: SLF001
    for connection in current().client._opened:  # noqa: SLF001
        count(connection)
    return seen


@db.transactional
async def count(rows: int) -> int:
    [(counted,)] = await db.fetch(COUNT, (rows,))
    return int(counted)


async def test_what_has_shown_to_be_short_takes_no_hop(hops: list[str]) -> None:
    assert await count(5) == 5
    assert hops == ["_timed", "execute"]
    hops.clear()
    assert await count(6) == 6
    assert hops == ["execute"]  # COMMIT alone


async def test_what_is_read_takes_no_hop_once_each_reader_knows_it(hops: list[str]) -> None:
    async def read() -> int:
        [(counted,)] = await db.fetch(COUNT, (5,))
        await db.fetch("SELECT 1")
        return int(counted)

    both = [await asyncio.gather(*(db.at_once(read, caller=caller) for caller in (1, 2))) for _ in range(2)]
    assert both == [[5, 5]] * 2
    assert 0 < len(hops) <= 4
    hops.clear()
    assert await db.at_once(read, caller=1) == 5
    assert await db.fetch(COUNT, (5,)) == [(5,)]
    assert hops == []


async def test_a_reader_is_given_back_when_whoever_was_forgotten_is_done_with_it(hops: list[str]) -> None:
    async def forgetful() -> asyncio.Task[Any]:
        await db.fetch("SELECT 1")
        left = asyncio.ensure_future(db.fetch(COUNT, (10**4,)))
        await asyncio.sleep(0)
        return left

    left = [await db.at_once(forgetful, caller=caller) for caller in (1, 2)]
    assert await db.at_once(partial(db.fetch, COUNT, (7,)), caller=1) == [(7,)]
    assert await asyncio.gather(*left, return_exceptions=True) == [[(10**4,)]] * 2
    assert "rollback" in hops


async def test_what_was_slow_once_goes_back_to_the_thread_until_it_was_short_for_long(
    writer: PacedConnection, hops: list[str]
) -> None:
    await count(5)
    writer._seconds[COUNT] = 1.2 * SECONDS  # noqa: SLF001  (nothing takes that long here)
    found = []
    for _ in range(4):
        hops.clear()
        await count(5)
        found.append(len(hops))
    assert found == [2, 2, 1, 1]


async def test_who_was_kept_from_the_processor_once_takes_no_hop_but_who_waits_again_does(
    hops: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await count(5)
    monkeypatch.setattr(sqlite_pace, "_LONG_SECONDS", float("inf"))
    monkeypatch.setattr(sqlite_pace, "perf_counter", partial(next, itertools.count(0, 2 * SECONDS)))
    found = []
    for _ in range(3):
        hops.clear()
        await count(5)
        found.append(len(hops))
    assert found == [1, 1, 2]


async def test_writes_that_go_together_have_a_pace_of_their_own(hops: list[str]) -> None:
    @db.transactional
    async def write() -> None:
        for name in ("A", "B"):
            db.later("UPDATE role SET name = name WHERE name = ?", (name,))
        db.later("UPDATE reaction_cursor SET name = name WHERE name = ?", ("A",))

    found = []
    for _ in range(2):
        hops.clear()
        await write()
        found.append(hops.count("_timed"))
    assert found == [2, 0]  # two parts, for what is written into the same table twice


async def test_long_values_go_to_the_thread(hops: list[str]) -> None:
    @db.transactional
    async def length(text: str) -> int:
        [(found,)] = await db.fetch("SELECT length(?)", (text,))
        return int(found)

    await length("short")
    hops.clear()
    assert await length("long" * 10_000) == 40_000
    assert len(hops) == 2


async def test_a_statement_on_the_loop_ends_at_its_deadline_and_is_not_trusted_again(
    writer: PacedConnection, hops: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await count(5)
    assert writer._is_short(COUNT, (LONG,))  # noqa: SLF001
    with pytest.raises(OperationalError, match="interrupted"):
        await count(LONG)
    assert writer._seconds[COUNT] >= DEADLINE  # noqa: SLF001
    hops.clear()
    monkeypatch.setattr(sqlite_pace, "SHORT_SECONDS", DEADLINE / 2)
    assert await count(5) == 5
    assert len(hops) == 2


async def test_the_loop_goes_on_while_a_statement_that_nobody_knows_runs(writer: PacedConnection) -> None:
    running = asyncio.ensure_future(count(LONG))
    turns, began = 0, time.monotonic()
    while not running.done():
        await asyncio.sleep(0.001)
        turns += 1
        assert time.monotonic() - began < 60
    assert turns > 1
    with pytest.raises(OperationalError, match="interrupted"):
        await running
    assert not writer.in_transaction
