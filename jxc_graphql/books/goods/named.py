"""Goods as lines of documents name them: so much of a SKU, of one lot or of any, and which pieces."""

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from jxc_graphql.books.goods.rules import MAX_SERIALS
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.text import printable
from jxc_graphql.masters.lots import queries as lots
from jxc_graphql.office.documents.lines import check_positive
from jxc_graphql.office.documents.rules import TooManyLines, UnknownId

Lots = dict[tuple[int, str | None], int]
"""The ids of lots, by SKU and number."""


class NamedGoods(Protocol):
    """A line that names goods."""

    @property
    def sku_id(self) -> int:
        """Of what."""

    @property
    def quantity(self) -> Quantity:
        """How much, in the base unit."""

    @property
    def lot_number(self) -> str | None:
        """Of which lot; None leaves it open."""

    @property
    def serials(self) -> Collection[str]:
        """Which pieces."""


async def lots_named(lines: Iterable[NamedGoods]) -> Lots:
    """Those of the lots that lines name which exist."""
    named = {(one.sku_id, one.lot_number) for one in lines if one.lot_number is not None and printable(one.lot_number)}
    return {key: lot.id for key, lot in (await lots.by_number(named)).items()}


def check_named(one: NamedGoods, path: Path, skus: Collection[int], known: Lots) -> Iterator[Reason]:
    """What is wrong with the goods that a line names but how much of them there is; `skus` and `known` lots exist."""
    if one.sku_id not in skus:
        yield UnknownId(path=(*path, "sku_id"), kind="Sku")
    elif one.lot_number is not None and (one.sku_id, one.lot_number) not in known:
        yield UnknownId(path=(*path, "lot_number"), kind="Lot")
    yield from check_positive(one.quantity, (*path, "quantity"))
    if len(one.serials) > MAX_SERIALS:
        yield TooManyLines(path=(*path, "serials"), lines=len(one.serials), limit=MAX_SERIALS)
