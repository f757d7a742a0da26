"""Goods that stay a supplier's: they come, go back, are taken over or get lost; shipments and kits take of them."""

from typing import Any

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.office.company.operations import update_company
from jxc_graphql.office.company.settings import Choice, ConsignedTurn
from jxc_graphql.warehousing.consignments import operations as consignments
from jxc_graphql.warehousing.consignments.models import ConsignmentEnd
from jxc_graphql.warehousing.consignments.rules import ConsignedLine, IssuedLine
from tests.bookkeeping.clerk import Dice, step
from tests.bookkeeping.trading import LOTS, PRICES, OpenLine, Trading, labelled

_LEFT = """
    SELECT one.id, level.sku_id, one.quantity FROM consigned_stock AS one JOIN stock_level AS level
        ON level.id = stock_level_id WHERE one.quantity > 0 AND level.warehouse_id = ? ORDER BY one.id"""
_PIECES = """
    SELECT number FROM serial_number JOIN place ON place.id = place_id AND kind = 'CONSIGNED'
    WHERE (SELECT consignment_id FROM stock_movement WHERE id = (
        SELECT MAX(movement_id) FROM serial_movement WHERE serial_id = serial_number.id)) = ?
    ORDER BY serial_number.id"""


class Consigning(Trading):
    """What happens to goods that are not ours."""

    @step(4)
    async def take_in(self, dice: Dice) -> None:
        """A supplier brings some of what we have ourselves, at a price of his."""
        warehouse, lines = dice.pick(self.company.warehouses), []
        for _ in range(dice.pick((1, 2))):
            goods = dice.pick(self.company.goods)
            quantity = self.some(dice, goods)
            lines.append(
                ConsignedLine(
                    sku_id=goods.sku_id,
                    quantity=quantity,
                    unit_price=UnitPrice.of(dice.pick(PRICES)),
                    lot=labelled(dice.pick(tuple(LOTS))) if goods.tracking is SkuTracking.LOT else None,
                    serials=self.new_pieces(quantity, goods),
                )
            )
        await self.do(dice, consignments.receive_consignment, lines=lines, **self._whose(warehouse.id))

    @step(3, otherwise="take_in")
    async def end_consignment(self, dice: Dice) -> None:
        """Some goes back, becomes ours or gets lost; sometimes more than there is."""
        warehouse = dice.pick(self.company.warehouses)
        left = [
            OpenLine(line_id, sku_id, Quantity(quantity))
            for line_id, sku_id, quantity in await db.fetch(_LEFT, (warehouse.id,))
        ]
        if not left:
            return
        lines = []
        for one in left[: dice.pick((1, 2))]:
            quantity, pieces = self.share(dice, one), tuple[str, ...]()
            if self.goods_of(one.sku_id).tracking is SkuTracking.SERIAL:
                there = [number for (number,) in await db.fetch(_PIECES, (one.id,))]
                pieces = tuple(there[: int(quantity) // 10_000])
            place_id = self.company.bins[warehouse.id] if dice.one_in(4) else None
            lines.append(
                IssuedLine(consignment_receipt_line_id=one.id, quantity=quantity, place_id=place_id, serials=pieces)
            )
        ending = dice.pick(tuple(ConsignmentEnd))
        await self.do(dice, consignments.issue_consignment, ending=ending, lines=lines, **self._whose(warehouse.id))

    @step(1)
    async def change_turns(self, dice: Dice) -> None:
        """Ours go first from now on, or theirs."""
        await self.do(dice, update_company, choice=Choice(consigned_turn=dice.pick(tuple(ConsignedTurn))))

    def _whose(self, warehouse_id: int) -> dict[str, Any]:
        return {"supplier_id": self.company.supplier_id, "warehouse_id": warehouse_id}
