"""What is right for an opening balance, and which moves it makes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated

import msgspec

from jxc_graphql.books.goods.ledger import MAX_SERIALS, Move, VirtualPlace
from jxc_graphql.books.goods.named import moves_of
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice, amount, check_not_negative, check_positive
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.masters.lots.labels import Labelled, LotLabel, check
from jxc_graphql.masters.warehouses.places import KnownPlace, check_shelf
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents.rules import TooManyLines, check_line_count, check_note
from jxc_graphql.warehousing.openings.models import OpeningBalanceLine

MAX_LINES = 1_000
"""Lines that one opening balance may have; a warehouse can have several balances."""


class OriginAfterOpening(Reason, frozen=True, kw_only=True):
    """The company cannot have had goods only after the day for which they are in the balance."""

    business_date: date
    """The day of the balance (业务日期)."""


class OpeningLine(msgspec.Struct, frozen=True, kw_only=True):
    """What there was of a SKU, and what one unit had cost."""

    sku_id: int
    """What there was."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in the SKU's base unit; more than 0."""
    unit_cost: Annotated[UnitPrice, check_not_negative]
    """What one unit had cost; 0 or more."""
    place_id: int | None = None
    """A place or bin (库位) of the warehouse; by default its stock place."""
    lot: LotLabel | None = None
    """Its lot (批次), where the SKU is tracked by lot."""
    serials: tuple[str, ...] = ()
    """The number of each piece (序列号), where the SKU is tracked by serial number; at most 1,000."""
    origin_on: date | None = None
    """The day on which the company first had it, by which it ages; by default the day of the balance."""

    @property
    def value(self) -> Money:
        """What these goods had cost."""
        return amount(self.quantity, self.unit_cost)


def check_opening(
    lines: Sequence[OpeningLine],
    *,
    warehouse: KnownWarehouse,
    skus: Mapping[int, KnownSku],
    places: Mapping[int, KnownPlace],
    business_date: date,
    note: str,
) -> Iterator[Reason]:
    """What is wrong with an opening balance: the note, how many lines, then line by line, then their lots."""
    yield from check_note(note)
    yield from check_line_count(len(lines), MAX_LINES)
    for index, line in enumerate(lines[:MAX_LINES]):
        path: Path = ("lines", index)
        if line.sku_id not in skus:
            yield UnknownId(path=(*path, "sku_id"), kind="Sku")
        yield from check_positive(line.quantity, (*path, "quantity"))
        yield from check_not_negative(line.unit_cost, (*path, "unit_cost"))
        if line.place_id is not None:
            yield from check_shelf(places.get(line.place_id), warehouse.id, (*path, "place_id"))
        if len(line.serials) > MAX_SERIALS:
            yield TooManyLines(path=(*path, "serials"), lines=len(line.serials), limit=MAX_SERIALS)
        if line.origin_on and line.origin_on > business_date:
            yield OriginAfterOpening(path=(*path, "origin_on"), business_date=business_date)
    yield from check(labelled(lines[:MAX_LINES]), skus)


def labelled(lines: Sequence[OpeningLine]) -> list[Labelled]:
    """The lots of the lines, as labels name them."""
    return [(line.sku_id, line.lot, ("lines", index, "lot")) for index, line in enumerate(lines)]


def moves(made: Sequence[OpeningBalanceLine], lines: Sequence[OpeningLine], warehouse_id: int) -> list[Move]:
    """From before the books to the shelves, each line at its value."""
    return moves_of(
        made,
        warehouse_id=warehouse_id,
        from_place_id=VirtualPlace.OPENING,
        to_place_id=lambda line: line.place_id,
        value=lambda line: line.value,
        serials=[line.serials for line in lines],
        origin_on=lambda line: line.origin_on,
        path=lambda line: ("lines", line.line_no - 1, "quantity"),
    )
