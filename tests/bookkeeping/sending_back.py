"""Goods that go back to their supplier: rejected or not, from wherever they lie, for credit or to be replaced."""

from typing import Any

from jxc_graphql.buying.supplier_returns import operations as returns
from jxc_graphql.buying.supplier_returns.models import SupplierReturnResolution
from jxc_graphql.buying.supplier_returns.reversals import reverse_supplier_return
from jxc_graphql.buying.supplier_returns.rules import GoodsToReturn
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from tests.bookkeeping.clerk import Dice, step
from tests.bookkeeping.trading import OpenLine, Trading

_LEFT = """
    SELECT line.id, line.sku_id, line.goods_receipt_id, receipt.warehouse_id,
        quantity_accepted + quantity_rejected + quantity_uninspected - quantity_returned
    FROM goods_receipt_line AS line JOIN goods_receipt AS receipt ON receipt.id = line.goods_receipt_id
    WHERE quantity_accepted + quantity_rejected + quantity_uninspected > quantity_returned ORDER BY line.id DESC"""
_PIECES = """
    SELECT serial.number FROM stock_movement AS movement JOIN serial_movement AS step ON step.movement_id = movement.id
    JOIN serial_number AS serial ON serial.id = step.serial_id JOIN place ON place.id = serial.place_id
    WHERE movement.line_id = ? ORDER BY place.warehouse_id IS NULL, serial.id"""


class SendingBack(Trading):
    """What becomes of goods that are no good."""

    @step(5, otherwise="receive")
    async def send_back(self, dice: Dice) -> None:
        """Some of what a receipt brought goes back at once, or is agreed to and left lying."""
        if not (rows := await db.fetch(_LEFT)):
            return
        _, _, receipt_id, warehouse_id, _ = dice.pick(rows)
        lines = [await self._back(dice, row) for row in rows if row[2] == receipt_id]
        drafted = await self.do(
            dice,
            returns.create_supplier_return,
            supplier_id=self.company.supplier_id,
            warehouse_id=dice.pick(self.company.warehouses).id if dice.one_in(4) else warehouse_id,
            resolution=dice.pick(tuple(SupplierReturnResolution)),
            lines=lines[:2],
        )
        if drafted:
            which = {"supplier_return_id": drafted.subject_id}
            await self.do(dice, returns.submit_supplier_return, **which)
            await self.do(dice, returns.approve_supplier_return, **which)
            if not dice.one_in(4):
                await self._post(dice, drafted.subject_id)

    @step(2, otherwise="send_back")
    async def send_back_late(self, dice: Dice) -> None:
        """What was agreed to a while ago leaves, if that much is left by now; else it is given up."""
        if rows := await db.fetch("SELECT id FROM supplier_return WHERE status = 'APPROVED' ORDER BY id"):
            await self._post(dice, dice.pick(rows)[0])

    @step(2, otherwise="send_back")
    async def take_back(self, dice: Dice) -> None:
        """A return is taken back, unless others came in the place of its goods."""
        if rows := await db.fetch("SELECT id FROM supplier_return WHERE status = 'POSTED' ORDER BY id DESC LIMIT 5"):
            await self.do(dice, reverse_supplier_return, days_ago=0, supplier_return_id=dice.pick(rows)[0], note="录错")

    async def _post(self, dice: Dice, return_id: int) -> None:
        if await self.do(dice, returns.post_supplier_return, supplier_return_id=return_id) is None and dice.one_in(2):
            await self.do(dice, returns.cancel_supplier_return, supplier_return_id=return_id)

    async def _back(self, dice: Dice, row: Any) -> GoodsToReturn:
        line_id, sku_id, _, warehouse_id, left = row
        goods = self.goods_of(sku_id)
        quantity = self.share(dice, OpenLine(line_id, sku_id, Quantity(left))) or Quantity.of("1")
        pieces: list[str] = []
        if goods.tracking is SkuTracking.SERIAL:
            known = [number for (number,) in await db.fetch(_PIECES, (line_id,))]
            pieces = [*known, "N1", "nobody's"][: int(quantity) // int(Quantity.of("1"))]
        return GoodsToReturn(
            goods_receipt_line_id=line_id,
            quantity=quantity,
            place_id=self.company.bins[warehouse_id] if dice.one_in(6) else None,
            serials=tuple(pieces),
        )
