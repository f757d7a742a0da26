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
    """So many objects of a list, from a place in it on; or the last ones of those."""

    start: int = 0
    size: int = DEFAULT_SIZE
    from_end: bool = False

    def placed(self, total: int) -> "Slice":
        """The same of a list of so many, told from its beginning."""
        return Slice(start=max(self.start, total - self.size), size=self.size) if self.from_end else self

    def of(self, rows: Sequence[T]) -> Page[T]:
        """The page, of a list that is there as a whole."""
        return self.page(self.cut(rows), len(rows))

    def cut(self, rows: Sequence[T]) -> Sequence[T]:
        """What is in it, of a list that is there as a whole."""
        here = self.placed(len(rows))
        return rows[here.start : here.start + here.size]

    def page(self, nodes: Sequence[T], total: int) -> Page[T]:
        """The page with these objects, of a list of so many."""
        here = self.placed(total)

        async def count() -> int:
            return total

        return Page(nodes=nodes, start=here.start, goes_on=here.start + here.size < total, count=count)

    async def read(self, text: str, params: Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
        """The rows of a statement that are in it, and how many it has in all: `COUNT(*) OVER ()`, last in each row."""
        if self.from_end:
            _, total = await Slice(size=1).read(text, params)
            return await self.placed(total).read(text, params)
        rows = await db.fetch(f"{text} LIMIT ? OFFSET ?", (*params, self.size, self.start))
        if rows:
            return [row[:-1] for row in rows], int(rows[0][-1])
        if self.size and not self.start:
            return [], 0
        _, total = await Slice(size=1).read(text, params)  # behind the end of a list nothing tells how long it is
        return [], total


WHOLE = Slice(size=MAX_SIZE)
"""The first page, as long as one may be."""
