"""Ids: 63-bit, ordered by time, made by the application before the row is written.

An id is `milliseconds << 22 | node << 12 | sequence`. Milliseconds count from 2024; the node is a number that no other
running process of the same database has (`kit.db` claims it); the sequence counts within a millisecond and borrows
from the next one when it runs over, so ids of one process always rise.
"""

import time
from typing import Any

from tortoise.fields.data import BigIntField

from jxc_graphql.kit.columns import Id

EPOCH_MS = 1_704_067_200_000
NODES = 1024
_SEQUENCE_BITS, _NODE_BITS = 12, 10


class IdMaker:
    """Makes rising ids for one node."""

    def __init__(self, node: int) -> None:
        assert 0 <= node < NODES
        self._node = node << _SEQUENCE_BITS
        self._last = 0

    def next(self) -> int:
        """A new id, greater than every earlier one of this maker."""
        present = (time.time_ns() // 1_000_000 - EPOCH_MS) << _SEQUENCE_BITS
        self._last = max(self._last + 1, present)
        milliseconds, sequence = divmod(self._last, 1 << _SEQUENCE_BITS)
        return (milliseconds << (_SEQUENCE_BITS + _NODE_BITS)) | self._node | sequence


_maker = IdMaker(0)


def use_node(node: int) -> None:
    """Makes every later id of this process carry this node number."""
    global _maker  # noqa: PLW0603  (a process has one node)
    _maker = IdMaker(node)


def new_id() -> int:
    """A new id for a row of any table."""
    return _maker.next()


class IdField(BigIntField):
    """The primary key column: filled by the application; SQLite's own row id."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {"primary_key": True, "generated": False, "default": new_id}
        super().__init__(**given | kwargs)

    _db_sqlite: Any = Id._db_sqlite  # noqa: SLF001  (Tortoise's name)
