"""Pages of lists that are reckoned: which part of one is asked for, and what of it there is."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from jxc_graphql.kit import db

T = TypeVar("T")

DEFAULT_SIZE = 20
MAX_SIZE = 100
"""Objects of a page, of whatever list."""


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Some objects of a list, from a place in it on."""

    nodes: Sequence[T]
    start: int
    goes_on: bool
    """Whether the list goes on after them."""
    count: Callable[[], Awaitable[int]]
    """How many there are in all; looked for only where somebody wants to know."""


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """So many objects of a list, from a place in it on."""

    start: int = 0
    size: int = DEFAULT_SIZE

    def of(self, rows: Sequence[T]) -> Page[T]:
        """The page, of a list that is there as a whole."""
        return self.page(rows[self.start : self.start + self.size], len(rows))

    def page(self, nodes: Sequence[T], total: int) -> Page[T]:
        """The page with these objects, of a list of so many."""

        async def count() -> int:
            return total

        return Page(nodes=nodes, start=self.start, goes_on=self.start + self.size < total, count=count)

    async def read(self, text: str, params: Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
        """The rows of a statement that are in it, and how many it has in all: `COUNT(*) OVER ()`, last in each row."""
        rows = await db.fetch(f"{text} LIMIT ? OFFSET ?", (*params, self.size, self.start))
        if rows:
            return [row[:-1] for row in rows], int(rows[0][-1])
        if self.size and not self.start:
            return [], 0
        _, total = await Slice(size=1).read(text, params)  # behind the end of a list nothing tells how long it is
        return [], total


WHOLE = Slice(size=MAX_SIZE)
"""The first page, as long as one may be."""
