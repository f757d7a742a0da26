"""One process, one database, one id node."""

import asyncio

import pytest

from jxc_graphql import wiring
from jxc_graphql.kit import db, ids
from jxc_graphql.kit.db import node as node_module
from jxc_graphql.kit.db.node import NodesTaken
from jxc_graphql.kit.ids import NODES, new_id
from jxc_graphql.kit.settings import Settings
from jxc_graphql.wiring import MODEL_MODULES
from tests.shell import forked, python, statuses

TELL_NODE = """
import asyncio, sys
from jxc_graphql.kit import db, ids

async def main():
    async with db.open(sys.argv[1], ["jxc_graphql.kit.journal"]):
        there.send(ids.new_id() >> 12 & ids.NODES - 1)
        there.recv()

asyncio.run(main())
"""


def node_of(an_id: int) -> int:
    return an_id >> 12 & NODES - 1


async def test_processes_that_run_at_once_have_different_nodes(database_url: str) -> None:
    pipes = [forked.Pipe() for _ in range(3)]
    others = [python(TELL_NODE, database_url, there=there) for _, there in pipes]
    try:
        nodes = [await asyncio.to_thread(here.recv) for here, _ in pipes]
        async with db.open(database_url, MODEL_MODULES):
            nodes.append(node_of(new_id()))
        assert len(set(nodes)) == 4
    finally:
        for here, _ in pipes:
            here.send("enough")
        assert await statuses(*others) == [0, 0, 0]


async def spans() -> dict[int, tuple[str, int]]:
    rows = await db.fetch("SELECT node, holder, through FROM id_node")
    return {node: (holder, through) for node, holder, through in rows}


@db.transactional
async def ended(ago_ms: int) -> None:
    """Has the span of this process end, as if it had been paused for longer than that."""
    await db.execute("UPDATE id_node SET through = ?", (ids.present() - ago_ms,))
    ids.maker().last = ids.present() - ago_ms


@db.transactional
async def all_taken(holder: str, through: int) -> None:
    columns = {"node": "bigint", "holder": "text", "through": "bigint"}
    await db.execute("DELETE FROM id_node")
    await db.execute(
        f"INSERT INTO id_node (node, holder, through) SELECT line.node, line.holder, line.through "
        f"FROM {db.rows(columns)} AS line WHERE true",
        (db.json((node, holder, through) for node in range(NODES)),),
    )


@db.transactional
async def one_id() -> int:
    return new_id()


async def test_a_process_paused_past_its_span_gets_more_of_it_before_its_next_id(database: db.Database) -> None:
    node = node_of(await one_id())
    await ended(1)
    with pytest.raises(ids.SpanUsedUp):
        new_id()
    made = await one_id()
    assert node_of(made) == node
    assert made >> 22 <= (await spans())[node][1]


async def test_a_process_whose_node_was_taken_over_takes_another_one(database: db.Database) -> None:
    node = node_of(await one_id())
    await ended(node_module.SPAN_MS)

    @db.transactional
    async def taken_over() -> None:
        await db.execute("UPDATE id_node SET holder = 'another'")

    ids.maker().last = ids.present() + node_module.SPAN_MS  # so that this transaction does not look
    await taken_over()
    ids.maker().last = 0
    assert node_of(await one_id()) != node


async def test_a_transaction_that_outlives_its_span_is_done_again(database: db.Database) -> None:
    tries = []

    @db.transactional
    async def slow() -> int:
        tries.append(ids.maker().node)
        if len(tries) == 1:
            ids.maker().last = 0
        return new_id()

    await slow()
    assert len(tries) == 2


async def test_whoever_takes_a_node_over_starts_behind_the_ids_that_may_have_been_made(database_url: str) -> None:
    far = ids.present() + 50 * node_module.SPAN_MS
    async with db.open(database_url, MODEL_MODULES):
        await one_id()
        await all_taken("", far)
    async with db.open(database_url, MODEL_MODULES):
        assert await one_id() >> 22 == far + 1


async def test_ids_belong_to_their_database(database_url: str, empty_url: str) -> None:
    far = ids.present() + 50 * node_module.SPAN_MS
    async with db.open(database_url, MODEL_MODULES):
        await all_taken("", far)
    with_tables = wiring.opened(Settings(database_url=empty_url), beside=True)
    async with db.open(database_url, MODEL_MODULES) as one, with_tables as other:

        async def id_here() -> int:
            return await one_id()

        made = await asyncio.gather(*(each.run(id_here()) for each in (one, other, one, other)))
        assert [an_id >> 22 == far + 1 for an_id in made] == [True, False, True, False]
        for database, an_id in zip((one, other), made[:2], strict=True):
            assert an_id >> 22 <= (await database.run(spans()))[node_of(an_id)][1]


async def test_a_node_that_was_given_back_is_free_at_once(database_url: str) -> None:
    async with db.open(database_url, MODEL_MODULES):
        last = await one_id()
        node = node_of(last)
    async with db.open(database_url, MODEL_MODULES):
        assert (await spans())[node] == ("", last >> 22)


async def test_says_so_when_every_node_is_taken(database: db.Database) -> None:
    await all_taken("somebody", ids.present() + node_module.SPAN_MS)
    ids.maker().last = 0
    with pytest.raises(NodesTaken):
        await one_id()


async def test_refuses_a_second_database(database: db.Database) -> None:
    with pytest.raises(RuntimeError):
        await db.connect("sqlite:///other.sqlite3", MODEL_MODULES)
    assert await db.fetch("SELECT 1") == [(1,)]
    await database.close()
    await database.close()
    with pytest.raises(RuntimeError):
        await db.fetch("SELECT 1")


async def test_does_not_show_the_password() -> None:
    with pytest.raises(db.DatabaseUnavailable) as refusal:
        await db.connect("postgres://jxc:s3cret@127.0.0.1:1/none", MODEL_MODULES)
    assert "s3cret" not in str(refusal.value)
    assert "jxc@127.0.0.1:1/none" in str(refusal.value)
