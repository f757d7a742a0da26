"""A shop with goods of suppliers: each step one operation, in plain decimals."""

from typing import Any

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.warehousing.consignments import operations
from jxc_graphql.warehousing.consignments.models import ConsignmentEnd, ConsignmentReceiptLine
from jxc_graphql.warehousing.consignments.rules import ConsignedLine, IssuedLine
from tests.make.trade import Trade, make_trade

Named = dict[str, Any]


class Consigning(msgspec.Struct, frozen=True):
    trade: Trade

    @property
    def call(self) -> Call:
        return self.trade.call

    def _of(self, **others: Any) -> dict[str, Any]:
        return {"supplier_id": self.trade.supplier_id, "warehouse_id": self.trade.shop.warehouse.id} | others

    async def bring(self, *lines: tuple[int, str, str] | tuple[int, str, str, Named], **others: Any) -> int:
        """SKU by its position, quantity, price."""
        asked = [
            ConsignedLine(
                sku_id=self.trade.shop.skus[sku],
                quantity=Quantity.of(quantity),
                unit_price=UnitPrice.of(price),
                **dict(*named),
            )
            for sku, quantity, price, *named in lines
        ]
        return (await operations.receive_consignment(self.call, lines=asked, **self._of(**others))).subject_id

    async def end(
        self, receipt_id: int, ending: ConsignmentEnd, *lines: tuple[int, str] | tuple[int, str, Named], **others: Any
    ) -> int:
        """Line by its position, quantity."""
        of = await ConsignmentReceiptLine.filter(consignment_receipt_id=receipt_id).order_by("line_no")
        asked = [
            IssuedLine(consignment_receipt_line_id=of[at].id, quantity=Quantity.of(quantity), **dict(*named))
            for at, quantity, *named in lines
        ]
        fact = await operations.issue_consignment(self.call, ending=ending, lines=asked, **self._of(**others))
        return fact.subject_id

    async def level(self, sku: int = 0) -> tuple[str, ...]:
        """On hand, available, consigned, value."""
        ((*quantities, value),) = await db.fetch(
            "SELECT on_hand, available, consigned, value FROM stock_level WHERE sku_id = ?",
            (self.trade.shop.skus[sku],),
        )
        return (*(str(Quantity(one)) for one in quantities), str(Money(value)))

    async def moved(self, document_id: int) -> list[tuple[str, str, str, str]]:
        """What a document moved: quantity, from which kind of place to which, and worth how much."""
        rows = await db.fetch(
            "SELECT movement.quantity, source.kind, target.kind, movement.value FROM stock_movement AS movement "
            "JOIN place AS source ON source.id = from_place_id JOIN place AS target ON target.id = to_place_id "
            "WHERE document_id = ? ORDER BY movement.id",
            (document_id,),
        )
        return [(str(Quantity(one)), source, target, str(Money(value))) for one, source, target, value in rows]


async def make_consigning(call: Call, tracking: SkuTracking = SkuTracking.NONE) -> Consigning:
    return Consigning(await make_trade(call, tracking=tracking))
