"""Ids: 63-bit, ordered by time, made by the application before the row is written.

An id is `milliseconds << 22 | node << 12 | sequence`. Milliseconds count from 2024; the sequence counts within a
millisecond and borrows from the next one when it runs over, so ids of one process always rise. Which node a process
has, and from which millisecond to which, is a row of the database (`kit.db.node`): whatever clocks, pauses and
failovers do, no other process is given the same milliseconds of the same node.
"""

import time
from typing import Any

from tortoise.fields.data import BigIntField

from jxc_graphql.kit import in_use
from jxc_graphql.kit.columns import Id

EPOCH_MS = 1_704_067_200_000
NODES = 1024
FOREVER = 2**41 - 1
_SEQUENCE_BITS, _NODE_BITS = 12, 10


class SpanUsedUp(Exception):
    """No ids are left of what this process was given: it has to be given more before it goes on."""


class IdMaker:
    """Makes rising ids of one node, from one millisecond on and through another one."""

    def __init__(self, node: int, first: int = 0, last: int = FOREVER) -> None:
        assert 0 <= node < NODES
        self.node = node
        self.last = last
        self._made = (first << _SEQUENCE_BITS) - 1

    def next(self) -> int:
        """A new id, greater than every earlier one of this maker; raises `SpanUsedUp`."""
        milliseconds, sequence = divmod(self._take(1), 1 << _SEQUENCE_BITS)
        return (milliseconds << (_SEQUENCE_BITS + _NODE_BITS)) | self.node << _SEQUENCE_BITS | sequence

    def counted(self, count: int, number: str) -> str:
        """As SQL, so many new ids by a number that counts rows from 0, for a statement that makes the rows itself."""
        made, sequence = f"({self._take(count)} + {number})", (1 << _SEQUENCE_BITS) - 1
        milliseconds = f"(({made} >> {_SEQUENCE_BITS}) << {_SEQUENCE_BITS + _NODE_BITS})"
        return f"({milliseconds} | {self.node << _SEQUENCE_BITS} | ({made} & {sequence}))"

    def _take(self, count: int) -> int:
        first = max(self._made + 1, present() << _SEQUENCE_BITS)
        if (first + count - 1) >> _SEQUENCE_BITS > self.last:
            raise SpanUsedUp
        self._made = first + count - 1
        return first

    @property
    def reached(self) -> int:
        """The millisecond up to which ids may have been made."""
        return max(self._made >> _SEQUENCE_BITS, 0)


def present() -> int:
    """The present moment in milliseconds of ids."""
    return time.time_ns() // 1_000_000 - EPOCH_MS


_of_nothing = IdMaker(0)
"""Without a database, as rules are tested, anything goes."""


def maker() -> IdMaker:
    """What makes the ids of the database in use."""
    database = in_use.database()
    return database.node.maker if database else _of_nothing


def new_id() -> int:
    """A new id for a row of any table; raises `SpanUsedUp`, after which a transaction is tried again."""
    return maker().next()


def new_ids(count: int, number: str) -> str:
    """As SQL, so many new ids by a number that counts rows from 0."""
    return maker().counted(count, number)


class IdField(BigIntField):
    """The primary key column: filled by the application; SQLite's own row id."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {"primary_key": True, "generated": False, "default": new_id}
        super().__init__(**given | kwargs)

    _db_sqlite: Any = Id._db_sqlite  # noqa: SLF001  (Tortoise's name)
