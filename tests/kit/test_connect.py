"""One process, one database, one id node."""

import asyncio
import sys

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.ids import NODES, new_id
from jxc_graphql.wiring import MODEL_MODULES

TELL_NODE = """
import asyncio, sys
from jxc_graphql.kit import db, ids

async def main():
    async with db.open(sys.argv[1], ["jxc_graphql.kit.journal"]):
        print(ids.new_id() >> 12 & ids.NODES - 1, flush=True)
        sys.stdin.read()

asyncio.run(main())
"""


def node_of(an_id: int) -> int:
    return an_id >> 12 & NODES - 1


async def test_processes_that_run_at_once_have_different_nodes(database_url: str) -> None:
    others = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            f"import os; os.getpid = lambda: 7\n{TELL_NODE}",
            database_url,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(3)
    ]
    try:
        nodes = [int(await process.stdout.readline()) for process in others if process.stdout]
        async with db.open(database_url, MODEL_MODULES):
            nodes.append(node_of(new_id()))
        assert len(set(nodes)) == 4
        assert {7, 8, 9} <= {*nodes}
    finally:
        for process in others:
            await process.communicate(b"")


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
