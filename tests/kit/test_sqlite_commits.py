"""SQLite: transactions that queue for the writer share a commit, and nothing else."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import msgspec
import pytest
from tortoise.exceptions import OperationalError

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db import sqlite_commits
from jxc_graphql.kit.db.connect import current
from jxc_graphql.kit.db.failures import Undone, unavailable
from jxc_graphql.kit.settings import Settings
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.categories.models import Category
from jxc_graphql.office.auth.operations import create_user, system_call
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.wiring import MODEL_MODULES
from tests.kit.test_cancellation import ENDLESS
from tests.make.settings import taken_up
from tests.patience import SECONDS

LONG_WRITE = """INSERT INTO document_number (series, last_number)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'S' || i, i FROM n LIMIT ?"""
Work = Callable[[], Awaitable[Any]]


class Refusal(Exception):
    """What an operation raises that is not done."""


@pytest.fixture
async def database(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[db.Database]:
    monkeypatch.setattr(sqlite_commits, "MOST_SECONDS", SECONDS)  # however slow this machine is
    async with db.open(Settings(database_url=sqlite_url, deadline=SECONDS), MODEL_MODULES) as database:
        await taken_up()
        yield database


@pytest.fixture
def bounds(database: db.Database) -> list[str]:
    """What was sent to begin and to end."""
    seen: list[str] = []

    def look(statement: str) -> None:
        if statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    database.client.writer._conn.set_trace_callback(look)  # noqa: SLF001
    return seen


class Disk:
    """Stands between COMMIT and the disk."""

    def __init__(self, writer: Any) -> None:
        self._run = writer.run
        self.reached, self.goes_on = asyncio.Event(), asyncio.Event()
        self.failure: Exception | None = None
        writer.run = self.run

    async def run(self, function: Any, *args: Any) -> Any:
        if args == ("COMMIT",):
            self.reached.set()
            await self.goes_on.wait()
            if self.failure is not None:
                raise self.failure
        return await self._run(function, *args)


@pytest.fixture
def disk(database: db.Database) -> Disk:
    return Disk(database.client.writer)


async def together(*works: Work) -> list[asyncio.Task[Any]]:
    """Tasks that have queued, in this order, behind somebody who held the writer and has just let go of it."""
    has_it, let_go = asyncio.Event(), asyncio.Event()

    @db.transactional
    async def hold() -> None:
        has_it.set()
        await let_go.wait()

    holder = asyncio.ensure_future(hold())
    await has_it.wait()
    tasks = [asyncio.ensure_future(work()) for work in works]
    await queued(len(works))
    holder.add_done_callback(lambda held: held.exception())  # a commit that fails fails for him too
    let_go.set()
    return tasks


async def queued(tasks: int) -> None:
    """Returns when so many wait for the writer."""
    while len(current().client.commits._queue) < tasks:  # noqa: SLF001
        await asyncio.sleep(0)


def add(code: str, *, refused: bool = False, told: list[str] | None = None) -> Work:
    @db.transactional
    async def work() -> str:
        if told is not None:
            db.after_commit(lambda: told.append(code))
        await Category.create(code=code, name=code)
        if refused:
            raise Refusal(code)
        return code

    return work


async def codes() -> list[str]:
    return [code for (code,) in await db.fetch("SELECT code FROM category ORDER BY code")]


async def results(tasks: Sequence[asyncio.Task[Any]]) -> list[Any]:
    async with asyncio.timeout(SECONDS):
        return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.usefixtures("database")
async def test_a_lone_one_has_a_commit_of_its_own_and_nothing_more_than_that(bounds: list[str]) -> None:
    await add("a")()
    assert bounds == ["BEGIN IMMEDIATE", "COMMIT"]


@pytest.mark.usefixtures("database")
async def test_eight_that_wait_share_one_commit(bounds: list[str]) -> None:
    wanted = [str(n) for n in range(8)]
    assert await results(await together(*map(add, wanted))) == wanted
    assert bounds == ["BEGIN IMMEDIATE", *["SAVEPOINT member", "RELEASE member"] * 8, "COMMIT"]
    assert await codes() == wanted


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("members", "seconds", "commits"), [(3, SECONDS, 3), (32, 0.0, 9)])
async def test_neither_more_than_so_many_nor_for_longer_than_that(
    bounds: list[str], monkeypatch: pytest.MonkeyPatch, members: int, seconds: float, commits: int
) -> None:
    monkeypatch.setattr(sqlite_commits, "MOST_MEMBERS", members)
    monkeypatch.setattr(sqlite_commits, "MOST_SECONDS", seconds)
    await results(await together(*(add(str(n)) for n in range(8))))
    assert bounds.count("COMMIT") == commits
    assert len(await codes()) == 8


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("which", [0, 1, 2])
async def test_who_is_refused_takes_nothing_else_with_him(which: int) -> None:
    works = [add(str(n), refused=n == which) for n in range(3)]
    found = await results(await together(*works))
    assert [type(one) for one in found] == [Refusal if n == which else str for n in range(3)]
    assert await codes() == [str(n) for n in range(3) if n != which]


@pytest.mark.usefixtures("database")
async def test_where_all_are_refused_nothing_is_committed(bounds: list[str]) -> None:
    has_it, let_go = asyncio.Event(), asyncio.Event()

    @db.transactional
    async def first() -> None:
        has_it.set()
        await let_go.wait()
        raise Refusal

    tasks = [asyncio.ensure_future(first())]
    await has_it.wait()
    tasks.append(asyncio.ensure_future(add("a", refused=True)()))
    await queued(1)
    let_go.set()
    assert [type(one) for one in await results(tasks)] == [Refusal, Refusal]
    assert bounds == ["BEGIN IMMEDIATE", "ROLLBACK"] * 2
    assert await codes() == []


@pytest.mark.usefixtures("database")
async def test_nobody_is_told_anything_before_the_commit_that_holds_his_work(disk: Disk) -> None:
    told: list[str] = []
    tasks = await together(add("a", told=told), add("b", refused=True), add("c", told=told), codes_inside)
    await disk.reached.wait()
    for _ in range(100):
        await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)
    assert told == await codes() == []
    disk.goes_on.set()
    first, refusal, last, seen = await results(tasks)
    assert (first, type(refusal), last, seen) == ("a", Refusal, "c", ["a", "c"])
    await asyncio.sleep(0)
    assert told == await codes() == ["a", "c"]


@db.transactional
async def codes_inside() -> list[str]:
    return await codes()


@pytest.mark.usefixtures("database")
async def test_a_commit_that_fails_fails_for_all_who_have_a_part_in_it_or_saw_it(disk: Disk) -> None:
    disk.failure = sqlite3.OperationalError("database or disk is full")
    disk.failure.sqlite_errorcode = sqlite3.SQLITE_FULL
    told: list[str] = []
    tasks = await together(add("a", told=told), add("b", refused=True), add("c", told=told), codes_inside)
    disk.goes_on.set()
    found = await results(tasks)
    assert [type(one) for one in found] == [OperationalError] * 4
    assert len({id(one) for one in found}) == 4
    assert all(unavailable(one) for one in found)
    disk.failure = None
    assert told == await codes() == []
    assert await add("d", told=told)() == "d"
    await asyncio.sleep(0)
    assert told == await codes() == ["d"]


@pytest.mark.usefixtures("database")
async def test_a_commit_that_cannot_hold_what_is_in_it_leaves_nothing_of_it_behind() -> None:
    @db.transactional
    async def to_nobody() -> None:
        await db.fetch("PRAGMA defer_foreign_keys = ON")
        await Category.create(code="b", name="b", parent_id=1)

    found = await results(await together(add("a"), to_nobody, add("c")))
    assert all("FOREIGN KEY" in str(one) for one in found)
    assert await codes() == []
    assert await add("d")() == "d"
    assert await codes() == ["d"]


async def test_what_sqlite_takes_back_by_itself_is_done_again_for_the_others(database: db.Database) -> None:
    """As where a disk is full, or a write is interrupted."""
    database.client.deadline = 0.1
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


async def test_a_full_disk_fails_who_fills_it_and_nobody_else(database: db.Database) -> None:
    pages = database.client.writer.now("PRAGMA page_count")[0][0]
    database.client.writer.now(f"PRAGMA max_page_count = {pages + 20}")

    @db.transactional
    async def fill() -> None:
        await db.execute(LONG_WRITE, (10**6,))

    first, full, last = await results(await together(add("a"), fill, add("c")))
    assert (first, last) == ("a", "c")
    assert unavailable(full)
    assert await codes() == ["a", "c"]


@pytest.mark.usefixtures("database")
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


@pytest.mark.usefixtures("database")
async def test_who_hangs_up_while_he_waits_takes_no_part() -> None:
    tasks = await together(add("a"), add("b"), add("c"))
    tasks[1].cancel()
    tasks[2].cancel()
    await results(tasks)
    assert await codes() == ["a"]


@pytest.mark.usefixtures("database")
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


@pytest.mark.usefixtures("database")
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


async def test_a_retry_key_answers_within_a_batch_with_the_first_fact_and_not_before_its_commit(
    database: db.Database, disk: Disk
) -> None:
    disk.goes_on.set()
    user = await create_user(system_call(), username="admin", name="Administrator", roles=["ADMIN"])
    call = Call(actor_id=user.user_id, permissions=frozenset(Permission), idempotency_key="once")
    disk.goes_on.clear()
    disk.reached.clear()

    async def create() -> int:
        made = await categories.create_category(msgspec.structs.replace(call), code="a", name="a")
        return made.category_id

    tasks = await together(create, create)
    await disk.reached.wait()
    await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)
    disk.goes_on.set()
    first, second = await results(tasks)
    assert first == second
    assert await codes() == ["a"]
    assert database.dialect == "sqlite"


@pytest.mark.usefixtures("database")
async def test_another_process_is_seen_in_a_batch_as_outside(database: db.Database, sqlite_url: str) -> None:
    versions: list[int] = []

    async def look() -> None:
        versions.append(await database.client.version())

    await look()
    await results(await together(add("a"), look, add("b"), look))
    assert len(set(versions)) == 1
    other = sqlite3.connect(str(db.sqlite_path(sqlite_url)), isolation_level=None)
    other.execute("INSERT INTO document_number (series, last_number) VALUES ('T', 1)")
    other.close()
    await results(await together(look, add("c")))
    assert len(set(versions)) == 2


COUNT_UP = """
import asyncio, sys
from jxc_graphql.kit import db
from jxc_graphql.wiring import MODEL_MODULES

@db.transactional
async def step():
    [(count,)] = await db.fetch("SELECT last_number FROM document_number WHERE series = 'T'")
    await db.execute("UPDATE document_number SET last_number = ? WHERE series = 'T'", [count + 1])

async def steps():
    for _ in range(25):
        await step()

async def main():
    async with db.open(sys.argv[1], MODEL_MODULES):
        await asyncio.gather(*(steps() for _ in range(8)))

asyncio.run(main())
"""


async def test_processes_that_share_commits_lose_nothing_and_all_get_their_turn(sqlite_url: str) -> None:
    other = sqlite3.connect(str(db.sqlite_path(sqlite_url)), isolation_level=None)
    other.execute("INSERT INTO document_number (series, last_number) VALUES ('T', 0)")
    processes = [await asyncio.create_subprocess_exec(sys.executable, "-c", COUNT_UP, sqlite_url) for _ in range(3)]
    assert [await process.wait() for process in processes] == [0, 0, 0]
    assert other.execute("SELECT last_number FROM document_number").fetchall() == [(600,)]
    other.close()
