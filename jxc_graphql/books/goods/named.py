"""Goods as lines of documents name them: so much of a SKU, of one lot or of any, and which pieces; what they move."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec
from tortoise.models import Model

from jxc_graphql.books.goods.rules import MAX_SERIALS, Move
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Quantity, check_positive
from jxc_graphql.kit.text import printable
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.lots import queries as lots
from jxc_graphql.office.documents.lines import for_each
from jxc_graphql.office.documents.rules import TooManyLines

_SAID = {"sku_id", "quantity", "lot_id", "from_place_id", "to_place_id"}


class NamedGoods(msgspec.Struct, frozen=True, kw_only=True):
    """Goods of ours that a line names."""

    sku_id: int
    """What."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in the base unit; more than 0."""
    lot_number: str | None = None
    """The lot (批号); by default the one that expires first (先到期先出)."""
    serials: tuple[str, ...] = ()
    """The serial number (序列号) of each piece, for SKUs that are tracked by them; at most 1,000."""


class KnownGoods(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of the SKUs and lots that lines name."""

    skus: Collection[int]
    lots: Mapping[tuple[int, str | None], int]
    """Their ids, by SKU and number."""

    def lot_id(self, one: NamedGoods) -> int | None:
        """The lot that a line names."""
        return self.lots.get((one.sku_id, one.lot_number))


async def known_goods(lines: Sequence[NamedGoods]) -> KnownGoods:
    """What there is of what lines name."""
    named = {(one.sku_id, one.lot_number) for one in lines if one.lot_number is not None and printable(one.lot_number)}
    return KnownGoods(
        skus=await catalog.skus({one.sku_id for one in lines}),
        lots={key: lot.id for key, lot in (await lots.by_number(named)).items()},
    )


def check_named(one: NamedGoods, path: Path, known: KnownGoods) -> Iterator[Reason]:
    """What is wrong with the goods that a line names but how much of them there is."""
    if one.sku_id not in known.skus:
        yield UnknownId(path=(*path, "sku_id"), kind="Sku")
    elif one.lot_number is not None and known.lot_id(one) is None:
        yield UnknownId(path=(*path, "lot_number"), kind="Lot")
    yield from check_positive(one.quantity, (*path, "quantity"))
    if len(one.serials) > MAX_SERIALS:
        yield TooManyLines(path=(*path, "serials"), lines=len(one.serials), limit=MAX_SERIALS)


def moves_of(lines: Iterable[Model], **told: Any) -> list[Move]:
    """One move for each line of a document, of what it says and what is told besides; see `for_each`.

    A line says its SKU, quantity and lot, and from where to where, as far as its table has that.
    """
    return [
        Move(
            **{"path": ("lines", index), "line_id": line.pk}
            | {name: getattr(line, name) for name in _SAID & line._meta.fields_db_projection.keys()}  # noqa: SLF001
            | for_each(told, line, index)
        )
        for index, line in enumerate(lines)
    ]
