"""What is right for goods on consignment, and which moves they make."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated

import msgspec

from jxc_graphql.books.goods.ledger import MAX_SERIALS, Consigned, Move, VirtualPlace
from jxc_graphql.kit import fen
from jxc_graphql.kit.errors import Path, Reason, Required, UnknownId
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice, check_not_negative, check_positive, check_total
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.masters.lots.labels import Labelled, LotLabel, check
from jxc_graphql.masters.partners.queries import KnownSupplier
from jxc_graphql.masters.warehouses.places import KnownPlace, PlaceKind, check_stock_place
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.documents.lines import MAX_ORDER_LINES, SkuInactive
from jxc_graphql.office.documents.rules import TooManyLines, check_line_count
from jxc_graphql.warehousing.consignments.models import (
    ConsignmentEnd,
    ConsignmentIssueLine,
    ConsignmentPurpose,
    ConsignmentReceiptLine,
)


class OwnerInactive(Reason, frozen=True, kw_only=True):
    """Nothing is taken in for a supplier who is out of use."""

    owner: str


class GoodsOfAnother(Reason, frozen=True, kw_only=True):
    """The goods are another supplier's than the document is of, or lie elsewhere."""


class DueBeforeBorrowed(Reason, frozen=True, kw_only=True):
    """What is borrowed is given back on the day on which it came, or later."""

    due_on: date


class NotBorrowed(Reason, frozen=True, kw_only=True):
    """Only what is borrowed is to be given back by a day."""


class ConsignedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier brings."""

    sku_id: int
    """What."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in the base unit; more than 0."""
    unit_price: Annotated[UnitPrice, check_not_negative]
    """What a unit costs once it is ours (结算价), without tax; 0 or more."""
    lot: LotLabel | None = None
    """Its lot (批次), where the SKU is tracked by lot."""
    serials: tuple[str, ...] = ()
    """The number of each piece (序列号), where the SKU is tracked by serial number; at most 1,000."""

    @property
    def amount(self) -> Money:
        """What all of it comes to."""
        return fen.worth(self.quantity, self.unit_price)


class IssuedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is to go back, to be taken over, or is lost."""

    consignment_receipt_line_id: int
    """Of what which line brought."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in the base unit; more than 0."""
    place_id: int | None = None
    """To which stock place or bin (库位) what is taken over goes; by default to the stock place."""
    serials: tuple[str, ...] = ()
    """The number of each piece (序列号), where the SKU is tracked by serial number."""


class OwnedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a receipt, and whose goods it brought where."""

    id: int
    sku_id: int
    supplier_id: int
    warehouse_id: int


def check_receipt(
    lines: Sequence[ConsignedLine], owner: KnownSupplier | None, skus: Mapping[int, KnownSku]
) -> Iterator[Reason]:
    """What is wrong with what a supplier brings: whose it is, then line by line, then their lots."""
    if owner is None:
        yield UnknownId(path=("supplier_id",), kind="Supplier")
    elif not owner.is_active:
        yield OwnerInactive(path=("supplier_id",), owner=owner.name)
    yield from check_line_count(len(lines), MAX_ORDER_LINES)
    for index, line in enumerate(lines[:MAX_ORDER_LINES]):
        path: Path = ("lines", index)
        if line.sku_id not in skus:
            yield UnknownId(path=(*path, "sku_id"), kind="Sku")
        elif not skus[line.sku_id].is_active:
            yield SkuInactive(path=(*path, "sku_id"), sku=skus[line.sku_id].code)
        yield from check_positive(line.quantity, (*path, "quantity"))
        yield from check_not_negative(line.unit_price, (*path, "unit_price"))
        yield from _check_serials(line.serials, path)
    yield from check_total(Money.total(line.amount for line in lines[:MAX_ORDER_LINES]))
    yield from check(labelled(lines[:MAX_ORDER_LINES]), skus)


def check_due(purpose: ConsignmentPurpose, due_on: date | None, day: date) -> Iterator[Reason]:
    """Whether there is a day by which goods go back: of those that are borrowed, and of no others."""
    if purpose is not ConsignmentPurpose.BORROWING:
        if due_on is not None:
            yield NotBorrowed(path=("due_on",))
    elif due_on is None:
        yield Required(path=("due_on",))
    elif due_on < day:
        yield DueBeforeBorrowed(path=("due_on",), due_on=due_on)


def labelled(lines: Sequence[ConsignedLine]) -> list[Labelled]:
    """The lots of the lines, as labels name them."""
    return [(line.sku_id, line.lot, ("lines", index, "lot")) for index, line in enumerate(lines)]


def check_issue(
    lines: Sequence[IssuedLine],
    brought: Mapping[int, OwnedLine],
    places: Mapping[int, KnownPlace],
    *,
    supplier_id: int,
    warehouse_id: int,
) -> Iterator[Reason]:
    """What is wrong with what is to become of goods, line by line; how much there is of them, the books tell."""
    yield from check_line_count(len(lines), MAX_ORDER_LINES)
    for index, line in enumerate(lines[:MAX_ORDER_LINES]):
        path: Path = ("lines", index)
        came = brought.get(line.consignment_receipt_line_id)
        if came is None:
            yield UnknownId(path=(*path, "consignment_receipt_line_id"), kind="ConsignmentReceiptLine")
        elif (came.supplier_id, came.warehouse_id) != (supplier_id, warehouse_id):
            yield GoodsOfAnother(path=(*path, "consignment_receipt_line_id"))
        yield from check_positive(line.quantity, (*path, "quantity"))
        yield from _check_serials(line.serials, path)
        if line.place_id is not None:
            yield from check_stock_place(places.get(line.place_id), warehouse_id, (*path, "place_id"))


def moves_in(
    made: Sequence[ConsignmentReceiptLine],
    lines: Sequence[ConsignedLine],
    warehouse: KnownWarehouse,
    supplier_id: int,
) -> list[Move]:
    """From the supplier to the place for what is not ours."""
    return [
        Move(
            sku_id=row.sku_id,
            warehouse_id=warehouse.id,
            from_place_id=VirtualPlace.SUPPLIER,
            to_place_id=warehouse.place_of(PlaceKind.CONSIGNED),
            quantity=row.quantity,
            line_id=row.id,
            lot_id=row.lot_id,
            serials=line.serials,
            consignment_id=row.id,
            brings=Consigned(line_id=row.id, supplier_id=supplier_id, price=row.unit_price, quantity=row.quantity),
            path=("lines", index, "quantity"),
        )
        for index, (row, line) in enumerate(zip(made, lines, strict=True))
    ]


def moves_out(
    made: Sequence[ConsignmentIssueLine], lines: Sequence[IssuedLine], warehouse: KnownWarehouse, end: ConsignmentEnd
) -> list[Move]:
    """From there to where the goods end."""
    gone = {ConsignmentEnd.RETURN: VirtualPlace.SUPPLIER, ConsignmentEnd.LOST: VirtualPlace.VARIANCE}
    return [
        Move(
            sku_id=row.sku_id,
            warehouse_id=warehouse.id,
            from_place_id=warehouse.place_of(PlaceKind.CONSIGNED),
            to_place_id=gone.get(end) or line.place_id or warehouse.stock_place_id,
            quantity=row.quantity,
            line_id=row.id,
            serials=line.serials,
            consignment_id=row.consignment_receipt_line_id,
            path=("lines", index, "quantity"),
        )
        for index, (row, line) in enumerate(zip(made, lines, strict=True))
    ]


def _check_serials(serials: Sequence[str], path: Path) -> Iterator[Reason]:
    if len(serials) > MAX_SERIALS:
        yield TooManyLines(path=(*path, "serials"), lines=len(serials), limit=MAX_SERIALS)
