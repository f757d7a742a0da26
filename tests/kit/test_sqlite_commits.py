"""SQLite: transactions that queue for the writer share a commit."""

import asyncio
import sqlite3

import msgspec
import pytest
from tortoise.exceptions import OperationalError

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db import sqlite_commits
from jxc_graphql.kit.db.failures import unavailable
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.categories.models import Category
from jxc_graphql.office.auth.operations import create_user, system_call
from jxc_graphql.office.auth.permissions import Permission
from tests.kit.queueing import Disk, Refusal, add, codes, queued, results, together
from tests.patience import SECONDS
from tests.shell import python, statuses


@pytest.mark.usefixtures("sharing")
async def test_a_lone_one_has_a_commit_of_its_own_and_nothing_more_than_that(bounds: list[str]) -> None:
    await add("a")()
    assert bounds == ["BEGIN IMMEDIATE", "COMMIT"]


@pytest.mark.usefixtures("sharing")
async def test_eight_that_wait_share_one_commit(bounds: list[str]) -> None:
    wanted = [str(n) for n in range(8)]
    assert await results(await together(*map(add, wanted))) == wanted
    assert bounds == ["BEGIN IMMEDIATE", *["SAVEPOINT member", "RELEASE member"] * 8, "COMMIT"]
    assert await codes() == wanted


@pytest.mark.usefixtures("sharing")
@pytest.mark.parametrize(("members", "seconds", "commits"), [(3, SECONDS, 3), (32, 0.0, 9)])
async def test_neither_more_than_so_many_nor_for_longer_than_that(
    bounds: list[str], monkeypatch: pytest.MonkeyPatch, members: int, seconds: float, commits: int
) -> None:
    monkeypatch.setattr(sqlite_commits, "MOST_MEMBERS", members)
    monkeypatch.setattr(sqlite_commits, "MOST_SECONDS", seconds)
    await results(await together(*(add(str(n)) for n in range(8))))
    assert bounds.count("COMMIT") == commits
    assert len(await codes()) == 8


@pytest.mark.usefixtures("sharing")
@pytest.mark.parametrize("which", [0, 1, 2])
async def test_who_is_refused_takes_nothing_else_with_him(which: int) -> None:
    works = [add(str(n), refused=n == which) for n in range(3)]
    found = await results(await together(*works))
    assert [type(one) for one in found] == [Refusal if n == which else str for n in range(3)]
    assert await codes() == [str(n) for n in range(3) if n != which]


@pytest.mark.usefixtures("sharing")
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


@pytest.mark.usefixtures("sharing")
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


@pytest.mark.usefixtures("sharing")
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


@pytest.mark.usefixtures("sharing")
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


async def test_a_retry_key_answers_within_a_batch_with_the_first_fact_and_not_before_its_commit(
    sharing: db.Database, disk: Disk
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
    assert sharing.dialect == "sqlite"


@pytest.mark.usefixtures("sharing")
async def test_another_process_is_seen_in_a_batch_as_outside(sharing: db.Database, sqlite_url: str) -> None:
    versions: list[int] = []

    async def look() -> None:
        versions.append(await sharing.client.version())

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
    assert await statuses(*(python(COUNT_UP, sqlite_url) for _ in range(3))) == [0, 0, 0]
    assert other.execute("SELECT last_number FROM document_number").fetchall() == [(600,)]
    other.close()
