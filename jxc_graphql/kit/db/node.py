"""The id node of this process: which milliseconds of which node number are its own to make ids of.

Each process is given a *span*: a node and the milliseconds up to `through`, which its row of `id_node` says. Before
half of it is gone the next transaction lengthens it, by an update that holds only while the row is still its own.
Whoever takes a node over starts behind what its row says, so two spans never overlap: neither a process that was
paused past its span nor one whose server was restarted can make an id that somebody else makes. Nodes that ran out
the longest ago are taken first, so that the one lengthening which a failover may lose does no harm.

The last quarter of the nodes is kept for copies of the database, sixteen for each, which nobody has for ever: a copy
that lives beside its original makes ids of its own sixteen, and of no others (`parting`).
"""
# ruff: noqa: S608  (statements are made of our own names and numbers)

import asyncio
import os
import random
import socket
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit import ids
from jxc_graphql.kit.columns import Id
from jxc_graphql.kit.ids import IdMaker

if TYPE_CHECKING:
    from jxc_graphql.kit.db.connect import Database

SPAN_MS = 600_000
"""How far ahead of the present moment a span reaches."""
_NOBODY = ""
HAS_NODES = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE name = 'id_node'",
    "postgres": "SELECT 1 WHERE to_regclass('id_node') IS NOT NULL",
}
"""A database that has yet to be migrated gives its first ids afterwards."""
OF_ORIGINALS, OF_A_COPY = 768, 16
"""Nodes below which those are that no copy takes; and how many each copy has."""
KEPT = "kept for copies"
KEPT_FOR_COPIES = f"SELECT node FROM id_node WHERE holder = '{KEPT}'"
_ELSEWHERE = "the original"
_ALL = f"""
    WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < {OF_ORIGINALS})
    INSERT INTO id_node (node, holder, through)"""


class IdNode(Model):
    """The last millisecond, counted as in ids, of which the holder of a node may make ids; once set, it only rises."""

    node = Id()
    holder = fields.CharField(max_length=100)
    through = fields.BigIntField()

    class Meta:
        table = "id_node"


class NoNodesLeft(Exception):
    """There are as many copies of copies as there are nodes for."""


class NodesTaken(OSError):
    """More processes use this database at once, or died in the last minutes, than there are nodes."""


class NodeClaim:
    """The span of this process, until it is given back."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._holder = f"{socket.gethostname()[:50]}:{os.getpid()}:{os.urandom(8).hex()}"
        self._is_held = False
        self._claiming = asyncio.Lock()
        self.maker = IdMaker(0, last=-1)
        """What makes the ids of this process; before the first span is taken, none."""

    async def ensure(self) -> None:
        """Sees to it that half a span lies ahead; raises `NodesTaken` where there is none to be had."""
        if _is_enough(self.maker):
            return
        async with self._claiming:
            through = max(ids.present(), self.maker.reached) + SPAN_MS
            if not _is_enough(self.maker) and not (self._is_held and await self._lengthened(through)):
                await self._taken(through)

    async def give_back(self) -> None:
        """Lets another process take the node at once; it starts behind the last id that was made."""
        if self._is_held:
            self._is_held = False
            async with self._database.client.transaction() as transaction:
                await transaction.execute(
                    "UPDATE id_node SET holder = ?, through = ? WHERE node = ? AND holder = ?",
                    (_NOBODY, self.maker.reached, self.maker.node, self._holder),
                )

    async def _lengthened(self, through: int) -> bool:
        async with self._database.client.transaction() as transaction:
            kept = await transaction.execute(
                "UPDATE id_node SET through = ? WHERE node = ? AND holder = ?", (through, self.maker.node, self._holder)
            )
        self._is_held = kept == 1
        if self._is_held:
            self.maker.last = through
        return self._is_held

    async def _taken(self, through: int) -> None:
        """Takes a free node: never used, given back, or past its span."""
        async with self._database.client.transaction() as transaction:
            if not await transaction.fetch(HAS_NODES[self._database.dialect]):
                return
            rows = await transaction.fetch("SELECT node, holder, through FROM id_node")
            for node, before in _free({node: (holder, last) for node, holder, last in rows}):
                first = max(before, self.maker.reached) + 1
                through = max(through, first + SPAN_MS)
                taken = await transaction.execute(
                    "INSERT INTO id_node (node, holder, through) VALUES (?, ?, ?) ON CONFLICT (node) DO UPDATE "
                    "SET holder = excluded.holder, through = excluded.through WHERE id_node.through = ?",
                    (node, self._holder, through, before),
                )
                if taken:
                    break
            else:
                raise NodesTaken("every id node is taken")
        self._is_held = True
        self.maker = IdMaker(node, first, through)


def _is_enough(maker: IdMaker) -> bool:
    return maker.last - max(ids.present(), maker.reached) >= SPAN_MS // 2


def _free(known: dict[int, tuple[str, int]]) -> Iterator[tuple[int, int]]:
    """Free nodes with the last millisecond that somebody was given of each, the safest first."""
    present = ids.present()
    start = os.getpid() % ids.NODES  # processes that start at once try different ones
    unused = (node for node in [*range(start, ids.NODES), *range(start)] if node not in known)
    yield from ((node, -1) for node in unused)
    ended = sorted((through, node) for node, (holder, through) in known.items() if holder == _NOBODY)
    past = sorted((through, node) for node, (holder, through) in known.items() if holder and through < present)
    for through, node in [*ended, *past]:
        yield node, through


def parting(kept: Collection[int], *, in_its_place: bool) -> list[str]:
    """The statements after which no process of a copy makes an id that one of the original makes.

    Where the copy takes the place of an original that is gone, it goes on behind all that this one may have been
    given since. Where the original goes on, its nodes are nobody's here, and the copy has sixteen of those `kept`.
    """
    later = ids.present() + SPAN_MS
    if in_its_place:
        behind = f"""{_ALL} SELECT n, '{_NOBODY}', {later:d} FROM counted WHERE true
            ON CONFLICT (node) DO UPDATE SET holder = excluded.holder,
                through = CASE WHEN id_node.through > {later:d} THEN id_node.through ELSE {later:d} END
            WHERE id_node.through < {ids.FOREVER:d}"""
        return [behind]
    starts = range(OF_ORIGINALS, ids.NODES, OF_A_COPY)
    whole = [first for first in starts if set(range(first, first + OF_A_COPY)) <= set(kept)]
    if not whole:
        raise NoNodesLeft("too many copies of copies: there are no id nodes left for another one")
    first = random.choice(whole)  # noqa: S311  (two copies of one original take different ones, mostly)
    none = f"{_ALL} SELECT n, '{_ELSEWHERE}', {ids.FOREVER:d} FROM counted WHERE true ON CONFLICT (node) DO NOTHING"
    taken = f"UPDATE id_node SET holder = '{_ELSEWHERE}', through = {ids.FOREVER:d} WHERE holder <> '{KEPT}'"
    own = f"""UPDATE id_node SET holder = '{_NOBODY}', through = {later:d}
        WHERE node >= {first:d} AND node < {first + OF_A_COPY:d}"""
    return [none, taken, own]
