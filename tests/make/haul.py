"""Two warehouses of one company, and what is carried between them: each step one operation, in plain decimals."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from jxc_graphql import wiring
from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.masters.warehouses.queries import warehouses as known_warehouses
from jxc_graphql.masters.warehouses.rules import WantedBin
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.comparisons import Difference
from jxc_graphql.warehousing.relocations import operations as moves
from jxc_graphql.warehousing.relocations.rules import WantedMove
from jxc_graphql.warehousing.transfers import operations, transit
from jxc_graphql.warehousing.transfers.consignments import ArrivedLine, MissingLine
from jxc_graphql.warehousing.transfers.facts import (
    TransferApproved,
    TransferClosed,
    TransferDispatched,
    TransferReceived,
)
from jxc_graphql.warehousing.transfers.models import Transfer, TransferDiscrepancyReason, TransferLine
from jxc_graphql.warehousing.transfers.rules import ApprovedLine, AskedGoods, SentLine
from tests.make.shop import AT, TODAY

PLAIN, OTHER, MILK, PHONE, FIFO = range(5)
"""Positions of the SKUs: two that are not tracked, one by lot, one by serial number, one valued first in, first out."""

TRACKED = [
    (SkuTracking.NONE, ValuationMethod.MOVING_AVERAGE),
    (SkuTracking.NONE, ValuationMethod.MOVING_AVERAGE),
    (SkuTracking.LOT, ValuationMethod.MOVING_AVERAGE),
    (SkuTracking.SERIAL, ValuationMethod.MOVING_AVERAGE),
    (SkuTracking.NONE, ValuationMethod.FIFO),
]


OLD, NEW = LotLabel("旧", None, date(2126, 12, 1)), LotLabel("新", None, date(2127, 3, 1))
"""Two lots of milk; the old one expires first."""

FEW: dict[str, Any] = {}
"""Few words: neither lot nor place nor piece is named."""


class Haul(msgspec.Struct, frozen=True):
    """A source, a destination, and SKUs; lines of documents are told by the position of their SKU or line."""

    call: Call
    source: KnownWarehouse
    destination: KnownWarehouse
    skus: tuple[int, ...]

    def seen_by(self, *warehouses: KnownWarehouse, **changes: Any) -> "Haul":
        """The same for a caller who may work in these warehouses only."""
        scopes = {Dimension.WAREHOUSE: frozenset(one.id for one in warehouses)} if warehouses else {}
        return msgspec.structs.replace(self, call=msgspec.structs.replace(self.call, scopes=scopes, **changes))

    def asked(self, *lines: tuple[int, str]) -> list[AskedGoods]:
        return [AskedGoods(sku_id=self.skus[sku], quantity=Quantity.of(quantity)) for sku, quantity in lines]

    @db.transactional
    async def stock(
        self,
        sku: int,
        quantity: str,
        value: str,
        *,
        origin_on: date = TODAY,
        lot: LotLabel | None = None,
        serials: Sequence[str] = (),
        place_id: int | None = None,
    ) -> None:
        """Brings goods to the source, from a supplier."""
        (lot_id,) = await lots.ensure(self.call, [(self.skus[sku], lot, ())])
        move = Move(
            sku_id=self.skus[sku],
            warehouse_id=self.source.id,
            from_place_id=VirtualPlace.SUPPLIER,
            to_place_id=place_id or self.source.stock_place_id,
            quantity=Quantity.of(quantity),
            line_id=new_id(),
            value=Money.of(value),
            lot_id=lot_id,
            serials=tuple(serials),
            origin_on=origin_on,
        )
        await ledger.post(Call(at=AT), [move], document_id=new_id(), business_date=TODAY)

    async def draft(self, *lines: tuple[int, str], **others: Any) -> int:
        given = {"from_warehouse_id": self.source.id, "to_warehouse_id": self.destination.id}
        fact = await operations.create_transfer(self.call, lines=self.asked(*lines), **{**given, **others})
        return fact.subject_id

    async def submit(self, transfer_id: int) -> None:
        await operations.submit_transfer(self.call, transfer_id=transfer_id)

    async def cancel(self, transfer_id: int) -> None:
        await operations.cancel_transfer(self.call, transfer_id=transfer_id)

    async def submitted(self, *lines: tuple[int, str]) -> int:
        transfer_id = await self.draft(*lines)
        await self.submit(transfer_id)
        return transfer_id

    async def approve(self, transfer_id: int, *lines: tuple[int, str]) -> TransferApproved:
        """Line by position and approved quantity."""
        of = await self.lines(transfer_id)
        approved = [ApprovedLine(transfer_line_id=of[at].id, quantity=Quantity.of(some)) for at, some in lines]
        return await operations.approve_transfer(self.call, transfer_id=transfer_id, lines=approved)

    async def approved(self, *lines: tuple[int, str]) -> int:
        transfer_id = await self.submitted(*lines)
        await self.approve(transfer_id)
        return transfer_id

    async def dispatch(self, transfer_id: int, *lines: tuple[int, str, dict[str, Any]]) -> TransferDispatched:
        """Line by position, quantity and what is named; all that was approved without lines."""
        of = await self.lines(transfer_id)
        sent = [
            SentLine(transfer_line_id=of[at].id, quantity=Quantity.of(quantity), **named)
            for at, quantity, named in lines
        ]
        return await transit.dispatch_transfer(self.call, transfer_id=transfer_id, lines=sent or None)

    async def sent(self, *lines: tuple[int, str]) -> int:
        transfer_id = await self.approved(*lines)
        await self.dispatch(transfer_id)
        return transfer_id

    async def receive(self, transfer_id: int, *lines: tuple[int, str, str, dict[str, Any]]) -> TransferReceived:
        """Line by position, accepted, damaged, and what is named."""
        of = await self.lines(transfer_id)
        arrived = [
            ArrivedLine(
                quantity_accepted=Quantity.of(good),
                quantity_damaged=Quantity.of(bad),
                **{"transfer_line_id": of[at].id} | named,
            )
            for at, good, bad, named in lines
        ]
        return await transit.receive_transfer(self.call, transfer_id=transfer_id, lines=arrived)

    async def close(
        self,
        transfer_id: int,
        reason: TransferDiscrepancyReason,
        *lines: tuple[int, str, TransferDiscrepancyReason, dict[str, Any]],
        note: str = "",
    ) -> TransferClosed:
        of = await self.lines(transfer_id)
        missing = [
            MissingLine(transfer_line_id=of[at].id, quantity=Quantity.of(quantity), reason=why, **named)
            for at, quantity, why, named in lines
        ]
        return await transit.close_transfer_short(
            self.call, transfer_id=transfer_id, reason=reason, lines=missing, note=note
        )

    async def one_of_each(self) -> int:
        """A receipt, a discrepancy and a move, and a transfer that is under way, with three of the first SKU."""
        sku, here = 0, self.source
        over = await self.sent((sku, "2"))
        await self.receive(over, (0, "1", "0", FEW))
        await self.close(over, TransferDiscrepancyReason.LOST)
        step = WantedMove(
            sku_id=self.skus[sku],
            quantity=Quantity.of("1"),
            from_place_id=here.stock_place_id,
            to_place_id=here.quality_place_id,
        )
        await moves.move_places(self.call, warehouse_id=here.id, lines=[step])
        return await self.sent((sku, "1"))

    async def lines(self, transfer_id: int) -> list[TransferLine]:
        return await TransferLine.filter(transfer_id=transfer_id).order_by("line_no")

    async def status(self, transfer_id: int) -> str:
        return (await Transfer.get(id=transfer_id)).status.value

    async def level(self, warehouse: KnownWarehouse, sku: int, *columns: str) -> list[str]:
        """Columns of a level as plain decimals; quantities and values have the same scale."""
        rows = await db.fetch(
            f"SELECT {', '.join(columns)} FROM stock_level WHERE sku_id = ? AND warehouse_id = ?",
            (self.skus[sku], warehouse.id),
        )
        return [str(Quantity(value)) for row in rows for value in row]

    async def layers(self, warehouse: KnownWarehouse, sku: int) -> list[tuple[str, str, str | None]]:
        """What is on the shelves by age: origin, quantity, value."""
        rows = await db.fetch(
            "SELECT origin_on, cost_layer.quantity, cost_layer.value FROM cost_layer "
            "JOIN stock_level ON stock_level.id = stock_level_id WHERE sku_id = ? AND warehouse_id = ? "
            "AND consignment_id = 0 AND cost_layer.quantity > 0 ORDER BY origin_on, cost_layer.id",
            (self.skus[sku], warehouse.id),
        )
        return [
            (str(origin), str(Quantity(quantity)), None if value is None else str(Money(value)))
            for origin, quantity, value in rows
        ]

    async def at_places(self, sku: int) -> dict[tuple[int, str | None], str]:
        """What lies at places of warehouses, by place and lot."""
        rows = await db.fetch(
            "SELECT place_id, lot.number, quantity FROM place_level JOIN place ON place.id = place_id "
            "LEFT JOIN lot ON lot.id = lot_id "
            "WHERE place_level.sku_id = ? AND warehouse_id IS NOT NULL AND quantity <> 0",
            (self.skus[sku],),
        )
        return {(place_id, number): str(Quantity(quantity)) for place_id, number, quantity in rows}

    async def pieces(self, place_id: int) -> list[str]:
        rows = await db.fetch("SELECT number FROM serial_number WHERE place_id = ? ORDER BY number", (place_id,))
        return [number for (number,) in rows]

    async def bin(self, warehouse: KnownWarehouse, code: str) -> int:
        made = await warehouses.create_bins(self.call, warehouse_id=warehouse.id, bins=[WantedBin(code=code)])
        return made.place_ids[0]

    async def verify(self) -> list[Difference]:
        """Every difference between what is kept and what it follows from, when all reactions are done."""
        await wiring.REACTIONS.settle()
        return await differences()


async def make_haul(call: Call, skus: Sequence[tuple[SkuTracking, ValuationMethod]] = TRACKED) -> Haul:
    name = str(new_id())
    category = await categories.create_category(call, code=name, name="饮料")
    made = []
    for n, (tracking, valuation) in enumerate(skus):
        product = await catalog.create_product(
            call, code=f"{name}-{n}", name="可乐", category_id=category.category_id, valuation=valuation
        )
        sku = await catalog.create_sku(
            call, product_id=product.product_id, code=f"{name}-{n}", name=f"可乐 {n}", unit="瓶", tracking=tracking
        )
        made.append(sku.sku_id)
    opened = [await warehouses.create_warehouse(call, code=f"{name}{n}", name=n) for n in ("东仓", "西仓")]
    known = await known_warehouses([one.warehouse_id for one in opened])
    source, destination = (known[one.warehouse_id] for one in opened)
    return Haul(call, source, destination, tuple(made))
